"""Two pages -> whether they are the same sheet scanned twice, told by their rows, values and layout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from extractor.sorting.chains import Chain, Seams, find_chains
from extractor.sorting.clues import Clues, text_of
from extractor.sorting.seams import OTHER, TWICE_SHARE, layout_gap, share_twice

SAME_CODES = 0.8  # share of the codes of the shorter page
SAME_LENGTH = 0.2  # of the rows: how far two scans of a page may differ in what was found
SAME_HEIGHTS, OTHER_HEIGHTS = 0.015, 0.05  # of the table's height: borders of rows of one sheet, and of another print
SAME_VALUES = 0.75  # share of the values that agree at first sight
SURE_VALUES, MANY_VALUES = 0.92, 10  # the same where a head is read otherwise
VYING = 0.5  # share of the codes of the shorter page from which only one of the two can be the report's
SAME_LABELS = 88.0  # rapidfuzz ratio, mean


def is_same_sheet(one: Clues, other: Clues) -> bool:
    """Whether both pages are one sheet, by what is printed and how."""
    if share_twice(one, other) < SAME_CODES or abs(len(one.rows) - len(other.rows)) > SAME_LENGTH * len(one.rows) + 1:
        return False
    layout, heights = layout_gap(one, other), _height_gap(one, other)
    if (layout is not None and layout > OTHER) or (heights is not None and heights > OTHER_HEIGHTS):
        return False
    if _mean_likeness(one, other) < SAME_LABELS:
        return False
    agreeing, compared = compare_values(one, other)
    conflicts = _conflicts(one, other)
    if conflicts:
        return conflicts == 1 and compared >= MANY_VALUES and agreeing >= SURE_VALUES * compared
    if not compared:
        return heights is not None and heights <= SAME_HEIGHTS
    return agreeing >= SAME_VALUES * compared


def compare_values(one: Clues, other: Clues) -> tuple[int, int]:
    """(values that agree, values compared) of codes that stand on both pages; two blanks say nothing."""
    mine, theirs = _values(one), _values(other)
    pairs = [(mine[code], theirs[code]) for code in mine.keys() & theirs.keys() if mine[code] or theirs[code]]
    return sum(a == b for a, b in pairs), len(pairs)


def _values(page: Clues) -> dict[int, str]:
    pairs = zip(page.codes, page.rows, strict=True)
    return {code: "".join(text_of(row.value).split()).lower() for code, row in pairs if code is not None}


def _mean_likeness(one: Clues, other: Clues) -> float:
    mine = {code: text_of(row.label) for code, row in zip(one.codes, one.rows, strict=True) if code is not None}
    theirs = {code: text_of(row.label) for code, row in zip(other.codes, other.rows, strict=True) if code is not None}
    both = mine.keys() & theirs.keys()
    return sum(fuzz.ratio(mine[code], theirs[code]) for code in both) / max(len(both), 1)


def _height_gap(one: Clues, other: Clues) -> float | None:
    if not one.heights or len(one.heights) != len(other.heights):
        return None
    return max(abs(a - b) for a, b in zip(one.heights, other.heights, strict=True))


def _conflicts(one: Clues, other: Clues) -> int:
    """How many things the heads of both name, and name otherwise."""
    pairs = ((one.organisation, other.organisation), (one.period, other.period), (one.number, other.number))
    return sum(a is not None and b is not None and a != b for a, b in pairs)


@dataclass(frozen=True, slots=True)
class Twin:
    """Places of two pages that print the same rows: `copy`, the later, is looked at beside `kept`.

    `same`: they are one sheet; else one of them is of another report, and nothing tells which.
    """

    copy: int
    kept: int
    same: bool


def find_twins(pages: Sequence[Clues], codes: int) -> tuple[Twin, ...]:
    """Sheets that were scanned twice, and pages that vie for one place.

    Pages are alike only where their being two would break a report off: else they may be of two alike reports.
    """
    twins: list[Twin] = []
    while True:
        gone = {twin.copy for twin in twins}
        left = [place for place in range(len(pages)) if place not in gone]
        seams = Seams([pages[place] for place in left], codes)
        chains = find_chains(seams)
        found = next((pairs for chain in chains if (pairs := _find_pairs(chain, chains, seams))), ())
        if not found:
            return tuple(twins)
        twins += [Twin(left[one.copy], left[one.kept], one.same) for one in found]


def _find_pairs(chain: Chain, chains: Sequence[Chain], seams: Seams) -> tuple[Twin, ...]:
    """Pages of a chain that is no report of its own which another chain has too."""
    if seams.pages[chain[0]].headed and len(chain) > 1:
        return ()
    others = [other for other in chains if other != chain]
    before = [other for other in others if min(chain) - 1 in other]
    return next(
        (pairs for other in others if (pairs := _pairs(chain, other, seams, vying=False))),
        next((pairs for other in before if (pairs := _pairs(chain, other, seams, vying=True))), ()),
    )


def _pairs(chain: Chain, other: Chain, seams: Seams, *, vying: bool) -> tuple[Twin, ...]:
    """Pages that both chains have, where the rest of the chain fits the other. `vying`: also those that only vie."""
    every = [pair for a in chain for b in other if (pair := _pair(a, b, seams)) is not None]
    again = {place for pair in every if vying or pair.same for place in (pair.copy, pair.kept)}
    rest = {code for place in chain if place not in again for code in seams.pages[place].known}
    theirs = {code for place in other for code in seams.pages[place].known}
    if len(rest & theirs) > TWICE_SHARE * len(rest):
        return ()
    sure = [pair for pair in every if pair.same or (vying and rest)]
    return tuple({pair.copy: pair for pair in sure}.values())


def _pair(a: int, b: int, seams: Seams) -> Twin | None:
    one, other = seams.pages[a], seams.pages[b]
    layout = layout_gap(one, other)
    vying = share_twice(one, other) >= VYING and (layout is None or layout <= OTHER)
    same = is_same_sheet(one, other)
    return Twin(max(a, b), min(a, b), same) if same or vying else None
