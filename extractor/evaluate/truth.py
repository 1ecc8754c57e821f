"""NAME.truth.json -> what a report really prints."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractor.errors import UsageError

SUFFIX = ".truth.json"
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TrueRow:
    """One printed row. `code` None: it belongs to no indicator. `pieces`: (page, box) of each of its parts."""

    code: str | None
    label: str
    unit: str
    raw: str
    state: str
    number: Decimal | None
    text: str | None
    note: str
    pieces: tuple[tuple[int, Box], ...]
    value_page: int
    value_box: Box | None
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """One report. `head`: the values of its four fields. `planted`: broken hard rules with their codes."""

    path: Path
    file: str
    profile: str
    catalogue: str | None
    page_count: int
    head: dict[str, str | None]
    rows: tuple[TrueRow, ...]
    absent: frozenset[str]
    planted: dict[str, frozenset[str]]


def find_truths(folder: Path) -> Iterator[Truth]:
    """All truths under a folder, in sorted order."""
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        yield read_truth(path)


def read_truth(path: Path) -> Truth:
    """One truth file. Raises UsageError where it is malformed."""
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        return _make_truth(path, tree)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no truth file: {error!r}", "see fixtures/README.md for the format") from error


def _make_truth(path: Path, tree: dict[str, Any]) -> Truth:
    head = tree.get("head") or {}
    organisation = head.get("organisation") or {}
    return Truth(
        path,
        tree["file"],
        tree.get("profile") or "-",
        (tree.get("catalogue") or {}).get("name"),
        int(tree["page_count"]),
        {
            "organisation": organisation.get("value"),
            "report_number": head.get("report_number"),
            "report_date": head.get("report_date"),
            "period": (head.get("period") or {}).get("value"),
        },
        tuple(_make_row(row) for row in tree["rows"]),
        frozenset(tree.get("absent", ())),
        {item["rule"]: frozenset(item["cells"]) for item in tree.get("planted", ()) if item.get("hard")},
    )


def _make_row(row: dict[str, Any]) -> TrueRow:
    value = row["value"]
    pieces = [(row["page"], row["box"]), *((piece["page"], piece["box"]) for piece in row.get("continued", ()))]
    number = value.get("number")
    box = row.get("value_box")
    return TrueRow(
        row["code"],
        clean(row.get("label")),
        clean(row.get("unit")),
        clean(value.get("raw")),
        value["state"],
        None if number is None else Decimal(str(number)),
        value.get("text"),
        clean(row.get("note")),
        tuple((int(page), _box(at)) for page, at in pieces),
        int(row.get("value_page", row["page"])),
        None if box is None else _box(box),
        tuple(dict.fromkeys((*row.get("tags", ()), *_own_tags(clean(value.get("raw")), len(pieces))))),
    )


def _own_tags(raw: str, n_pieces: int) -> tuple[str, ...]:
    """What a row shows itself, whoever wrote the truth: cells of these kinds are counted by themselves."""
    digit = ("isolated-digit",) if len(raw) == 1 and raw.isdigit() else ()
    return (*digit, "page-break") if n_pieces > 1 else digit


def _box(numbers: list[float]) -> Box:
    x0, y0, x1, y1 = (float(number) for number in numbers)
    return x0, y0, x1, y1


def clean(text: str | None) -> str:
    """NFC, runs of spaces as one."""
    return " ".join(unicodedata.normalize("NFC", text or "").split())
