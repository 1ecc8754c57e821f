"""Arithmetic as a reader: what it confirms, what it contradicts, which other reading fits."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from extractor.check import CheckedCell, confirm_by_rules, rank_by_rules
from extractor.records import Candidate, Catalogue, Rule
from tests.builders import make_catalogue, make_head

HEAD = make_head()


def form(*texts: str) -> Catalogue:
    rules = tuple(Rule(f"R{i}", "sum", text, True, Decimal(0), "") for i, text in enumerate(texts))
    return replace(make_catalogue(["A", "B", "C", "D"]), rules=rules)


def cells(**numbers: int | tuple[int | None, ...] | None) -> dict[str, CheckedCell]:
    """`A=(405, 465)`: read as 405, perhaps 465, with falling weights."""
    found = {}
    for code, value in numbers.items():
        first, *others = value if isinstance(value, tuple) else (value,)
        options = tuple(
            Candidate(str(o), Decimal(o), None, 0.4 / (i + 1)) for i, o in enumerate(others) if o is not None
        )
        number = None if first is None else Decimal(first)
        state = "read" if first is not None or options else "blank"
        found[code] = CheckedCell(code, state, number, raw=str(first), alternatives=options)  # type: ignore[arg-type]
    return found


SUM = "{A} == {B} + {C}"


def test_a_sum_that_holds_confirms_all_its_cells() -> None:
    found = confirm_by_rules(cells(A=405, B=275, C=130), form(SUM), HEAD)
    assert {code: one.confirmed for code, one in found.items()} == {"A": ("R0",), "B": ("R0",), "C": ("R0",)}
    assert all(one.contradicted == () and one.fits is None for one in found.values())


def test_small_numbers_agree_by_chance() -> None:
    assert confirm_by_rules(cells(A=3, B=2, C=1), form(SUM), HEAD) == {}
    assert confirm_by_rules(cells(A=0, B=0, C=0), form(SUM), HEAD) == {}
    assert confirm_by_rules(cells(A=12, B=12, C=0), form(SUM), HEAD) == {}


def test_inequalities_confirm_nothing() -> None:
    assert confirm_by_rules(cells(A=405, B=275), form("{B} <= {A}"), HEAD) == {}


def test_the_one_reading_that_fits() -> None:
    found = confirm_by_rules(cells(A=405, B=(215, 275, 245), C=130), form(SUM), HEAD)
    assert found["B"].fits == "275"
    assert found["B"].contradicted == ("R0",)
    assert found["A"].contradicted == ("R0",)
    assert found["A"].fits is None
    assert found["A"].confirmed == ()


def test_no_reading_fits() -> None:
    found = confirm_by_rules(cells(A=405, B=(215, 245), C=130), form(SUM), HEAD)
    assert all(one.fits is None for one in found.values())


def test_two_cells_that_could_each_be_it_settle_nothing() -> None:
    found = confirm_by_rules(cells(A=(405, 345), B=(215, 275), C=130), form(SUM), HEAD)
    assert (found["A"].fits, found["B"].fits) == (None, None)


def test_a_far_likelier_reading_wins() -> None:
    some = cells(A=(405, 345), B=(215, 275), C=130)
    heavy = replace(some["B"], alternatives=(Candidate("275", Decimal(275), None, 0.9),))
    light = replace(some["A"], alternatives=(Candidate("345", Decimal(345), None, 0.01),))
    found = confirm_by_rules({**some, "A": light, "B": heavy}, form(SUM), HEAD)
    assert (found["A"].fits, found["B"].fits) == (None, "275")


def test_a_reading_that_breaks_another_rule_does_not_fit() -> None:
    found = confirm_by_rules(cells(A=405, B=(215, 275), C=130, D=220), form(SUM, "{B} <= {D}"), HEAD)
    assert found["B"].fits is None


def test_a_cell_without_a_number_gets_the_one_that_completes_the_sum() -> None:
    found = confirm_by_rules(cells(A=405, B=(None, 215, 275), C=130), form(SUM), HEAD)
    assert found["B"].fits == "275"


def test_two_misread_cells_fit_together() -> None:
    found = confirm_by_rules(cells(A=405, B=(216, 275), C=(180, 130)), form(SUM), HEAD)
    assert (found["B"].fits, found["C"].fits) == ("275", "130")


def test_blank_parts_are_no_zeros() -> None:
    assert confirm_by_rules(cells(A=405, B=405, C=None), form(SUM), HEAD) == {}


def test_ranking_puts_the_fitting_reading_first() -> None:
    ranked = rank_by_rules(cells(A=405, B=(215, 245, 275), C=130), form(SUM), HEAD)
    assert [one.raw for one in ranked["B"]] == ["275", "245"]
    assert set(ranked) == {"B"}


def test_ranking_without_rules_goes_by_weight() -> None:
    ranked = rank_by_rules(cells(A=(405, 465, 485)), form(), HEAD)
    assert [one.raw for one in ranked["A"]] == ["465", "485"]


@given(st.integers(6, 10**6), st.integers(6, 10**6), st.integers(1, 10**6))
def test_a_misread_part_is_always_found(b: int, c: int, slip: int) -> None:
    if b == c:
        return
    found = confirm_by_rules(cells(A=b + c, B=(b + slip, b), C=c), form(SUM), HEAD)
    assert found["B"].fits == str(b)
    right = confirm_by_rules(cells(A=b + c, B=b, C=c), form(SUM), HEAD)
    assert right["B"].confirmed == ("R0",)
