"""The head's text -> the time that the report is about."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from extractor.records import HeadField
from extractor.value.headtext import HeadText

YEAR = r"(?P<year>2[0o][0-9oil]{2})(?![0-9])"
OF_YEAR = rf"(?:\s*[,./-]?\s*(?:nam\s*)?{YEAR})"
DATE = re.compile(
    r"ngay[\s._…\d/]*thang[\s._…\d/]*nam[\s._…]*(?:\d{4})?|ngay\s*\d{1,2}\s*[/.-]\s*\d{1,2}\s*[/.-]\s*\d{4}"
)
SPAN = re.compile(r"20\d\d\s*-\s*20\d\d")
MONTHS = re.compile(rf"\b(?P<n>0?[369]|12|sau|chin|ba)\s*thang(?:\s*(?P<which>dau|cuoi))?(?:\s*nam)?{OF_YEAR}?")
QUARTER = re.compile(rf"\bquy\s*(?P<n>[ivl|1]{{1,3}}|[2-4])(?:(?=nam\b)|(?![a-z0-9])){OF_YEAR}?")
MONTH = re.compile(rf"\bthang\s*(?P<n>0?[1-9]|1[0-2])(?!\d){OF_YEAR}")
WHOLE_YEAR = re.compile(rf"\bnam\s*:?\s*{YEAR}")
NUMBER_WORDS = {"sau": 6, "chin": 9, "ba": 3}
WEIGHTS = {"title": 0.97, "reference": 0.6, "body": 0.5, "receivers": 0.1}
PART_OF_YEAR = re.compile(
    r"(?:\b0?[69]\b|\bsau\b|\bchin\b|\bd.u\b|\bcu.i\b|\bth?[a-z]?n?g\b|\bq[a-z]?[yi]\b)\W*\w{0,5}\W*$"
)
GARBLED = 0.5  # factor where a year follows what may be a misread half, quarter or nine months
BORROWED_YEAR = 0.9  # factor where the period stands without its year and the head's other year is taken
WRITTEN = {
    "year": re.compile(r"(\d{4})"),
    "half": re.compile(r"(\d{4})-S([12])"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "nine-months": re.compile(r"(\d{4})-01-01/P9M"),
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
}
JANUARY, JUNE, JULY, SEPTEMBER, DECEMBER = 1, 6, 7, 9, 12


@dataclass(frozen=True, slots=True)
class Span:
    """A period: its value as the contract writes it, its first and last month."""

    kind: str
    value: str
    first: int
    last: int
    cumulative: bool


@dataclass(frozen=True, slots=True)
class Mention:
    """A period named in the head. `year` None where none is printed with it."""

    kind: str
    n: int
    year: int | None
    start: int
    end: int


def find_period(head: HeadText) -> HeadField:
    """The period of the title nearest above the table; of running text only where no title tells."""
    mentions = _mentions(head)
    years = [one.year for one in mentions if one.year]
    usable = [one for one in mentions if one.year or years]
    if not usable:
        return HeadField(None, None, 0.0, None, (), ("not-found",))
    best = max(usable, key=lambda one: _rank(head, one))
    year = best.year or years[0]
    span = _span(best.kind, best.n, year)
    confidence = WEIGHTS[head.part_at(best.start)] * head.sureness(best.start, best.end)
    confidence *= 1.0 if best.year else BORROWED_YEAR
    garbled = best.kind == "year" and PART_OF_YEAR.search(head.plain[: best.start]) is not None
    confidence *= GARBLED if garbled else 1.0
    reasons = ("garbled",) if garbled else ()
    piece = head.piece(best.start, best.end)
    return HeadField(head.raw(best.start, best.end), span.value, confidence, piece, _days(span, year), reasons)


def parse_period(value: str) -> tuple[tuple[str, object], ...] | None:
    """A period as the contract writes it -> what is known of it; None where it is none."""
    for kind, pattern in WRITTEN.items():
        match = pattern.fullmatch(value)
        if match is not None:
            year = int(match[1])
            return _days(_span(kind, int(match[2]) if match.lastindex == 2 else 0, year), year)
    return None


def _days(span: Span, year: int) -> tuple[tuple[str, object], ...]:
    return (
        ("kind", span.kind),
        ("from", f"{year}-{span.first:02}-01"),
        ("to", f"{year}-{span.last:02}-{calendar.monthrange(year, span.last)[1]}"),
        ("cumulative", span.cumulative),
    )


def _rank(head: HeadText, one: Mention) -> tuple[float, int, int, int]:
    """Titles first, of these the last block, there what is shorter than a year, there the first named."""
    return WEIGHTS[head.part_at(one.start)], _block(head, one.start), one.kind != "year", -one.start


def _block(head: HeadText, position: int) -> int:
    """The number of the run of like lines that holds a position."""
    line = head.line_at(position)
    return sum(a != b for a, b in zip(head.parts[:line], head.parts[1 : line + 1], strict=True))


def _mentions(head: HeadText) -> list[Mention]:
    taken = [match.span() for pattern in (DATE, SPAN) for match in pattern.finditer(head.plain)]
    found = []
    for kind, pattern in (("months", MONTHS), ("quarter", QUARTER), ("month", MONTH), ("year", WHOLE_YEAR)):
        for match in pattern.finditer(head.plain):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                found.append(_read(kind, match))
    return found


def _read(kind: str, match: re.Match[str]) -> Mention:
    groups = match.groupdict()
    year = int(groups["year"].translate(str.maketrans("oil", "011"))) if groups["year"] else None
    n = _number(kind, groups.get("n") or "")
    if kind == "months":
        kind = {3: "quarter", 6: "half", 9: "nine-months", 12: "year"}[n]
        n = {3: 1, 6: 2 if groups["which"] == "cuoi" else 1}.get(n, n)
        if kind == "quarter" and groups["which"] == "cuoi":
            n = 4
    return Mention(kind, n, year, match.start(), match.end())


def _number(kind: str, text: str) -> int:
    if text in NUMBER_WORDS:
        return NUMBER_WORDS[text]
    if kind == "quarter" and not re.fullmatch(r"[2-4]", text):
        return 4 if text.endswith("v") else len(text)
    return int(text) if text else 0


def _span(kind: str, n: int, year: int) -> Span:
    if kind == "half":
        months = (JANUARY, JUNE) if n == 1 else (JULY, DECEMBER)
        return Span(kind, f"{year}-S{n}", *months, cumulative=True)
    if kind == "quarter":
        return Span(kind, f"{year}-Q{n}", 3 * n - 2, 3 * n, cumulative=False)
    if kind == "nine-months":
        return Span(kind, f"{year}-01-01/P9M", JANUARY, SEPTEMBER, cumulative=True)
    if kind == "month":
        return Span(kind, f"{year}-{n:02}", n, n, cumulative=False)
    return Span("year", str(year), JANUARY, DECEMBER, cumulative=True)
