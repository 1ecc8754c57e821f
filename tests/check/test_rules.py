"""Findings of the catalogue's rules and codes: what is an error, what a warning, what nothing at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extractor.check import CheckedCell, check_rules
from extractor.check.cell import find_facts
from extractor.records import Catalogue, Finding, Head, HeadField, Piece, Place, Rule
from tests.builders import make_head, make_indicator

FLAG = (("0", "Không"), ("1", "Có"))
PLACE = Place("949", "Huyện Thạnh Trị", 10, (), "Sóc Trăng")
HEAD = replace(make_head(), organisation=replace(make_head().organisation, raw="UBND HUYỆN THẠNH TRỊ"))
CODES = ("A", "A.1", "A.2", "B", "C", "H")


def catalogue(*rules: tuple[str, bool], place: Place = PLACE) -> Catalogue:
    indicators = [make_indicator(code, i) for i, code in enumerate(CODES)]
    indicators[4] = replace(indicators[4], type="boolean", enum_codes=FLAG)
    indicators[5] = replace(indicators[5], type="header", unit="")
    made = tuple(Rule(f"R{i}", "sum", text, hard, Decimal(0), "") for i, (text, hard) in enumerate(rules))
    return Catalogue("mini", "1", tuple(indicators), made, (), (place,), (), (), "")


def cell(code: str, value: int | str | None, **changes: object) -> CheckedCell:
    number = None if value is None or value == "-" else Decimal(value)
    plain = CheckedCell(
        code, "blank" if value is None else "read", number, page=2, raw="" if value is None else str(value)
    )
    return replace(plain, unit_raw="Hồ sơ", **changes)  # type: ignore[arg-type]


def find(form: Catalogue, *cells: CheckedCell, head: Head | None = None) -> tuple[Finding, ...]:
    return check_rules({one.code: one for one in cells}, form, head or HEAD)


SUM = ("{A} == {A.1} + {A.2}", True)


def test_a_broken_hard_rule_of_certain_cells_is_an_error() -> None:
    (finding,) = find(catalogue(SUM), cell("A", 405), cell("A.1", 275), cell("A.2", 131))
    assert (finding.rule, finding.severity, finding.kind, finding.page) == ("R0", "error", "arithmetic", 2)
    assert finding.cells == (("A", "value"), ("A.1", "value"), ("A.2", "value"))
    assert "405 ≠ 275 + 131" in finding.message_vi
    assert "405 ≠ 275 + 131" in finding.message_en


def test_a_rule_that_holds_says_nothing() -> None:
    assert find(catalogue(SUM), cell("A", 405), cell("A.1", 275), cell("A.2", 130)) == ()


def test_one_uncertain_operand_makes_it_a_warning() -> None:
    (finding,) = find(catalogue(SUM), cell("A", 405), cell("A.1", 275), cell("A.2", 131, certain=False))
    assert finding.severity == "warning"


def test_a_soft_rule_is_a_warning() -> None:
    (finding,) = find(catalogue(("{A} <= {B}", False)), cell("A", 4), cell("B", 3))
    assert finding.severity == "warning"


@pytest.mark.parametrize("state", ["illegible", "unread", "absent"])
def test_operands_that_are_not_read_silence_a_rule(state: str) -> None:
    gone = replace(cell("A.2", None), state=state)  # type: ignore[arg-type]
    assert find(catalogue(SUM), cell("A", 405), cell("A.1", 275), gone) == ()
    assert find(catalogue(SUM), cell("A", 405), cell("A.1", 275)) == ()


def test_dash_and_ambiguous_numbers_silence_a_rule() -> None:
    assert find(catalogue(SUM), cell("A", 405), cell("A.1", 275), cell("A.2", "-")) == ()
    assert find(catalogue(SUM), cell("A", 405), cell("A.1", 275), cell("A.2", "1", ambiguous=True)) == ()


def test_blank_is_no_zero() -> None:
    findings = find(catalogue(SUM), cell("A", 405), cell("A.1", 275), cell("A.2", None))
    assert [(one.rule, one.severity) for one in findings] == [("PARTS-BLANK", "warning")]


def test_a_rule_about_blankness() -> None:
    (finding,) = find(catalogue(("{A} == 1 -> {B} not blank", False)), cell("A", 1), cell("B", None))
    assert (finding.kind, finding.severity) == ("arithmetic", "warning")
    assert "để trống" in finding.message_vi
    assert "blank" in finding.message_en


def test_a_code_outside_its_list_is_an_error() -> None:
    (finding,) = find(catalogue(), cell("C", 10))
    assert (finding.rule, finding.severity, finding.cells) == ("CODE-LIST", "error", (("C", "value"),))
    assert find(catalogue(), cell("C", 1)) == ()
    assert find(catalogue(), cell("C", 10, certain=False))[0].severity == "warning"


def test_a_number_in_a_header_row_is_an_error() -> None:
    (finding,) = find(catalogue(), cell("H", 1, unit_printed=False))
    assert (finding.rule, finding.kind, finding.severity) == ("HEADER-VALUE", "structure", "error")
    assert find(catalogue(), cell("H", None, unit_printed=False)) == ()


BOUND = ("{A} <= communes", True)


def test_bounds_go_by_the_district() -> None:
    (finding,) = find(catalogue(BOUND), cell("A", 11))
    assert finding.severity == "error"
    assert find(catalogue(BOUND), cell("A", 10)) == ()


def test_an_unknown_or_unsure_district() -> None:
    head = HEAD
    unknown = replace(head, organisation=HeadField(None, None, 0.0, None))
    assert find(catalogue(BOUND), cell("A", 11), head=unknown) == ()
    unsure = replace(head, organisation=replace(head.organisation, confidence=0.5))
    assert find(catalogue(BOUND), cell("A", 11), head=unsure)[0].severity == "warning"


def test_an_unknown_period_makes_a_broken_bound_a_warning() -> None:
    head = replace(HEAD, period=HeadField(None, None, 0.0, None))
    assert find(catalogue(BOUND), cell("A", 11), head=head)[0].severity == "warning"


def test_places_hold_for_a_time() -> None:
    gone = replace(PLACE, valid_to="2021-12-31")
    assert find(catalogue(BOUND, place=gone), cell("A", 11)) == ()
    still = replace(PLACE, valid_from="2022-01-01", valid_to="2025-06-30")
    assert len(find(catalogue(BOUND, place=still), cell("A", 11))) == 1
    assert find_facts({}, catalogue(place=gone), make_head()).place is None


def test_a_total_that_its_catalogue_rule_already_names_is_said_once() -> None:
    form = catalogue(SUM)
    any_given = Rule("IMP", "implication", "any({A.1}..{A.2}) -> {A} given", False, Decimal(0), "")
    form = replace(form, rules=(*form.rules, any_given))
    findings = find(form, cell("A", None), cell("A.1", 3), cell("A.2", None))
    assert [one.rule for one in findings] == ["IMP"]


def test_general_checks_are_never_errors() -> None:
    head = replace(HEAD, report_date=HeadField("1", "2021-01-01", 0.9, Piece(1, (0, 0, 1, 1))))
    findings = find(catalogue(), cell("A", "1000000"), cell("B", 100), head=head)
    assert all(one.severity != "error" for one in findings)
