"""PageImage -> Grids: ruled tables first; what is not ruled is found from the alignment of its text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extractor.grid.aligned import find_aligned
from extractor.grid.between import stand_apart
from extractor.grid.cuts import count_cuts
from extractor.grid.frame import rulings_outside
from extractor.grid.known import add_outer_rows, find_known
from extractor.grid.lattice import find_lattices
from extractor.grid.phrases import find_phrases
from extractor.grid.pieces import cover, do_overlap, goes_on, has_stray_rulings
from extractor.grid.rulings import Rulings, find_rulings, reduce_page
from extractor.grid.stems import without_stems
from extractor.grid.streaks import without_streaks
from extractor.grid.usual import (
    LEAST_COLUMNS,
    NO_GUIDE,
    SAME_BORDER,
    SAME_REST,
    SAME_SIDES,
    count_kept,
    has_same_columns,
    lay,
    same_sides,
)
from extractor.records import Grid, Guide, PageImage

LARGER = 1.3  # a dotted reading of the page that explains this much more of it stands
NEARLY = 0.93  # a table by its known columns that is this much as large as what the rulings gave stands
MOST_MISSING = 0.5  # share of a table's rows in which one of its borders may be missing
GHOSTS = 2  # further columns by faint rulings, from which a whole table is parted by another one's
LEAST_OWN = 2  # borders where the known table has none, from which a table is another one
SAME_LAID = 0.005  # of the page's width: the same, once both sides lie on each other
SURE = 0.97  # certainty from which a dotted reading stands that adds rows to the same columns
DOUBTED = 0.4  # certainty of a grid that takes the place of such a table
MOST_PARTED = 0.6  # share of a table's columns that further rows part: a ghost of the other side parts a cell or two
MOST_DOTTED, SCREENED = 100, 3.0  # dotted rulings that a table has at most, be they broken; times the solid ones
AS_LARGE = 0.98  # a dotted reading of the same table differs by its rulings' thickness


def find_grids(page: PageImage, guide: Guide = NO_GUIDE) -> tuple[Grid, ...]:
    """Every table on the page, top to bottom. `guide`: see `find_guide`, of another page."""
    solid, rulings = _ruled(page, guide.borders if guide.usual and guide.ruled else ())
    grids = _choose(page, guide, solid, rulings)
    whole = [
        add_outer_rows(g, _borders(g), rulings, page) if g.ruled and g.n_columns >= LEAST_COLUMNS else g for g in grids
    ]
    return grids if do_overlap(whole) else tuple(whole)


def _choose(page: PageImage, guide: Guide, solid: tuple[Grid, ...], dotted_rulings: Rulings) -> tuple[Grid, ...]:
    """The tables that its rulings tell, or what other pages' columns and the page's print make of them."""
    known = guide.borders if guide.usual and guide.ruled else ()
    if _columns(solid) >= LEAST_COLUMNS and not guide.borders:
        return solid
    beside = [grid for grid in solid if same_sides(guide.borders, _sides(grid, page))] if known else []
    sound = [grid for grid in beside if not _is_shifted(guide.borders, _scaled(grid, page))]
    whole = len(beside) == len(sound) == 1 and sound[0].n_columns >= len(guide.borders) - 1
    if whole and not goes_on(page, sound[0], solid) and not _is_torn(sound[0]):
        return solid
    if beside and _are_tables(beside, page, guide.borders):
        return solid
    rest = guide.usual and _are_rest(solid, page, guide)
    if guide.usual and (rest or not solid):
        # the rulings are too damaged to part the table, but its columns are known
        borders = [x * page.gray.shape[1] for x in guide.borders]
        apart = [g for g in solid if beside and g not in beside and _has_own_columns(g, page, guide.borders)]
        rulings = rulings_outside(dotted_rulings, apart, page.text_height)
        lattice = find_known(rulings, page.number, borders, find_phrases(page, rulings.columns, rulings.rows))
        if lattice is not None and guide.ruled and cover((lattice, *apart)) >= NEARLY * cover(solid):
            return tuple(sorted((lattice, *apart), key=lambda grid: grid.box[1]))
    if rest:
        aligned = find_aligned(page, dotted_rulings, replace(guide, ruled=True), ())
        fits = bool(aligned) and aligned[0].n_columns == len(guide.borders) - 1
        if not fits or cover(aligned) < NEARLY * cover(solid):
            return solid
        # a table whose rulings are all decided may be another one, and then its print is in other columns
        least = DOUBTED if solid and _certainty(solid) >= SURE else 1.0
        return tuple(replace(grid, certainty=min(grid.certainty, least)) for grid in aligned)
    unsure = bool(guide.borders) and not guide.ruled and _certainty(solid) < SURE
    if solid and (_columns(solid) < LEAST_COLUMNS or unsure):
        # two strokes, or letters, and the rulings between them, in a table that has no upright ones
        aligned = find_aligned(page, dotted_rulings, guide, ())
        if cover(aligned) > LARGER * cover(solid):
            return aligned
    # where another page has a table without rulings, it may go on above or below a ruled one
    return tuple(sorted((*solid, *find_aligned(page, dotted_rulings, guide, solid)), key=lambda grid: grid.box[1]))


def _ruled(page: PageImage, known: Sequence[float]) -> tuple[tuple[Grid, ...], Rulings]:
    """The tables that rulings tell, and all the rulings, dotted ones too. `known`: borders of most pages."""
    reduced = reduce_page(page.gray, page.dpi, page.text_height)
    rulings = without_streaks(find_rulings(reduced))
    solid = find_lattices(rulings, page.number, page.text_height, known)
    # rulings may be crisp in one part of a table and faint in another, so solid ones alone never settle a page
    dotted_rulings = without_stems(without_streaks(find_rulings(reduced, dotted=True)))
    if _columns(solid) >= LEAST_COLUMNS and _are_screen(rulings, dotted_rulings):
        return solid, rulings
    dotted = find_lattices(dotted_rulings, page.number, page.text_height, known)
    parted = _is_parted(solid, dotted, page.text_height)
    if _is_known(dotted, page, known) and not _is_known(solid, page, known):
        return dotted, dotted_rulings  # of the solid rulings most may be streaks
    if dotted and _is_fuller(dotted, solid) and (_is_known(dotted, page, known) or not parted):
        return dotted if _columns(solid) >= LEAST_COLUMNS else _loosely(page, dotted_rulings, known), dotted_rulings
    if solid and _shapes(dotted) == _shapes(solid):
        # the same table, some of whose rulings are broken
        solid = tuple(max(pair, key=lambda grid: grid.certainty) for pair in zip(solid, dotted, strict=True))
    return solid, dotted_rulings


def _are_screen(solid: Rulings, dotted: Rulings) -> bool:
    """Whether the dots in line are those of a shade: there are more of such lines than any table has."""
    n_solid, n_dotted = (len(r.rows) + len(r.columns) for r in (solid, dotted))
    return n_dotted > max(MOST_DOTTED, SCREENED * n_solid)


def _is_known(grids: tuple[Grid, ...], page: PageImage, known: Sequence[float]) -> bool:
    """Whether this is one table, with the borders that other pages have."""
    return (
        bool(known)
        and len(grids) == 1
        and has_same_columns(Guide(_scaled(grids[0], page)), Guide(tuple(known), ruled=True))
    )


def _loosely(page: PageImage, rulings: Rulings, known: Sequence[float]) -> tuple[Grid, ...]:
    """Tables whose rulings are dotted throughout, of which a copy loses much: most of all of the first and the last."""
    grids = find_lattices(rulings, page.number, page.text_height, known, lossy=True)
    if len(grids) != 1 or grids[0].n_columns < LEAST_COLUMNS:
        return grids
    whole = find_known(rulings, page.number, _borders(grids[0]))
    found = grids if whole is None or whole.n_rows <= grids[0].n_rows else (whole,)
    plain = find_lattices(rulings, page.number, page.text_height, known)
    if _shapes(found) == _shapes(plain) and len(found[0].cells) == len(plain[0].cells):
        return found
    # a line of dots below a table is no row, and what no ruling parts may be one cell
    printed = find_phrases(page, level=rulings.rows)
    cuts, least = (sum(count_cuts(g, printed, page.text_height) for g in tables) for tables in (found, plain))
    return plain if plain and cuts > least else found


def find_guide(page: PageImage, grids: tuple[Grid, ...]) -> Guide:
    """Columns of the page's main table, the last unruled one or the largest."""
    if not grids:
        return replace(NO_GUIDE, broken=has_stray_rulings(page, grids))
    unruled = [grid for grid in grids if not grid.ruled]
    main = unruled[-1] if unruled else max(grids, key=lambda grid: cover((grid,)))
    borders = _scaled(main, page)
    sides = [grid for grid in grids if same_sides(borders, _sides(grid, page))]
    broken = len(sides) > 1 and not _are_tables(sides, page, borders)
    broken = broken or do_overlap(grids) or (main.ruled and (goes_on(page, main, grids) or _is_torn(main)))
    others = tuple(_scaled(grid, page) for grid in grids if grid is not main and grid.cells)
    broken = broken or (main.ruled and has_stray_rulings(page, grids))
    return Guide(borders, ruled=main.ruled, broken=broken, others=others)


