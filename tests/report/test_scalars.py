"""Numbers, confidences, boxes and text as they are written."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.report.document import CodeGuess, Message, Place
from extractor.report.scalars import format_number, to_json, to_plain


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("60.220"), "60.22"),
        (Decimal("1E+3"), "1000"),
        (Decimal("100.00"), "100"),
        (0.00001, "0.00001"),
        (1.0, "1"),
        (Decimal("-0"), "0"),
        (Decimal("838072.45"), "838072.45"),
    ],
)
def test_shortest_form_without_exponent(number: Decimal | float, text: str) -> None:
    assert format_number(number) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**11), max_value=10**11))
def test_numbers_come_back(number: Decimal) -> None:
    text = format_number(number)
    assert Decimal(text) == number
    assert "e" not in text.lower()
    assert json.loads(text) == to_plain(number)


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="no JSON number"):
        format_number(float("nan"))


trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(), inner, max_size=5),
    max_leaves=40,
)


@given(trees)
def test_text_of_any_tree_reads_back(tree: object) -> None:
    assert json.loads(to_json(tree)) == to_plain(tree)


def test_keys_stay_in_order_and_text_is_composed() -> None:
    message = Message(vi="Thạnh".encode().decode(), en="x")
    assert message.vi == "Thạnh"
    assert list(json.loads(to_json({"b": 1, "a": 2}))) == ["b", "a"]


def test_confidences_and_boxes_are_rounded() -> None:
    assert CodeGuess(code="I", confidence=0.123456).confidence == 0.1235
    assert Place(page=1, box=(0.1234567, 0, 1.0000001, -0.1)).box == (0.12346, 0, 1, 0)
