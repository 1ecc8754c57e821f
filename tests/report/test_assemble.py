"""The ledger: nothing dropped, nothing invented, whatever the table lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from extractor.errors import UnreadableFile
from extractor.records import Candidate, CellState, Field, Finding, OtherTable, Piece
from extractor.report import Document, MadeWith, assemble_document, check_json, failed_document
from tests.builders import make_extraction, with_table

CODES = [f"I.{n}" for n in range(1, 11)]


def _states(document: Document) -> dict[str, str]:
    return {indicator.code: indicator.row.state for indicator in document.indicators}


def test_every_code_stands_once_in_catalogue_order() -> None:
    document = assemble_document(make_extraction(CODES, [("I.3", "12"), ("I.1", "3"), (None, "4")]))
    assert [indicator.code for indicator in document.indicators] == CODES
    assert _states(document)["I.3"] == "matched"
    assert _states(document)["I.2"] == "absent"


def test_a_row_is_matched_or_a_stranger() -> None:
    document = assemble_document(make_extraction(CODES, [("I.1", "3"), (None, "4"), ("I.2", ""), (None, "")]))
    assert [row.id for row in document.unmatched_rows] == ["u1", "u2"]
    assert document.unmatched_rows[0].value.number == 4
    assert {finding.rule for finding in document.findings} == {"unmatched-row", "absent-rows"}


def test_an_absent_row_holds_nothing() -> None:
    document = assemble_document(make_extraction(CODES, [("I.1", "3")]))
    value = document.indicators[4].value
    assert (value.state, value.raw, value.number, value.page, value.box) == ("absent", None, None, None, None)


def test_codes_of_an_unread_page_are_unread() -> None:
    found = make_extraction(CODES, [("I.1", "3"), ("I.2", "4"), ("I.6", "5")], pages=[1, 1, 3])
    document = assemble_document(with_table(found, unread_pages=(2,)))
    states = _states(document)
    assert [states[c] for c in ("I.3", "I.4", "I.5")] == ["unread"] * 3
    assert states["I.7"] == "absent"
    assert document.outcome == "partial"
    assert any(finding.rule == "unread-page" and finding.page == 2 for finding in document.findings)


def test_in_another_order_every_missing_code_may_lie_on_the_unread_page() -> None:
    found = make_extraction(CODES, [("I.6", "3"), ("I.2", "4")], pages=[1, 3])
    states = _states(assemble_document(with_table(found, unread_pages=(2,))))
    assert {state for code, state in states.items() if code not in ("I.6", "I.2")} == {"unread"}


@pytest.mark.parametrize(
    ("label", "state"), [("Chỉ tiêu I.2 trên địa bàn huyện", "unread"), ("Số máy quét tài liệu", "absent")]
)
def test_a_code_whose_label_a_stranger_at_its_place_holds_may_be_printed(label: str, state: str) -> None:
    """An office had lengthened labels, and fourteen rows were said not to be printed that stood there."""
    found = make_extraction(CODES, [("I.1", "3"), (None, "4"), ("I.3", "5"), ("I.4", "6")])
    rows = list(found.table.rows)
    rows[1] = replace(rows[1], label=replace(rows[1].label, raw=label))
    states = _states(assemble_document(with_table(found, rows=tuple(rows))))
    assert (states["I.2"], states["I.5"]) == (state, "absent")
    # a person has said that it is of no indicator
    told = tuple(replace(match, confidence=1.0) if match.code is None else match for match in found.matching.matches)
    found = replace(with_table(found, rows=tuple(rows)), matching=replace(found.matching, matches=told))
    assert _states(assemble_document(found))["I.2"] == "absent"


def test_an_unread_page_before_the_form_does_not_touch_it() -> None:
    found = make_extraction(CODES, [(code, "1") for code in CODES[:8]], pages=[2] * 8)
    states = _states(assemble_document(with_table(found, unread_pages=(1,))))
    assert states["I.9"] == "absent"


def test_a_page_of_rows_missing_at_a_page_break_is_no_absence() -> None:
    codes = [f"I.{n}" for n in range(1, 41)]
    printed = [(code, "1") for code in codes if code not in codes[10:20]]
    found = make_extraction(codes, printed, pages=[1] * 10 + [2] * 20)
    document = assemble_document(found)
    assert {_states(document)[code] for code in codes[10:20]} == {"unread"}
    assert any(finding.rule == "missing-page" for finding in document.findings)


def test_a_stranger_in_a_guessed_grid_may_be_any_of_its_neighbours() -> None:
    found = make_extraction(CODES, [("I.1", "3"), (None, "4"), ("I.4", "5")])
    rows = list(found.table.rows)
    rows[1] = replace(rows[1], grid_certainty=0.4)
    states = _states(assemble_document(with_table(found, rows=tuple(rows))))
    assert (states["I.2"], states["I.3"], states["I.5"]) == ("unread", "unread", "absent")


def test_a_lone_page_from_the_middle_says_nothing_of_the_others() -> None:
    codes = [f"I.{n}" for n in range(1, 61)]
    document = assemble_document(make_extraction(codes, [(code, "1") for code in codes[20:40]]))
    assert {_states(document)[code] for code in codes[:20]} == {"unread"}
    assert document.outcome == "partial"


def test_rows_are_missing_at_the_foot_of_a_page_that_lies_upside_down() -> None:
    codes = [f"I.{n}" for n in range(1, 81)]
    found = make_extraction(codes, [(code, "1") for code in codes[:40]])
    turned = tuple(
        replace(row, pieces=(Piece(1, (x0, 1 - y1, x1, 1 - y0)),))
        for row in found.table.rows
        for (x0, y0, x1, y1) in (row.pieces[0].box,)
    )
    document = assemble_document(with_table(found, rows=turned))
    assert {_states(document)[code] for code in codes[40:]} == {"unread"}


def test_a_first_row_left_out_is_an_absence() -> None:
    document = assemble_document(make_extraction(CODES, [(code, "1") for code in CODES[1:]]))
    assert _states(document)[CODES[0]] == "absent"
    assert document.outcome == "complete"


def test_a_block_missing_within_a_page_was_left_out() -> None:
    codes = [f"I.{n}" for n in range(1, 41)]
    printed = [(code, "1") for code in codes if code not in codes[10:20]]
    document = assemble_document(make_extraction(codes, printed, pages=[1] * 15 + [2] * 15))
    assert {_states(document)[code] for code in codes[10:20]} == {"absent"}


@pytest.mark.parametrize(("raw", "state"), [("", "illegible"), ("|", "read"), ("", "blank")])
def test_an_illegible_row_may_be_any_of_its_neighbours(raw: str, state: CellState) -> None:
    found = make_extraction(CODES, [("I.1", "3"), (None, "4"), ("I.4", "5")])
    rows = list(found.table.rows)
    rows[1] = replace(rows[1], label=replace(rows[1].label, raw=raw, state=state))
    states = _states(assemble_document(with_table(found, rows=tuple(rows))))
    assert (states["I.2"], states["I.3"], states["I.5"]) == ("unread", "unread", "absent")


def test_a_page_without_a_value_column_leaves_values_unread() -> None:
    found = make_extraction(CODES, [("I.1", "")])
    row = replace(found.table.rows[0], columns_missing=("value",), value=Field("", "blank", 0.999))
    value = assemble_document(with_table(found, rows=(row,))).indicators[0].value
    assert (value.state, value.raw, value.page) == ("unread", None, None)


def test_a_cut_row_continues() -> None:
    found = make_extraction(CODES, [("I.1", "3")])
    pieces = (Piece(1, (0.1, 0.9, 0.9, 0.95)), Piece(2, (0.1, 0.05, 0.9, 0.1)))
    row = replace(found.table.rows[0], pieces=pieces)
    document = assemble_document(with_table(found, rows=(row,)))
    info = document.indicators[0].row
    assert (info.page, info.box, info.continued[0].page) == (1, pieces[0].box, 2)


def test_alternatives_share_what_the_value_leaves() -> None:
    found = make_extraction(CODES, [("I.1", "3")])
    value = found.values[0]
    rest = (Candidate("8", Decimal(8), None, 0.2), Candidate("5", Decimal(5), None, 0.1))
    values = (replace(value, value=replace(value.value, alternatives=rest)),)
    scores = replace(
        found.scores,
        rows=(replace(found.scores.rows[0], value=replace(found.scores.rows[0].value, confidence=0.7)),),
    )
    document = assemble_document(replace(found, values=values, scores=scores))
    assert [(a.raw, a.confidence) for a in document.indicators[0].value.alternatives] == [("8", 0.2), ("5", 0.1)]


def test_findings_keep_their_ids() -> None:
    found = make_extraction(CODES, [(code, "3") for code in CODES])
    finding = Finding("SUM-01", "arithmetic", "error", (("I.1", "value"),), None, "Sai.", "Wrong.")
    one = assemble_document(replace(found, findings=(finding,)))
    two = assemble_document(replace(found, findings=(replace(finding, message_en="Other."), finding)))
    assert one.findings[0].id == two.findings[0].id
    assert len({f.id for f in two.findings}) == 2


def test_second_form_and_other_tables() -> None:
    found = make_extraction(CODES, [(code, "3") for code in CODES])
    table = OtherTable(1, (0.0, 0.0, 1.0, 0.1), 3, 2)
    document = assemble_document(with_table(found, second_form=(9,), other_tables=(table,)))
    assert document.outcome == "partial"
    assert document.other_tables[0].n_rows == 3


def test_a_failed_report_validates() -> None:
    error = UnreadableFile("the file is empty", "scan it again", code="empty-file")
    document = failed_document("a.pdf", None, error, MadeWith(extractor="0"))
    check_json(document.to_json())
    assert document.to_dict()["error"] == {
        "code": "empty-file",
        "message": "the file is empty",
        "advice": "scan it again",
    }
    assert document.indicators == ()


def test_json_and_dict_are_one() -> None:
    document = assemble_document(make_extraction(CODES, [("I.1", "23.270"), (None, "4")]))
    check_json(document.to_json())
    assert json.loads(document.to_json()) == document.to_dict()
    assert document.to_json() == assemble_document(make_extraction(CODES, [("I.1", "23.270"), (None, "4")])).to_json()
