"""Running text -> the dates printed in it, as ISO days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from extractor.value.plain import plain

YEARS = range(1945, 2100)  # dates of administrative documents
NUMERIC = r"(?P<d>[0-3]?\d) ?[/.\-] ?(?P<m>[01]?\d) ?[/.\-] ?(?P<y>\d{4}|\d{2})(?!\d)"
IN_WORDS = r"(?P<dw>[0-3]?\d)\s*thang\s*(?P<mw>[01]?\d)\s*[,.]?\s*nam\s*(?P<yw>\d{4})"
ISO = r"(?P<yi>\d{4})-(?P<mi>[01]\d)-(?P<di>[0-3]\d)"
DATE = re.compile(rf"(?<!\d)(?:{ISO}|{IN_WORDS}|{NUMERIC})")


@dataclass(frozen=True, slots=True)
class Day:
    """A date in a text: ISO, and where it stands."""

    iso: str
    start: int
    end: int


def find_dates(text: str) -> tuple[Day, ...]:
    """All real dates of a text, in order."""
    days = (_read(match) for match in DATE.finditer(plain(text)))
    return tuple(day for day in days if day is not None)


def read_date(text: str, position: int) -> Day | None:
    """The date that begins exactly at `position`."""
    match = DATE.match(plain(text), position)
    return _read(match) if match else None


def _read(match: re.Match[str]) -> Day | None:
    groups = match.groupdict()
    suffix = next(end for end in ("", "w", "i") if groups[f"d{end}"])
    year = int(groups[f"y{suffix}"])
    year += 2000 if year < 100 else 0
    if year not in YEARS:
        return None
    try:
        iso = date(year, int(groups[f"m{suffix}"]), int(groups[f"d{suffix}"])).isoformat()
    except ValueError:
        return None
    return Day(iso, match.start(), match.end())
