"""Printed page numbers of a report's pages -> where pages are missing between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.records import PageNote
from extractor.sorting.clues import Clues

MOST_LOST = 30  # pages; a greater jump is a misread number


@dataclass(frozen=True, slots=True)
class Lost:
    """`gaps`: (page before, page after) of each place where pages are missing."""

    gaps: tuple[tuple[int | None, int | None], ...]
    notes: tuple[PageNote, ...]


def find_lost(forms: Sequence[Clues], pages: Sequence[int], unread: Sequence[int]) -> Lost:
    """`forms`: the pages of the form in the report's order, `pages`: all its pages, `unread`: those without pixels."""
    at = {page: place for place, page in enumerate(pages)}
    numbered = [clue for clue in forms if clue.printed is not None]
    gaps: list[tuple[int | None, int | None]] = []
    notes: list[PageNote] = []
    for k, (one, other) in enumerate(zip(numbered, numbered[1:], strict=False)):
        skipped = _skipped(one, other, at)
        before, after = numbered[k - 1 : k], numbered[k + 2 : k + 3]
        if not 0 < skipped <= MOST_LOST or not _holds(one, other, before, after, at):
            continue
        first, last = _ends(forms, one, other)
        gaps.append((first, last))
        missing = tuple(str(int(one.printed or 0) + at[first] - at[one.page] + 1 + n) for n in range(skipped))
        notes.append(PageNote("missing-page", last, (first,), missing))
    if forms and not forms[0].headed and (forms[0].printed or 1) > 1 and forms[0].page not in unread:
        gaps.append((None, forms[0].page))
    return Lost(tuple(gaps), tuple(notes))


def _skipped(one: Clues, other: Clues, at: dict[int, int]) -> int:
    """Numbers between two pages that no page between them can bear."""
    return int(other.printed or 0) - int(one.printed or 0) - (at[other.page] - at[one.page])


def _holds(one: Clues, other: Clues, before: Sequence[Clues], after: Sequence[Clues], at: dict[int, int]) -> bool:
    """Whether neighbours bear a jump out, so that it is not one misread number: the next number, the one before, or the
    codes that are missing between the pages."""
    agree_after = not after or _skipped(other, after[0], at) == 0
    agree_before = not before or _skipped(before[0], one, at) == 0
    jump = not one.known or not other.known or other.known[0] - one.known[-1] > 2
    return agree_after and agree_before and (jump or bool(before and after))


def _ends(forms: Sequence[Clues], one: Clues, other: Clues) -> tuple[int, int]:
    """The neighbours between which most codes are missing: unnumbered pages may lie between the numbered ones."""
    first, last = (next(k for k, clue in enumerate(forms) if clue is wanted) for wanted in (one, other))
    steps = range(first, last)
    widest = max(steps, key=lambda k: _missing(forms[k], forms[k + 1]))
    return forms[widest].page, forms[widest + 1].page


def _missing(one: Clues, other: Clues) -> int:
    return other.known[0] - one.known[-1] if one.known and other.known else 0
