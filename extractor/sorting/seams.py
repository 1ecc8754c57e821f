"""Two pages -> how likely the second follows the first in one report; one page -> how likely a report begins or ends.

All are costs, natural logarithms of odds: below 0 speaks for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.sorting.clues import Clues

HEADED, AT_START, HEADLESS = 0.0, 1.5, 4.0  # a report begins: under a head; at the form's first rows; anywhere
FIRST_ROWS = 3  # codes that a report's first page may leave out
BROKEN_OFF = 1.0  # a report ends before the form does
LAST_ROWS = 12  # codes that a report's end may leave out
LEAST_KNOWN = 3  # codes of a page from which one at its edge may be told to be misread
NEAR, NEAR_ROWS = -3.0, 2  # the next code, or all but
LEFT_OUT, LEFT_OUT_ROWS = -1.5, 8  # codes that a district left out
PAGE_LOST, PAGE_ROWS, PAGES_LOST = 0.5, 30, 2.0
BACKWARDS = 3.0  # a group may be printed before another
TWICE, TWICE_SHARE = 15.0, 0.3  # share of codes on both pages from which they are not of one report
SAME_LAYOUT, OTHER_LAYOUT = -1.0, 3.0
SAME, OTHER = 0.006, 0.012  # of the table's width: borders of one table on two pages, and of two tables
NEXT_NUMBER, LATER_NUMBER, WRONG_NUMBER = -1.5, 0.5, 2.5
LETTERHEAD, TITLE = 6.0, 4.0  # a page under a head goes on from the page before
OTHER_REPORT = 8.0  # and the head names another report than the page before
APART, APART_PAGE, AHEAD = 2.0, 0.2, 1.0  # the pages are not neighbours; for each page between; in the other order
CROSSED = 3.0  # a head lies between
FARTHEST = 40  # pages over which a shuffled page is sought


def start_cost(page: Clues) -> float:
    """That a report begins with this page."""
    if page.headed:
        return HEADED
    return AT_START if page.known and page.known[0] < FIRST_ROWS else HEADLESS


def end_cost(page: Clues, codes: int) -> float:
    """That a report ends with this page. `codes`: of the form."""
    return 0.0 if page.known and page.known[-1] >= codes - LAST_ROWS else BROKEN_OFF


def link_cost(one: Clues, other: Clues, step: int, crossed: int) -> float:
    """That `other` follows `one`. `step`: pages of the form from one to the other, `crossed`: heads between them."""
    cost = _code_cost(one, other) + _number_cost(one, other) + _layout_cost(one, other) + CROSSED * crossed
    if other.headed:
        cost += LETTERHEAD if other.letterhead else TITLE
        cost += OTHER_REPORT if one.headed and not same_report(one, other) else 0.0
    if step == 1:
        return cost
    return cost + APART + APART_PAGE * min(abs(step), 10) + (AHEAD if step < 0 else 0.0)


def _code_cost(one: Clues, other: Clues) -> float:
    if not one.known or not other.known:
        return 0.0
    if share_twice(one, other) > TWICE_SHARE:
        return TWICE
    return min(_gap_cost(first - last - 1) for last in _ends(one.known[::-1]) for first in _ends(other.known))


def _ends(known: Sequence[int]) -> Sequence[int]:
    """The code at the beginning, and the next where that is far: the outermost row may be misread."""
    return known[: 2 if len(known) > LEAST_KNOWN and abs(known[0] - known[1]) > PAGE_ROWS else 1]


def _gap_cost(missing: int) -> float:
    if missing < -1:  # a row cut by the page's end is on both pages
        return BACKWARDS
    if missing <= NEAR_ROWS:
        return NEAR
    if missing <= LEFT_OUT_ROWS:
        return LEFT_OUT
    return PAGE_LOST if missing <= PAGE_ROWS else PAGES_LOST


def share_twice(one: Clues, other: Clues) -> float:
    """Share of the codes of the shorter page that stand on both."""
    mine, theirs = set(one.known), set(other.known)
    return len(mine & theirs) / max(min(len(mine), len(theirs)), 1)


def _number_cost(one: Clues, other: Clues) -> float:
    if one.printed is None or other.printed is None:
        return 0.0
    step = other.printed - one.printed
    return NEXT_NUMBER if step == 1 else LATER_NUMBER if step > 1 else WRONG_NUMBER


def _layout_cost(one: Clues, other: Clues) -> float:
    gap = layout_gap(one, other)
    return 0.0 if gap is None else SAME_LAYOUT if gap <= SAME else OTHER_LAYOUT if gap > OTHER else 0.0


def layout_gap(one: Clues, other: Clues) -> float | None:
    """How far the columns' borders of two pages are apart at most, as shares of the table; None: can't be compared."""
    if not one.borders or len(one.borders) != len(other.borders):
        return None
    return max(abs(a - b) for a, b in zip(one.borders, other.borders, strict=True))


def same_report(one: Clues, other: Clues) -> bool:
    """Whether what the heads of two pages name, where both do, is the same."""
    pairs = ((one.organisation, other.organisation), (one.period, other.period), (one.number, other.number))
    return all(a is None or b is None or a == b for a, b in pairs)
