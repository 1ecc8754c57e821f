"""The text of a rule, such as `{A} == {B} + {C}` -> what it says, as a small tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from extractor.errors import CatalogueError

TOKEN = re.compile(r"\s*(\{[^{}]+\}|\d+(?:\.\d+)?|->|==|!=|<=|>=|\.\.|[<>+\-*/(),]|[A-Za-z]+)")
COMPARISONS = ("==", "!=", "<=", ">=", "<", ">")


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of an indicator."""

    code: str


@dataclass(frozen=True, slots=True)
class Communes:
    """How many communes the district has."""


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left op right`, op one of + - * /."""

    op: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Comparison:
    """`left op right`, op one of == != <= >= < >."""

    op: str
    left: Term
    right: Term


@dataclass(frozen=True, slots=True)
class Presence:
    """All cells (or their notes) are `given` (hold a number), `not blank` or `blank`."""

    codes: tuple[str, ...]
    what: Literal["given", "not blank", "blank"]
    note: bool = False


@dataclass(frozen=True, slots=True)
class AnyGiven:
    """At least one cell from `first` to `last`, in the form's order, holds a number."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by `and` or `or`."""

    word: Literal["and", "or"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Implication:
    """Where `when` holds, `then` must."""

    when: Condition
    then: Condition


Term = Number | Cell | Communes | Arithmetic
Condition = Comparison | Presence | AnyGiven | Joined | Implication


@lru_cache(maxsize=1024)
def parse_expression(text: str) -> Condition:
    """The tree of a rule's expression; raises CatalogueError where it is none."""
    parser = _Parser(_tokens(text), text)
    condition = parser.read_rule()
    if parser.peek() is not None:
        raise parser.error(f"{parser.peek()!r} is too much")
    return condition


def _tokens(text: str) -> Sequence[str]:
    found, position = [], 0
    for match in TOKEN.finditer(text):
        if match.start() != position:
            break
        found.append(match[1])
        position = match.end()
    if text[position:].strip():
        raise CatalogueError(f"rule {text!r}: {text[position:].strip()!r} means nothing", "correct rules.csv")
    return found


class _Parser:
    """Reads the tokens of one expression from left to right."""

    def __init__(self, tokens: Sequence[str], text: str) -> None:
        self._tokens = tokens
        self._text = text
        self._at = 0

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def error(self, problem: str) -> CatalogueError:
        return CatalogueError(f"rule {self._text!r}: {problem}", "correct the expression in rules.csv")

    def read_rule(self) -> Condition:
        left = self._read_joined("or")
        return Implication(left, self._read_joined("or")) if self._take("->") else left

    def _take(self, token: str) -> bool:
        if self.peek() == token:
            self._at += 1
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise self.error(f"{token!r} is expected, {self.peek()!r} found")

    def _read_joined(self, word: Literal["and", "or"]) -> Condition:
        parts = [self._read_part(word)]
        while self._take(word):
            parts.append(self._read_part(word))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _read_part(self, word: str) -> Condition:
        return self._read_joined("and") if word == "or" else self._read_condition()

    def _read_condition(self) -> Condition:
        if self._take("any"):
            return self._read_any()
        left = self._read_sum()
        if isinstance(left, Cell) and self.peek() in (",", "given", "not", "blank", "note"):
            return self._read_presence(left)
        op = self.peek()
        if op not in COMPARISONS:
            raise self.error(f"a comparison is expected, {op!r} found")
        self._at += 1
        return Comparison(op, left, self._read_sum())

    def _read_any(self) -> Condition:
        self._expect("(")
        first = self._read_code()
        self._expect("..")
        last = self._read_code()
        self._expect(")")
        return AnyGiven(first, last)

    def _read_presence(self, first: Cell) -> Condition:
        codes = [first.code]
        while self._take(","):
            codes.append(self._read_code())
        note = self._take("note")
        if self._take("given"):
            return Presence(tuple(codes), "given", note)
        what: Literal["not blank", "blank"] = "not blank" if self._take("not") else "blank"
        self._expect("blank")
        return Presence(tuple(codes), what, note)

    def _read_code(self) -> str:
        token = self.peek()
        if token is None or not token.startswith("{"):
            raise self.error(f"a code in braces is expected, {token!r} found")
        self._at += 1
        return token[1:-1].strip()

    def _read_sum(self) -> Term:
        left = self._read_product()
        while (op := self.peek()) in ("+", "-"):
            self._at += 1
            left = Arithmetic(str(op), left, self._read_product())
        return left

    def _read_product(self) -> Term:
        left = self._read_factor()
        while (op := self.peek()) in ("*", "/"):
            self._at += 1
            left = Arithmetic(str(op), left, self._read_factor())
        return left

    def _read_factor(self) -> Term:
        token = self.peek()
        if token is not None and token[0].isdigit():
            self._at += 1
            return Number(Decimal(token))
        if self._take("communes"):
            return Communes()
        if self._take("("):
            inner = self._read_sum()
            self._expect(")")
            return inner
        return Cell(self._read_code())
