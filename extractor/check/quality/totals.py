"""Sum rules with blanks -> totals without parts, parts without their total, known parts above a total."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractor.check.cell import CheckedCell, Facts
from extractor.check.expression import Arithmetic, Cell, Comparison, Condition, Term, parse_expression
from extractor.check.words import shorten
from extractor.records import Finding


def check_totals(facts: Facts) -> Iterator[Finding]:
    """Blank is unknown, never zero: what is known of the parts only bounds the total."""
    for rule in facts.catalogue.rules:
        total, parts, exact = _read_sum(parse_expression(rule.expression))
        cells = [facts.cells.get(code) for code in parts]
        whole = facts.cells.get(total)
        if whole is not None and all(cell is not None for cell in cells) and len(parts) > 1:
            yield from _check(whole, [cell for cell in cells if cell is not None], facts, exact)


def _check(whole: CheckedCell, parts: list[CheckedCell], facts: Facts, exact: bool) -> Iterator[Finding]:
    given = [part for part in parts if part.known is not None]
    blank = [part for part in parts if part.state == "blank"]
    cells = tuple((cell.code, "value") for cell in (whole, *parts))
    label = shorten(facts.indicators[whole.code].label)
    if whole.known is not None and given and blank and sum((_number(p) for p in given), Decimal(0)) > whole.known:
        listed = " + ".join(part.raw for part in given)
        yield Finding(
            "PARTS-ABOVE-TOTAL", "arithmetic", "warning", cells, whole.page,
            f"Các phần đã có của «{label}» cộng lại {listed} > {whole.raw}, dù còn phần để trống.",
            f"The given parts of «{label}» already make {listed} > {whole.raw}, though others are blank.",
        )  # fmt: skip
    elif exact and whole.known and blank:
        yield Finding(
            "PARTS-BLANK", "completeness", "warning", cells, whole.page,
            f"«{label}» in {whole.raw} nhưng {len(blank)} trong {len(parts)} phần để trống.",
            f"«{label}» prints {whole.raw} but {len(blank)} of its {len(parts)} parts are blank.",
        )  # fmt: skip
    elif exact and whole.state == "blank" and given:
        yield Finding(
            "TOTAL-BLANK", "completeness", "warning", cells, whole.page,
            f"«{label}» để trống nhưng có {len(given)} trong {len(parts)} phần được điền.",
            f"«{label}» is blank but {len(given)} of its {len(parts)} parts are given.",
        )  # fmt: skip


def _read_sum(condition: Condition) -> tuple[str, tuple[str, ...], bool]:
    """Total, parts, and whether they must be equal; ("", (), False) for a rule of another kind."""
    match condition:
        case Comparison("==" | ">=" as op, Cell(code), right):
            parts = tuple(_addends(right))
            return (code, parts, op == "==") if parts else ("", (), False)
    return "", (), False


def _addends(term: Term) -> Iterator[str]:
    match term:
        case Cell(code):
            yield code
        case Arithmetic("+", left, right):
            yield from _addends(left)
            yield from _addends(right)


def _number(cell: CheckedCell) -> Decimal:
    return cell.known or Decimal(0)
