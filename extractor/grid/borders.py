"""Upright lines of a lattice -> those that are borders of columns: no letters, slivers, scratches or streaks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractor.grid.line import EDGE_COVERED, Line, inked
from extractor.grid.rulings import Rulings

TIGHT_ROW = 2.0  # text heights: in a lower row tall letters reach from ruling to ruling and look like one
TALL_ROW = 3.0  # text heights: no letter is nearly as high as a single row of two lines
FEW_ROWS = 0.15  # a vertical line that parts no more than this share of the rows is letters or the rim of a stamp,
MANY_ROWS = 8  # where the rows are tight or as many as this
SLIVER = 1.5  # text heights: no column is narrower
WHOLE = 0.8  # share of the table's height from which a line is a border, whatever touches it
CLEAR, CROWDED = 0.08, 0.12  # shares of a vertical line with ink close beside it: a ruling's, a scratch's
OVERSHOT = 1.0  # text heights by which a scratch leaves the table and a border does not
MANY_LEAVE = 0.4  # share of the lines that leave the table from which it is the table that ends too early
LEAST_BORDERS = 3  # inner vertical lines, of which most must be rulings to tell a scratch


def find_borders(vertical: list[Line], horizontal: list[Line], rulings: Rulings, known: Sequence[float]) -> list[Line]:
    """The outer lines and the inner ones that part columns. `known`: borders on other pages, in any unit."""
    text_height = rulings.text_height
    vertical = [*vertical[:1], *_not_letters(vertical[1:-1], horizontal, rulings), *vertical[-1:]]
    vertical = _not_slivers(vertical, horizontal, text_height)
    vertical = [*vertical[:1], *_not_scratches(vertical[1:-1], horizontal, rulings), *vertical[-1:]]
    return _not_unknown(vertical, known, rulings)


def _not_letters(vertical: list[Line], horizontal: list[Line], rulings: Rulings) -> list[Line]:
    spans = list(zip(horizontal, horizontal[1:], strict=False))
    if len(spans) == 1:
        # of a single row, such as a header at a page's foot, nothing else tells
        top, bottom = (line.position for line in horizontal)
        tall = bottom - top > TALL_ROW * rulings.text_height
        return [
            line
            for line in vertical
            if rulings.is_whole(line.position, top, bottom) or (tall and line.covered(top, bottom) >= WHOLE)
        ]
    kept = []
    for line in vertical:
        parted = [b.position - a.position for a, b in spans if line.covered(a.position, b.position) >= EDGE_COVERED]
        few = len(parted) <= max(1, FEW_ROWS * len(spans))
        tight = all(height < TIGHT_ROW * rulings.text_height for height in parted)
        if not few or not (tight or len(spans) >= MANY_ROWS):
            kept.append(line)
    return kept


def _not_slivers(vertical: list[Line], horizontal: list[Line], text_height: float) -> list[Line]:
    """Without inner lines over a part of the table that leave no room for a column beside a longer line."""
    height = horizontal[-1].position - horizontal[0].position

    def is_sliver(line: Line) -> bool:
        near = [other for other in vertical if 0 < abs(other.position - line.position) < SLIVER * text_height]
        return inked(line) < WHOLE * height and any(inked(other) > inked(line) for other in near)

    return [*vertical[:1], *(line for line in vertical[1:-1] if not is_sliver(line)), *vertical[-1:]]


def _not_scratches(vertical: list[Line], horizontal: list[Line], rulings: Rulings) -> list[Line]:
    """Without short lines that run through text, where the others keep clear of it: scratches, a scanner's streaks."""
    height = horizontal[-1].position - horizontal[0].position
    crowded = [_crowded(line, rulings) for line in vertical]
    if len(vertical) < LEAST_BORDERS or np.median(crowded) > CLEAR:
        return vertical
    pairs = zip(vertical, crowded, strict=True)
    kept = [line for line, share in pairs if share < CROWDED or inked(line) > WHOLE * height]
    # no border leaves its table, but for all of them where the table's first or last ruling is lost
    over = OVERSHOT * rulings.text_height
    leaving = [line.start < horizontal[0].position - over or line.end > horizontal[-1].position + over for line in kept]
    return kept if np.mean(leaving) > MANY_LEAVE else [x for x, out in zip(kept, leaving, strict=True) if not out]


def _not_unknown(vertical: list[Line], known: Sequence[float], rulings: Rulings) -> list[Line]:
    """Without inner lines beside those that the other pages have: streaks of a scanner's glass.

    Where the page does not have all of the others' borders, only those that run through text.
    """
    if len(known) < LEAST_BORDERS or len(vertical) <= len(known):
        return vertical
    left, width = vertical[0].position, vertical[-1].position - vertical[0].position
    borders = [left + width * (x - known[0]) / (known[-1] - known[0]) for x in known]
    drawn = [min(vertical, key=lambda line: abs(line.position - x)) for x in borders]
    missed = max(abs(line.position - x) for line, x in zip(drawn, borders, strict=True))
    own = set(map(id, drawn))
    if missed > rulings.text_height:
        own |= {id(line) for line in vertical if _crowded(line, rulings) <= CLEAR}
    return [line for line in vertical if id(line) in own or line in (vertical[0], vertical[-1])]


def _crowded(line: Line, rulings: Rulings) -> float:
    """Share of an upright line with ink close beside it."""
    shares = [rulings.crowded_share(line.position, a, b) for a, b in line.stretches]
    return float(np.average(shares, weights=[b - a for a, b in line.stretches]))
