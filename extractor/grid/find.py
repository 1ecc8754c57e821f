"""PageImage -> Grids: ruled tables first; what is not ruled is found from the alignment of its text."""

from __future__ import annotations

from extractor.grid.aligned import find_aligned
from extractor.grid.lattice import find_lattices
from extractor.grid.rulings import find_rulings
from extractor.records import Grid, PageImage

SURE = 0.998  # certainty of solid rulings that asks for no look at dotted ones
LEAST_COLUMNS = 3  # fewer solid columns may be the frame of a dotted table
LARGER = 1.3  # a dotted reading of the page must explain this much more of it to stand


def find_grids(page: PageImage) -> tuple[Grid, ...]:
    """Every table on the page, top to bottom."""
    rulings = find_rulings(page.gray, page.dpi, page.text_height)
    solid = find_lattices(rulings, page.number, page.text_height)
    if solid and _certainty(solid) >= SURE and _columns(solid) >= LEAST_COLUMNS:
        return solid
    rulings = find_rulings(page.gray, page.dpi, page.text_height, dotted=True)
    dotted = find_lattices(rulings, page.number, page.text_height)
    # a table found in pieces, or without the rows whose rulings are faint
    cut = len(dotted) <= len(solid) and _area(dotted) > _area(solid) and _certainty(dotted) > _certainty(solid)
    if dotted and (cut or _area(dotted) > LARGER * _area(solid) or _columns(solid) < LEAST_COLUMNS):
        return dotted
    if solid and _shapes(dotted) == _shapes(solid):
        # the same table, some of whose rulings are broken
        return tuple(max(pair, key=lambda grid: grid.certainty) for pair in zip(solid, dotted, strict=True))
    return solid or find_aligned(page, rulings, ())


def _shapes(grids: tuple[Grid, ...]) -> list[tuple[int, int]]:
    return [(grid.n_rows, grid.n_columns) for grid in grids]


def _certainty(grids: tuple[Grid, ...]) -> float:
    return min((grid.certainty for grid in grids), default=0.0)


def _columns(grids: tuple[Grid, ...]) -> int:
    return max((grid.n_columns for grid in grids), default=0)


def _area(grids: tuple[Grid, ...]) -> float:
    return sum((grid.box[2] - grid.box[0]) * (grid.box[3] - grid.box[1]) for grid in grids)
