"""Borders of columns told by print: moved off what is wider here, none for a title's end, rulings no print."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.grid.aligned import _followed, _TextLine
from extractor.grid.gutters import find_columns
from extractor.grid.phrases import Phrase, find_phrases
from extractor.records import Guide
from tests.grid.test_aligned import N_ROWS, make_image, print_text


@pytest.mark.parametrize(("usual", "crossing"), [(True, 0), (False, 3)])
def test_units_that_are_wider_on_one_page_move_the_border_before_them(usual: bool, crossing: int) -> None:
    def phrase(x0: float, x1: float, y: float) -> Phrase:
        return Phrase(x0, y - 18, x1, y + 4, y, ((x0, x1),), 9, full=True)

    columns = ((100, 170), (180, 500), (600, 700), (760, 800))
    lines = [[phrase(x0, x1, 40.0 * row) for x0, x1 in columns] for row in range(1, N_ROWS)]
    lines += [[phrase(540, 700, 40.0 * row)] for row in (N_ROWS, N_ROWS + 1, N_ROWS + 2)]
    guide = Guide((80.0, 175.0, 580.0, 730.0, 820.0), usual=usual)
    page = make_image(np.full((800, 1600), 255, np.uint8))
    xs, n_crossing = _followed(guide, [_TextLine(tuple(line)) for line in lines], page)
    assert n_crossing == crossing
    assert (500 < xs[2] < 540) is usual


def test_a_ruling_aslant_is_no_phrase() -> None:
    page = np.full((400, 1600), 255, np.uint8)
    print_text(page, "So van ban", 200, 180)
    for x in range(100, 1500):
        page[200 + x // 40 : 202 + x // 40, x] = 0
    assert [round(p.x0, -2) for p in find_phrases(make_image(page))] == [200]


@pytest.mark.parametrize(("title", "n_columns"), [((200, 700), 4), ((200, 480), 5)])
def test_the_last_word_of_a_title_is_no_column(title: tuple[int, int], n_columns: int) -> None:
    def phrase(x0: float, x1: float) -> Phrase:
        return Phrase(x0, 0.0, x1, 22.0, 18.0, ((x0, x1),), 9, full=True)

    rows = [[phrase(x0, x1) for x0, x1 in ((100, 150), (180, 500), (600, 700), (760, 800))]] * 2 * N_ROWS
    lines = [[phrase(*title), phrase(900, 950)], *rows]
    assert len(find_columns(lines, 20.0)) == n_columns + 1


def test_the_number_of_a_column_beside_its_figures_is_no_column() -> None:
    """Figures flush left and a count in the middle of the column once were two columns."""

    def phrase(x0: float, x1: float) -> Phrase:
        return Phrase(x0, 0.0, x1, 22.0, 18.0, ((x0, x1),), 9, full=True)

    rows = [[phrase(x0, x1) for x0, x1 in ((100, 150), (180, 500), (600, 700), (720, 760), (900, 1200))]] * 30
    counts = [phrase(x, x + 30) for x in (110, 340, 640, 800, 1000)]
    assert len(find_columns([counts, *rows], 20.0)) == 6
    assert len(find_columns([[counts[0], counts[3]], *rows], 20.0)) == 7
