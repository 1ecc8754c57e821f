"""Phrases of a table without upright rulings -> the borders of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from extractor.grid.phrases import SPACE, Phrase

GUTTER = 0.5  # text heights: a narrower white strip is chance
APART = 1.2  # text heights between two phrases that are hardly of one cell
WORD_SPACE = 0.6  # text heights: words that stand closer are of one cell
CROSSED = 0.07  # share of the lines that may cross a gutter: section titles
SELDOM = 0.25  # share of the lines up to which a column is seldom filled
TOUCH = 0.15  # text heights by which a phrase must cross a border to count
SHIFT = 0.025  # of the page's width: how far a table may lie aside of where it lay a page before
PAD = 0.5  # text heights beside the outermost print
EDGE = 0.3  # text heights within which the ends, or the starts, of a column's words stand on one line
ALIGNED = 0.8  # share of the lines of a column that keep to its edge
LEAST_ENDS, LEAST_STARTS = 5, 2  # lines that tell such edges
LEAST_COUNTED = 3  # columns of a line that counts them
LEAST_ALONE = 2  # lines in which either of two columns is filled without the other

Span = tuple[float, float]


def find_columns(lines: Sequence[Sequence[Phrase]], text_height: float) -> list[float]:
    """x of all borders, left to right. `lines`: the table's phrases line by line; a few lines may cross its gutters."""
    spans = [(p.x0, p.x1) for line in lines for p in line]
    usual = _joined(_covered(spans, CROSSED * len(lines)), GUTTER * text_height)
    usual = _without_heads(usual, spans, 2 * CROSSED * len(lines))
    whole = [span for line in lines for span in _joined([(p.x0, p.x1) for p in line], APART * text_height)]
    cores = _widened(_without_word_gaps(usual, lines, text_height), whole)
    # print that no usual column holds stands in one that is seldom filled; a lone stroke, or low ones, may be dirt
    rows = [line for line in lines if not any(_covers_several(p, cores) for p in line)]
    printed = [[(p.x0, p.x1) for p in line if p.full and p.n_letters > 1] for line in rows]
    cores = _with_counts(cores, printed)
    free = [_outside(line, cores) for line in printed]
    # where few lines tell a column, the wide spaces of one line are no gutters
    lone = sorted(span for line in free for span in _joined(line, APART * text_height))
    columns = _joined(sorted([*cores, *_joined(lone, GUTTER * text_height)]), GUTTER * text_height)
    if not columns:
        return []
    inner = [_gutter(spans, a[1], b[0]) for a, b in pairwise(columns)]
    borders = [columns[0][0] - PAD * text_height, *inner, columns[-1][1] + PAD * text_height]
    edges = [_edge(a, b, lines, text_height) for a, b in pairwise(borders)]
    return sorted([*borders, *(edge for edge in edges if edge is not None)])


def follow_columns(guide: Sequence[float], phrases: Sequence[Phrase], text_height: float, width: int) -> list[float]:
    """Borders of the same table on another page, laid over this page's print where fewest phrases cross them.

    `guide`: borders in pixels of this page's width.
    """
    inner, touch = np.array(guide[1:-1]), TOUCH * text_height
    owner = np.array([i for i, p in enumerate(phrases) for _ in p.words])
    x0, x1 = np.array([word for p in phrases for word in p.words]).T
    step = max(text_height / 8, 1.0)
    shifts = np.arange(-int(SHIFT * width / step), int(SHIFT * width / step) + 1) * step
    crossed = [((x0[:, None] < inner + s - touch) & (x1[:, None] > inner + s + touch)).any(axis=1) for s in shifts]
    counts = np.array([len(set(owner[words])) for words in crossed])
    shift = _clear_middle(shifts, counts)
    borders = [x + shift for x in guide]
    return reach_out(borders, phrases, 0.0)


def reach_out(borders: Sequence[float], phrases: Sequence[Phrase], text_height: float) -> list[float]:
    """The borders, the outermost moved out to hold all of what lies across them and in no column but theirs."""
    pad = PAD * text_height
    left = [p.x0 - pad for p in phrases if p.x0 < borders[0] < p.x1 <= borders[1]]
    right = [p.x1 + pad for p in phrases if borders[-2] <= p.x0 < borders[-1] < p.x1]
    return [min([borders[0], *left]), *borders[1:-1], max([borders[-1], *right])]


