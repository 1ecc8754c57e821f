"""Tables with level rulings alone: the table ends where they do, three frame one, a row cut by a page has none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.grid import find_guide
from tests.grid.test_aligned import LABEL, N_ROWS, NOTE, PITCH, STT, UNIT, find, make_image, make_page, print_text


def test_level_rulings_tell_where_a_last_column_ends() -> None:
    """Its border stood where most notes end, and the last word of the longest was lost."""
    (grid,) = find(make_page(gap=0, rulings=True, notes=(3, 5)))
    assert (grid.box[0], grid.box[2]) == pytest.approx((STT - 20, 1500), abs=15)


@pytest.mark.parametrize(
    ("behind", "bare", "rows"),
    [((), False, N_ROWS), ((), True, N_ROWS), (("KT. CHU TICH", "PHO CHU TICH"), False, N_ROWS - 1)],
)
def test_a_row_that_goes_on_overleaf_has_no_ruling_below_it(behind: tuple[str, ...], bare: bool, rows: int) -> None:
    """The last row of such pages was lost; what has further lines behind it are signatures. `bare`: it is a label."""
    page = make_page(gap=0, rulings=True, notes=(3, N_ROWS - 1))
    last = 200 + (N_ROWS + N_ROWS // 2) * PITCH - 32
    page[last - 3 : last + 4] = 255
    if bare:
        page[last - 2 * PITCH + 4 : last, UNIT - 10 :] = 255
        page[last - 2 * PITCH + 4 : last, : LABEL - 10] = 255
    for n, text in enumerate(behind):
        print_text(page, text, UNIT, last + 120 + 60 * n)
    (grid,) = find(page)
    assert grid.n_rows == rows
    assert {cell.row for cell in grid.cells if cell.open} == ({N_ROWS - 1} if not behind else set())


def test_three_rulings_frame_a_table_between_paragraphs() -> None:
    """Its gutters were hidden by the lines above and below it, and no table was found."""
    page = np.full((1500, 1600), 255, np.uint8)
    for row in range(8):
        y = 320 + row * 50
        for text, x in (("So van ban", 120), ("ho so", 560), (str(11 * row + 2), 860), (str(7 * row + 3), 1160)):
            print_text(page, text, x, y)
    for y in (280, 335, 690):
        cv2.line(page, (100, y), (1400, y), 0, 2)
    for y in (140, 180, 220, 740):
        print_text(page, "Ketquathuchiencacchitieu cuahuyenduoctrinhbaytrongbangduoiday", 100, y)
    (grid,) = find(page)
    assert (grid.n_rows, grid.n_columns) == (8, 4)


@pytest.mark.parametrize(("above", "rows"), [("", N_ROWS + 1), ("PHU LUC SO HAI", N_ROWS)])
def test_the_rest_of_a_row_has_no_ruling_above_it(above: str, rows: int) -> None:
    """What a note had left for the next page lay in no table; below a title it is a caption."""
    page = make_page(gap=0, rulings=True, notes=(3, 5))
    guide = find_guide(make_image(page), find(page))
    page[:180] = 255
    cv2.line(page, (STT - 20, 168), (1500, 168), 0, 2)
    print_text(page, "Bao cao quy", NOTE, 155)
    print_text(page, above, LABEL, 80)
    (grid,) = find(page, guide)
    assert grid.n_rows == rows
