"""Blank values beside which a figure stands that may be theirs -> for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractor.records import Matching, Piece, Row, RowMatch, RowValue, Scores, Table, ValueType
from extractor.trust import score_report
from tests.builders import make_catalogue, make_head, make_row, make_row_value
from tests.trust.test_score import MODEL, SETTINGS


@pytest.mark.parametrize(("label", "status"), [("", "review"), ("Chỉ tiêu khác", "accepted")])
def test_a_blank_beside_a_value_without_a_label_is_for_a_person(label: str, status: str) -> None:
    rows = (make_row(0, "Chỉ tiêu I.1", ""), make_row(1, label, "9"))
    rows = (replace(rows[0], value=replace(rows[0].value, confidence=0.999)), rows[1])
    matches = (RowMatch(0, "I.1", 0.9999, None), RowMatch(1, None, 0.9999, ("I.1", 0.0)))
    scores = score_report(
        Table(rows, "", (), (1,)),
        make_catalogue(["I.1"]),
        Matching(matches, (), 1.0),
        tuple(map(make_row_value, rows)),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    )
    assert scores.rows[0].value.status == status
    assert ("value-beside" in scores.rows[0].value.reasons) is (status == "review")


@pytest.mark.parametrize(
    ("note", "status"), [("6", "review"), ("37 Báo cáo", "review"), ("20/12/2022", "accepted"), ("Đạt 6%", "accepted")]
)
def test_a_blank_beside_a_note_that_begins_with_a_figure_is_for_a_person(note: str, status: str) -> None:
    """A border told by print once stood on the wrong side of a page's figures."""
    row = make_row(0, "Chỉ tiêu I.1", "")
    row = replace(row, value=replace(row.value, confidence=0.999), note=replace(row.note, state="read", raw=note))
    scores = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1"]),
        Matching((RowMatch(0, "I.1", 0.9999, None),), (), 1.0),
        (make_row_value(row),),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    )
    assert scores.rows[0].value.status == status


def score_rows(
    *rows: Row, types: Sequence[ValueType], values: Sequence[RowValue] = (), unread: tuple[int, ...] = ()
) -> Scores:
    codes = [f"I.{n + 1}" for n in range(len(rows))]
    catalogue = make_catalogue(codes, list(types))
    indicators = tuple(replace(one, unit="" if one.type == "header" else one.unit) for one in catalogue.indicators)
    return score_report(
        Table(rows, "", (), (1,), unread_pages=unread),
        replace(catalogue, indicators=indicators),
        Matching(tuple(RowMatch(n, code, 0.9999, None) for n, code in enumerate(codes)), (), 1.0),
        tuple(values or map(make_row_value, rows)),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    )


@pytest.mark.parametrize(("type_", "held"), [("count", True), ("header", False)])
def test_a_cell_over_label_and_value_leaves_unit_and_note_to_a_person_too(type_: ValueType, held: bool) -> None:
    """A note stood in the label's cell, the rulings between them lost, and a blank note was accepted."""
    row = make_row(0, "Chỉ tiêu I.1", "")
    row = replace(row, value=replace(row.value, confidence=0.999, reasons=("merged-cell",)))
    (trust,) = score_rows(row, types=[type_]).rows
    assert ("merged-cell" in trust.note.reasons, trust.note.status == "review") == (held, held)
    assert ("merged-cell" in trust.unit.reasons) is held


def test_a_title_takes_no_unit_from_the_row_below() -> None:
    rows = (make_row(0, "Chỉ tiêu I.1", ""), make_row(1, "Chỉ tiêu I.2", "4"))
    shared = replace(rows[1].unit, state="read", raw="Người")
    rows = (replace(rows[0], unit=shared), replace(rows[1], unit=shared))
    title, row = score_rows(*rows, types=["header", "count"]).rows
    assert "merged-cell" in title.unit.reasons
    assert title.unit.status == "review"
    assert "merged-cell" not in row.unit.reasons


@pytest.mark.parametrize(("value", "note", "held"), [("Đã thực", "hiện tốt", True), ("Đã thực hiện", "Đạt", False)])
def test_words_that_go_on_in_the_note_are_cut(value: str, note: str, held: bool) -> None:
    row = make_row(0, "Chỉ tiêu I.1", "4")
    values = [make_row_value(row)]
    row = replace(row, value=replace(row.value, raw=value), note=replace(row.note, state="read", raw=note))
    (trust,) = score_rows(row, types=["text"], values=values).rows
    assert ("runs-over" in trust.value.reasons, "runs-over" in trust.note.reasons) == (held, held)
    assert trust.note.status == "review" or not held


@pytest.mark.parametrize(("unread", "held"), [((2,), True), ((3,), False), ((), False)])
def test_a_row_that_goes_on_behind_an_unread_page_lacks_what_stood_there(unread: tuple[int, ...], held: bool) -> None:
    """A note filled a page of its own, and what stood before and behind it was accepted as the whole."""
    row = make_row(0, "Chỉ tiêu I.1", "4")
    note = replace(row.note, state="read", raw="Báo cáo năm")
    pieces = (Piece(1, (0.1, 0.8, 0.9, 0.9)), Piece(3, (0.1, 0.1, 0.9, 0.2)))
    for order in (pieces, pieces[::-1]):  # sheets may lie in any order
        (trust,) = score_rows(replace(row, note=note, pieces=order), types=["count"], unread=unread).rows
        assert ("cut-off" in trust.note.reasons, "cut-off" in trust.label.reasons) == (held, held)
        assert "cut-off" not in trust.value.reasons
