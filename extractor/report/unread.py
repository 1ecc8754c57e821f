"""Where rows are missing -> the codes that may stand on a lost page or in an unread region, which are no absences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median

from rapidfuzz import fuzz

from extractor.records import Catalogue, Matching, Piece, Row, Table

LOST_PAGE_ROWS = 0.6  # of a usual page's rows: fewer rows missing at a page break are rows that a district left out
PAGE_HEAD = 0.2  # of the page's height: a table that begins above has no title over it, so it may go on from a page
PAGE_FOOT = 0.7  # of the page's height: a table whose last row lies above ended there, so nothing follows it
SETTLED = 1.0  # confidence of a match that a person has settled
LEAST_LABEL, SAME_LABEL = 12, 92  # letters of a label that tell it; rapidfuzz score from which it is part of another
LEAST_LETTERS = 3  # of a label: fewer are what is read of streaks and rulings

CUT_ROWS = "cut-rows"  # note of a page whose table goes on beyond the sheet's head or foot


@dataclass(frozen=True, slots=True)
class Unread:
    """`codes` that may be printed where nothing could be read; `breaks`: pages before which a page seems to be lost."""

    codes: frozenset[str]
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    """The rows on either side of something unread, as catalogue positions; None at the table's ends."""

    before: int | None
    after: int | None


def find_unread(table: Table, matching: Matching, catalogue: Catalogue) -> Unread:
    """Codes without a row that may lie on an unread page, in an illegible row, or on a page that is not there."""
    positions = {indicator.code: indicator.order for indicator in catalogue.indicators}
    order = {match.row: positions[match.code] for match in matching.matches if match.code is not None}
    missing = frozenset(range(len(catalogue.indicators))) - frozenset(order.values())
    lost: set[int] = set()
    for gap in (
        *_unread_pages(table, order),
        *_illegible_rows(table, order),
        *_missing_pages(table, order),
        *_cut_pages(table, order),
    ):
        lost |= _between(gap, missing)
    unsettled = frozenset(match.row for match in matching.matches if match.code is None and match.confidence < SETTLED)
    lost |= _printed_otherwise(table, order, missing, catalogue, unsettled)
    breaks = []
    for page, codes in _lost_pages(table, order, missing):
        lost |= codes
        breaks.append(page)
    codes_lost = frozenset(indicator.code for indicator in catalogue.indicators if indicator.order in lost)
    return Unread(codes_lost, tuple(breaks))


def _between(gap: _Gap, missing: frozenset[int]) -> frozenset[int]:
    """Missing positions that the gap may hold; all of them where the form is printed in another order."""
    before = -1 if gap.before is None else gap.before
    after = max(missing, default=0) + 1 if gap.after is None else gap.after
    if gap.after is not None and before >= after:
        return missing
    return frozenset(position for position in missing if before < position < after)


def _missing_pages(table: Table, order: dict[int, int]) -> Iterator[_Gap]:
    """Where the sheaf of pages has a hole."""
    places = {page: place for place, page in enumerate(table.pages)}
    known = [(places[row.page], order[row.index]) for row in table.rows if row.index in order and row.page in places]
    for first, last in table.order.gaps:
        upto = -1 if first is None else places.get(first, -1)
        since = len(places) if last is None else places.get(last, len(places))
        yield _Gap(
            next((code for place, code in reversed(known) if place <= upto), None),
            next((code for place, code in known if place >= since), None),
        )


def _unread_pages(table: Table, order: dict[int, int]) -> Iterator[_Gap]:
    moved = table.pages != tuple(sorted(table.pages))
    for page in table.unread_pages:
        if moved:  # nobody knows where it belongs
            yield _Gap(None, None)
            continue
        yield _Gap(
            next((order[row.index] for row in reversed(table.rows) if row.page < page and row.index in order), None),
            next((order[row.index] for row in table.rows if row.page > page and row.index in order), None),
        )


def _cut_pages(table: Table, order: dict[int, int]) -> Iterator[_Gap]:
    """Between a page whose table goes on beyond the sheet and the pages beside it."""
    known = [row for row in table.rows if row.index in order]
    cut = {page for page, code in table.page_notes if code == CUT_ROWS}
    for before, after in zip((None, *known), (*known, None), strict=True):
        pages = {row.page if row is after else row.pieces[-1].page for row in (before, after) if row is not None}
        if pages & cut and (before is None or after is None or len(pages) > 1):
            yield _Gap(None if before is None else order[before.index], None if after is None else order[after.index])


