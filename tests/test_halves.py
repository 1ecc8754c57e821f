"""Rows that a line across the page cut in two -> one row, or a doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.halves import rejoin
from extractor.records import LEAST_GRID, Catalogue, DraftRow
from tests.builders import make_catalogue
from tests.table.test_rows import make_draft

LABELS = ("Số phòng ban trong đơn vị SNCL thuộc UBND cấp huyện", "Số đơn vị SNCL thuộc UBND cấp huyện", "Tổng số")


def catalogue() -> Catalogue:
    mini = make_catalogue(["I.1", "I.2", "I.3"])
    return replace(
        mini, indicators=tuple(replace(i, label=label) for i, label in zip(mini.indicators, LABELS, strict=True))
    )


def sure(rows: Sequence[DraftRow]) -> list[bool]:
    return [row.grid_certainty >= LEAST_GRID for row in rows]


def test_two_halves_of_a_label_are_one_row_for_a_person() -> None:
    halves = [make_draft(LABELS[0][:25], 1, "208"), make_draft(LABELS[0][26:], 1)]
    rows = rejoin([make_draft(LABELS[1], 1, "65"), *halves, make_draft(LABELS[2], 1, "3")], catalogue())
    assert sure(rows) == [True, False, True]
    assert [cell.text for cell in rows[1].value] == ["208", ""]


def test_rows_with_labels_or_values_of_their_own_stay_apart() -> None:
    rows = [make_draft(LABELS[1], 1), make_draft(LABELS[2], 1)]
    assert rejoin(rows, catalogue()) == tuple(rows)
    valued = [make_draft(LABELS[0][:25], 1, "208"), make_draft(LABELS[0][26:], 1, "9")]
    assert rejoin(valued, catalogue()) == tuple(valued)


def test_a_value_without_a_label_leaves_no_blank_beside_it_certain() -> None:
    rows = [make_draft(LABELS[0], 1), make_draft("", 1, "7"), make_draft(LABELS[1], 1, "8"), make_draft(LABELS[2], 1)]
    assert sure(rejoin(rows, catalogue())) == [False, True, True, True]
