"""Tables between the same sides of a page -> whether they are tables of their own or pieces of a damaged one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractor.grid.phrases import find_phrases, group_lines
from extractor.grid.pieces import LEAST_GAP
from extractor.records import Grid, PageImage

FAR_ACROSS = 0.8  # text heights by which prose reaches over a border on both sides
FLAT = 0.25  # text heights: what is no higher is a dash or a piece of a ruling
CAPTION = 0.5  # share of the lines between two tables that must run across the borders of columns


def stand_apart(page: PageImage, grids: Sequence[Grid], borders: Sequence[float]) -> bool:
    """Whether between each two of the grids stands nothing, or prose: lost rows would keep to their columns.

    `borders`: of the table that they would be pieces of, in the page's pixels.
    """
    gaps = [(a.box[3], b.box[1]) for a, b in pairwise(sorted(grids, key=lambda grid: grid.box[1]))]
    if not gaps or any(bottom - top < LEAST_GAP * page.text_height for top, bottom in gaps):
        return False
    # remains of the rulings of lost rows are no prose
    phrases = [phrase for phrase in find_phrases(page) if phrase.y1 - phrase.y0 > FLAT * page.text_height]
    reach = FAR_ACROSS * page.text_height
    for top, bottom in gaps:
        inside = [p for p in phrases if top < (p.y0 + p.y1) / 2 < bottom]
        lines = group_lines(inside, page.text_height)
        across = [any(p.x0 < x - reach and p.x1 > x + reach for p in line for x in borders[1:-1]) for line in lines]
        if sum(across) < CAPTION * len(lines):
            return False
    return True
