"""A page without vertical rulings -> the grid that the alignment of its text gives away.

Columns are the gutters that nearly all lines of the table leave white; rows are the horizontal rulings where there are
enough of them, else every line of print is a row of its own (the table stage joins wrapped lines, it knows the words).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from extractor.grid.lattice import Line, build_grid, collinear
from extractor.grid.rulings import Rulings
from extractor.records import Grid, PageImage

WORK_DPI = 100.0
INK_BELOW = 150
WORD_GAP = 0.55  # text heights: narrower white joins words into a phrase
LEAST_PHRASE = 0.3  # text heights: smaller ink is a speck
SAME_LINE = 0.55  # text heights between the middles of phrases on one line
GUTTER = 0.5  # text heights: a narrower white strip is chance
CROSSED = 0.07  # share of lines that may cross a gutter (section titles)
LEAST_LINES = 5  # fewer aligned lines are a letterhead or signatures
LEAST_COLUMNS = 3
RULED_ROWS, GUESSED_ROWS = 0.9, 0.3  # certainty of a grid whose columns, or columns and rows, are guessed
MAX_LINE_GAP = 5.0  # text heights: a wider white band ends the table
MAX_CROSSING_RUN = 2  # consecutive lines across the gutters that still are section titles


@dataclass(frozen=True, slots=True)
class _TextLine:
    """Phrases of one visual line as (x0, x1), and its y span, in page pixels."""

    phrases: tuple[tuple[float, float], ...]
    y0: float
    y1: float


def find_aligned(page: PageImage, rulings: Rulings, taken: tuple[Grid, ...]) -> tuple[Grid, ...]:
    """The unruled table of a page (at most one), outside the boxes of `taken`."""
    lines = _outside(_text_lines(page), taken)
    block = _table_block(lines, page.text_height)
    if len(block) < LEAST_LINES:
        return ()
    gutters = _gutters(block, page.text_height)
    if len(gutters) + 1 < LEAST_COLUMNS:
        return ()
    left, right = min(line.phrases[0][0] for line in block), max(line.phrases[-1][1] for line in block)
    pad = 0.5 * page.text_height
    xs = [left - pad, *gutters, right + pad]
    ys = _row_rulings(block, rulings, xs, page.text_height)
    certainty = RULED_ROWS if ys else GUESSED_ROWS
    ys = ys or _between_lines(block, page.text_height)
    vertical = [Line(x, ((ys[0], ys[-1]),)) for x in xs]
    horizontal = [Line(y, ((xs[0], xs[-1]),)) for y in ys]
    return (replace(build_grid(horizontal, vertical, page.number, None), certainty=certainty),)


def _text_lines(page: PageImage) -> list[_TextLine]:
    factor = max(int(page.dpi / WORK_DPI), 1)
    height = page.text_height / factor
    small = cv2.resize(page.gray, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    ink = (small < 255 - (255 - INK_BELOW) / 1.6).astype(np.uint8)
    long = max(int(5 * height), 20)
    ruled = cv2.dilate(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)), np.ones((3, 1), np.uint8))
    ink = cv2.subtract(ink, ruled)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, max(int(WORD_GAP * height), 2)), np.uint8))
    joined = cv2.morphologyEx(joined, cv2.MORPH_CLOSE, np.ones((max(int(0.2 * height), 1), 1), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    boxes = [stats[i, :4] * factor for i in range(1, count)]
    least = LEAST_PHRASE * page.text_height
    kept = [(x, y, x + w, y + h) for x, y, w, h in boxes if max(w, h) >= least and h < 4 * page.text_height]
    return _cluster(kept, page.text_height)


def _cluster(boxes: list[tuple[float, float, float, float]], text_height: float) -> list[_TextLine]:
    lines: list[list[tuple[float, float, float, float]]] = []
    for box in sorted(boxes, key=lambda b: (b[1] + b[3]) / 2):
        middle = (box[1] + box[3]) / 2
        if lines and middle - np.mean([(b[1] + b[3]) / 2 for b in lines[-1]]) < SAME_LINE * text_height:
            lines[-1].append(box)
        else:
            lines.append([box])
    found = []
    for members in lines:
        ordered = sorted(members)
        spans: list[list[float]] = []
        for x0, _, x1, _ in ordered:
            if spans and x0 <= spans[-1][1]:
                spans[-1][1] = max(spans[-1][1], x1)
            else:
                spans.append([x0, x1])
        top, bottom = min(b[1] for b in ordered), max(b[3] for b in ordered)
        found.append(_TextLine(tuple((a, b) for a, b in spans), top, bottom))
    return found


def _outside(lines: list[_TextLine], taken: tuple[Grid, ...]) -> list[_TextLine]:
    return [line for line in lines if not any(g.box[1] <= (line.y0 + line.y1) / 2 <= g.box[3] for g in taken)]


def _table_block(lines: list[_TextLine], text_height: float) -> list[_TextLine]:
    """The longest run of lines that share gutters."""
    best: list[_TextLine] = []
    for run in _runs(lines, text_height):
        block = run
        for _ in range(4):
            gutters = _gutters(block, text_height)
            if len(gutters) + 1 < LEAST_COLUMNS:
                block = _halved(block)
                continue
            trimmed = _trim(block, gutters)
            if len(trimmed) == len(block):
                break
            block = trimmed
        if len(block) > len(best) and len(_gutters(block, text_height)) + 1 >= LEAST_COLUMNS:
            best = block
    return best


def _runs(lines: list[_TextLine], text_height: float) -> list[list[_TextLine]]:
    runs: list[list[_TextLine]] = []
    for line in lines:
        if runs and line.y0 - runs[-1][-1].y1 <= MAX_LINE_GAP * text_height:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _halved(block: list[_TextLine]) -> list[_TextLine]:
    """Without the first tenth: a head above the table hides its gutters."""
    return block[max(len(block) // 10, 1) :]


def _gutters(block: list[_TextLine], text_height: float) -> list[float]:
    """Middles of the white strips between columns."""
    if not block:
        return []
    left, right = min(l.phrases[0][0] for l in block), max(l.phrases[-1][1] for l in block)
    cover = np.zeros(int(right - left) + 2, np.int32)
    for line in block:
        for x0, x1 in line.phrases:
            cover[int(x0 - left)] += 1
            cover[int(x1 - left) + 1 if int(x1 - left) + 1 < len(cover) else -1] -= 1
    white = np.cumsum(cover) <= CROSSED * len(block)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], white.astype(np.int8), [0]))))
    strips = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= GUTTER * text_height]
    inner = [(a, b) for a, b in strips if a > 0 and b < len(cover) - 1]
    return [left + (a + b) / 2 for a, b in inner]


def _trim(block: list[_TextLine], gutters: list[float]) -> list[_TextLine]:
    """The longest stretch without a run of lines across the gutters: paragraphs above and below fall away."""
    crossing = [any(x0 < g < x1 for x0, x1 in line.phrases for g in gutters) for line in block]
    stretches: list[list[_TextLine]] = [[]]
    run = 0
    for line, crosses in zip(block, crossing, strict=True):
        run = run + 1 if crosses else 0
        if run > MAX_CROSSING_RUN:
            stretches.append([])
        else:
            stretches[-1].append(line)
    longest = max(stretches, key=len)
    while longest and any(x0 < g < x1 for x0, x1 in longest[0].phrases for g in gutters):
        longest = longest[1:]
    while longest and any(x0 < g < x1 for x0, x1 in longest[-1].phrases for g in gutters):
        longest = longest[:-1]
    return longest


def _row_rulings(block: list[_TextLine], rulings: Rulings, xs: list[float], text_height: float) -> list[float]:
    """Horizontal rulings where they part the block into rows, else nothing."""
    wide = [line.position for line in collinear(list(rulings.rows), text_height) if line.covered(xs[0], xs[-1]) > 0.6]
    inside = [y for y in wide if block[0].y0 - 2 * text_height <= y <= block[-1].y1 + 2 * text_height]
    if len(inside) >= max(3, len(block) // 5):
        top, bottom = [], []
        if block[0].y1 < inside[0]:
            top = [block[0].y0 - 0.3 * text_height]
        if block[-1].y0 > inside[-1]:
            bottom = [block[-1].y1 + 0.3 * text_height]
        return [*top, *inside, *bottom]
    return []


def _between_lines(block: list[_TextLine], text_height: float) -> list[float]:
    middles = [(a.y1 + b.y0) / 2 for a, b in zip(block, block[1:], strict=False)]
    return [block[0].y0 - 0.3 * text_height, *middles, block[-1].y1 + 0.3 * text_height]
