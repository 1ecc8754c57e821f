"""Streaks of a fax through the cells of a table -> cells without them, and print that they cross whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.reading import find_ink
from extractor.reading.streaks import without_streaks
from extractor.records import Grid, GridCell, PageImage

N_ROWS, HIGH, WIDE = 8, 60, 300


def make_page(*, streak: int | None, figure: str = "") -> tuple[PageImage, Grid]:
    """One ruled column, with a streak at x, and a figure in its third row."""
    pixels = np.full((HIGH * N_ROWS + 80, WIDE + 200), 255, np.uint8)
    for row in range(N_ROWS + 1):
        cv2.line(pixels, (100, 40 + row * HIGH), (100 + WIDE, 40 + row * HIGH), 0, 2)
    for x in (100, 100 + WIDE):
        cv2.line(pixels, (x, 40), (x, 40 + N_ROWS * HIGH), 0, 2)
    if figure:
        cv2.putText(pixels, figure, (200, 40 + 2 * HIGH + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    if streak is not None:
        cv2.line(pixels, (streak, 10), (streak, 40 + 6 * HIGH + 25), 0, 2)
    cells = tuple(GridCell(r, 0, 1, 1, (100.0, 40.0 + r * HIGH, 400.0, 100.0 + r * HIGH)) for r in range(N_ROWS))
    grid = Grid(1, N_ROWS, 1, cells, (100.0, 40.0, 400.0, 40.0 + HIGH * N_ROWS), True, 1.0)
    return PageImage(1, pixels, pixels, None, 200.0, 24.0, "scan", lambda box: box), grid


def test_a_streak_is_no_ink_of_the_cells() -> None:
    page, grid = make_page(streak=150)
    cells = find_ink(page, (grid,)).grids[0].cells
    assert not any(cell.has_ink for cell in cells)
    # a blank cell under a stroke is not surely blank
    assert all(cell.specks for cell in cells[:6])


def test_the_ends_of_a_streak_that_leans_are_part_of_it() -> None:
    page, grid = make_page(streak=None)
    cv2.line(page.gray, (260, 10), (254, 40 + 6 * HIGH + 25), 0, 2)
    assert not any(cell.has_ink for cell in find_ink(page, (grid,)).grids[0].cells)


@pytest.mark.parametrize("streak", [205, 216, 222, 232, 247])
def test_figures_under_a_streak_stay(streak: int) -> None:
    struck, grid = make_page(streak=streak, figure="8848")
    plain, _ = make_page(streak=None, figure="8848")
    cleaned = without_streaks(struck, (grid,)).gray[160:220, 110:390]
    wanted = plain.gray[160:220, 110:390]
    assert ((cleaned < 128) != (wanted < 128)).mean() < 0.01


def test_a_streak_takes_no_more_of_a_figure_beside_it_than_it_is_wide() -> None:
    wanted = make_page(streak=None, figure="8838")[0].gray[160:220, 110:390] < 128
    lost = []
    for x in range(204, 252, 6):
        page, grid = make_page(streak=None, figure="8838")
        cv2.line(page.gray, (x + 3, 10), (x - 3, 425), 0, 1)
        cleaned = without_streaks(page, (grid,)).gray[160:220, 110:390] < 128
        lost.append((wanted & ~cleaned).sum() / wanted.sum())
    assert np.mean(lost) < 0.01


def test_rulings_and_print_without_streaks_are_left_alone() -> None:
    page, grid = make_page(streak=None, figure="11111")
    assert without_streaks(page, (grid,)) is page


@pytest.mark.parametrize(("streak", "crossed"), [(None, False), (202, True), (222, True), (180, False), (300, False)])
def test_print_that_a_lifted_streak_touches_is_for_a_person(streak: int | None, crossed: bool) -> None:
    page, grid = make_page(streak=streak, figure="632")
    assert [cell.crossed for cell in find_ink(page, (grid,)).grids[0].cells] == [
        row == 2 and crossed for row in range(N_ROWS)
    ]
