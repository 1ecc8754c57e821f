"""Two tables one below the other, and a table of one row -> each found as what it is."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.grid import find_grids, find_guide, is_unlike, usual_guide
from extractor.grid.between import stand_apart
from extractor.grid.phrases import Phrase
from extractor.records import Grid, Guide, PageImage
from tests.grid.test_find import ROW, TOP, XS, make_image

BORDERS = (100, 200, 760, 900, 1180, 1500)  # of another table between the same sides
FORM = Guide(tuple(x / 1600 for x in XS), ruled=True, usual=True)


def draw(page: np.ndarray, top: int, n_rows: int, xs: tuple[int, ...] = XS, height: int = ROW) -> None:
    for r in range(n_rows + 1):
        cv2.line(page, (xs[0], top + r * height), (xs[-1], top + r * height), 0, 2)
    for x in xs:
        cv2.line(page, (x, top), (x, top + n_rows * height), 0, 2)
    for r in range(n_rows):
        y = top + r * height + height // 2 + 9
        cv2.putText(page, "So van ban da ban hanh", (xs[1] + 10, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
        cv2.putText(page, f"{37 * r}", (xs[-3] + 40, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)


def paper() -> np.ndarray:
    return np.full((1400, 1600), 255, np.uint8)


def shape(grids: tuple[Grid, ...]) -> list[tuple[int, int]]:
    return [(grid.n_rows, grid.n_columns) for grid in grids]


def two_tables(caption: str, x: int) -> PageImage:
    page = paper()
    draw(page, TOP, 4)
    cv2.putText(page, caption, (x, TOP + 4 * ROW + 70), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    draw(page, TOP + 4 * ROW + 120, 10, BORDERS)
    return make_image(page)


def test_a_table_below_the_form_between_the_same_sides_stays_a_table_of_its_own() -> None:
    for caption, x in (("PHU LUC III BIEN CHE", 560), ("", 0), ("BIEN", 720)):
        page = two_tables(caption, x)
        own = find_guide(page, find_grids(page))
        assert not own.broken
        assert not is_unlike(own, usual_guide((FORM, FORM, own)))
        assert shape(find_grids(page, FORM)) == [(4, 5), (10, 5)]


def test_rows_that_keep_to_the_columns_between_two_pieces_are_lost_rows() -> None:
    page = paper()
    draw(page, TOP, 12)
    page[TOP + 4 * ROW + 3 : TOP + 7 * ROW - 3][:, [x + d for x in XS for d in range(-3, 4)]] = 255
    for r in (5, 6):
        page[TOP + r * ROW - 3 : TOP + r * ROW + 4] = 255
    image = make_image(page)
    upper = Grid(1, 4, 5, (), (XS[0], TOP, XS[-1], TOP + 4 * ROW), True, 1.0)
    lower = Grid(1, 5, 5, (), (XS[0], TOP + 7 * ROW, XS[-1], TOP + 12 * ROW), True, 1.0)
    assert not stand_apart(image, (upper, lower), XS)


@pytest.mark.parametrize(("height", "apart"), [(3.0, False), (20.0, True)])
def test_flat_pieces_across_the_borders_are_remains_of_rulings_and_no_prose(
    monkeypatch: pytest.MonkeyPatch, height: float, apart: bool
) -> None:
    def phrase(x0: float, x1: float, y0: float, high: float) -> Phrase:
        return Phrase(x0, y0, x1, y0 + high, y0 + high, ((x0, x1),), 9, full=True)

    top, bottom = TOP + 4 * ROW, TOP + 7 * ROW
    kept = [phrase(XS[1] + 10, XS[2] - 10, top + ROW * n + 10, 20.0) for n in (0, 1)]
    across = [phrase(XS[1] - 90, XS[1] + 90, top + ROW * n + 35, height) for n in (0, 1)]
    monkeypatch.setattr("extractor.grid.between.find_phrases", lambda _: [*kept, *across])
    upper = Grid(1, 4, 5, (), (XS[0], TOP, XS[-1], top), True, 1.0)
    lower = Grid(1, 5, 5, (), (XS[0], bottom, XS[-1], TOP + 12 * ROW), True, 1.0)
    assert stand_apart(make_image(paper()), (upper, lower), XS) is apart


def test_a_header_alone_at_a_pages_foot_is_a_table_of_one_row() -> None:
    for height in (34, 46, 90):
        page = paper()
        for y in range(300, 900, 60):
            cv2.putText(page, "Thuc hien nhiem vu cai cach hanh chinh", (120, y), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
        draw(page, 1250, 1, height=height)
        assert shape(find_grids(make_image(page))) == [(1, 5)], height


def test_prose_between_two_long_strokes_is_no_table() -> None:
    page = paper()
    for y in (300, 334):
        cv2.line(page, (100, y), (1500, y), 0, 2)
    for x in (100, 1500):
        cv2.line(page, (x, 300), (x, 334), 0, 2)
    cv2.putText(page, "Ill lull till hill dell fully billet illicit", (110, 327), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    assert shape(find_grids(make_image(page))) == []
