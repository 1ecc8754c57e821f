"""Strokes of a pen over a table -> those that run from column to column are no print of a cell."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.reading import find_ink
from extractor.reading.strokes import mark_crossing
from extractor.records import CellInk, Grid, GridCell, PageImage

N_ROWS, HIGH, WIDE, UNIT = 6, 60, 200, 24.0
PALE = 170  # blue ink as grey


def make_page() -> np.ndarray:
    """Two ruled columns."""
    pixels = np.full((HIGH * N_ROWS + 80, 2 * WIDE + 80), 255, np.uint8)
    for row in range(N_ROWS + 1):
        cv2.line(pixels, (40, 40 + row * HIGH), (40 + 2 * WIDE, 40 + row * HIGH), 0, 3)
    for x in (40, 40 + WIDE, 40 + 2 * WIDE):
        cv2.line(pixels, (x, 40), (x, 40 + N_ROWS * HIGH), 0, 3)
    return pixels


def make_grid() -> Grid:
    cells = tuple(
        GridCell(r, c, 1, 1, (40.0 + c * WIDE, 40.0 + r * HIGH, 40.0 + (c + 1) * WIDE, 40.0 + (r + 1) * HIGH))
        for r in range(N_ROWS)
        for c in range(2)
    )
    return Grid(1, N_ROWS, 2, cells, (40.0, 40.0, 40.0 + 2 * WIDE, 40.0 + N_ROWS * HIGH), True, 1.0)


def make_image(gray: np.ndarray, raw: np.ndarray | None = None, pen: np.ndarray | None = None) -> PageImage:
    return PageImage(1, gray, gray if raw is None else raw, None, 200.0, UNIT, "scan", lambda box: box, pen=pen)


def sign(pixels: np.ndarray, row: int, grey: int) -> None:
    """A low wave from the first column into the second."""
    y = 40 + row * HIGH
    points = np.array([(150, y + 42), (200, y + 18), (250, y + 44), (290, y + 20), (340, y + 24)])
    cv2.polylines(pixels, [points], False, grey, 3, cv2.LINE_AA)


def cells_of(image: PageImage) -> dict[tuple[int, int], CellInk]:
    return {(ink.cell.row, ink.cell.column): ink for ink in find_ink(image, (make_grid(),)).grids[0].cells}


def test_a_black_stroke_over_two_columns_is_no_print_of_either() -> None:
    page = make_page()
    sign(page, 2, 0)
    cells = cells_of(make_image(page))
    assert cells[2, 0].stray
    assert cells[2, 1].stray
    assert not any(ink.stray for at, ink in cells.items() if at[0] != 2)


def test_print_beside_such_a_stroke_is_still_print() -> None:
    page = make_page()
    sign(page, 2, 0)
    cv2.putText(page, "74", (370, 40 + 2 * HIGH + 42), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    assert not cells_of(make_image(page))[2, 1].stray


def test_a_coloured_stroke_over_two_columns_is_a_signature_and_a_figure_in_one_is_writing() -> None:
    gray, raw = make_page(), make_page()
    sign(raw, 2, PALE)
    cv2.putText(raw, "74", (290, 40 + 4 * HIGH + 44), cv2.FONT_HERSHEY_SIMPLEX, 1.0, PALE, 3)
    pen = (raw > 0) & (raw < 255)
    cells = cells_of(make_image(gray, raw, pen))
    assert not cells[2, 1].lines
    # a cell that was signed over is never surely blank
    assert cells[2, 1].specks
    assert cells[4, 1].pen
    assert len(cells[4, 1].lines) == 1


def test_print_that_touches_the_ruling_at_both_sides_and_the_rulings_themselves_are_left_alone() -> None:
    page = make_page()
    cv2.putText(page, "nguoi", (165, 40 + 3 * HIGH + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    cv2.putText(page, "1.234", (242, 40 + 3 * HIGH + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    # figures that end right before notes that begin right behind the border
    for row, text in ((1, "41"), (4, "2")):
        x = 40 + WIDE - 7 - cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.8, 2)[0][0]
        cv2.putText(page, text, (x, 40 + row * HIGH + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
        cv2.putText(page, "Ke hoach", (40 + WIDE + 5, 40 + row * HIGH + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    image = make_image(page)
    assert mark_crossing(image, (make_grid(),)) is image
