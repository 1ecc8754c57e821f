"""Running text -> the documents it cites: 08/KH-UBND ngày 19/01/2022."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractor.records import Citation
from extractor.value.dates import read_date
from extractor.value.documents import parse_symbol
from extractor.value.plain import plain

LETTER = "A-Za-zĐđÐ"
GLUED = r"(?!ng[àaáạảã]y|c[ủu]a)"  # words that engines glue to the symbol
SYMBOL = rf"[A-ZĐÐ][{LETTER}]{{0,7}}(?: ?[-–—‐] ?[A-ZĐÐ](?:{GLUED}[{LETTER}])*(?:&[A-ZĐÐ]+)?)+|QH\d{{1,2}}"
YEAR = r"(?:(?P<year>(?:19|20)\d{2}) ?/ ?)"
CITED = re.compile(rf"(?<![\d/])(?P<no>\d{{1,5}}[a-hjkmnp-zđ]?) ?/ ?{YEAR}?(?P<symbol>{SYMBOL})")
BLANK = re.compile(rf"(?P<lead>[Ss][ốôoó]\s*[:.]?)(?P<gap>[\s.…_]*)/ ?{YEAR}?(?P<symbol>{SYMBOL})")
DATE_AHEAD = re.compile(r"[\s,;.:()]*(?:(?:ky|ban hanh|de)\s+)?(?:ngay\s*)?(?=\d)")


@dataclass(frozen=True, slots=True)
class Found:
    """A citation and where it stands in its text: its number alone to `number_end`, with its date to `end`.

    `known`: its symbol is made of known codes.
    """

    citation: Citation
    start: int
    number_end: int
    end: int
    known: bool


def find_citations(text: str) -> tuple[Found, ...]:
    """All citations in order; stray spaces go, the number keeps its leading zeros."""
    return tuple(_read(text, match) for match in CITED.finditer(text))


def find_blank_number(text: str) -> re.Match[str] | None:
    """A printed symbol whose number was left to be filled in by hand: `số       /BC-UBND`."""
    return BLANK.search(text)


def _read(text: str, match: re.Match[str]) -> Found:
    symbol = parse_symbol(match["symbol"])
    end = match.end()
    ahead = DATE_AHEAD.match(plain(text), end)
    day = read_date(text, ahead.end()) if ahead else None
    number = "/".join(part for part in (match["no"], match["year"], symbol.text) if part)
    citation = Citation(number, symbol.type, symbol.issuer, day.iso if day else None)
    return Found(citation, match.start(), end, day.end if day else end, symbol.known)
