"""An evaluation -> tables on stdout."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.console import Console
from rich.table import Table

from extractor.evaluate.bounds import find_bounds
from extractor.evaluate.compare import CellScore
from extractor.evaluate.measure import Evaluation, Figures, share

MOST_DOCUMENTS = 40  # more documents than this are shown by profile only
WIDTH = 150  # of the tables where stdout is no terminal

Column = tuple[str, Callable[[Figures], str]]


def _percent(part: int, whole: int, decimals: int = 2) -> str:
    value = share(part, whole)
    return "-" if value is None else f"{100 * value:.{decimals}f}"


def _decimal(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


VALUE_COLUMNS: tuple[Column, ...] = (
    ("docs", lambda f: f"{f.tally.documents}"),
    ("rows right %", lambda f: _percent(f.tally.rows_right, f.tally.rows)),
    ("missing", lambda f: f"{f.tally.missing}"),
    ("spurious", lambda f: f"{f.tally.spurious}"),
    ("cells", lambda f: f"{f.counts.cells}"),
    ("right %", lambda f: _percent(f.counts.right, f.counts.cells)),
    ("filled right %", lambda f: _percent(f.counts.filled_right, f.counts.filled)),
    ("accepted %", lambda f: _percent(f.counts.sure, f.counts.cells, 1)),
    ("silent", lambda f: f"{f.counts.silent + f.tally.spurious_accepted}"),
    ("silent %", lambda f: _percent(f.counts.silent + f.tally.spurious_accepted, f.counts.sure, 3)),
    ("ECE", lambda f: _decimal(f.calibration.ece)),
    ("ECE<.99", lambda f: _decimal(f.calibration.ece_doubtful)),
    ("AUROC", lambda f: _decimal(f.calibration.auroc)),
)
OTHER_COLUMNS: tuple[Column, ...] = (
    ("failed", lambda f: f"{f.tally.failed}"),
    ("pages", lambda f: f"{f.tally.pages}"),
    ("boxes %", lambda f: _percent(f.counts.boxes_right, f.counts.cells, 1)),
    ("strangers", lambda f: f"{f.tally.strangers_found}/{f.tally.strangers}"),
    ("absent", lambda f: f"{f.tally.absent_right}/{f.tally.absent}"),
    ("head", lambda f: f"{f.tally.head_right}/{f.tally.head}"),
    ("units %", lambda f: _percent(f.tally.units_right, f.tally.units, 1)),
    ("notes %", lambda f: _percent(f.tally.notes_right, f.tally.notes, 1)),
    ("label CER %", lambda f: _percent(f.tally.label_errors, f.tally.label_chars)),
    ("note CER %", lambda f: _percent(f.tally.note_errors, f.tally.note_chars)),
    ("citations", lambda f: f"{f.tally.citations_found}/{f.tally.citations}"),
    ("planted", lambda f: f"{f.tally.planted_found}/{f.tally.planted}"),
    ("false alarms", lambda f: f"{f.tally.false_alarms}"),
    (
        "silent head/unit/note",
        lambda f: f"{f.tally.head_silent}/{f.tally.units_silent}/{f.tally.notes_silent}",
    ),
)
TAG_COLUMNS = tuple(
    column for column in VALUE_COLUMNS if column[0] not in ("docs", "rows right %", "missing", "spurious")
)


def print_evaluation(evaluation: Evaluation, *, most_errors: int = 0) -> None:
    """Value cells and everything else by profile, then documents, tags and wrong cells."""
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=WIDTH)
    by_profile = [*evaluation.profiles, evaluation.total]
    bounds = find_bounds(evaluation.cells)
    _print_table(console, "value cells", VALUE_COLUMNS, by_profile)
    if bounds is not None:
        console.print(
            f"silent errors: {bounds.silent} of {bounds.accepted} accepted cells, at most "
            f"{100 * bounds.silent_upper:.3f} % (one-sided 95 % bound, bootstrap by document)\n"
        )
    _print_table(console, "everything else", OTHER_COLUMNS, by_profile)
    if 1 < len(evaluation.documents) <= MOST_DOCUMENTS:
        _print_table(console, "documents", VALUE_COLUMNS, evaluation.documents)
    if evaluation.tags:
        _print_table(console, "cells with a tag", TAG_COLUMNS, evaluation.tags)
    if most_errors and evaluation.wrong:
        _print_wrong(console, evaluation.wrong[:most_errors])
    for name in evaluation.without_extraction:
        console.print(f"no JSON for {name}", markup=False)


def _print_table(console: Console, title: str, columns: Sequence[Column], groups: Sequence[Figures]) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="dim")
    table.add_column("")
    for name, _ in columns:
        table.add_column(name, justify="right")
    for group in groups:
        table.add_row(group.name, *(show(group) for _, show in columns))
    console.print(table)
    console.print()


def _print_wrong(console: Console, cells: Sequence[CellScore]) -> None:
    table = Table(title="wrong value cells", title_justify="left", box=None, pad_edge=False, header_style="dim")
    for name in ("document", "code", "page", "truth", "got", "P(right)", "status", "row", "why", "tags"):
        table.add_column(name)
    for cell in cells:
        status, row = "accepted" if cell.accepted else "review", "" if cell.row_right else "wrong row"
        shown = (cell.document, cell.code, str(cell.page), cell.truth, cell.got, f"{cell.confidence:.4f}", status, row)
        texts = (*shown, ", ".join(cell.reasons), ", ".join(cell.tags))
        table.add_row(*(text.replace("[", r"\[") for text in texts))
    console.print(table)
