"""Rules: their text, their trees, and the three answers that judging can give."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.check.expression import Cell, Comparison, Implication, Presence, parse_expression
from extractor.check.judge import HALF_LAST_DECIMAL, Case, evaluate, find_codes, has_communes, judge
from extractor.errors import CatalogueError
from tests.check.seed import seed_catalogue

ORDER = ("A", "A.1", "A.1.1", "A.2", "A.3", "B")


def case(communes: int | None = 10, **numbers: str | int | None) -> Case:
    """`A_1=5`: cell A.1 holds 5; None: it is blank; not named: nothing is known of it."""
    named = {name.replace("_", "."): value for name, value in numbers.items()}
    return Case(
        {code: Decimal(value) for code, value in named.items() if value is not None},
        {code: value is not None for code, value in named.items()},
        {code: value is not None for code, value in named.items()},
        {code: True for code in named if code == "B"},
        communes,
        ORDER,
    )


def holds(text: str, on: Case, tolerance: Decimal = Decimal(0)) -> bool | None:
    return judge(parse_expression(text), on, tolerance)


@pytest.mark.parametrize("rule", seed_catalogue().rules, ids=[rule.id for rule in seed_catalogue().rules])
def test_every_rule_of_the_catalogue_is_understood(rule: object) -> None:
    expression = rule.expression  # type: ignore[attr-defined]
    codes = {indicator.code for indicator in seed_catalogue().indicators}
    named = find_codes(parse_expression(expression), tuple(i.code for i in seed_catalogue().indicators))
    assert named
    assert {code for code, _ in named} <= codes


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("{A} == {A.1} + {A.2}", {"A": 3, "A_1": 1, "A_2": 2}, True),
        ("{A} == {A.1} + {A.2}", {"A": 4, "A_1": 1, "A_2": 2}, False),
        ("{A} == {A.1} + {A.2}", {"A": 4, "A_1": 1, "A_2": None}, None),
        ("{A} == {A.1} + {A.2}", {"A": 4, "A_1": 1}, None),
        ("{A} <= communes", {"A": 10}, True),
        ("{A} <= communes", {"A": 11}, False),
        ("{A} <= 3*communes", {"A": 31}, False),
        ("{A} - {B} * 2 == 1", {"A": 7, "B": 3}, True),
        ("({A} - {B}) * 2 == 8", {"A": 7, "B": 3}, True),
        ("{A} == {B} / {A.1}", {"A": 1, "B": 1, "A_1": 0}, None),
        ("{A} != {B}", {"A": 1, "B": 1}, False),
        ("{A} == 1 -> {B} not blank", {"A": 1, "B": None}, False),
        ("{A} == 1 -> {B} not blank", {"A": 1, "B": 0}, True),
        ("{A} == 1 -> {B} not blank", {"A": 0, "B": None}, None),
        ("{A} == 1 -> {A.1}, {A.2} not blank", {"A": 1, "A_1": 0, "A_2": None}, False),
        ("{A}, {A.1} given -> {B} given", {"A": 1, "A_1": 1, "B": None}, False),
        ("{A}, {A.1} given -> {B} given", {"A": 1, "A_1": None, "B": None}, None),
        ("{B} note not blank -> {A} given", {"A": None, "B": None}, False),
        ("any({A.1}..{A.3}) -> {A} given", {"A": None, "A_1": None, "A_2": 1, "A_3": None}, False),
        ("any({A.1}..{A.3}) -> {A} given", {"A": None, "A_1": None, "A_2": None, "A_3": None, "A_1_1": 5}, None),
        ("{A} == 1 or {B} == 1 -> {A.1} == 1", {"A": 0, "B": 1, "A_1": 0}, False),
        ("{A} == 1 or {B} == 1 -> {A.1} == 1", {"B": 1, "A_1": 0}, False),
        ("{A} == 1 and {B} == 1 -> {A.1} == 1", {"A": 0, "B": 1, "A_1": 0}, None),
        ("{A} > 0 -> {B} == 1", {"A": 2, "B": None}, None),
        ("{A} blank -> {B} blank", {"A": None, "B": 1}, False),
    ],
)
def test_judging(text: str, numbers: dict[str, int | None], expected: bool | None) -> None:
    assert holds(text, case(10, **numbers)) is expected


def test_communes_not_known() -> None:
    assert holds("{A} <= communes", case(None, A=99)) is None
    assert has_communes(parse_expression("{A} <= 3*communes"))
    assert not has_communes(parse_expression("{A} <= {B} -> {A} == 1"))


@pytest.mark.parametrize(
    ("printed", "expected"),
    [("83.33", True), ("83.3", True), ("83", True), ("83.34", False), ("84", False), ("83.4", False)],
)
def test_half_of_the_last_printed_decimal(printed: str, expected: bool) -> None:
    on = case(10, A=printed, A_1=20, A_2=24)
    assert holds("{A} == 100*{A.1}/{A.2}", on, HALF_LAST_DECIMAL) is expected


def test_shape() -> None:
    tree = parse_expression("{I.1.1}, {I.1.2} given -> {I.1} given")
    assert tree == Implication(Presence(("I.1.1", "I.1.2"), "given"), Presence(("I.1",), "given"))
    assert parse_expression("{A} <= {B}") == Comparison("<=", Cell("A"), Cell("B"))


def test_codes_with_their_fields() -> None:
    tree = parse_expression("{B} note not blank -> {A.1} given")
    assert find_codes(tree, ORDER) == (("B", "note"), ("A.1", "value"))
    assert find_codes(parse_expression("any({A.1}..{A.3}) -> {A} given"), ORDER)[:3] == (
        ("A.1", "value"), ("A.2", "value"), ("A.3", "value"),
    )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "{A}", "{A} ==", "{A} == {B} +", "{A} = {B}", "{A} == {B}) ", "({A} == {B}", "any({A}) -> {B} given",
     "{A} not", "__import__('os')", "{A} == {B} ; 1", "{A} == {B} {A}", "communes", "{A} == 1 ->", "{A} given {B}"],
)  # fmt: skip
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(CatalogueError):
        parse_expression(text)


@given(st.text("{}AB.12+-*/<>=()! abdeghiklmnotvy,", max_size=30))
def test_any_text_is_a_tree_or_a_catalogue_error(text: str) -> None:
    try:
        tree = parse_expression(text)
    except CatalogueError:
        return
    assert judge(tree, case(10, A=1, B=2), Decimal(0)) in (True, False, None)


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_terms_calculate(numbers: list[int]) -> None:
    a, b, c = numbers
    tree = parse_expression("{A} == {B} + {A.1} * 2 - 1")
    assert isinstance(tree, Comparison)
    assert evaluate(tree.right, case(10, A=a, B=b, A_1=c)) == b + 2 * c - 1
