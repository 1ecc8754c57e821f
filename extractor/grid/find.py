"""PageImage -> Grids: ruled tables first; what is not ruled is found from the alignment of its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extractor.grid.aligned import find_aligned
from extractor.grid.lattice import find_lattices
from extractor.grid.rulings import find_rulings
from extractor.records import Grid, Guide, PageImage

NO_GUIDE = Guide()

LEAST_COLUMNS = 3  # fewer solid columns may be the frame of a dotted table
LARGER = 1.3  # a dotted reading of the page that explains this much more of it stands
SURE = 0.97  # certainty from which a dotted reading stands that adds rows to the same columns


def find_grids(page: PageImage, guide: Guide = NO_GUIDE) -> tuple[Grid, ...]:
    """Every table on the page, top to bottom. `guide`: see `find_guide`, of another page."""
    rulings = find_rulings(page.gray, page.dpi, page.text_height)
    solid = find_lattices(rulings, page.number, page.text_height)
    # rulings may be crisp in one part of a table and faint in another, so solid ones alone never settle a page
    dotted_rulings = find_rulings(page.gray, page.dpi, page.text_height, dotted=True)
    dotted = find_lattices(dotted_rulings, page.number, page.text_height)
    if dotted and _is_fuller(dotted, solid):
        solid = dotted
    elif solid and _shapes(dotted) == _shapes(solid):
        # the same table, some of whose rulings are broken
        solid = tuple(max(pair, key=lambda grid: grid.certainty) for pair in zip(solid, dotted, strict=True))
    if _columns(solid) >= LEAST_COLUMNS and not guide.borders:
        return solid
    if solid and _columns(solid) < LEAST_COLUMNS:
        # two strokes and the rulings between them, in a table that has no upright ones
        whole = find_aligned(page, dotted_rulings, guide, ())
        if _area(whole) > LARGER * _area(solid):
            return whole
    # where another page has a table without rulings, it may go on above or below a ruled one
    return tuple(sorted((*solid, *find_aligned(page, dotted_rulings, guide, solid)), key=lambda grid: grid.box[1]))


def find_guide(page: PageImage, grids: tuple[Grid, ...]) -> Guide:
    """Columns of the page's unruled table."""
    unruled = [grid for grid in grids if not grid.ruled]
    borders = {x for cell in unruled[-1].cells for x in (cell.box[0], cell.box[2])} if unruled else set()
    return Guide(tuple(x / page.gray.shape[1] for x in sorted(borders)))


def usual_guide(guides: Sequence[Guide]) -> Guide:
    """Of the pages' guides the first with as many columns as most have; the fuller of two kinds as frequent."""
    counts = Counter(len(guide.borders) for guide in guides if guide.borders)
    usual = max(counts, key=lambda count: (counts[count], count), default=0)
    return next((replace(guide, usual=True) for guide in guides if len(guide.borders) == usual), NO_GUIDE)


def _is_fuller(dotted: tuple[Grid, ...], solid: tuple[Grid, ...]) -> bool:
    """Whether the dotted reading has what the solid one lost: the inner lines, pieces, rows or the whole table."""
    if _columns(solid) < LEAST_COLUMNS or _area(dotted) > LARGER * _area(solid):
        return True
    if len(dotted) > len(solid) or _area(dotted) <= _area(solid):
        return False
    same_columns = [grid.n_columns for grid in dotted] == [grid.n_columns for grid in solid]
    more_rows = sum(grid.n_rows for grid in dotted) > sum(grid.n_rows for grid in solid)
    return _certainty(dotted) > _certainty(solid) or (same_columns and more_rows and _certainty(dotted) >= SURE)


def _shapes(grids: tuple[Grid, ...]) -> list[tuple[int, int]]:
    return [(grid.n_rows, grid.n_columns) for grid in grids]


def _certainty(grids: tuple[Grid, ...]) -> float:
    return min((grid.certainty for grid in grids), default=0.0)


def _columns(grids: tuple[Grid, ...]) -> int:
    return max((grid.n_columns for grid in grids), default=0)


def _area(grids: tuple[Grid, ...]) -> float:
    return sum((grid.box[2] - grid.box[0]) * (grid.box[3] - grid.box[1]) for grid in grids)
