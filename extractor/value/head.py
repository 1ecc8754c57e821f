"""Lines outside the table -> Head: who reports, under which number, on which day, about which time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from extractor.records import Head, HeadField, HeadLine, Place
from extractor.value.citations import Found, find_blank_number, find_citations
from extractor.value.dates import Day, find_dates
from extractor.value.headtext import HeadText, read_head_text
from extractor.value.organisation import find_organisation
from extractor.value.period import find_period
from extractor.value.reference import Guess, guess_date, guess_number

NUMBER_LINE = re.compile(r"\W*so\s*[:.]")
SIGNING_TIME = re.compile(r"\d{4}-\d\d-\d\d[t ]\d\d:")
DATE_WORDS = re.compile(r"ngay\s*$")
LONGEST_DATE_LINE = 70  # letters; longer lines are running text that cites other documents' dates
NOT_FOUND = HeadField(None, None, 0.0, None, (), ("not-found",))
IN_REFERENCE, IN_NUMBER_LINE, BLANK, CONTRADICTED = 0.97, 0.95, 0.9, 0.6
GUESSED = 0.6
EARLIEST, LATEST_YEAR = -60, 150  # days from the end of a period to the date of its report
LATEST = {"quarter": 60, "month": 45}
UNKNOWN_SYMBOL = 0.8  # factor: a symbol of unknown codes is often a misread one


def find_head(head_lines: tuple[HeadLine, ...], places: tuple[Place, ...]) -> Head:
    """The four head fields; what is not printed has nulls."""
    head = read_head_text(head_lines)
    if not head.lines:
        return Head(NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND)
    day = find_date(head)
    return Head(find_organisation(head, places), find_number(head), day, _with_date(find_period(head), day))


def _with_date(period: HeadField, day: HeadField) -> HeadField:
    """The period; in doubt where the report is dated long before or after its end: engines read III as I."""
    known = dict(period.extra)
    if day.value is None or "to" not in known:
        return period
    late = (date.fromisoformat(day.value) - date.fromisoformat(str(known["to"]))).days
    if EARLIEST <= late <= LATEST.get(str(known["kind"]), LATEST_YEAR):
        return period
    reasons = tuple(dict.fromkeys((*period.reasons, "head-disagrees")))
    return replace(period, confidence=period.confidence * CONTRADICTED, reasons=reasons)


def find_number(head: HeadText) -> HeadField:
    """The number in the reference line, else in the line `Số: ...`; a number left blank is null."""
    cited = [one for one in find_citations(head.text) if one.known or head.part_at(one.start) == "reference"]
    reference = _reference_number(head, cited)
    line = next((one for one in cited if _on_number_line(head, one.start)), None)
    chosen = reference or line
    if chosen is None or not chosen.known:
        guess = _guess(head, guess_number)
        if guess is not None:
            return guess
    if chosen is None:
        return _blank_number(head)
    confidence = IN_REFERENCE if reference else IN_NUMBER_LINE
    disagree = reference is not None and line is not None and reference.citation.number != line.citation.number
    confidence = CONTRADICTED if disagree else confidence if chosen.known else confidence * UNKNOWN_SYMBOL
    end = chosen.number_end
    return HeadField(
        head.raw(chosen.start, end),
        chosen.citation.number,
        confidence * head.sureness(chosen.start, end),
        head.piece(chosen.start, end),
        (),
        _doubts(head, chosen.start, disagree=disagree),
    )


def find_date(head: HeadText) -> HeadField:
    """The date of the reference line, else of the place-and-date line, else of the electronic signature."""
    days = [day for day in find_dates(head.text) if day.iso[:4] in head.text[day.start : day.end]]  # no cut years
    reference = [day for day in days if head.part_at(day.start) == "reference"]
    issued = [day for day in days if _on_date_line(head, day)]
    signed = [day for day in days if SIGNING_TIME.match(head.plain, day.start)]
    chosen = next(iter((*reference[-1:], *issued[-1:], *signed[-1:])), None)
    if chosen is None:
        return _guess(head, guess_date) or NOT_FOUND
    disagree = bool(reference and issued) and issued[-1].iso != reference[-1].iso
    ahead = DATE_WORDS.search(head.plain[: chosen.start])
    start = ahead.start() if ahead else chosen.start
    return HeadField(
        head.raw(start, chosen.end),
        chosen.iso,
        (CONTRADICTED if disagree else IN_REFERENCE) * head.sureness(start, chosen.end),
        head.piece(start, chosen.end),
        (),
        _doubts(head, chosen.start, disagree=disagree),
    )


def _doubts(head: HeadText, start: int, *, disagree: bool) -> tuple[str, ...]:
    """Reasons to doubt what begins at a place of the text: it may be the rest of figures that a wide space parts.

    A figure before it may be read as a letter: a lone one, or one that the rest hangs on.
    """
    before = head.plain[:start]
    word = next(reversed(before.split()), "")
    hangs = before[-1:].isalpha() and not word.endswith("so")
    figure = word[-1:].isdigit() or (len(word) == 1 and word.isalpha())
    torn = head.text[start : start + 1].isdigit() and (hangs or figure)
    return (*(("head-disagrees",) if disagree else ()), *(("garbled",) if torn else ()))


def _reference_number(head: HeadText, cited: Sequence[Found]) -> Found | None:
    """The first document that the last reference line names."""
    mine = [one for one in cited if head.part_at(one.start) == "reference"]
    if not mine:
        return None
    last = _run_start(head, mine[-1].start)
    return next(one for one in mine if _run_start(head, one.start) == last)


def _run_start(head: HeadText, position: int) -> int:
    line = head.line_at(position)
    while line and head.parts[line - 1] == head.parts[line]:
        line -= 1
    return line


def _guess(head: HeadText, guess: Callable[[str], Guess | None]) -> HeadField | None:
    """What the reference lines say where they are too garbled to be read for sure."""
    if "reference" not in head.parts:
        return None
    first = head.starts[head.parts.index("reference")]
    found = guess(head.text[first:])
    if found is None:
        return None
    start, end = first + found.start, first + found.end
    sure = GUESSED * head.sureness(start, end)
    return HeadField(head.raw(start, end), found.value, sure, head.piece(start, end), (), ("garbled",))


def _blank_number(head: HeadText) -> HeadField:
    blank = find_blank_number(head.text)
    if blank is None:
        return NOT_FOUND
    sure = BLANK * head.sureness(blank.start(), blank.end())
    return HeadField(blank[0].strip(), None, sure, head.piece(blank.start(), blank.end()), (), ("printed-blank",))


def _on_number_line(head: HeadText, position: int) -> bool:
    """Whether the line begins with `Số:`, or carries an electronic signature's time."""
    line = head.line_at(position)
    start = head.starts[line]
    end = start + len(head.lines[line].text)
    return NUMBER_LINE.match(head.plain, start) is not None or SIGNING_TIME.search(head.plain, start, end) is not None


def _on_date_line(head: HeadText, day: Day) -> bool:
    line = head.line_at(day.start)
    ahead = head.plain[head.starts[line] : day.start]
    return (
        head.parts[line] in ("title", "body")
        and len(head.lines[line].text) <= LONGEST_DATE_LINE
        and re.search(r"[a-z],? ?ngay\s*$", ahead) is not None
        and not any(cited.start < day.start < cited.end for cited in find_citations(head.text))
    )
