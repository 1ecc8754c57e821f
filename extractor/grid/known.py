"""Level rulings, and borders known from other pages -> the lattice of a page that lost its upright rulings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from extractor.grid.gutters import crosses
from extractor.grid.lattice import MIN_ROW, build_grid
from extractor.grid.line import Line, collinear, inked, thin_out
from extractor.grid.lossy import go_on
from extractor.grid.outer import rows_beyond
from extractor.grid.phrases import Phrase, find_phrases
from extractor.grid.rulings import Rulings, Segment
from extractor.records import Grid, GridCell, PageImage

FED = 3.0  # text heights by which a sheet may lie elsewhere under the scanner than another one
FITS = 0.8  # text heights from a known border, moved and scaled, beyond which what is drawn is another one
LEAST_TOLD = 3  # borders that must agree where another one, beside which a streak stands, does not
SEEN = 0.08  # share of a ruling of a known table that is enough to know it by
MOST_CROSSED = 0.2  # share of rows in which print may stand over a border that is known from other pages
MOST_SIGNED = 0.35  # the same for a border or two that a signature crosses,
CAPTION = 6  # letters of a line that runs across the borders: what is left of rulings has fewer
FEW_CROSSED = 0.1  # where the others are free, so that of all of them no more is crossed


def find_known(rulings: Rulings, page: int, known: Sequence[float], phrases: Sequence[Phrase] = ()) -> Grid | None:
    """The table of a page that lost nearly all of its upright rulings, from level ones and the other pages' borders.

    `known`: in pixels, from about where they should be. `phrases`: print of the page, which tells rows whose outer
    ruling is lost.
    """
    text_height = rulings.text_height
    borders = _place(known, rulings.columns, text_height)
    if borders is None:
        return None
    left, right = borders[0], borders[-1]
    beside = FED * text_height
    level = [s for s in rulings.rows if left - beside < s.start and s.end < right + beside]
    lines = thin_out(collinear(level, text_height), MIN_ROW * text_height)
    lines = [line for line in lines if line.covered(left, right) >= SEEN and _is_spread(line, borders)]
    if len(lines) < 2:
        return None
    gaps = [(a.position, b.position) for a, b in pairwise(lines)]
    crossed = [np.mean([rulings.is_crossed(x, *gap, vertical=True) for gap in gaps]) for x in borders]
    if max(crossed) > (MOST_SIGNED if np.mean(crossed) <= FEW_CROSSED else MOST_CROSSED):
        return None
    seen = float(np.mean([line.covered(left, right) for line in lines]))
    above, below = rows_beyond(phrases, borders, (lines[0].position, lines[-1].position), text_height)
    lines = [Line(y, ((left, right),)) for y in above] + lines + [Line(y, ((left, right),)) for y in below]
    vertical = [Line(x, ((lines[0].position, lines[-1].position),)) for x in borders]
    grid = build_grid(go_on(lines, vertical, rulings, upright=False, least=SEEN), vertical, page, rulings)
    return replace(grid, certainty=min(grid.certainty, seen))


def add_outer_rows(grid: Grid, borders: Sequence[float], rulings: Rulings, page: PageImage) -> Grid:
    """The ruled table with a row beyond its first and its last ruling, where a copy left little of a further one.

    `borders`: x of the table's columns, in pixels of the page.
    """
    text_height = rulings.text_height
    left, top, right, bottom = grid.box
    beside = FED * text_height
    level = [s for s in rulings.rows if left - beside < s.start and s.end < right + beside]
    far = [s for s in level if not top - text_height < s.position < bottom + text_height]
    remains = [
        line.position
        for line in collinear(far, text_height)
        if line.covered(left, right) >= SEEN and _is_spread(line, borders)
    ]
    if not remains:
        return grid
    above, below = rows_beyond(find_phrases(page, rulings.columns, rulings.rows), borders, (top, bottom), text_height)
    # where no letters are taken away along the upright rulings, a caption is seen to run across them
    captions = [
        (p.y0 + p.y1) / 2
        for p in find_phrases(page, level=rulings.rows)
        if p.n_letters >= CAPTION and any(crosses(p, x, text_height) for x in borders)
    ]
    above = [y for y in above if not any(y < middle < top for middle in captions)]
    below = [y for y in below if not any(bottom < middle < y for middle in captions)]
    for y in above:
        if any(y - text_height < position < top for position in remains):
            moved = tuple(replace(cell, row=cell.row + 1) for cell in grid.cells)
            cells = (*_row_of_cells(0, borders, (y, top)), *moved)
            grid = replace(grid, n_rows=grid.n_rows + 1, cells=cells, box=(left, y, right, bottom))
    for y in below:
        if any(bottom < position < y + text_height for position in remains):
            cells = (*grid.cells, *_row_of_cells(grid.n_rows, borders, (bottom, y)))
            grid = replace(grid, n_rows=grid.n_rows + 1, cells=cells, box=(*grid.box[:3], y))
    return grid


def _row_of_cells(row: int, borders: Sequence[float], ends: tuple[float, float]) -> list[GridCell]:
    return [
        GridCell(row, column, 1, 1, (x0, ends[0], x1, ends[1]), by_print=True)
        for column, (x0, x1) in enumerate(pairwise(borders))
    ]


def _is_spread(line: Line, borders: Sequence[float]) -> bool:
    """Whether a level line is seen in several columns, as is left of a ruling: a note's letters are in one."""
    return sum(line.covered(a, b) > 0 for a, b in pairwise(borders)) > 1


def _place(known: Sequence[float], columns: Sequence[Segment], text_height: float) -> list[float] | None:
    """Known borders where the page has them: moved and scaled by those of which something is drawn.

    None: what is drawn does not fit them, however moved and scaled, and is of a table with columns of its own.
    """
    expected = np.array(known)
    near = [[s for s in columns if abs(s.position - x) < FED * text_height] for x in known]
    lines = [max(collinear(strokes, text_height), key=inked) if strokes else None for strokes in near]
    drawn = np.array([np.nan if line is None else line.position for line in lines])
    found = ~np.isnan(drawn)
    if found.sum() < 2:
        return [float(x) for x in expected]
    moved = _lay_over(expected, drawn, found)
    away = np.where(found, np.abs(moved - drawn), 0.0)
    if away.max() > FITS * text_height and found.sum() > LEAST_TOLD:
        # a streak beside a ruling that was lost
        found[away.argmax()] = False
        moved = _lay_over(expected, drawn, found)
        away = np.where(found, np.abs(moved - drawn), 0.0)
    if away.max() > FITS * text_height:
        return None
    return [float(x) for x in np.where(found, drawn, moved)]


def _lay_over(expected: np.ndarray, drawn: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The expected positions moved and scaled to those that are drawn, where `found`."""
    scale, offset = np.polyfit(expected[found], drawn[found], 1)
    return np.asarray(expected * scale + offset)
