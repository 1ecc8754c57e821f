"""A rule's tree and the cells -> the one sentence, in Vietnamese and in English, that says what contradicts what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from extractor.check.cell import CheckedCell, Facts
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
from extractor.check.words import shorten

SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}
BROKEN = {"==": "≠", "!=": "=", "<=": ">", ">=": "<", "<": "≥", ">": "≤"}
PRESENT = {
    "given": ("có số liệu", "given"),
    "not blank": ("không để trống", "not blank"),
    "blank": ("để trống", "blank"),
}
STATES = {
    "blank": ("để trống", "blank"),
    "illegible": ("không đọc được", "illegible"),
    "absent": ("không in", "not printed"),
    "unread": ("chưa đọc được", "not read"),
}
Words = tuple[str, str]


def word_rule(rule: Condition, codes: Iterable[str], facts: Facts) -> Words:
    """Vietnamese and English sentence for a rule that does not hold."""
    if isinstance(rule, Implication):
        (when_vi, when_en), (then_vi, then_en) = _say(rule.when), _say(rule.then)
        printed_vi, printed_en = _printed(codes, facts.cells)
        return (
            f"Khi {when_vi} thì phải {then_vi}, nhưng báo cáo in {printed_vi}.",
            f"Where {when_en}, {then_en} is expected, but the report prints {printed_en}.",
        )
    if isinstance(rule, Comparison):
        broken = f"{_show(rule.left, facts)} {BROKEN[rule.op]} {_show(rule.right, facts)}"
        wanted = f"{_name(rule.left)} {SIGNS[rule.op]} {_name(rule.right)}"
        labels = _labels(codes, facts)
        return f"{broken}, trong khi phải có {wanted} ({labels}).", f"{broken}, though {wanted} must hold ({labels})."
    vi, en = _say(rule)
    return f"Báo cáo phải {vi}.", f"The report must have {en}."


def _say(node: Condition) -> Words:
    match node:
        case Comparison(op, left, right):
            text = f"{_name(left)} {SIGNS[op]} {_name(right)}"
            return f"có {text}", text
        case Presence(codes, what, note):
            vi, en = PRESENT[what]
            listed = ", ".join(codes)
            return (
                f"{'ghi chú của ' if note else ''}{listed} {vi}",
                f"{'the note of ' if note else ''}{listed} {en}",
            )
        case AnyGiven(first, last):
            return f"một trong {first} … {last} có số liệu", f"one of {first} … {last} given"
        case Joined(word, parts):
            said = [_say(part) for part in parts]
            vi_word = " và " if word == "and" else " hoặc "
            return vi_word.join(vi for vi, _ in said), f" {word} ".join(en for _, en in said)
        case Implication(when, then):
            (a, b), (c, d) = _say(when), _say(then)
            return f"{a} thì {c}", f"{b} then {d}"


def _name(term: Term) -> str:
    """A term by its codes."""
    match term:
        case Number(value):
            return f"{value}"
        case Cell(code):
            return code
        case Communes():
            return "số xã/communes"
        case Arithmetic(op, left, right):
            return f"{_name(left)} {op.replace('*', '×')} {_name(right)}"


def _show(term: Term, facts: Facts) -> str:
    """A term by what the report prints."""
    match term:
        case Cell(code):
            return facts.cells[code].raw or str(facts.cells[code].number)
        case Communes():
            return str(facts.place.communes) if facts.place else "?"
        case Arithmetic(op, left, right):
            return f"{_show(left, facts)} {op.replace('*', '×')} {_show(right, facts)}"
    return _name(term)


def _printed(codes: Iterable[str], cells: Mapping[str, CheckedCell]) -> Words:
    vi, en = [], []
    for code in codes:
        cell = cells.get(code)
        if cell is not None:
            words = (cell.raw, cell.raw) if cell.state == "read" else STATES[cell.state]
            vi.append(f"{code}: {words[0]}")
            en.append(f"{code}: {words[1]}")
    return "; ".join(vi), "; ".join(en)


def _labels(codes: Iterable[str], facts: Facts) -> str:
    return "; ".join(f"{code} «{shorten(facts.indicators[code].label)}»" for code in codes if code in facts.indicators)
