"""Guides of a report's pages -> the columns that most of them share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from extractor.records import Guide

NO_GUIDE = Guide()
LEAST_COLUMNS = 3  # fewer solid columns may be the frame of a dotted table
SAME_SIDES = 0.03  # of the page's width: how far the sides of one table differ on a page and from page to page
SAME_REST = 0.01  # of the page's width: how far a border lies from where other pages of the same scanner have it
SAME_BORDER = 0.03  # of the table's width: the same for its inner borders
SAME_GUTTER = 0.06  # the same, where one of them is told by print
LEAST_SHARING = 2  # pages that must share a column that most pages leave blank
LEAST_FULLER, MOST_LOST = 3, 2  # pages that must share a ruling that most pages lost, and how many may be lost
LEAST_BOTH = 2  # pages that must share two such rulings
LEAST_VOTES = 4  # pages with rulings that tell which borders most of them have,
FEW = 0.5  # where no more than this share of them are alike


def usual_guide(guides: Sequence[Guide]) -> Guide:
    """Of the pages' guides the first whose columns most pages have; the fuller of two kinds as frequent."""
    found = [guide for guide in guides if guide.borders]
    # scratches part columns too, but each of its own page
    counts = {id(guide): sum(has_same_columns(guide, other) for other in found) for guide in found}
    best = max(found, key=lambda guide: (counts[id(guide)], len(guide.borders)), default=NO_GUIDE)
    if not best.ruled:
        # a column that is seldom filled is seen on some pages only
        fuller = [guide for guide in found if counts[id(guide)] >= LEAST_SHARING and _contains(guide, best)]
        best = max(fuller, key=lambda guide: len(guide.borders), default=best)
    # rulings tell a border more exactly than print
    alike = [guide for guide in found if guide.ruled and has_same_columns(guide, best, SAME_GUTTER)]
    if not best.ruled:
        shared = [guide for guide in found if guide.ruled and counts[id(guide)] >= LEAST_SHARING]
        alike = alike or sorted(
            (guide for guide in shared if _is_within_gutters(guide, best)), key=lambda guide: -counts[id(guide)]
        )
    if alike or not found:
        usual = replace(next(iter(alike), NO_GUIDE), usual=True, broken=False, others=())
        pages = [guide.borders for guide in found if guide.ruled]
        chosen = _most_shared(pages, counts[id(best)]) if best.ruled else ()
        return replace(usual, borders=_with_lost(chosen or usual.borders, pages))
    # where a gutter was seen differs from page to page by what is printed beside it
    same = [guide.borders for guide in found if has_same_columns(guide, best)]
    return replace(best, borders=tuple(map(median, zip(*same, strict=True))), usual=True, broken=False, others=())


def _most_shared(pages: Sequence[Sequence[float]], n_alike: int) -> tuple[float, ...]:
    """The borders that most pages have, where the usual ones, of `n_alike` pages, are only those of a few; else none.

    Where each page has streaks of its own, two may be alike by chance.
    """
    group = max(([b for b in pages if same_sides(a, b)] for a in pages), key=len)
    if len(group) < LEAST_VOTES or n_alike > FEW * len(group):
        return ()
    left = sorted(x for page in group for x in page)
    near = {x: [y for y in left if abs(x - y) < SAME_REST] for x in left}
    shared: list[float] = []
    for x in sorted(left, key=lambda x: -len(near[x])):
        if len(near[x]) >= FEW * len(group) and all(abs(x - y) > 2 * SAME_REST for y in shared):
            shared.append(median(near[x]))
    return tuple(sorted(shared)) if len(shared) > LEAST_COLUMNS else ()


