"""A reference line that engines garbled -> the number and date that it most likely prints."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractor.value.documents import mend_symbol
from extractor.value.plain import plain

DIGIT = "[0-9oil]"
LETTERS_FOR_DIGITS = str.maketrans("oil", "011")
NUMBER = re.compile(
    rf"(?:\b|(?<=cao))s[o0]\s*[:.]?\s*(?P<no>{DIGIT}{{1,4}})\s*[/|1l]?\s*/?\s*"
    r"(?P<symbol>[a-z0-9][a-z0-9.,\- ]{2,9}?)(?=\s*(?:[nu][a-z]?ay|\)|,))"
)
DATE = re.compile(
    rf"[nu][a-z]{{0,2}}[ay]{{1,2}}\W*(?P<d>{DIGIT}{{1,2}})\s*[a-z]{{3,6}}\s*(?P<m>{DIGIT}{{1,2}})"
    rf"\s*[a-z]{{2,4}}\s*(?P<y>2[0o]{DIGIT}{{2}})"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """A value and where it stands in the text."""

    value: str
    start: int
    end: int


def guess_number(text: str) -> Guess | None:
    """The document number of a reference line in which letters and digits are mixed up."""
    for match in NUMBER.finditer(plain(text)):
        symbol = mend_symbol(match["symbol"])
        if symbol is not None:
            return Guess(
                f"{match['no'].translate(LETTERS_FOR_DIGITS)}/{symbol}", match.start("no"), match.end("symbol")
            )
    return None


def guess_date(text: str) -> Guess | None:
    """The date in words of a reference line, its words and digits garbled."""
    for match in DATE.finditer(plain(text)):
        day, month, year = (int(match[name].translate(LETTERS_FOR_DIGITS)) for name in "dmy")
        try:
            return Guess(date(year, month, day).isoformat(), match.start(), match.end())
        except ValueError:
            continue
    return None
