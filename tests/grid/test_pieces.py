"""Tables of which crisp rulings are left in pieces, and pages that only look so -> the whole table, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractor.grid import find_grids, find_guide, is_unlike
from extractor.grid.find import _is_fuller
from extractor.grid.outer import rows_beyond
from extractor.grid.phrases import Phrase
from extractor.grid.pieces import cover, do_overlap, goes_on
from extractor.records import Box, Grid
from tests.grid.test_find import N_ROWS, ROW, TOP, XS, make_image, make_page, shape, usual

BOTTOM = TOP + N_ROWS * ROW
WHOLE = [(N_ROWS, 5, N_ROWS * 5)]
FAINT = 200  # grey level of a ruling that only a dotted reading sees
Stroke = tuple[tuple[int, int], tuple[int, int]]


def faint_page(crisp: Sequence[Stroke], shade: int = FAINT) -> np.ndarray:
    """The table with faint rulings, of which only these strokes are crisp."""
    page = make_page(2, shade)
    for start, end in crisp:
        cv2.line(page, start, end, 0, 2)
    return page


def frame(columns: Sequence[int], rows: Sequence[int]) -> list[Stroke]:
    """Strokes of a lattice between these borders and rows."""
    ys = [TOP + row * ROW for row in rows]
    level = [((columns[0], y), (columns[-1], y)) for y in ys]
    return [*level, *(((x, ys[0]), (x, ys[-1])) for x in columns)]


@pytest.mark.parametrize("faint", [range(3, 11), range(1, N_ROWS)])
def test_rows_that_faint_rulings_part_are_rows_though_the_frame_is_crisp(faint: range) -> None:
    page = faint_page(frame(XS, [row for row in range(N_ROWS + 1) if row not in faint]))
    assert shape(find_grids(make_image(page))) == WHOLE


def test_a_ghost_in_a_cell_or_two_makes_no_row() -> None:
    page = faint_page([], 0)
    y = TOP + 7 * ROW - 8
    cv2.line(page, (XS[2] + 3, y), (XS[4] - 3, y), FAINT, 2)
    assert [(grid.n_rows, grid.n_columns) for grid in find_grids(make_image(page))] == [(N_ROWS, 5)]


def test_pieces_that_lie_over_each_other_are_one_table() -> None:
    upper, below = frame((640, XS[3], 900, XS[4], 1200), (0, 2, 4)), frame((640, XS[3], 900), (4, 9))
    page = faint_page([*upper, *below, *frame((1100, 1250, XS[5]), (6, 12))])
    for x in (770, 1080):  # streaks
        cv2.line(page, (x, TOP), (x, BOTTOM), FAINT, 2)
    image = make_image(page)
    own = find_guide(image, find_grids(image))
    assert shape(find_grids(image)) == WHOLE or is_unlike(own, usual())
    assert [(grid.n_rows, grid.n_columns) for grid in find_grids(image, usual())] == [(N_ROWS, 5)]


def test_a_page_of_which_strokes_between_the_usual_sides_are_left_gets_the_second_look() -> None:
    page = np.full((1400, 1600), 255, np.uint8)
    for row in range(5):
        y = TOP + 2 * row * ROW
        for start, end in ((220, 600), (1100, 1300)):
            cv2.line(page, (start, y), (end, y), 0, 2)
        for x in XS if row else ():
            cv2.line(page, (x, y - 70), (x, y - 30), 0, 2)
    for row in range(4):
        cv2.putText(page, "Quyet dinh so", (1150, TOP + 2 * row * ROW + 60), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    image = make_image(page)
    assert find_grids(image) == ()
    assert is_unlike(find_guide(image, ()), usual())
    assert shape(find_grids(image, usual())) == [(4, 5, 20)]


def test_another_small_table_amid_prose_stays_as_it_is() -> None:
    page = np.full((1400, 1600), 255, np.uint8)
    for y in (*range(100, TOP - 30, 40), *range(TOP + 7 * ROW, 1350, 40)):
        cv2.putText(page, "Thuc hien nhiem vu cai cach hanh chinh nam nay cua huyen", (120, y), 2, 1.2, 0, 2)
    for start, end in frame((300, XS[2], XS[3], 1200), range(6)):
        cv2.line(page, start, end, 0, 2)
    for row in range(5):
        cv2.putText(page, "Xa Tan Lap", (320, TOP + row * ROW + 35), 2, 0.9, 0, 2)
        cv2.putText(page, "48", (XS[2] + 40, TOP + row * ROW + 35), 2, 0.9, 0, 2)
    image = make_image(page)
    assert shape(find_grids(image)) == [(5, 3, 15)]
    assert shape(find_grids(image, usual())) == [(5, 3, 15)]


def test_prose_with_underlines_and_streaks_is_no_table() -> None:
    page = np.full((1400, 1600), 255, np.uint8)
    for y in range(100, 1350, 44):
        cv2.putText(page, "Thuc hien nhiem vu cai cach hanh chinh nam nay cua huyen", (120, y), 2, 1.2, 0, 2)
    for y in range(112, 1000, 132):
        cv2.line(page, (130, y), (430, y), 0, 2)
    for x in (40, 74, XS[0] - 8, XS[-1], 1560):
        cv2.line(page, (x, 60), (x + 1, 1340), 0, 2)
    assert find_grids(make_image(page)) == ()
    assert find_grids(make_image(page), usual()) == ()


def test_tables_that_lie_over_each_other_cover_their_common_part_once() -> None:
    one, other = (Grid(1, 2, 2, (), box, True, 1.0) for box in ((0, 0, 10, 10), (5, 5, 15, 10)))
    below = Grid(1, 2, 2, (), (0, 10, 10, 20), True, 1.0)
    assert do_overlap([one, other])
    assert not do_overlap([one, below])
    assert cover([one, other]) == 125
    assert cover([]) == 0


@pytest.mark.parametrize(
    ("box", "broken"),
    [
        ((100, 904, 420, 1090), True),  # the left side of it, where dots of its other columns were lost
        ((860, 904, 1500, 1090), True),
        ((300, 904, 700, 1090), False),  # between its sides: a box of its own
        ((100, 940, 420, 1090), False),  # white between them
    ],
)
def test_a_piece_right_below_a_table_is_the_rest_of_it(box: Box, broken: bool) -> None:
    page = make_page()
    page[TOP + 14 * ROW + 3 :] = 255
    image = make_image(page)
    (main,) = find_grids(image)
    piece = Grid(1, 4, 2, (), box, True, 1.0)
    assert goes_on(image, main, (main, piece)) is broken
    assert is_unlike(find_guide(image, (main, piece)), usual()) is broken


@pytest.mark.parametrize(("height", "rows"), [(8.0, 0), (20.0, 1)])
def test_specks_below_the_last_ruling_are_no_row(height: float, rows: int) -> None:
    top = BOTTOM + 6.0
    seen = [Phrase(x, top, x + 40, top + height, 24.0, ((x, x + 40),), 3, full=True) for x in (XS[1] + 20, XS[3] + 20)]
    assert len(rows_beyond(seen, XS, (TOP, BOTTOM), 24.0)[1]) == rows


def test_pieces_of_which_none_is_decided_are_parts_of_a_whole_table_that_is() -> None:
    (whole,) = find_grids(make_image(make_page()))
    pieces = [page for rows in ((0, 9), (10, N_ROWS)) for page in find_grids(make_image(blank_but(rows)))]
    assert [piece.n_columns for piece in pieces] == [3, 3]
    assert not _is_fuller((whole,), tuple(pieces))
    assert _is_fuller((whole,), tuple(replace(piece, certainty=0.85) for piece in pieces))


def blank_but(rows: tuple[int, int]) -> np.ndarray:
    """A page with a lattice of three columns, as wide as the table, between two rows of it."""
    page = np.full((1400, 1600), 255, np.uint8)
    first, last = rows
    for start, end in frame((XS[0], XS[1], XS[3], XS[5]), range(first, last + 1)):
        cv2.line(page, start, end, 0, 2)
    return page
