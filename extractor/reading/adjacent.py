"""Ink of a grid whose columns are told by print -> the cells whose print may belong to the column beside.

A border that parts the words of a line stands in the wrong place, and what is blank there may be printed beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.reading.words import lines_in
from extractor.records import Box, CellInk, Grid, PageImage

WORD_SPACE = 0.8  # text heights of white between lines of two columns: less may part words
LEVEL = 0.5  # share of the lower line's height that two lines of one row have in common
LEAST_ROWS = 2  # rows in which words stand so close over a border, from which it is doubted; one may be a header's


def find_adjacent(page: PageImage, grid: Grid, cells: Sequence[CellInk]) -> tuple[CellInk, ...]:
    """The cells, those marked as running over that stand so close to print beside them, or all of the two columns.

    Nothing is told of a ruled grid.
    """
    if grid.ruled:
        return tuple(cells)
    lines = {(ink.cell.row, ink.cell.column): _lines(page, ink) for ink in cells if ink.cell.column_span == 1}
    close = {
        (row, column)
        for (row, column), own in lines.items()
        if any(_is_close(a, b, page.text_height) for a in own for b in lines.get((row, column + 1), ()))
    }
    columns = [column for _, column in close]
    doubted = {column for column in columns if columns.count(column) >= LEAST_ROWS}

    def runs_over(ink: CellInk) -> bool:
        row, column, last = ink.cell.row, ink.cell.column, ink.cell.column + ink.cell.column_span - 1
        return bool({column - 1, last} & doubted) or bool({(row, column - 1), (row, last)} & close)

    return tuple(replace(ink, runs_over=True) if runs_over(ink) else ink for ink in cells)


def _lines(page: PageImage, ink: CellInk) -> list[Box]:
    """Boxes of the lines printed in a cell, in pixels."""
    if ink.words is not None:
        return [box for _, box in lines_in(page.words, ink.cell.box)]
    return [line.box for line in ink.lines]


def _is_close(left: Box, right: Box, text_height: float) -> bool:
    """Whether two lines of cells side by side are words of one line."""
    shared = min(left[3], right[3]) - max(left[1], right[1])
    level = shared >= LEVEL * min(left[3] - left[1], right[3] - right[1])
    return level and right[0] - left[2] < WORD_SPACE * text_height
