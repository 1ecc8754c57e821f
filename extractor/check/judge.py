"""A rule's tree and the cells -> whether it holds; None where that can't be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from extractor.check.expression import (
    AnyGiven,
    Arithmetic,
    Cell,
    Communes,
    Comparison,
    Condition,
    Implication,
    Joined,
    Number,
    Presence,
    Term,
)

HALF_LAST_DECIMAL = Decimal(-1)  # a rule's tolerance that depends on how many decimals the left side prints
COMPARE: Mapping[str, Callable[[Decimal, Decimal, Decimal], bool]] = {
    "==": lambda a, b, slack: abs(a - b) <= slack,
    "!=": lambda a, b, slack: abs(a - b) > slack,
    "<=": lambda a, b, slack: a <= b + slack,
    ">=": lambda a, b, slack: a + slack >= b,
    "<": lambda a, b, slack: a < b + slack,
    ">": lambda a, b, slack: a + slack > b,
}


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule is judged on. Each mapping lacks the codes of which it can't be told.

    `numbers`: settled numbers; `present`: whether a cell holds a number (`given`) or any ink (`inked`), or its note.
    """

    numbers: Mapping[str, Decimal]
    given: Mapping[str, bool]
    inked: Mapping[str, bool]
    noted: Mapping[str, bool]
    communes: int | None
    order: tuple[str, ...]


def judge(condition: Condition, case: Case, tolerance: Decimal) -> bool | None:
    """Whether the condition holds in this case; None: an operand is not known."""
    match condition:
        case Comparison(op, left, right):
            return _compare(op, left, right, case, tolerance)
        case Presence(codes, what, note):
            return _all_present(codes, what, note, case)
        case AnyGiven(first, last):
            return _some(case.given.get(code) for code in codes_between(first, last, case.order))
        case Joined("and", parts):
            return _every(judge(part, case, tolerance) for part in parts)
        case Joined(_, parts):
            return _some(judge(part, case, tolerance) for part in parts)
        case Implication(when, then):
            return judge(then, case, tolerance) if judge(when, case, tolerance) else None


def evaluate(term: Term, case: Case) -> Decimal | None:
    """The number of a term; None where an operand is not known or is divided by zero."""
    match term:
        case Number(value):
            return value
        case Cell(code):
            return case.numbers.get(code)
        case Communes():
            return None if case.communes is None else Decimal(case.communes)
        case Arithmetic(op, left, right):
            a, b = evaluate(left, case), evaluate(right, case)
            return None if a is None or b is None else _calculate(op, a, b)


def codes_between(first: str, last: str, order: tuple[str, ...]) -> tuple[str, ...]:
    """The codes from `first` to `last` in the form's order, without the rows below them."""
    span = order[order.index(first) : order.index(last) + 1]
    return tuple(code for code in span if code.count(".") == first.count("."))


def find_codes(node: Condition | Term, order: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The (code, field) pairs that a rule looks at, each once, in the order of its text."""
    return tuple(dict.fromkeys(_codes(node, order)))


def has_communes(node: Condition | Term) -> bool:
    """Whether a rule depends on the number of communes."""
    match node:
        case Communes():
            return True
        case Arithmetic(_, left, right) | Comparison(_, left, right) | Implication(left, right):
            return has_communes(left) or has_communes(right)
        case Joined(_, parts):
            return any(has_communes(part) for part in parts)
    return False


def _codes(node: Condition | Term, order: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    match node:
        case Cell(code):
            yield code, "value"
        case Presence(codes, _, note):
            yield from ((code, "note" if note else "value") for code in codes)
        case AnyGiven(first, last):
            yield from ((code, "value") for code in codes_between(first, last, order))
        case Arithmetic(_, left, right) | Comparison(_, left, right) | Implication(left, right):
            yield from _codes(left, order)
            yield from _codes(right, order)
        case Joined(_, parts):
            for part in parts:
                yield from _codes(part, order)


def _compare(op: str, left: Term, right: Term, case: Case, tolerance: Decimal) -> bool | None:
    a, b = evaluate(left, case), evaluate(right, case)
    if a is None or b is None:
        return None
    return COMPARE[op](a, b, _slack(a) if tolerance == HALF_LAST_DECIMAL else tolerance)


def _slack(printed: Decimal) -> Decimal:
    """Half of the last decimal that a number prints: 60,22 -> 0.005."""
    exponent = printed.as_tuple().exponent
    return Decimal(5).scaleb(min(int(exponent), 0) - 1)


def _all_present(codes: tuple[str, ...], what: str, note: bool, case: Case) -> bool | None:
    known = case.noted if note else case.given if what == "given" else case.inked
    found = _every(known.get(code) for code in codes)
    return found if what != "blank" or found is None else _every(_not(known.get(code)) for code in codes)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


def _calculate(op: str, a: Decimal, b: Decimal) -> Decimal | None:
    if op == "/":
        return a / b if b else None
    return a + b if op == "+" else a - b if op == "-" else a * b


def _every(values: Iterator[bool | None]) -> bool | None:
    seen = list(values)
    return False if False in seen else None if None in seen else True


def _some(values: Iterator[bool | None]) -> bool | None:
    seen = list(values)
    return True if True in seen else None if None in seen else False