def _is_torn(grid: Grid) -> bool:
    """Whether one of a table's inner borders is missing in most of its rows: titles are merged over columns too."""
    missing = np.zeros(grid.n_columns - 1)
    for cell in grid.cells:
        missing[cell.column : cell.column + cell.column_span - 1] += cell.row_span
    return bool(len(missing)) and float(missing.max()) > MOST_MISSING * grid.n_rows


def _are_tables(grids: Sequence[Grid], page: PageImage, borders: Sequence[float]) -> bool:
    """Whether these are tables of their own, and no pieces of one with these borders, as fractions of the width."""
    if any(_has_own_columns(grid, page, borders) for grid in grids):
        return True
    return stand_apart(page, grids, [x * page.gray.shape[1] for x in borders])


def _has_own_columns(grid: Grid, page: PageImage, borders: Sequence[float]) -> bool:
    """Whether a whole table parts elsewhere: another table, since damage only takes borders away.

    So is one that shares both sides and no border between them: a last page without the first column.
    """
    own = _scaled(grid, page)
    far = SAME_BORDER * (borders[-1] - borders[0])
    away = [min(abs(x - border) for border in borders) for x in own]
    # laid over each other by their sides, the borders of one table lie within a few pixels of each other
    scale = (borders[-1] - borders[0]) / (own[-1] - own[0])
    laid = [borders[0] + (x - own[0]) * scale for x in own[1:-1]]
    apart = min((min(abs(x - border) for border in borders) for x in laid), default=0.0)
    between = max(away[0], away[-1]) < SAME_REST and apart >= SAME_LAID
    # where all inner borders but one are the known ones, further ones are streaks
    kept = count_kept(borders[1:-1], own) >= len(borders) - 3
    own_ones = sum(x > far for x in away[1:-1]) >= LEAST_OWN and not kept
    return grid.certainty >= SURE and (own_ones or between)


