"""Borders of columns told by print: moved off what is wider here, none for a title's end, rulings no print."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.grid.aligned import _columns, _followed
from extractor.grid.gutters import find_columns, keep_apart, reach_out
from extractor.grid.phrases import Phrase, find_phrases
from extractor.grid.printed_lines import PrintedLine, head_length
from extractor.records import Guide
from tests.grid.test_aligned import N_ROWS, make_image, print_text


def phrase(x0: float, x1: float, y: float = 18.0, space: tuple[float, float] | None = None) -> Phrase:
    words = ((x0, space[0]), (space[1], x1)) if space else ((x0, x1),)
    return Phrase(x0, y - 18, x1, y + 4, y, words, 9, full=True)


@pytest.mark.parametrize(("usual", "crossing"), [(True, 0), (False, 3)])
def test_units_that_are_wider_on_one_page_move_the_border_before_them(usual: bool, crossing: int) -> None:
    columns = ((100, 170), (180, 500), (600, 700), (760, 800))
    lines = [[phrase(x0, x1, 40.0 * row) for x0, x1 in columns] for row in range(1, N_ROWS)]
    lines += [[phrase(540, 700, 40.0 * row)] for row in (N_ROWS, N_ROWS + 1, N_ROWS + 2)]
    guide = Guide((80.0, 175.0, 580.0, 730.0, 820.0), usual=usual)
    page = make_image(np.full((800, 1600), 255, np.uint8))
    xs, n_crossing = _followed(guide, [PrintedLine(tuple(line)) for line in lines], page)
    assert n_crossing == crossing
    assert (500 < xs[2] < 540) is usual


def test_a_page_stands_by_its_own_columns_where_words_run_on_over_those_of_the_others() -> None:
    """Half of each unit was a value, and the figures behind it were notes."""
    columns = ((100, 170), (180, 500), (540, 700), (720, 770), (860, 960))
    lines = [
        [phrase(x0, x1, 40.0 * row, (600, 620) if x0 == 540 else None) for x0, x1 in columns] for row in range(1, 25)
    ]
    page = make_image(np.full((1200, 1600), 255, np.uint8))
    guide = Guide((80.0, 175.0, 520.0, 610.0, 815.0, 1000.0), usual=True)
    assert 700 < _columns([PrintedLine(tuple(line)) for line in lines], page, guide)[3] < 720


@pytest.mark.parametrize(("note", "border"), [(40.0, 720.0), (80.0, 640.0)])
def test_a_figure_before_a_note_is_not_of_the_notes_column(note: float, border: float) -> None:
    phrases = [phrase(520, 600, 120.0), phrase(680, 710, 40.0), phrase(730, 900, note)]
    assert keep_apart([80.0, 500.0, 700.0, 1000.0], phrases, 20.0)[2] == border


def test_a_note_longer_than_the_others_moves_the_last_border_out() -> None:
    """The words behind the border were in no cell; a title runs through several columns and tells no border."""
    phrases = [phrase(90, 120), phrase(60, 130, 40.0), phrase(720, 990, 40.0), phrase(300, 1200, 80.0)]
    assert reach_out([80.0, 200.0, 700.0, 900.0], phrases, 20.0) == [50.0, 200.0, 700.0, 1000.0]


@pytest.mark.parametrize(("first", "length"), [(((100, 150), (180, 500), (600, 900)), 0), (((400, 900),), 1)])
def test_a_first_row_whose_note_begins_before_the_border_is_no_title(
    first: tuple[tuple[float, float], ...], length: int
) -> None:
    row = PrintedLine((phrase(100, 160, 60.0), phrase(180, 500, 60.0), phrase(720, 900, 60.0)))
    top = PrintedLine(tuple(phrase(x0, x1) for x0, x1 in first))
    assert head_length([(top, True), (row, False)], 20.0) == length


def test_a_ruling_aslant_is_no_phrase() -> None:
    page = np.full((400, 1600), 255, np.uint8)
    print_text(page, "So van ban", 200, 180)
    for x in range(100, 1500):
        page[200 + x // 40 : 202 + x // 40, x] = 0
    assert [round(p.x0, -2) for p in find_phrases(make_image(page))] == [200]


@pytest.mark.parametrize(("title", "n_columns"), [((200, 700), 4), ((200, 480), 5)])
def test_the_last_word_of_a_title_is_no_column(title: tuple[int, int], n_columns: int) -> None:
    rows = [[phrase(x0, x1) for x0, x1 in ((100, 150), (180, 500), (600, 700), (760, 800))]] * 2 * N_ROWS
    lines = [[phrase(*title), phrase(900, 950)], *rows]
    assert len(find_columns(lines, 20.0)) == n_columns + 1


def test_the_number_of_a_column_beside_its_figures_is_no_column() -> None:
    """Figures flush left and a count in the middle of the column once were two columns."""

    rows = [[phrase(x0, x1) for x0, x1 in ((100, 150), (180, 500), (600, 700), (720, 760), (900, 1200))]] * 30
    counts = [phrase(x, x + 30) for x in (110, 340, 640, 800, 1000)]
    assert len(find_columns([counts, *rows], 20.0)) == 6
    assert len(find_columns([[counts[0], counts[3]], *rows], 20.0)) == 7