def keep_apart(borders: Sequence[float], phrases: Sequence[Phrase], text_height: float) -> list[float]:
    """The borders, each moved off the phrases that it crosses where they all belong to one of its sides.

    On a page with hardly a note, nothing tells how far to the left those of another page begin.
    """
    moved = list(borders)
    inside = [[p for p in phrases if a < p.x0 and p.x1 < b] for a, b in pairwise(borders)]
    crossed = [[x for x in borders if p.x0 < x < p.x1] for p in phrases]
    for place, (left, right) in enumerate(pairwise(inside), start=1):
        here = [p for p, xs in zip(phrases, crossed, strict=True) if xs == [borders[place]]]
        if not here or not left or not right:
            continue
        end, start = max(p.x1 for p in left), min(p.x0 for p in right)
        first, last = min(p.x0 for p in here), max(p.x1 for p in here)
        to_left, to_right = first - end, start - last
        if max(to_left, to_right) < SPACE * text_height:
            continue
        # a figure before a note is not of the note's column; else print that keeps apart from both sides stands in the
        # nearer one, as its name
        behind, before = (sum(_shares_line(p, side) for p in here) for side in (left, right))
        of_left = to_left < SPACE * text_height or before > behind or 0 < to_left < to_right
        moved[place] = (max(last, end) + start) / 2 if of_left else (end + min(first, start)) / 2
    return moved


def _shares_line(phrase: Phrase, others: Sequence[Phrase]) -> bool:
    return any(p.y0 < (phrase.y0 + phrase.y1) / 2 < p.y1 for p in others)


def _clear_middle(shifts: np.ndarray, counts: np.ndarray) -> float:
    """Of the shifts that cross least, the smallest, or the middle of the run of such shifts that it starts."""
    least = np.flatnonzero(counts == counts.min())
    nearest = int(least[np.argmin(np.abs(shifts[least]))])
    run = next(part for part in np.split(least, np.flatnonzero(np.diff(least) > 1) + 1) if nearest in part)
    return float(shifts[nearest] if shifts[run[0]] < 0 < shifts[run[-1]] else shifts[run].mean())


def crosses(phrase: Phrase, border: float, text_height: float) -> bool:
    """Whether a word of the phrase lies on both sides of the border."""
    touch = TOUCH * text_height
    return any(x0 < border - touch and x1 > border + touch for x0, x1 in phrase.words)


def _covered(spans: Sequence[Span], more_than: float) -> list[Span]:
    """Stretches that more than so many spans cover."""
    events = sorted([(a, 1) for a, _ in spans] + [(b, -1) for _, b in spans])
    found: list[Span] = []
    depth, start = 0, 0.0
    for x, step in events:
        if depth <= more_than < depth + step:
            start = x
        elif depth > more_than >= depth + step:
            found.append((start, x))
        depth += step
    return found


def _joined(spans: Sequence[Span], gap: float) -> list[Span]:
    """Sorted spans, those nearer than the gap as one."""
    found: list[Span] = []
    for a, b in spans:
        if found and a - found[-1][1] < gap:
            found[-1] = (found[-1][0], max(found[-1][1], b))
        else:
            found.append((a, b))
    return found


def _without_word_gaps(columns: Sequence[Span], lines: Sequence[Sequence[Phrase]], text_height: float) -> list[Span]:
    """Columns, those joined of which one is seldom filled and never but close behind the other, or a space before it.

    Where figures are flush right, the first words of two such cells stand before the figures.
    """
    found = list(columns[:1])
    for column in columns[1:]:
        left, few = found[-1], SELDOM * len(lines)
        gaps = [_gap_before(column, left, line) for line in lines]
        behind = [gap for gap in gaps if gap is not None]
        before = [gap for gap, line in zip(gaps, lines, strict=True) if _fills(left, line)]
        if (len(behind) <= few and all(gap < APART * text_height for gap in behind)) or (
            len(before) <= few and all(gap is not None and gap < WORD_SPACE * text_height for gap in before)
        ):
            found[-1] = (found[-1][0], column[1])
        else:
            found.append(column)
    return found


def _without_heads(columns: Sequence[Span], spans: Sequence[Span], few: float) -> list[Span]:
    """Columns; what few spans fill, half of them beyond it, is the middle of a column's name and of its number."""
    found = list(columns[:1])
    for column in columns[1:]:
        before, own = ([s for s in spans if _overlap(s, core) > 0] for core in (found[-1], column))
        both = sum(_overlap(s, column) > 0 for s in before)
        if 2 * both >= min(len(before), len(own)) and min(len(before), len(own)) <= few:
            found[-1] = (found[-1][0], column[1])
        else:
            found.append(column)
    return found


def _outside(line: Sequence[Span], columns: Sequence[Span]) -> list[Span]:
    return [span for span in line if not any(_overlap(span, column) > 0 for column in columns)]