def _borders(grid: Grid) -> list[float]:
    """Median x of each border: rulings of a scan drift from row to row."""
    found: dict[int, list[float]] = {}
    for cell in grid.cells:
        found.setdefault(cell.column, []).append(cell.box[0])
        found.setdefault(cell.column + cell.column_span, []).append(cell.box[2])
    return [float(np.median(found[column])) for column in sorted(found)]


def _sides(grid: Grid, page: PageImage) -> tuple[float, float]:
    width = page.gray.shape[1]
    return grid.box[0] / width, grid.box[2] / width


def _scaled(grid: Grid, page: PageImage) -> tuple[float, ...]:
    """Borders of a table as fractions of the page's width."""
    return tuple(x / page.gray.shape[1] for x in _borders(grid))


def _is_rest(whole: Sequence[float], seen: Sequence[float]) -> bool:
    """Whether what is seen of a table's borders may be the rest of the whole: both sides, or half of all."""
    return same_sides(whole, seen) or count_kept(whole, seen) >= max(LEAST_COLUMNS, len(whole) / 2)


def _are_rest(grids: Sequence[Grid], page: PageImage, guide: Guide) -> bool:
    """Whether the tables may be what is seen of the usual one: by their borders, or as pieces between its sides."""
    scaled = [_scaled(grid, page) for grid in grids]
    if any(_is_rest(guide.borders, seen) for seen in scaled):
        return True
    inside = guide.ruled and bool(grids) and all(_is_within(guide.borders, seen) for seen in scaled)
    if not inside or any(_has_own_columns(grid, page, guide.borders) for grid in grids):
        return False
    return do_overlap(grids) or has_stray_rulings(page, grids)


