"""Printed numbers: every form that offices write, and everything else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.records import ValueType
from extractor.value.numbers import is_dash, parse_number

CLEAN_COUNTS = {
    "0": "0", "1": "1", "02": "2", "100": "100", "4304": "4304", "4,304": "4304", "23.270": "23270", "1 209": "1209",
    "1.234.567": "1234567", "1,234,567": "1234567", "0 vụ": "0", "12 phòng": "12", "4.304 hồ sơ": "4304", " 24 ": "24",
    "1\u00a0209": "1209", "405 TTHC": "405", "3 đơn vị.": "3",
}  # fmt: skip
CLEAN_PERCENTS = {
    "60,22": "60.22", "83.33": "83.33", "83,33%": "83.33", "83,3 %": "83.3", "100": "100", "100%": "100", "0": "0",
    "99,5": "99.5", "83,3333": "83.3333",
}  # fmt: skip
AMBIGUOUS = [
    ("count", "60,22", "60.22", {"60.22", "6022"}),
    ("count", "12.5", "12.5", {"12.5", "125"}),
    ("count", "838.072,45", "838072.45", {"838072.45", "83807245"}),
    ("count", "1,234.56", "1234.56", {"1234.56", "123456"}),
    ("count", "0.123", "123", {"0.123", "123"}),
    ("count", "1234.567", "1234567", {"1234567", "1234.567"}),
    ("count", "100%", "100", set()),
    ("count", "20/24", None, {"20", "24"}),
    ("percent", "83,333", "83.333", {"83.333", "83333"}),
    ("percent", "4.304", "4.304", {"4.304", "4304"}),
    ("percent", "1.234,5", "1234.5", {"1234.5", "12345"}),
    ("percent", "20/24", None, {"83.33"}),
]
DIRTY = [
    ("24.", "24", {"24"}),
    ("'24", "24", {"24"}),
    ("-5", "5", {"5"}),
    ("1O", None, {"10"}),
    ("l2", None, {"12"}),
    ("2 3", None, {"23", "2", "3"}),
    ("4.304 (100%)", None, {"4304", "100"}),
    ("12..5", None, {"12", "5"}),
    ("chưa thống kê", None, set()),
    ("x", None, set()),
    ("...", None, set()),
    ("10²", None, {"10"}),
    ("9" * 30, None, set()),
]


@pytest.mark.parametrize(("raw", "number"), CLEAN_COUNTS.items())
def test_clean_count(raw: str, number: str) -> None:
    meaning = parse_number(raw, "count")
    assert meaning.number == Decimal(number)
    assert meaning.clean
    assert not meaning.ambiguous


@pytest.mark.parametrize(("raw", "number"), CLEAN_PERCENTS.items())
def test_clean_percent(raw: str, number: str) -> None:
    meaning = parse_number(raw, "percent")
    assert (meaning.number, meaning.clean, meaning.ambiguous) == (Decimal(number), True, False)


@pytest.mark.parametrize(("type_", "raw", "number", "others"), AMBIGUOUS)
def test_ambiguous_keeps_every_meaning(type_: ValueType, raw: str, number: str | None, others: set[str]) -> None:
    meaning = parse_number(raw, type_)
    assert meaning.ambiguous
    assert meaning.number == (None if number is None else Decimal(number))
    assert set(meaning.others) == {Decimal(other) for other in others}


@pytest.mark.parametrize(("raw", "number", "others"), DIRTY)
def test_what_is_no_clean_number_is_never_taken_for_one(raw: str, number: str | None, others: set[str]) -> None:
    meaning = parse_number(raw, "count")
    assert not meaning.clean
    assert meaning.number == (None if number is None else Decimal(number))
    assert {Decimal(other) for other in others} <= set(meaning.others)


@pytest.mark.parametrize("raw", ["-", "–", "—", " - ", "--", "- -", "_"])
def test_dash(raw: str) -> None:
    assert is_dash(raw)


@pytest.mark.parametrize("raw", ["", "-5", "5-", "x", "."])
def test_no_dash(raw: str) -> None:
    assert not is_dash(raw)


@given(st.integers(0, 10**9), st.sampled_from(["", ".", ",", " "]))
def test_count_survives_any_thousands_mark(number: int, mark: str) -> None:
    meaning = parse_number(f"{number:,}".replace(",", mark), "count")
    assert (meaning.number, meaning.clean, meaning.ambiguous) == (Decimal(number), True, False)


@given(st.decimals(0, 100, places=2), st.sampled_from([".", ","]), st.sampled_from(["", "%", " %"]))
def test_percent_survives_any_decimal_mark(number: Decimal, mark: str, sign: str) -> None:
    meaning = parse_number(f"{number:f}".replace(".", mark) + sign, "percent")
    assert (meaning.number, meaning.clean, meaning.ambiguous) == (Decimal(number), True, False)


@given(st.text(max_size=20), st.sampled_from(["count", "percent", "boolean", "enum", "header"]))
def test_any_text_gets_an_honest_meaning(text: str, type_: ValueType) -> None:
    meaning = parse_number(text, type_)
    assert meaning.number is None or meaning.number >= 0
    if meaning.clean and not meaning.ambiguous:
        assert meaning.number is not None
        assert any(char.isdigit() for char in text)


@given(st.text("0123456789.,%/ -OlI'", max_size=12))
def test_a_clean_number_holds_all_digits_of_its_print(text: str) -> None:
    meaning = parse_number(text, "count")
    if meaning.clean and not meaning.ambiguous:
        digits = "".join(char for char in text if char.isdigit())
        assert meaning.number == Decimal(digits)
