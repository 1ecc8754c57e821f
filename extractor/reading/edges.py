"""A page and a grid -> where the table runs off the sheet or something lies over it: what stood there is not known."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile

import cv2
import numpy as np

from extractor.reading.lines import FAINT_BELOW, INK_BELOW
from extractor.records import Grid, GridCell, PageImage

AT_EDGE = 0.004  # of the sheet's width or height: how near to its edge a table that runs off it ends
BESIDE = 0.35  # text heights on both sides of a border in which its ruling is looked for
DRAWN = 0.5  # share of a side that is ruled, from which the table ends there
SLIVER = 2.5  # text heights: what the sheet's edge left of a row is no higher, or it is a row
LEAST_SLIVER = 0.4  # text heights: rulings end this far past the table's last one anyway
GOES_ON = 0.7  # share of a column's border that is ruled past the last ruling, where the table goes on
DOTS = 0.5  # text heights between two dots of a ruling, or pieces of a broken one: what hides it is wider
PARTLY = 0.85  # share of a cell's side that is ruled, below which something hides its ruling
HIDDEN = 0.3  # the same, below which an outermost side has none
CROSSING = 0.15  # text heights of ink on a border without a ruling that are print, and no speck
WHITENED = 0.02  # share of a cell that was whitened, from which print may have been
SOLID = 0.4  # share of a cell under coloured ink from which that is no stamp's strokes
BROKEN, FEW = 0.08, 8  # share and number of a table's cells with such sides, from which all its rulings are broken
LEFT, TOP, RIGHT, BOTTOM = range(4)  # places in a box


@dataclass(frozen=True, slots=True)
class Cut:
    """Cells in which the sheet may end; `rows`: further ones may stand above or below the table."""

    cells: frozenset[GridCell] = frozenset()
    rows: bool = False


def find_cut(page: PageImage, grid: Grid) -> Cut:
    """The sides of a table that no ruling closes and that lie at the edge of the sheet."""
    cut: set[GridCell] = set()
    rows = False
    for side in (LEFT, TOP, RIGHT, BOTTOM):
        cells = _cells_at(grid, side)
        level = side in (TOP, BOTTOM)
        if any(_is_at_edge(page, _middle(cell, side)) for cell in cells) and not _is_drawn(page, cells, side):
            cut.update(cells)
            rows |= level
        rows |= level and _goes_on(page, cells, side)
    return Cut(frozenset(cut), rows)


def find_covered(page: PageImage, grid: Grid) -> frozenset[GridCell]:
    """Cells a part of whose rulings is hidden, by a finger, tape or glare: their print may be as well.

    None where many rulings are broken.
    """
    found = frozenset(cell for cell in grid.cells if _has_gap(page, grid, cell))
    solid = frozenset(cell for cell in grid.cells if page.stamp is not None and _share(page.stamp, cell) > SOLID)
    crossed = frozenset(
        cell for side in (TOP, BOTTOM) for cell in _cells_at(grid, side) if _is_crossed(page, grid, side)
    )
    hidden = frozenset(cell for cell in grid.cells if _is_hidden(page, cell))
    return solid | crossed | hidden | (found if len(found) <= max(BROKEN * len(grid.cells), FEW) else frozenset())


def _is_crossed(page: PageImage, grid: Grid, side: int) -> bool:
    """Whether a ruled table ends, without a ruling, where print goes on: its last ruling was lost, and more with it."""
    cells = _cells_at(grid, side)
    if page.origin == "digital" or not grid.ruled or _is_drawn(page, cells, side):
        return False
    corner, least = BESIDE * page.text_height, CROSSING * page.text_height
    for cell in cells:
        x0, x1, y = round(cell.box[0] + corner), round(cell.box[2] - corner), round(cell.box[side])
        band = page.gray[max(y - 1, 0) : y + 2, max(x0, 0) : max(x1, 0)]
        if band.size and np.count_nonzero(band.min(axis=0) < INK_BELOW) >= least:
            return True
    return False


def _is_hidden(page: PageImage, cell: GridCell) -> bool:
    """Whether a part of the cell was whitened with a dark edge of the page."""
    if page.hidden is None:
        return False
    height, width = page.hidden.shape
    x0, y0, x1, y1 = page.to_source(cell.box)
    region = page.hidden[int(y0 * height) : int(y1 * height) + 1, int(x0 * width) : int(x1 * width) + 1]
    return bool(region.mean() > WHITENED) if region.size else False


def _share(mask: np.ndarray, cell: GridCell) -> float:
    """Share of a cell under a mask."""
    x0, y0, x1, y1 = (max(round(v), 0) for v in cell.box)
    region = mask[y0:y1, x0:x1]
    return np.count_nonzero(region) / region.size if region.size else 0.0


def _has_gap(page: PageImage, grid: Grid, cell: GridCell) -> bool:
    corner = BESIDE * page.text_height
    for side in (LEFT, TOP, RIGHT, BOTTOM):
        upright = side in (LEFT, RIGHT)
        start, end = cell.box[1::2] if upright else cell.box[::2]
        drawn = _ruled(page, cell.box[side], (start + corner, end - corner), upright=upright, ink_below=FAINT_BELOW)
        if np.count_nonzero(drawn) >= PARTLY * len(drawn):
            continue
        drawn = _bridged(drawn, max(round(DOTS * page.text_height), 1))
        # a table may do without its outermost rulings
        least = HIDDEN if _is_outermost(grid, cell, side) else -1.0
        if least < drawn.mean() < PARTLY:
            return True
    return False


def _bridged(drawn: np.ndarray, gap: int) -> np.ndarray:
    """The stretches of a ruling, bool (n,), and the gaps between them that are no wider, as between dots."""
    mask = np.pad(drawn.astype(np.uint8), gap)[None]
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((1, gap + 1), np.uint8))
    result: np.ndarray = closed[0, gap : gap + len(drawn)] > 0
    return result


def _cells_at(grid: Grid, side: int) -> list[GridCell]:
    return [cell for cell in grid.cells if _is_outermost(grid, cell, side)]


def _is_outermost(grid: Grid, cell: GridCell, side: int) -> bool:
    if side == LEFT:
        return cell.column == 0
    if side == TOP:
        return cell.row == 0
    if side == RIGHT:
        return cell.column + cell.column_span == grid.n_columns
    return cell.row + cell.row_span == grid.n_rows


def _middle(cell: GridCell, side: int) -> tuple[float, float]:
    """The middle of a cell's border."""
    x0, y0, x1, y1 = cell.box
    return (cell.box[side], (y0 + y1) / 2) if side in (LEFT, RIGHT) else ((x0 + x1) / 2, cell.box[side])


