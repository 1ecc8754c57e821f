"""Ink of a grid's cells -> those in which print stands on both sides of a ruling that was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from extractor.reading.lines import INK_BELOW
from extractor.records import CellInk, Grid, GridCell, GridInk, PageInk, TextLine

APART = 1.2  # text heights of white between figures that are hardly of one number
LOW = 0.15  # text heights of ink that a column of pixels holds at least in a letter; a speck holds less
LEAST_TORN = 3  # lines of a column with white at one place, from which it may be two columns,
TALLEST = 1.6  # text heights of a line of figures
BESIDE = 0.8  # text heights of white around a column's border in a cell that lost its ruling there
FIGURE = 6.0  # and is where no print on either side is wider, in text heights
MOST_OVER = 0.2  # share of a column's lines that may lie across such a place: titles

Span = tuple[float, float]


def find_parted(cells: Sequence[CellInk]) -> tuple[CellInk, ...]:
    """The cells of a grid, those marked as parted that may be two.

    Such is a line with wide white in it; and where several lines of a column have it at one place, all that the column
    holds: a figure alone may stand on either side. Nothing is told of text from a text layer.
    """
    torn = {column for column, lines in _lines_by_column(cells).items() if _torn_at(lines) is not None}
    return tuple(
        replace(ink, parted=True) if ink.lines and (ink.cell.by_print or _is_parted(ink, torn)) else ink
        for ink in cells
    )


def find_lost_borders(page: PageInk) -> tuple[Mapping[int, float], ...]:
    """x of the border that each column of figures lacks, by its number; for each ruled table of the page, else none."""
    return tuple(
        {
            column: x
            for column, lines in _lines_by_column(grid.cells).items()
            if (x := _torn_at(lines, FIGURE)) is not None
        }
        if grid.grid.ruled
        else {}
        for grid in page.grids
    )


def part_cells(grid: GridInk) -> Grid:
    """The grid, its cells over several columns parted at the borders on both sides of which their print stands.

    A title over several columns has its print on one side of them, or across.
    """
    borders = _borders(grid.grid)
    cells = [part for ink in grid.cells for part in _part_cell(ink, borders)]
    return grid.grid if len(cells) == len(grid.cells) else replace(grid.grid, cells=tuple(cells))


def _borders(grid: Grid) -> dict[int, float]:
    """Median x of the left side of each column but the first."""
    found: dict[int, list[float]] = {}
    for cell in grid.cells:
        found.setdefault(cell.column, []).append(cell.box[0])
    return {column: float(np.median(xs)) for column, xs in found.items() if column}


def _part_cell(ink: CellInk, borders: Mapping[int, float]) -> list[GridCell]:
    cell = ink.cell
    if cell.column_span == 1 or cell.row_span > 1 or not ink.lines or ink.stamped or ink.pen:
        return [cell]
    unit = ink.lines[0].text_height
    inked = np.sort(np.concatenate([_letters(line) + line.box[0] for line in ink.lines]))
    parts = [cell.column]
    for column in range(cell.column + 1, cell.column + cell.column_span):
        x = borders.get(column)
        at = 0 if x is None else int(np.searchsorted(inked, x))
        if x is not None and 0 < at < len(inked) and inked[at] - inked[at - 1] > BESIDE * unit:
            parts.append(column)
    ends = [*parts[1:], cell.column + cell.column_span]
    x0, y0, x1, y1 = cell.box
    sides = [x0, *(borders[column] for column in parts[1:]), x1]
    return [
        GridCell(cell.row, start, 1, end - start, (left, y0, right, y1), by_print=cell.by_print or len(parts) > 1)
        for start, end, (left, right) in zip(parts, ends, pairwise(sides), strict=True)
    ]


def _lines_by_column(cells: Sequence[CellInk]) -> dict[int, list[TextLine]]:
    columns: dict[int, list[TextLine]] = {}
    for ink in cells:
        # letters of a stamp stand beside figures too
        if ink.cell.column_span == 1 and not (ink.stamped or ink.pen):
            columns.setdefault(ink.cell.column, []).extend(ink.lines)
    return columns


def _is_parted(ink: CellInk, torn: Set[int]) -> bool:
    return ink.cell.column in torn or (len(ink.lines) == 1 and _widest_white(ink.lines[0]) is not None)


def _torn_at(lines: Sequence[TextLine], widest: float = np.inf) -> float | None:
    """x that nearly all lines of a column leave white, with print on both sides in several of them; None: nowhere.

    `widest`: text heights that the print on either side is wide at most.
    """
    found = [(line, white) for line in lines if (white := _widest_white(line)) is not None]
    for _, (a, b) in found:
        near = [(line, c, d) for line, (c, d) in found if min(b, d) - max(a, c) > (b - a) / 2]
        x = (max(c for _, c, _ in near) + min(d for _, _, d in near)) / 2
        over = sum(line.box[0] < x < line.box[2] for line in lines) - sum(c < x < d for _, (c, d) in found)
        sides = (max(c - line.box[0], line.box[2] - d) <= widest * line.text_height for line, c, d in near)
        if sum(sides) >= max(LEAST_TORN, (1 - MOST_OVER) * len(near)) and over <= MOST_OVER * len(lines):
            return x
    return None


def _widest_white(line: TextLine) -> Span | None:
    """x0, x1 on the page of the widest white between two letters, None where it is no wider than between words."""
    _, y0, _, y1 = line.inner
    if y1 - y0 > TALLEST * line.text_height:
        return None  # a streak, or a piece of a ruling, stands beside the print
    letters = _letters(line)
    if len(letters) < 2:
        return None
    at = int(np.diff(letters).argmax())
    left, right = float(letters[at] + 1), float(letters[at + 1])
    if right - left <= APART * line.text_height:
        return None
    return line.box[0] + left, line.box[0] + right


def _letters(line: TextLine) -> np.ndarray:
    """Columns of a line's ink, from its left end, that hold as much as a letter does."""
    x0, y0, x1, y1 = line.inner
    ink = (line.clean[y0:y1, x0:x1] < INK_BELOW).view(np.uint8)
    if not ink.size:
        return np.zeros(0, np.int64)
    return np.flatnonzero(cv2.reduce(ink, 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S)[0] > LOW * line.text_height)