def _with_counts(columns: Sequence[Span], lines: Sequence[Sequence[Span]]) -> list[Span]:
    """Columns; one that a line leaves blank, with the print beside it where the line fills all others: its number."""
    found = list(columns)
    for line in lines:
        outside = _outside(line, columns)
        blank = [n for n, column in enumerate(columns) if not any(_overlap(span, column) > 0 for span in line)]
        if len(outside) == len(blank) == 1 and len(columns) > LEAST_COUNTED:
            ((x0, x1),), (n,) = outside, blank
            first, last = sorted((x0, columns[n][0]))
            if not any(first < column[0] < last for column in columns):
                found[n] = min(found[n][0], x0), max(found[n][1], x1)
    return found


def _covers_several(phrase: Phrase, columns: Sequence[Span]) -> bool:
    """Whether a phrase runs through several columns, as a title does, which tells no further one by its end."""
    return sum(_overlap((phrase.x0, phrase.x1), column) > 0 for column in columns) > 1


def _fills(column: Span, line: Sequence[Phrase]) -> bool:
    return any(_overlap((p.x0, p.x1), column) > 0 for p in line)


def _gap_before(column: Span, left: Span, line: Sequence[Phrase]) -> float | None:
    """White between the print of two columns on a line; infinite where the left is blank, None where the other is."""
    starts = [p.x0 for p in line if _overlap((p.x0, p.x1), column) > 0]
    ends = [p.x1 for p in line if _overlap((p.x0, p.x1), left) > 0]
    return min(starts) - max(ends, default=-np.inf) if starts else None


def _gutter(spans: Sequence[Span], left: float, right: float) -> float:
    """The middle of the widest of the stretches between two columns that fewest spans cover."""
    inside = [(max(a, left), min(b, right)) for a, b in spans if a < right and b > left]
    xs = sorted({left, right, *(x for span in inside for x in span)})
    depths = [(sum(a <= lo and b >= hi for a, b in inside), lo - hi, (lo + hi) / 2) for lo, hi in pairwise(xs)]
    return min(depths)[2]


def _widened(cores: Sequence[Span], spans: Sequence[Span]) -> list[Span]:
    """Columns as wide as the widest print that lies in one of them alone."""
    widened = list(cores)
    for span in spans:
        over = [i for i, core in enumerate(cores) if _overlap(span, core) > 0]
        if len(over) == 1:
            a, b = widened[over[0]]
            widened[over[0]] = (min(a, span[0]), max(b, span[1]))
    return widened


def _edge(left: float, right: float, lines: Sequence[Sequence[Phrase]], text_height: float) -> float | None:
    """Where a column is two: figures that end on one line, or well before it, and notes that begin on one."""
    words = [[w for p in line for w in p.words if left <= w[0] and w[1] <= right] for line in lines]
    printed = _covered([w for line in words for w in line], CROSSED * len(lines))
    found = [_parts((a[1], b[0]), words, text_height) for a, b in pairwise(printed)]
    return next(((a[1] + b[0]) / 2 for (a, b), parts in zip(pairwise(printed), found, strict=True) if parts), None)


def _parts(strip: Span, lines: Sequence[Sequence[Span]], text_height: float) -> bool:
    """Whether the words of all lines stand at the strip's sides, and either without the other. `lines`: a column's."""
    near, middle = EDGE * text_height, (strip[0] + strip[1]) / 2
    ends = [max((w[1] for w in line if w[1] <= middle), default=None) for line in lines]
    starts = [min((w[0] for w in line if w[0] >= middle), default=None) for line in lines]
    # far apart stand the names of two columns, each in its middle
    both = [(a, b) for a, b in zip(ends, starts, strict=True) if a is None or b is None or b - a < APART * text_height]
    at_end = [strip[0] - a < near for a, _ in both if a is not None]
    at_start = [b - strip[1] < near for _, b in both if b is not None]
    alone = (sum(b is None for a, b in both if a is not None), sum(a is None for a, b in both if b is not None))
    # figures in the middle of their column end anywhere
    wide = strip[1] - strip[0] >= APART * text_height and len(at_start) >= LEAST_ENDS
    return (
        (wide or sum(at_end) >= max(LEAST_ENDS, ALIGNED * len(at_end)))
        and sum(at_start) >= max(LEAST_STARTS, ALIGNED * len(at_start))
        and min(alone) >= LEAST_ALONE
    )


def _overlap(a: Span, b: Span) -> float:
    return min(a[1], b[1]) - max(a[0], b[0])
