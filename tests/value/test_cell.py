"""Value cells: state, number, alternatives; what is printed stays as it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extractor.records import Field, Indicator, Reading, Value
from extractor.value import parse_value
from tests.builders import make_field, make_indicator

COUNT = make_indicator("A", 0)
PERCENT = make_indicator("B", 1, "percent")
FLAG = replace(make_indicator("C", 2, "boolean"), enum_codes=(("0", "Không"), ("1", "Có")))
TEXT = make_indicator("D", 3, "text")
HEADER = make_indicator("E", 4, "header")


def parse(raw: str, indicator: Indicator | None = COUNT, unit: str = "") -> Value:
    return parse_value(make_field(raw), indicator, unit)


def test_blank_dash_zero_and_illegible_are_four_things() -> None:
    assert (parse("").state, parse("").number) == ("blank", None)
    assert (parse("-").state, parse("-").number, parse("-").parsed) == ("read", None, True)
    assert (parse("0").state, parse("0").number) == ("read", Decimal(0))
    unread = parse_value(Field("", "illegible", 0.0), COUNT, "")
    assert (unread.state, unread.raw, unread.number) == ("illegible", "", None)


@pytest.mark.parametrize("raw", ["4,304", "1O", "10", "83,33 %", "20/24", "Không có", "x", "02", "-", "chưa thống kê"])
def test_raw_is_never_repaired(raw: str) -> None:
    for indicator in (COUNT, PERCENT, FLAG, HEADER, None):
        assert parse(raw, indicator).raw == raw


def test_codes_and_words() -> None:
    assert parse("Có", FLAG).number == 1
    assert parse("KHÔNG", FLAG).number == 0
    assert parse("Không có", FLAG).number == 0
    assert parse("01", FLAG).number == 1
    assert parse("10", FLAG).number == 10
    assert parse("10", FLAG).parsed
    assert not parse("10", FLAG).ambiguous


@pytest.mark.parametrize("raw", ["x", "X", "Đạt"])
def test_a_mark_for_a_code_needs_a_person(raw: str) -> None:
    value = parse(raw, FLAG)
    assert value.number is None
    assert value.ambiguous
    assert [one.number for one in value.alternatives] == [1]


def test_nothing_said_in_words_is_not_zero() -> None:
    value = parse("Không có")
    assert value.number is None
    assert value.ambiguous
    assert [one.number for one in value.alternatives] == [0]


def test_a_misspelled_code_word_goes_to_a_person() -> None:
    value = parse("Khônq", FLAG)
    assert value.number == 0
    assert not value.parsed


def test_no_value_at_all() -> None:
    value = parse("chưa thống kê")
    assert (value.state, value.number, value.parsed) == ("read", None, False)
    assert "not-a-value" in value.reasons


def test_ambiguous_has_both_as_alternatives() -> None:
    value = parse("60,22")
    assert value.ambiguous
    assert "ambiguous-number" in value.reasons
    assert {one.number for one in value.alternatives} == {Decimal("60.22"), Decimal(6022)}
    assert parse("60,22", PERCENT).number == Decimal("60.22")
    assert not parse("60,22", PERCENT).ambiguous


def test_text_and_header() -> None:
    text = parse("Thực hiện tốt 12 việc", TEXT)
    assert (text.number, text.text) == (None, "Thực hiện tốt 12 việc")
    assert parse("1", HEADER).number == 1
    assert parse("", HEADER).state == "blank"


def test_row_of_no_indicator_goes_by_its_unit() -> None:
    assert parse("60,22", None, "%").number == Decimal("60.22")
    assert not parse("60,22", None, "%").ambiguous
    assert parse("4.304", None, "Hồ sơ").number == 4304
    assert parse("Có", None, "Có = 1 Không = 0").number == 1
    assert parse("4.304", None, "").number == 4304


def test_other_readings_become_candidates() -> None:
    readings = (Reading("a", "23.270", 0.9), Reading("b", "23.276", 0.3), Reading("c", "23270", 0.5))
    field = Field("23.270", "read", 0.9, (), readings, (("28.270", 0.05), ("23.270.", 0.02)))
    value = parse_value(field, COUNT, "")
    assert value.number == 23270
    assert [one.number for one in value.alternatives] == [23276, 28270]
    assert value.alternatives[0].raw == "23.276"
    weights = [one.weight for one in value.alternatives]
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1 for weight in weights)


def test_an_unread_cell_keeps_what_engines_guessed() -> None:
    field = Field("", "illegible", 0.0, (), (Reading("a", "17", 0.2),))
    assert [one.number for one in parse_value(field, COUNT, "").alternatives] == [17]


def test_reasons_of_the_reading_stay() -> None:
    field = replace(make_field("60,22"), reasons=("engines-disagree",))
    assert parse_value(field, COUNT, "").reasons == ("engines-disagree", "ambiguous-number")