def _is_at_edge(page: PageImage, point: tuple[float, float]) -> bool:
    x, y = point
    return any(share <= AT_EDGE or share >= 1 - AT_EDGE for share in page.to_source((x, y, x, y)))


def _is_drawn(page: PageImage, cells: list[GridCell], side: int) -> bool:
    """Whether a ruling runs along most of the cells' borders."""
    ruled = []
    for cell in cells:
        span = cell.box[1::2] if side in (LEFT, RIGHT) else cell.box[::2]
        drawn = _ruled(page, cell.box[side], span, upright=side in (LEFT, RIGHT))
        ruled.append(_bridged(drawn, max(round(DOTS * page.text_height), 1)))
    return bool(np.concatenate(ruled).mean() >= DRAWN) if ruled else True


def _ruled(
    page: PageImage, position: float, span: tuple[float, ...], *, upright: bool, ink_below: int = INK_BELOW
) -> np.ndarray:
    """Where along `span` there is ink close to a line at `position`: bool."""
    reach = max(round(BESIDE * page.text_height), 2)
    start, end = (max(round(v), 0) for v in span)
    near = slice(max(round(position) - reach, 0), max(round(position) + reach + 1, 0))
    across = page.gray[start:end, near] if upright else page.gray[near, start:end]
    if not across.size:
        return np.zeros(across.shape[0 if upright else 1], bool)
    return np.ravel(cv2.reduce(across, 1 if upright else 0, cv2.REDUCE_MIN)) < ink_below


def _goes_on(page: PageImage, cells: list[GridCell], side: int) -> bool:
    """Whether the borders of columns run past the table's first or last ruling as far as the sheet's edge."""
    going, borders = 0, sorted({x for cell in cells for x in cell.box[::2]})
    y = float(np.median([cell.box[side] for cell in cells]))
    step = -1 if side == TOP else 1
    least, most = (round(part * page.text_height) for part in (LEAST_SLIVER, SLIVER))
    for x in borders:
        if not _is_at_edge(page, (x, y + step * (most - 1))):
            continue
        length = sum(1 for _ in takewhile(lambda n: not _is_at_edge(page, (x, y + step * n)), range(most)))  # noqa: B023
        if length < least:
            continue
        span = (y - length, y - least / 2) if side == TOP else (y + least / 2, y + length)
        going += bool(_ruled(page, x, span, upright=True).mean() >= GOES_ON)
    return going > len(borders) / 2
