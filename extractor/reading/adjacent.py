"""Ink of a grid whose columns are told by print -> the cells whose print may belong to the column beside.

A border that parts the words of a line stands in the wrong place, and what is blank there may be printed beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.records import CellInk, Grid

WORD_SPACE = 0.8  # text heights of white between lines of two columns: less may part words
LEVEL = 0.5  # share of the lower line's height that two lines of one row have in common
LEAST_ROWS = 2  # rows in which words stand so close over a border, from which it is doubted; one may be a header's


def find_adjacent(grid: Grid, cells: Sequence[CellInk]) -> tuple[CellInk, ...]:
    """The cells, those marked as running over that stand so close to print beside them, or all of the two columns.

    Nothing is told of a ruled grid, nor of text from a text layer.
    """
    if grid.ruled:
        return tuple(cells)
    place = {(ink.cell.row, ink.cell.column): ink for ink in cells if ink.cell.column_span == 1}
    close = {at for at, ink in place.items() if _is_close(ink, place.get((at[0], at[1] + 1)))}
    columns = [column for _, column in close]
    doubted = {column for column in columns if columns.count(column) >= LEAST_ROWS}

    def runs_over(ink: CellInk) -> bool:
        row, column, last = ink.cell.row, ink.cell.column, ink.cell.column + ink.cell.column_span - 1
        return bool({column - 1, last} & doubted) or bool({(row, column - 1), (row, last)} & close)

    return tuple(replace(ink, runs_over=True) if runs_over(ink) else ink for ink in cells)


def _is_close(left: CellInk, right: CellInk | None) -> bool:
    """Whether a line of one cell and a line of the cell beside it are words of one line."""
    pairs = ((a, b) for a in left.lines for b in (right.lines if right is not None else ()))
    return any(
        min(a.box[3], b.box[3]) - max(a.box[1], b.box[1]) >= LEVEL * min(a.box[3] - a.box[1], b.box[3] - b.box[1])
        and b.box[0] - a.box[2] < WORD_SPACE * a.text_height
        for a, b in pairs
    )
