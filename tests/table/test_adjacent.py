"""Words that stand close on both sides of a border told by print -> the cells that may be of the column beside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extractor.reading.adjacent import find_adjacent
from extractor.records import Box, CellInk, Grid, GridCell, PageImage, Piece, TextLine, Word

HEIGHT = 30.0
UNIT_END, VALUE, NOTE = 400.0, 430.0, 560.0  # x: the border between units and values lies between the first two
BLANK = np.full((40, 40), 255, np.uint8)


def same(box: Box) -> Box:
    return box


PAGE = PageImage(1, BLANK, BLANK, None, 200.0, HEIGHT, "scan", same)


def make_cells(prints: list[tuple[float | None, float | None]]) -> tuple[CellInk, ...]:
    """Units, values and notes; of each row where its unit ends and its value starts."""

    def ink(row: int, column: int, x: tuple[float, float] | None) -> CellInk:
        box = (x[0], 50.0 * row, x[1], 50.0 * row + 30) if x else (0.0, 0.0, 1.0, 1.0)
        lines = (TextLine(box, BLANK, BLANK, (0, 0, 40, 40), HEIGHT),) if x else ()
        return CellInk(GridCell(row, column, 1, 1, box), Piece(1, box), lines)

    return tuple(
        ink(row, column, x)
        for row, (end, start) in enumerate(prints)
        for column, x in enumerate(
            (None if end is None else (300.0, end), None if start is None else (start, start + 20), (NOTE, 700.0))
        )
    )


def over(prints: list[tuple[float | None, float | None]], *, ruled: bool = False) -> set[tuple[int, int]]:
    cells = make_cells(prints)
    grid = Grid(1, len(prints), 3, tuple(ink.cell for ink in cells), (0.0, 0.0, 800.0, 900.0), ruled, 0.9)
    return {(ink.cell.row, ink.cell.column) for ink in find_adjacent(PAGE, grid, cells) if ink.runs_over}


def test_a_line_that_a_border_parts_is_doubted_on_both_sides() -> None:
    assert over([(UNIT_END, VALUE), (UNIT_END, 415.0), (UNIT_END, None)]) == {(1, 0), (1, 1)}


def test_where_several_lines_are_parted_blank_cells_are_doubted_too() -> None:
    """A value printed right beside the notes was accepted as blank where units had lost words to its column."""
    doubted = over([(UNIT_END, 415.0), (UNIT_END, 415.0), (350.0, None), (None, VALUE)])
    assert doubted == {(row, column) for row in range(4) for column in (0, 1)}


@pytest.mark.parametrize("prints", [[(UNIT_END, VALUE)] * 4, [(UNIT_END, None)] * 4])
def test_columns_that_keep_apart_are_not_doubted(prints: list[tuple[float | None, float | None]]) -> None:
    assert not over(prints)


def test_nothing_is_told_of_a_ruled_table_nor_of_lines_one_below_the_other() -> None:
    assert not over([(UNIT_END, 415.0)] * 3, ruled=True)
    cells = make_cells([(UNIT_END, 415.0)])
    (line,) = cells[1].lines
    low = replace(cells[1], lines=(replace(line, box=(415.0, 40.0, 435.0, 70.0)),))
    grid = Grid(1, 1, 3, tuple(ink.cell for ink in cells), (0.0, 0.0, 800.0, 50.0), False, 0.9)
    assert not any(ink.runs_over for ink in find_adjacent(PAGE, grid, (cells[0], low, cells[2])))


def test_words_of_a_text_layer_are_doubted_alike() -> None:
    prints: list[tuple[float | None, float | None]] = [(UNIT_END, 415.0), (UNIT_END, None), (UNIT_END, VALUE)]
    cells = make_cells(prints)
    words = tuple(Word("x", ink.lines[0].box) for ink in cells if ink.lines)
    printed = tuple(replace(ink, lines=(), words="x" if ink.lines else None) for ink in cells)
    grid = Grid(1, 3, 3, tuple(ink.cell for ink in cells), (0.0, 0.0, 800.0, 900.0), False, 0.9)
    found = find_adjacent(replace(PAGE, origin="digital", words=words), grid, printed)
    assert {(ink.cell.row, ink.cell.column) for ink in found if ink.runs_over} == {(0, 0), (0, 1)}