def _with_lost(borders: Sequence[float], pages: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """The borders with one or two that most pages lost: several pages have them that otherwise have none but these."""
    if len(borders) <= LEAST_COLUMNS:
        return tuple(borders)
    far = SAME_BORDER * (borders[-1] - borders[0])
    further: list[list[float]] = []
    for page in (page for page in pages if same_sides(page, borders)):
        strange = [x for x in page[1:-1] if min(abs(x - border) for border in borders) > SAME_REST]
        apart = all(min(abs(x - border) for border in borders) > far for x in strange)
        # what has lost some of the others too, or has other ones, tells less
        whole = count_kept(borders, page) >= len(borders) - MOST_LOST + len(strange)
        further += [strange] if apart and whole and strange else []
    alike = [[page for page in further if _are_near(page, one)] for one in further]
    enough = [pages for pages in alike if len(pages) >= (LEAST_BOTH if len(pages[0]) > 1 else LEAST_FULLER)]
    shared = [tuple(map(median, zip(*pages, strict=True))) for pages in enough]
    lost = max(shared, key=len, default=())
    # what others share beside these is a streak of the scanner, and so may these be
    told = all(min(abs(x - border) for border in lost) < SAME_REST for other in shared for x in other)
    return tuple(sorted((*borders, *lost))) if told else tuple(borders)


def lay(usual: Guide, own: Guide) -> Guide:
    """The columns of most pages between this page's own sides, if all its borders but one are theirs; else as they are.

    On photos the table of each page stands in a place of its own.
    """
    if not usual.ruled or not own.ruled or len(own.borders) <= LEAST_COLUMNS or same_sides(usual.borders, own.borders):
        return usual
    if has_same_columns(usual, own):
        return replace(usual, borders=own.borders)
    scale = (own.borders[-1] - own.borders[0]) / (usual.borders[-1] - usual.borders[0])
    laid = tuple(own.borders[0] + (x - usual.borders[0]) * scale for x in usual.borders)
    is_rest = len(own.borders) == len(laid) - 1 == count_kept(own.borders, laid)
    return replace(usual, borders=laid) if is_rest else usual


def _are_near(a: Sequence[float], b: Sequence[float]) -> bool:
    return len(a) == len(b) and all(abs(x - y) < SAME_REST for x, y in zip(a, b, strict=True))


def has_same_columns(a: Guide, b: Guide, near: float = SAME_BORDER) -> bool:
    """Whether two pages part their tables alike, wherever on the sheet they stand."""
    if len(a.borders) != len(b.borders):
        return False
    widths = [g.borders[-1] - g.borders[0] for g in (a, b)]
    if a.ruled or b.ruled:
        shares = [[(x - g.borders[0]) / width for x in g.borders] for g, width in zip((a, b), widths, strict=True)]
    else:
        # where a table without rulings ends depends on the notes of a page
        shares = [[(x - g.borders[0]) / max(widths) for x in g.borders[:-1]] for g in (a, b)]
    return max(abs(x - y) for x, y in zip(*shares, strict=True)) < near


def _contains(fuller: Guide, other: Guide) -> bool:
    """Whether an unruled page parts its table where another one does, and has a further column beside it."""
    left, right = other.borders[0] + SAME_BORDER, other.borders[-1] - SAME_BORDER
    inside = [x for x in fuller.borders[1:-1] if left < x < right]
    pairs = zip(inside, other.borders[1:-1], strict=False)
    return (
        not fuller.ruled and len(inside) == len(other.borders) - 2 and all(abs(x - y) < SAME_BORDER for x, y in pairs)
    )


def _is_within_gutters(ruled: Guide, unruled: Guide) -> bool:
    """Whether print parts the table where rulings do on other pages, and further: by words that line up in a cell."""
    width = ruled.borders[-1] - ruled.borders[0]
    far = max(min(abs(x - border) for border in unruled.borders) for x in ruled.borders)
    return len(ruled.borders) > LEAST_COLUMNS and far < SAME_GUTTER * width / 2


def same_sides(a: Sequence[float], b: Sequence[float]) -> bool:
    """Whether two tables, by their borders as fractions of the page's width, stand between the same sides."""
    return abs(a[0] - b[0]) < SAME_SIDES and abs(a[-1] - b[-1]) < SAME_SIDES


def count_kept(whole: Sequence[float], seen: Sequence[float]) -> int:
    """How many borders of a table, as fractions of the page's width, are among those seen."""
    return sum(min(abs(x - border) for border in seen) < SAME_REST for x in whole)
