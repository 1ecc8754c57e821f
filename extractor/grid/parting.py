"""A ruled table, a border of which was lost -> the table with that border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extractor.records import Grid, GridCell

DOUBTED = 0.4  # certainty of a grid a border of which is told by print alone


def part_columns(grid: Grid, borders: Mapping[int, float]) -> Grid:
    """The grid with columns parted. `borders`: x of the new border by the number of the column that it parts."""
    for column in sorted(borders, reverse=True):
        grid = _part(grid, column, borders[column])
    return grid


def _part(grid: Grid, column: int, x: float) -> Grid:
    cells: list[GridCell] = []
    for cell in grid.cells:
        x0, y0, x1, y1 = cell.box
        if cell.column > column:
            cells.append(replace(cell, column=cell.column + 1))
        elif cell.column == column and cell.column_span == 1:
            cells.append(replace(cell, box=(x0, y0, x, y1)))
            cells.append(replace(cell, column=column + 1, box=(x, y0, x1, y1)))
        elif cell.column + cell.column_span > column:
            cells.append(replace(cell, column_span=cell.column_span + 1))
        else:
            cells.append(cell)
    return replace(grid, cells=tuple(cells), n_columns=grid.n_columns + 1, certainty=min(grid.certainty, DOUBTED))
