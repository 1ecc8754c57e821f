"""Grids and rulings of a page -> whether they look like pieces of one damaged table."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise, product

from extractor.grid.rulings import Segment, find_rulings, reduce_page
from extractor.records import Box, Grid, PageImage

LEAST_STRAY = 4  # strokes of each direction outside of all tables: letterheads and charts of prose have fewer
SMALL = 0.35  # of the page: tables that take less leave room for one that is in pieces
LEAST_GAP = 1.0  # text heights between two tables: nearer pieces have lost no more than a ruling
SAME_SIDE = 0.4  # text heights by which the sides of pieces differ
MARGIN = 1.0  # text heights around a table in which a stroke is its own


def do_overlap(grids: Sequence[Grid]) -> bool:
    """Whether two of the tables lie over each other, as only pieces of one do."""
    return any(
        min(a.box[2], b.box[2]) > max(a.box[0], b.box[0]) and min(a.box[3], b.box[3]) > max(a.box[1], b.box[1])
        for a, b in combinations(grids, 2)
    )


def goes_on(page: PageImage, table: Grid, grids: Sequence[Grid]) -> bool:
    """Whether right above or below a table, with a side of it, stands a piece that only a lost ruling parts from it."""
    near, same = LEAST_GAP * page.text_height, SAME_SIDE * page.text_height
    return any(
        max(grid.box[1] - table.box[3], table.box[1] - grid.box[3]) < near
        and min(abs(grid.box[0] - table.box[0]), abs(grid.box[2] - table.box[2])) < same
        for grid in grids
        if grid is not table
    )


def cover(grids: Sequence[Grid]) -> float:
    """Area that the tables cover together."""
    xs = sorted({x for grid in grids for x in grid.box[::2]})
    ys = sorted({y for grid in grids for y in grid.box[1::2]})
    return sum(
        (x1 - x0) * (y1 - y0)
        for (x0, x1), (y0, y1) in product(pairwise(xs), pairwise(ys))
        if any(g.box[0] <= x0 and x1 <= g.box[2] and g.box[1] <= y0 and y1 <= g.box[3] for g in grids)
    )


def has_stray_rulings(page: PageImage, grids: Sequence[Grid]) -> bool:
    """Whether the page has rulings beside its few or small tables, level and upright ones, that make no table."""
    height, width = page.gray.shape
    if cover(grids) > SMALL * height * width:
        return False
    rulings = find_rulings(reduce_page(page.gray, page.dpi, page.text_height))
    margin = MARGIN * page.text_height
    boxes = [(g.box[0] - margin, g.box[1] - margin, g.box[2] + margin, g.box[3] + margin) for g in grids]
    rows = [s for s in rulings.rows if not _is_inside(boxes, s, upright=False)]
    columns = [s for s in rulings.columns if not _is_inside(boxes, s, upright=True)]
    return min(len(rows), len(columns)) >= LEAST_STRAY


def _is_inside(boxes: Sequence[Box], stroke: Segment, *, upright: bool) -> bool:
    along, across = (stroke.start + stroke.end) / 2, stroke.position
    x, y = (across, along) if upright else (along, across)
    return any(x0 <= x <= x1 and y0 <= y <= y1 for x0, y0, x1, y1 in boxes)
