"""Columns between which a ruling was lost: found again by the white, or else every figure of them is for a person."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractor.grid import find_grids, part_columns
from extractor.reading import find_ink, find_lost_borders, part_cells
from extractor.records import Box, Grid, PageImage, PageInk

LEFT, RIGHT, TOP, PITCH, N_ROWS = 100, 1000, 100, 60, 8
BORDERS = (LEFT, 500, 640, 880, RIGHT)
FIRST, SECOND = 660, 790  # x of this period's figure and of the year's, in the column 640 to 880


def print_text(page: np.ndarray, text: str, x: int, row: int) -> None:
    cv2.putText(page, text, (x, TOP + row * PITCH + 42), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)


def make_page(figures: list[tuple[str, str]]) -> PageImage:
    page = np.full((700, 1100), 255, np.uint8)
    for x in BORDERS:
        cv2.line(page, (x, TOP), (x, TOP + N_ROWS * PITCH), 0, 2)
    for row in range(N_ROWS + 1):
        cv2.line(page, (LEFT, TOP + row * PITCH), (RIGHT, TOP + row * PITCH), 0, 2)
    for row, (first, second) in enumerate(figures):
        print_text(page, "So ho so", 120, row)
        print_text(page, "VB", 530, row)
        print_text(page, first, FIRST, row)
        print_text(page, second, SECOND, row)

    def same(box: Box) -> Box:
        return box

    return PageImage(1, page, page, None, 200.0, 20.0, "scan", same)


def read(figures: list[tuple[str, str]]) -> tuple[PageImage, tuple[Grid, ...], PageInk]:
    page = make_page(figures)
    grids = find_grids(page)
    return page, grids, find_ink(page, grids)


def parted(ink: PageInk) -> list[tuple[int, int]]:
    return [(cell.cell.row, cell.cell.column) for cell in ink.grids[0].cells if cell.parted]


def test_two_columns_of_figures_between_which_a_ruling_was_lost_are_two_again() -> None:
    page, grids, ink = read([("12", "275"), ("7", "37"), ("", "40"), ("3", ""), ("20", "79")])
    (lost,) = find_lost_borders(ink)
    assert list(lost) == [2]
    assert FIRST + 40 < lost[2] < SECOND
    whole = part_columns(grids[0], lost)
    assert (whole.n_rows, whole.n_columns) == (N_ROWS, 5)
    assert whole.certainty < 0.5, "a border that print alone tells is for a person"
    again = find_ink(page, (whole,)).grids[0]
    filled = {(cell.cell.row, cell.cell.column) for cell in again.cells if cell.lines and cell.cell.column in (2, 3)}
    assert filled == {(0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 2), (4, 2), (4, 3)}
    assert not any(cell.parted for cell in again.cells)


def test_where_two_rows_alone_tell_their_figures_are_for_a_person() -> None:
    _, _, ink = read([("12", "275"), ("7", "37"), ("44", "")])
    assert find_lost_borders(ink) == ({},)
    assert parted(ink) == [(0, 2), (1, 2)]


@pytest.mark.parametrize("figure", ["1 257", "100 %", "12.345"])
def test_a_space_in_a_number_parts_nothing(figure: str) -> None:
    _, _, ink = read([(figure, "")] * N_ROWS)
    assert find_lost_borders(ink) == ({},)
    assert parted(ink) == []


def test_a_column_of_words_is_not_parted_where_a_number_stands_before_each() -> None:
    page = make_page([])
    for row in range(N_ROWS):
        print_text(page.gray, f"{row + 1}.", 120, row)
        print_text(page.gray, "So van ban da ban", 200, row)
    assert find_lost_borders(find_ink(page, find_grids(page))) == ({},)


def test_every_column_keeps_its_cells_where_others_are_parted() -> None:
    (grid,) = find_grids(make_page([]))
    whole = part_columns(grid, {0: 300.0, 2: 760.0})
    assert whole.n_columns == 6
    places = sorted({(cell.column, round(cell.box[0], -1)) for cell in whole.cells})
    assert places == [(0, 100), (1, 300), (2, 500), (3, 640), (4, 760), (5, 880)]


def test_a_row_that_lost_its_upright_rulings_is_parted_by_its_print_alone() -> None:
    page = make_page([("12", "")] * N_ROWS)
    pixels = page.gray.copy()
    for row in (2, 5):
        for x in BORDERS[1:-1]:
            pixels[TOP + row * PITCH + 3 : TOP + (row + 1) * PITCH - 2, x - 3 : x + 4] = 255
    cell = np.s_[TOP + 5 * PITCH + 3 : TOP + 6 * PITCH - 2, LEFT + 3 : RIGHT - 3]
    pixels[cell] = 255
    print_text(pixels, "2. So ho so da tiep nhan trong ky", 120, 5)  # a title, over the borders of two columns
    page = replace(page, gray=pixels, raw=pixels)
    (grid,) = find_grids(page)
    ink = find_ink(page, (grid,)).grids[0]
    told = part_cells(ink)
    assert {(c.column, c.column_span) for c in grid.cells if c.row in (2, 5)} == {(0, 4)}
    # nothing is printed in the last column, so nothing tells that the figure's ends before it
    assert [(c.column, c.column_span, c.by_print) for c in told.cells if c.row == 2] == [
        (0, 1, True),
        (1, 1, True),
        (2, 2, True),
    ]
    assert [(c.column, c.column_span) for c in told.cells if c.row == 5] == [(0, 4)]
    # the figure is read, and for a person
    assert {(cell.cell.row, cell.cell.column) for cell in find_ink(page, (told,)).grids[0].cells if cell.parted} == {
        (2, 0),
        (2, 1),
        (2, 2),
    }
