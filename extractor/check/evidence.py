"""Cells with their other readings and the hard rules -> what arithmetic confirms, what it breaks, which reading fits.

Arithmetic ranks readings, it never replaces one: a value that only fits through a rule is a person's to settle.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations, product

from extractor.check.cell import Cells, CheckedCell, Facts, find_facts
from extractor.check.expression import Comparison, Condition, parse_expression
from extractor.check.judge import Case, find_codes, judge
from extractor.check.rules import make_case
from extractor.records import Candidate, Catalogue, Head, Support

LEAST_CONFIRMING = 10  # an equality of smaller numbers holds by chance too often
MOST_TRIED = 4  # other readings of a cell; lighter ones are noise
LEAD = 3.0  # how much heavier a fitting reading must be than another cell's that fits as well

Change = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A hard rule with the cells it reads."""

    id: str
    condition: Condition
    codes: tuple[str, ...]
    tolerance: Decimal


@dataclass(frozen=True, slots=True)
class _Sheet:
    """All cells under all hard rules. `verdicts`: how each rule judges the numbers as read."""

    cells: Cells
    case: Case
    rules: tuple[_Ruled, ...]
    by_code: Mapping[str, tuple[_Ruled, ...]]
    verdicts: Mapping[str, bool | None]


def confirm_by_rules(cells: Cells, catalogue: Catalogue, head: Head) -> dict[str, Support]:
    """Support of each cell that a hard rule speaks of, by code."""
    sheet = _read_sheet(find_facts(cells, catalogue, head))
    fits = _find_fits(sheet)
    found = {}
    for code, rules in sheet.by_code.items():
        confirmed = tuple(rule.id for rule in rules if _confirms(rule, sheet, {}))
        broken = tuple(rule.id for rule in rules if sheet.verdicts[rule.id] is False)
        if confirmed or broken or code in fits:
            found[code] = Support(code, confirmed, broken, fits.get(code))
    return found


def rank_by_rules(cells: Cells, catalogue: Catalogue, head: Head) -> dict[str, tuple[Candidate, ...]]:
    """The other readings of each cell that has some: those that break fewest rules first, then the heavier."""
    sheet = _read_sheet(find_facts(cells, catalogue, head))
    return {
        code: tuple(sorted(cell.alternatives, key=lambda one: (*_fitness(code, one, sheet), -one.weight)))
        for code, cell in cells.items()
        if cell.alternatives
    }


def _read_sheet(facts: Facts) -> _Sheet:
    base = make_case(facts)
    numbers = {code: cell.number for code, cell in facts.cells.items() if cell.number is not None}
    case = replace(base, numbers=numbers)
    rules = tuple(_ruled(facts, case))
    by_code: dict[str, list[_Ruled]] = {}
    for rule in rules:
        for code in rule.codes:
            by_code.setdefault(code, []).append(rule)
    verdicts = {rule.id: judge(rule.condition, case, rule.tolerance) for rule in rules}
    return _Sheet(facts.cells, case, rules, {code: tuple(some) for code, some in by_code.items()}, verdicts)


def _ruled(facts: Facts, case: Case) -> Iterator[_Ruled]:
    for rule in facts.catalogue.rules:
        if rule.hard:
            condition = parse_expression(rule.expression)
            codes = tuple(code for code, field in find_codes(condition, case.order) if field == "value")
            if all(code in facts.cells for code in codes):
                yield _Ruled(rule.id, condition, codes, rule.tolerance)


def _verdict(rule: _Ruled, sheet: _Sheet, change: Change) -> bool | None:
    if not change:
        return sheet.verdicts[rule.id]
    case = replace(
        sheet.case,
        numbers={**sheet.case.numbers, **change},
        given={**sheet.case.given, **dict.fromkeys(change, True)},
    )
    return judge(rule.condition, case, rule.tolerance)


def _confirms(rule: _Ruled, sheet: _Sheet, change: Change) -> bool:
    """Whether an equality holds of numbers that would hardly agree by chance."""
    if not isinstance(rule.condition, Comparison) or rule.condition.op != "==" or len(rule.codes) < 3:
        return False
    numbers = [change.get(code, sheet.case.numbers.get(code)) for code in rule.codes]
    known = [number for number in numbers if number is not None]
    if len(known) < len(numbers) or max(known) < LEAST_CONFIRMING or len({n for n in known if n}) < 2:
        return False
    return _verdict(rule, sheet, change) is True


def _helps(change: Change, sheet: _Sheet) -> bool:
    """Whether a change mends a broken rule or completes an equality, and leaves no rule of its cells broken."""
    rules = {rule.id: rule for code in change for rule in sheet.by_code.get(code, ())}
    after = {rule_id: _verdict(rule, sheet, change) for rule_id, rule in rules.items()}
    if False in after.values():
        return False
    mended = any(sheet.verdicts[rule_id] is False and after[rule_id] for rule_id in rules)
    return mended or any(
        sheet.verdicts[rule_id] is None and _confirms(rule, sheet, change) for rule_id, rule in rules.items()
    )


def _find_fits(sheet: _Sheet) -> dict[str, str]:
    """For each cell the one other reading with which its rules hold; cells of one rule compete by weight."""
    single = {code: options for code in sheet.by_code if (options := _fitting(code, sheet))}
    best = {code: options[0] for code, options in single.items() if len(options) == 1}
    fits = {code: one.raw for code, one in best.items() if _leads(code, one, best, sheet)}
    for rule in sheet.rules:
        if sheet.verdicts[rule.id] is False and not any(code in single for code in rule.codes):
            fits.update(_fit_pair(rule, sheet))
    return fits


def _fitting(code: str, sheet: _Sheet) -> list[Candidate]:
    return [one for one in _options(sheet.cells[code]) if one.number is not None and _helps({code: one.number}, sheet)]


def _leads(code: str, mine: Candidate, best: Mapping[str, Candidate], sheet: _Sheet) -> bool:
    rivals = {other for rule in sheet.by_code[code] for other in rule.codes if other != code and other in best}
    return all(mine.weight >= LEAD * best[other].weight for other in rivals)


def _fit_pair(rule: _Ruled, sheet: _Sheet) -> dict[str, str]:
    """Two readings of two cells that only together make the rule hold, where there is one such pair."""
    found = []
    for one, other in combinations(rule.codes, 2):
        for a, b in product(_options(sheet.cells[one]), _options(sheet.cells[other])):
            if a.number is not None and b.number is not None and _helps({one: a.number, other: b.number}, sheet):
                found.append({one: a.raw, other: b.raw})
    return found[0] if len(found) == 1 else {}


def _options(cell: CheckedCell) -> tuple[Candidate, ...]:
    """The heaviest other readings of a cell, each number once."""
    ranked = sorted(cell.alternatives, key=lambda one: -one.weight)
    distinct = {one.number: one for one in reversed(ranked) if one.number is not None and one.number != cell.number}
    return tuple(reversed(distinct.values()))[:MOST_TRIED]


def _fitness(code: str, one: Candidate, sheet: _Sheet) -> tuple[int, int]:
    """Rules that a reading breaks, and (negative) how many equalities it makes hold."""
    rules = sheet.by_code.get(code, ())
    if one.number is None:
        return 0, 0
    change = {code: one.number}
    return (
        sum(_verdict(rule, sheet, change) is False for rule in rules),
        -sum(_confirms(rule, sheet, change) for rule in rules),
    )
