"""An evaluation -> one HTML page with figures, bounds and the worst cells with their crops; it loads nothing else."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from pathlib import Path

from extractor.errors import UsageError
from extractor.evaluate.bounds import Bounds, find_bounds
from extractor.evaluate.compare import CellScore
from extractor.evaluate.crops import cut_crop
from extractor.evaluate.measure import Evaluation
from extractor.evaluate.show import OTHER_COLUMNS, VALUE_COLUMNS, Column
from extractor.trust import load_model

WORST = 40  # cells shown with their crops
STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;font-size:13px;margin:.5rem 0 1.5rem}td,th{padding:.2rem .6rem;text-align:right}
td:first-child,th:first-child,.text td,.text th{text-align:left}tr:nth-child(even){background:#f5f5f5}
tr.total td{font-weight:600;border-top:1px solid #999}tr.silent td{background:#fde7e5}
figure{display:inline-block;margin:0 1rem 1rem 0;vertical-align:top}figcaption{font-size:13px;max-width:40rem}
img{max-width:100%}.crop{max-height:5rem;border:1px solid #ccc}.wide{overflow-x:auto}
"""


def write_report(evaluation: Evaluation, folder: Path) -> Path:
    """Make DIR/index.html. Raises UsageError where matplotlib is not installed."""
    try:
        from extractor.evaluate import plots

        cells = evaluation.cells
        figures = [
            ("Reliability", "On the dashed line a confidence of 0.99 is wrong one time in a hundred; below it is "
             "better than promised.", plots.draw_reliability(cells)),
            ("Risk against coverage", "Wrong cells among the surest, as more are taken.", plots.draw_risk(cells)),
            ("Accepted share against target error", "What each target error that the calibration promises would "
             "accept here, and the error found.", plots.draw_targets(cells, load_model())),
            ("Errors by profile and cause", "Review or not: every wrong cell counts.", plots.draw_causes(cells)),
        ]  # fmt: skip
    except ImportError as error:
        raise UsageError("figures need matplotlib", "pip install 'extractor-baocao[report]'") from error
    body = [
        "<h1>Evaluation</h1>",
        _bounds(find_bounds(cells)),
        *(_figure(*figure) for figure in figures),
        "<h2>Value cells</h2>",
        _table(VALUE_COLUMNS, evaluation),
        "<h2>Everything else</h2>",
        _table(OTHER_COLUMNS, evaluation),
        "<h2>Worst cells</h2><p>Accepted and wrong first (marked), then the most confident of the wrong.</p>",
        _worst(evaluation.wrong),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "index.html"
    page = f"<!doctype html><html lang=en><meta charset=utf-8><title>Evaluation</title><style>{STYLE}</style>"
    target.write_text(page + "\n".join(body) + "</html>\n", encoding="utf-8")
    return target


def _bounds(bounds: Bounds | None) -> str:
    if bounds is None:
        return "<p>There is no value cell.</p>"
    return (
        f"<p><b>{bounds.silent}</b> of <b>{bounds.accepted}</b> accepted value cells are wrong; with 95 % confidence "
        f"at most {100 * bounds.silent_upper:.3f} %. Accepted: {100 * bounds.accepted_share:.1f} %, at least "
        f"{100 * bounds.accepted_lower:.1f} %. Bounds are one-sided, by bootstrap over whole documents, since the "
        f"cells of one document err together.</p>"
    )


def _figure(title: str, caption: str, png: bytes) -> str:
    return f"<figure><h2>{title}</h2>{_image(png, title, '')}<figcaption>{caption}</figcaption></figure>"


def _image(png: bytes, alt: str, name: str) -> str:
    data = base64.b64encode(png).decode()
    return f'<img class="{name}" alt="{html.escape(alt)}" src="data:image/png;base64,{data}">'


def _table(columns: Sequence[Column], evaluation: Evaluation) -> str:
    heads = "".join(f"<th>{html.escape(name)}</th>" for name, _ in columns)
    rows = []
    for group in (*evaluation.profiles, evaluation.total):
        cells = "".join(f"<td>{html.escape(show(group))}</td>" for _, show in columns)
        name = " class=total" if group is evaluation.total else ""
        rows.append(f"<tr{name}><td>{html.escape(group.name)}</td>{cells}</tr>")
    return f"<div class=wide><table><tr><th></th>{heads}</tr>{''.join(rows)}</table></div>"


def _worst(wrong: Sequence[CellScore]) -> str:
    ranked = sorted(wrong, key=lambda cell: (not cell.accepted, -cell.confidence))[:WORST]
    heads = ("document", "code", "page", "truth", "got", "confidence", "reasons", "crop")
    rows = "".join(
        f"<tr{' class=silent' if cell.accepted else ''}>{''.join(f'<td>{text}</td>' for text in _row(cell))}</tr>"
        for cell in ranked
    )
    return f"<table class=text><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>{rows}</table>"


def _row(cell: CellScore) -> Iterator[str]:
    texts = (f"{cell.profile}/{cell.document}", cell.code, str(cell.page), cell.truth, cell.got)
    yield from (html.escape(text) for text in texts)
    yield f"{cell.confidence:.4f}"
    yield html.escape(", ".join(cell.reasons))
    png = cut_crop(cell.file, cell.page, cell.box) if cell.box is not None and cell.file.is_file() else None
    yield _image(png, f"{cell.code} as printed", "crop") if png else ""