def _is_within(whole: Sequence[float], seen: Sequence[float]) -> bool:
    return seen[0] > whole[0] - SAME_SIDES and seen[-1] < whole[-1] + SAME_SIDES


def _is_shifted(whole: Sequence[float], seen: Sequence[float]) -> bool:
    """Whether a border was lost and other lines taken for some: most are where they should be, but not all."""
    if len(whole) > len(seen) or has_same_columns(Guide(tuple(whole), ruled=True), Guide(tuple(seen))):
        return False
    return count_kept(whole, seen) > len(whole) / 2


def is_unlike(own: Guide, usual: Guide) -> bool:
    """Whether a page deserves a second look, with the columns of most."""
    if not usual.borders:
        return False
    if own.borders and own.ruled and not usual.ruled:
        # the table without rulings may begin or end beside another one
        return True
    if usual.ruled and any(_is_lost(usual.borders, seen) for seen in own.others):
        return True
    usual = lay(usual, own)
    if own.borders and own.ruled:
        # rulings of a table between the same sides were lost, or the sides themselves
        if not same_sides(own.borders, usual.borders):
            piece = own.broken and _is_within(usual.borders, own.borders)
            return usual.ruled and (piece or _is_rest(usual.borders, own.borders))
        return own.broken or len(own.borders) != len(usual.borders) or _is_shifted(usual.borders, own.borders)
    # looked at before the columns of most were known, or it misread its own; a page of prose has none
    if own.borders:
        return usual.ruled or not has_same_columns(own, usual)
    # without rulings, what most pages have tells more of a page where a table ends or begins
    return own.broken or not usual.ruled


def _is_lost(whole: Sequence[float], seen: Sequence[float]) -> bool:
    """Whether the smaller table of a page is the rest of the usual one, of which borders were lost."""
    return len(seen) < len(whole) and same_sides(whole, seen) and count_kept(whole, seen) == len(seen)


def _is_fuller(dotted: tuple[Grid, ...], solid: tuple[Grid, ...]) -> bool:
    """Whether the dotted reading has what the solid one lost: the inner lines, pieces, rows or the whole table."""
    if _columns(solid) < LEAST_COLUMNS or cover(dotted) > LARGER * cover(solid):
        return True
    if len(dotted) > len(solid):
        return False
    same_columns = [grid.n_columns for grid in dotted] == [grid.n_columns for grid in solid]
    n_rows = sum(grid.n_rows for grid in dotted) - sum(grid.n_rows for grid in solid)
    n_cells = sum(len(grid.cells) for grid in dotted) - sum(len(grid.cells) for grid in solid)
    more_rows = n_rows > 0 and n_cells >= MOST_PARTED * n_rows * _columns(dotted)
    if _certainty(dotted) >= SURE and cover(dotted) >= AS_LARGE * cover(solid):
        # of pale rulings a copy leaves pieces of a table, none of them decided
        joins = (
            len(dotted) < len(solid) and all(g.certainty < SURE for g in solid) and _columns(dotted) > _columns(solid)
        )
        return (same_columns and more_rows) or do_overlap(solid) or joins
    return cover(dotted) > cover(solid) and _certainty(dotted) > _certainty(solid)


def _is_parted(solid: tuple[Grid, ...], dotted: tuple[Grid, ...], text_height: float) -> bool:
    """Whether faint lines part the columns of a whole table again: those of the table on the sheet's other side."""
    # of pieces none is whole
    for whole in () if do_overlap(solid) else solid:
        if whole.n_columns <= LEAST_COLUMNS or whole.certainty < SURE:
            continue
        x0, y0, x1, y1 = whole.box
        faint = [x for grid in dotted if grid.box[1] < y1 and grid.box[3] > y0 for x in _borders(grid) if x0 < x < x1]
        own = _borders(whole)
        if sum(min(abs(x - border) for border in own) > text_height for x in faint) >= GHOSTS:
            return True
    return False


def _shapes(grids: tuple[Grid, ...]) -> list[tuple[int, int]]:
    return [(grid.n_rows, grid.n_columns) for grid in grids]


def _certainty(grids: tuple[Grid, ...]) -> float:
    return min((grid.certainty for grid in grids), default=0.0)


def _columns(grids: tuple[Grid, ...]) -> int:
    return max((grid.n_columns for grid in grids), default=0)
