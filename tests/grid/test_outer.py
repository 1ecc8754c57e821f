"""Rows beyond a table's last ruling: there where a copy left little of one more, none where print alone follows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.grid.test_find import N_ROWS, ROW, TOP, WHOLE, XS, find, make_page, shape

BOTTOM = TOP + N_ROWS * ROW


def without_last_ruling(*, left: bool, at: int = BOTTOM) -> np.ndarray:
    """Beyond the next ruling all is gone but the row's print, and where some is `left`, a dash in most columns."""
    page = make_page()
    beyond = page[at - 3 : at + 4]
    dashes = beyond.copy()
    beyond[:] = 255
    if left:
        for x0, x1 in ((130, 160), (300, 480), (730, 800), (900, 960), (1200, 1340)):
            beyond[:, x0:x1] = dashes[:, x0:x1]
    rows = page[BOTTOM - ROW + 4 : BOTTOM - 3] if at == BOTTOM else page[TOP + 4 : TOP + ROW - 3]
    for x in XS:
        rows[:, x - 3 : x + 4] = 255
    return page


@pytest.mark.parametrize("at", [TOP, BOTTOM])
def test_a_row_beyond_the_last_ruling_is_a_row_where_dashes_of_one_more_are_left(at: int) -> None:
    grids = find(without_last_ruling(left=True, at=at))
    assert shape(grids) == WHOLE
    assert {cell.row for cell in grids[0].cells if cell.by_print} == {0 if at == TOP else N_ROWS - 1}


def test_print_beyond_the_last_ruling_is_no_row_where_nothing_of_one_is_left() -> None:
    assert shape(find(without_last_ruling(left=False))) == [(N_ROWS - 1, 5, (N_ROWS - 1) * 5)]


def test_a_caption_across_the_columns_is_no_row() -> None:
    page = without_last_ruling(left=True)
    page[BOTTOM - ROW + 4 : BOTTOM - 3] = 255
    text = "Ghi chu: so lieu tinh den het thang chin nam nay"
    cv2.putText(page, text, (XS[0] + 25, BOTTOM - 15), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    assert shape(find(page)) == [(N_ROWS - 1, 5, (N_ROWS - 1) * 5)]
