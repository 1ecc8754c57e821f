"""Units and notes that two readers agree on and nobody printed go to a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.records import Field, Matching, Note, Row, RowMatch, RowTrust, RowValue, Table
from extractor.trust import score_report
from extractor.trust.features import known_unit
from tests.builders import make_catalogue, make_head, make_row, make_value
from tests.trust.test_score import GOOD, MODEL, SETTINGS


@pytest.mark.parametrize(
    ("raw", "known"),
    [
        ("HỒ sơ", False),
        ("HỒ Sơ", False),
        ("THủ tục", False),
        ("ngưỜi", False),
        ("Hồ Sơ", False),
        ("Tỷ Lệ %", False),
        ("cQ, ĐV", False),
        ("Hồ sơ", True),
        ("HỒ SƠ", True),
        ("UBND cấp xã", True),
        ("ĐVT", True),
        ("Cơ quan, Đơn vị", True),
        ("Có = 1 Không = 0", True),
    ],
)
def test_capitals_that_nobody_writes_make_no_known_unit(raw: str, known: bool) -> None:
    """The normal form was right, but what was said to be printed was not, and accepted."""
    assert known_unit(RowValue(0, make_value(""), "Hồ sơ", 1.0, Note("")), replace(GOOD, raw=raw), None) is known


@pytest.mark.parametrize(
    ("confidence", "printed", "known"), [(0.3, "TTHC", False), (0.97, "TTHC", True), (0.3, "%", True)]
)
def test_another_unit_than_the_form_s_is_known_only_where_it_is_read_surely(
    confidence: float, printed: str, known: bool
) -> None:
    """A broken "%" looked like "tt", which is short for another unit, and was accepted."""
    percent = replace(make_catalogue(("I.1",)).indicators[0], unit="%")
    value = RowValue(0, make_value(""), printed, 1.0, Note(""))
    assert known_unit(value, replace(GOOD, raw="tt", confidence=confidence), percent) is known


def test_a_note_with_a_word_that_the_form_knows_but_for_its_marks_is_for_a_person() -> None:
    row = replace(make_row(0, "Chỉ tiêu I.1", "4.304"), note=replace(GOOD, raw="Đang tông hợp"))
    for reasons, held in ((("unknown-word",), True), ((), False)):
        own = replace(row, note=replace(row.note, reasons=reasons))
        trust = _score_row(own, RowValue(0, make_value("4.304"), "Hồ sơ", 1.0, Note("")))
        assert (trust.note.status == "review") is held


def test_a_unit_that_no_catalogue_knows_is_for_a_person() -> None:
    """Two readers saw "tt" in a broken "%", and it was accepted."""
    row = replace(make_row(0, "Chỉ tiêu I.1", "4.304"), unit=replace(GOOD, raw="tt"))
    for unit, held in ((None, True), ("Hồ sơ", False)):
        trust = _score_row(row, RowValue(0, make_value("4.304"), unit, 0.5 if unit is None else 1.0, Note("")))
        assert ("unknown-word" in trust.unit.reasons) is held


def test_what_has_no_cell_beside_a_missing_column_is_no_blank() -> None:
    """On a page where one column was found, notes were accepted as blank though they had never been looked at."""
    row = replace(make_row(0, "Chỉ tiêu I.1", "4.304"), note=Field("", "blank", 0.999), columns_missing=("value",))
    trust = _score_row(row, RowValue(0, make_value("4.304"), "Hồ sơ", 0.99, Note("")))
    assert (trust.note.status, trust.note.reasons) == ("review", ("column-missing",))


def _score_row(row: Row, value: RowValue) -> RowTrust:
    (trust,) = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1"], ["count"]),
        Matching((RowMatch(0, "I.1", 0.9999),), (), 1.0),
        (value,),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    ).rows
    return trust


@pytest.mark.parametrize(
    ("raw", "reasons", "held"),
    [("49.03", ("touches-rule",), True), ("4903", ("touches-rule",), False), ("49.03", (), False)],
)
def test_a_mark_whose_tail_a_ruling_may_hide_is_for_a_person(raw: str, reasons: tuple[str, ...], held: bool) -> None:
    """Values typed low on a form: all readers saw a point in a comma on the line."""
    row = make_row(0, "Chỉ tiêu I.1", raw)
    row = replace(row, value=replace(row.value, reasons=reasons))
    trust = _score_row(row, RowValue(0, make_value(raw), "Hồ sơ", 1.0, Note("")))
    assert trust.value.blocked is held
