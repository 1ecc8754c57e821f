"""Blank values beside which a figure stands that may be theirs -> for a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.records import Matching, RowMatch, Table
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
