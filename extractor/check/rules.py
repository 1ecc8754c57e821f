"""Cells and the catalogue's rules -> findings for the rules that do not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extractor.check.cell import CheckedCell, Facts
from extractor.check.expression import Condition, parse_expression
from extractor.check.judge import Case, find_codes, has_communes, judge
from extractor.check.wording import word_rule
from extractor.records import Catalogue, Finding, FindingKind, Rule, Severity

KINDS: dict[str, FindingKind] = {
    "sum": "arithmetic",
    "part_whole": "arithmetic",
    "equality": "arithmetic",
    "ratio": "arithmetic",
    "bound": "range",
    "bound_communes": "range",
    "implication": "completeness",
}
SURE_ORGANISATION = 0.75  # below it the number of communes may be another district's


def check_catalogue_rules(facts: Facts) -> Iterator[Finding]:
    """One finding for each rule that is broken; rules of which that can't be told are silent."""
    case = make_case(facts)
    for rule in facts.catalogue.rules:
        condition = parse_expression(rule.expression)
        if judge(condition, case, rule.tolerance) is False:
            yield _finding(rule, condition, facts, case)


def rules_with(catalogue: Catalogue, code: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Rules that an indicator's value is part of: their ids, and the codes whose values each compares."""
    order = tuple(indicator.code for indicator in catalogue.indicators)
    found = []
    for rule in catalogue.rules:
        pairs = find_codes(parse_expression(rule.expression), order)
        codes = tuple(dict.fromkeys(other for other, field in pairs if field == "value"))
        if code in codes:
            found.append((rule.id, codes))
    return tuple(found)


def make_case(facts: Facts) -> Case:
    """What the rules are judged on; blank is no zero, and a row that is not printed says nothing."""
    cells = facts.cells
    return Case(
        {code: cell.known for code, cell in cells.items() if cell.known is not None},
        {code: cell.number is not None for code, cell in cells.items() if cell.state in ("read", "blank")},
        {code: cell.state != "blank" for code, cell in cells.items() if cell.state in ("read", "blank", "illegible")},
        {code: bool(cell.note.raw.strip()) for code, cell in cells.items()},
        facts.place.communes if facts.place else None,
        tuple(indicator.code for indicator in facts.catalogue.indicators),
    )


def find_severity(cells: Iterable[CheckedCell], *, hard: bool) -> Severity:
    """An error only where the rule is hard and every operand is certain."""
    return "error" if hard and all(cell.certain for cell in cells) else "warning"


def _finding(rule: Rule, condition: Condition, facts: Facts, case: Case) -> Finding:
    pairs = find_codes(condition, case.order)
    cells = [facts.cells[code] for code, _ in pairs if code in facts.cells]
    sure_place = facts.dated and facts.head.organisation.confidence >= SURE_ORGANISATION
    hard = rule.hard and (sure_place or not has_communes(condition))
    vi, en = word_rule(condition, [code for code, _ in pairs], facts)
    page = next((cell.page for cell in cells if cell.page is not None), None)
    kind = KINDS.get(rule.type, "arithmetic")
    shown = tuple(pair for pair in pairs if pair[0] in facts.cells)
    return Finding(rule.id, kind, find_severity(cells, hard=hard), shown, page, vi, en)
