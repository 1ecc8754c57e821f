"""Tables ruled by dots, of which a copy lost many -> their cells."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.grid import find_grids, find_guide, is_unlike, usual_guide
from extractor.grid.lattice import find_lattices
from extractor.grid.rulings import Rulings, Segment, find_rulings, reduce_page
from extractor.records import Box, Grid, Guide, PageImage

XS = (100, 180, 700, 860, 1000, 1500)
ROW, N_ROWS, TOP = 50, 20, 200
PITCH, DOT = 8, 2


def make_page(lost: float, lost_upright: float, seed: int = 1, specks: int = 400) -> np.ndarray:
    """A page at 200 dpi. `lost`: share of the dots of level rulings that are gone, `lost_upright`: of the others."""
    draw = np.random.default_rng(seed)
    page = np.full((1400, 1600), 255, np.uint8)
    level = [
        (x, TOP + r * ROW) for r in range(N_ROWS + 1) for x in range(XS[0], XS[-1], PITCH) if draw.random() >= lost
    ]
    upright = [(x, y) for x in XS for y in range(TOP, TOP + N_ROWS * ROW, PITCH) if draw.random() >= lost_upright]
    stray = [(int(draw.integers(1500)), int(draw.integers(1300))) for _ in range(specks)]
    for x, y in (*level, *upright, *stray):
        page[y : y + DOT, x : x + DOT] = 0
    for r in range(N_ROWS):
        y = TOP + r * ROW
        for x, text in ((XS[0] + 20, f"{r + 1}"), (XS[1] + 10, "So van ban da ban hanh"), (XS[3] + 60, f"{37 * r}")):
            cv2.putText(page, text, (x, y + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    return page


def make_image(page: np.ndarray) -> PageImage:
    def same(box: Box) -> Box:
        return box

    return PageImage(1, page, page, None, 200.0, 24.0, "scan", same)


def shape(grids: tuple[Grid, ...]) -> list[tuple[int, int, bool]]:
    return [(grid.n_rows, grid.n_columns, grid.ruled) for grid in grids]


WHOLE = [(N_ROWS, 5, True)]


@pytest.mark.parametrize("lost", [0.0, 0.3, 0.5])
def test_a_dotted_table_is_whole_though_dots_are_lost(lost: float) -> None:
    (grid,) = find_grids(make_image(make_page(lost, lost)))
    assert shape((grid,)) == WHOLE
    assert len(grid.cells) == N_ROWS * 5


def test_patches_of_a_screen_are_no_rulings_of_a_solid_table() -> None:
    page = np.full((1400, 1600), 255, np.uint8)
    for top in range(0, 1400, 84):
        for left in range(0, 1600, 100):
            page[top : top + 24 : 6, left : left + 60 : 6] = 0
    for r in range(N_ROWS + 1):
        cv2.line(page, (XS[0], TOP + r * ROW), (XS[-1], TOP + r * ROW), 0, 2)
    for x in XS:
        cv2.line(page, (x, TOP), (x, TOP + N_ROWS * ROW), 0, 2)
    assert shape(find_grids(make_image(page))) == WHOLE


def test_less_of_the_rulings_makes_less_certain() -> None:
    (good,) = find_grids(make_image(make_page(0.0, 0.0)))
    (bad,) = find_grids(make_image(make_page(0.6, 0.6)))
    assert bad.certainty < good.certainty


def test_a_page_without_its_upright_dots_follows_the_columns_of_the_others() -> None:
    image = make_image(make_page(0.2, 0.2))
    usual = usual_guide([find_guide(image, find_grids(image))] * 3)
    lost = make_image(make_page(0.3, 0.95))
    own = find_guide(lost, find_grids(lost))
    assert is_unlike(own, usual)
    assert shape(find_grids(lost, usual)) == WHOLE


def test_a_dotted_table_with_the_known_columns_stands_before_what_streaks_make_of_it() -> None:
    """Two streaks longer than the table once made three columns of five: a third of a page was unread."""
    usual = usual_guide([find_guide(image := make_image(make_page(0.2, 0.2)), find_grids(image))] * 3)
    page = make_page(0.0, 0.1, specks=0)
    for r in range(0, N_ROWS, 4):
        cv2.line(page, (XS[0], TOP + r * ROW), (XS[-1], TOP + r * ROW), 0, 2)
    for x, y0, y1 in ((XS[0], TOP, 1300), (300, TOP + 120, 1300), (520, TOP + 160, 1300), (XS[-1], TOP, 1200)):
        cv2.line(page, (x, y0), (x, y1), 0, 2)
    assert shape(find_grids(make_image(page), usual)) == WHOLE


def test_dots_within_one_column_are_no_ruling() -> None:
    image = make_image(make_page(0.2, 0.2))
    usual = usual_guide([find_guide(image, find_grids(image))] * 3)
    page, y = make_page(0.3, 0.95), TOP + 7 * ROW + ROW // 2
    for x in range(XS[4] + 20, XS[5] - 20, PITCH):
        page[y : y + DOT, x : x + DOT] = 0
    assert shape(find_grids(make_image(page), usual)) == WHOLE


def test_a_signature_across_a_border_hides_no_table_whose_columns_are_known() -> None:
    image = make_image(make_page(0.2, 0.2))
    usual = usual_guide([find_guide(image, find_grids(image))] * 3)
    page = make_page(0.1, 0.95)
    for y in range(TOP + 10, TOP + 5 * ROW, 12):
        cv2.line(page, (XS[3] - 90, y), (XS[3] - 20, y + 9), 0, 2)
        cv2.line(page, (XS[3] - 20, y + 9), (XS[3] + 40, y - 3), 0, 2)
    assert shape(find_grids(make_image(page), usual)) == WHOLE


@pytest.mark.parametrize("below", ["", "Noi nhan", "Ghi chu so lieu tinh den het thang chin nam nay"])
def test_rows_whose_outer_ruling_is_lost_are_rows_and_what_stands_below_is_none(below: str) -> None:
    image = make_image(make_page(0.2, 0.2))
    usual = usual_guide([find_guide(image, find_grids(image))] * 3)
    page = make_page(0.1, 0.95)
    bottom = TOP + N_ROWS * ROW
    for y in (TOP, bottom):
        page[y : y + DOT] = 255
    cv2.putText(page, "- 2 -", (780, TOP - 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    for x in (XS[0] + 10, XS[4] + 20) if len(below) < 10 else (XS[0],):
        cv2.putText(page, below, (x, bottom + 75), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    assert shape(find_grids(make_image(page), usual)) == WHOLE


def test_specks_and_letters_are_no_table() -> None:
    page = make_page(1.0, 1.0, specks=3000)
    assert not any(grid.ruled for grid in find_grids(make_image(page)))


def test_dirt_that_stands_in_line_by_chance_is_no_ruling() -> None:
    page = np.full((1400, 1600), 255, np.uint8)
    draw = np.random.default_rng(3)
    page[draw.integers(0, 1400, 9000), draw.integers(0, 1600, 9000)] = 0
    found = find_rulings(reduce_page(page, 200.0, 24.0), dotted=True)
    assert (found.rows, found.columns) == ((), ())
    for x in range(XS[0], XS[-1], PITCH):
        page[700 : 700 + DOT, x : x + DOT] = 0
    (ruling,) = find_rulings(reduce_page(page, 200.0, 24.0), dotted=True).rows
    assert abs(ruling.position - 700) < 3
    assert ruling.length > 0.9 * (XS[-1] - XS[0])


def test_a_line_taken_for_a_lost_border_is_seen_by_the_other_pages_borders() -> None:
    usual = Guide((0.11, 0.16, 0.56, 0.68, 0.77, 0.92), usual=True, ruled=True)
    assert is_unlike(Guide((0.11, 0.56, 0.68, 0.77, 0.92, 0.935), ruled=True), usual)
    assert not is_unlike(Guide((0.11, 0.16, 0.56, 0.68, 0.77, 0.92), ruled=True), usual)


def test_two_strokes_that_are_one_ruling_are_no_table() -> None:
    rows = tuple(Segment(float(y), 100.0, 118.0, 2.0) for y in (100, 200, 300))
    columns = tuple(Segment(float(x), 100.0, 300.0, 2.0) for x in (106, 112))
    blank = np.full((400, 400), 255, np.uint8)
    rulings = Rulings(rows, columns, blank, 1, 24.0, np.zeros((400, 400), bool))
    assert find_lattices(rulings, 1, 24.0, lossy=True) == ()
