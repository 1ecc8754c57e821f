"""Rows of the form as its rulings part them -> rows whole again that a page break, a crease or a scratch cut in two.

What lies on either side of such a line is half a label, or a value without a label. Where the catalogue knows the
label that both halves make, they are one row; where nothing tells whose a value without a label is, nothing beside it
is certain. What a line within a page cut goes to a person; a page break is usual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from extractor.records import LEAST_GRID, Catalogue, CellText, DraftRow
from extractor.table import rejoin_rows

LONGER_FITS = 4.0  # rapidfuzz points by which a label joined anew must be more like an indicator's than its halves are
LIKE_WHOLE = 80.0  # rapidfuzz ratio from which a joined label is an indicator's
DOUBTED = 0.4  # certainty of rows that may be halves


def rejoin(rows: Sequence[DraftRow], catalogue: Catalogue) -> tuple[DraftRow, ...]:
    """The rows, halves joined where only the catalogue can tell them from rows of their own, else doubted."""
    wordings = [text.casefold() for one in catalogue.indicators for text in (one.label, *one.variants)]
    joined: list[DraftRow] = []
    for row in rows:
        before = joined[-1] if joined else None
        if before is not None and not _on_one_page(before, row) and _may_be_rest(before, row):
            if _fit_together(before, row, wordings, 0.0):
                joined[-1] = rejoin_rows(before, row)
                continue
        elif before is not None and _may_be_halves(before, row) and _fit_together(before, row, wordings, LIKE_WHOLE):
            joined[-1] = _doubted(rejoin_rows(before, row))
            continue
        joined.append(row)
    return tuple(_beside_unlabelled(joined))


def _may_be_rest(before: DraftRow, row: DraftRow) -> bool:
    """Whether a row behind a page break holds a label and no more than a unit that the row before it lacks."""
    others = (*row.stt, *row.value, *row.note, *(row.unit if _has_ink(before.unit) else ()))
    return not _has_ink(others) and any(cell.text for cell in row.label)


def _may_be_halves(upper: DraftRow, lower: DraftRow) -> bool:
    """Whether a ruled row and the next one may be one: both hold words, one of them the number and the value."""
    if not _on_one_page(upper, lower) or min(upper.grid_certainty, lower.grid_certainty) < LEAST_GRID:
        return False
    return _both(upper.label, lower.label) and not _both(upper.stt, lower.stt) and not _both(upper.value, lower.value)


def _on_one_page(upper: DraftRow, lower: DraftRow) -> bool:
    return upper.pieces[-1].page == lower.pieces[0].page


def _fit_together(upper: DraftRow, lower: DraftRow, wordings: Sequence[str], least: float) -> bool:
    """Whether both labels together are more like an indicator's than either is, and at least so much like one."""
    apart = max(_likeness(_label(upper), wordings), _likeness(_label(lower), wordings))
    whole = _likeness(f"{_label(upper)} {_label(lower)}", wordings)
    return whole >= least and whole > apart + LONGER_FITS


def _beside_unlabelled(rows: Sequence[DraftRow]) -> list[DraftRow]:
    """The rows, those doubted that may have lost their value to a half row without a label above or below."""
    doubted: set[int] = set()
    for i, row in enumerate(rows):
        if not row.label or _has_ink(row.label) or _has_ink(row.stt) or not _has_ink((*row.value, *row.note)):
            continue
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(rows) and _on_one_page(rows[min(i, j)], rows[max(i, j)])]
        doubted.update(j for j in beside if _has_ink(row.note) or not _has_ink(rows[j].value))
    return [_doubted(row) if i in doubted else row for i, row in enumerate(rows)]


def _doubted(row: DraftRow) -> DraftRow:
    return replace(row, grid_certainty=min(row.grid_certainty, DOUBTED))


def _has_ink(cells: Sequence[CellText]) -> bool:
    return any(cell.ink.has_ink and not cell.ink.stray for cell in cells)


def _both(one: Sequence[CellText], other: Sequence[CellText]) -> bool:
    return _has_ink(one) and _has_ink(other)


def _label(row: DraftRow) -> str:
    return " ".join(cell.text for cell in row.label).casefold()


def _likeness(label: str, wordings: Sequence[str]) -> float:
    found = process.extractOne(label, wordings, scorer=fuzz.ratio)
    return found[1] if found else 0.0