def _illegible_rows(table: Table, order: dict[int, int]) -> Iterator[_Gap]:
    for place, row in enumerate(table.rows):
        foreign = row.page in table.order.foreign
        if row.index not in order and not foreign and _is_illegible(row):
            yield _Gap(
                next((order[other.index] for other in reversed(table.rows[:place]) if other.index in order), None),
                next((order[other.index] for other in table.rows[place:] if other.index in order), None),
            )


def _printed_otherwise(
    table: Table, order: dict[int, int], missing: frozenset[int], catalogue: Catalogue, strangers: frozenset[int]
) -> frozenset[int]:
    """Missing positions at whose place a stranger prints their label with more words, or a part of it.

    `strangers`: rows of no indicator, but for those of which a person has said so.
    """
    labels = {one.order: (one.label, *one.variants) for one in catalogue.indicators if one.order in missing}
    found: set[int] = set()
    for place, row in enumerate(table.rows):
        if row.index not in strangers or row.page in table.order.foreign or row.label.state != "read":
            continue
        gap = _Gap(
            next((order[other.index] for other in reversed(table.rows[:place]) if other.index in order), None),
            next((order[other.index] for other in table.rows[place:] if other.index in order), None),
        )
        near = _between(gap, missing)
        found |= {position for position in near if any(_holds(row.label.raw, label) for label in labels[position])}
    return frozenset(found)


def _holds(one: str, other: str) -> bool:
    """Whether the shorter of two labels is nearly a part of the longer one."""
    if min(len(one), len(other)) < LEAST_LABEL:
        return False
    return fuzz.partial_ratio(one.casefold(), other.casefold()) >= SAME_LABEL


def _is_illegible(row: Row) -> bool:
    """Whether nobody can say which indicator a row prints: its label is no word, or its cells were guessed."""
    return row.label.state == "illegible" or row.guessed or sum(map(str.isalpha, row.label.raw)) < LEAST_LETTERS


def _lost_pages(table: Table, order: dict[int, int], missing: frozenset[int]) -> Iterator[tuple[int, frozenset[int]]]:
    """Runs of missing codes as long as a page, just where a page ends or begins: (page after the loss, positions)."""
    known = [row for row in table.rows if row.index in order]
    if not known:
        return
    usual = median(sum(row.page == page for row in known) for page in table.pages[:-1] or table.pages)
    least = max(int(LOST_PAGE_ROWS * usual), 2)
    start = _between(_Gap(None, order[known[0].index]), missing)
    if len(start) >= least and _depth(table, known[0])[0] < PAGE_HEAD:
        yield known[0].page, start
    for before, after in zip(known, known[1:], strict=False):
        run = _between(_Gap(order[before.index], order[after.index]), missing)
        if order[before.index] < order[after.index] and before.page != after.page and len(run) >= least:
            yield after.page, run
    tail = _between(_Gap(order[known[-1].index], None), missing)
    if len(tail) >= least and _depth(table, known[-1])[1] >= PAGE_FOOT:
        yield known[-1].page + 1, tail


def _depth(table: Table, row: Row) -> tuple[float, float]:
    """Where a row begins and where it ends, as shares of the way down its pages: pages may lie turned in the file."""
    first, last = row.pieces[0], row.pieces[-1]
    return _along(table, first)[0], _along(table, last)[1]


def _along(table: Table, piece: Piece) -> tuple[float, float]:
    """The piece's extent in the direction in which the rows of its page follow each other."""
    boxes = [other.box for row in table.rows for other in row.pieces if other.page == piece.page]
    steps = [sum(boxes[-1][axis::2]) - sum(boxes[0][axis::2]) for axis in (0, 1)]
    axis = 0 if abs(steps[0]) > abs(steps[1]) else 1
    start, end = piece.box[axis], piece.box[axis + 2]
    return (start, end) if steps[axis] >= 0 else (1.0 - end, 1.0 - start)
