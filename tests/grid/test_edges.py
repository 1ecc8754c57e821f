"""Pages of level rulings alone -> columns whose print nearly touches, and no rulings made of letters."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.grid import find_grids
from extractor.grid.gutters import find_columns, keep_apart
from extractor.grid.phrases import Phrase
from extractor.grid.rulings import find_rulings, reduce_page
from extractor.grid.stems import without_stems
from extractor.records import PageImage

HEIGHT = 20.0
FIGURES_END, NOTES_START = 960.0, 966.0


def make_phrase(x0: float, x1: float) -> Phrase:
    return Phrase(x0, 0.0, x1, HEIGHT, HEIGHT, ((x0, x1),), 3, full=True)


def make_line(*, unit: float = 40, figure: float = 0, note: float = 0) -> list[Phrase]:
    """Number, label and unit, and where they are given, figures that end, and a note that begins, on one line."""
    line = [make_phrase(100, 115), make_phrase(180, 600), make_phrase(720 - unit, 720 + unit)]
    line += [make_phrase(FIGURES_END - figure, FIGURES_END)] if figure else []
    return line + ([make_phrase(NOTES_START, NOTES_START + note)] if note else [])


def test_figures_that_end_where_notes_begin_are_two_columns() -> None:
    names = [make_phrase(90, 120), make_phrase(300, 480), make_phrase(690, 750), make_phrase(870, 950)]
    names.append(make_phrase(1090, 1190))
    numbers = [make_phrase(x, x + 10) for x in (100, 390, 715, 905, 1140)]
    lines = [names, numbers, *(make_line(figure=15 + 10 * (n % 3)) for n in range(9))]
    lines += [make_line(figure=15, note=300), make_line(note=260), make_line(note=310), make_line()]
    borders = find_columns(lines, HEIGHT)
    assert len(borders) == 6
    assert FIGURES_END < borders[4] < NOTES_START


def test_words_that_recur_in_a_column_do_not_part_it() -> None:
    unit = [make_phrase(660, 700), make_phrase(706, 780)]
    lines = [[make_phrase(100, 115), make_phrase(180, 600), *unit, make_phrase(940, 960)] for _ in range(9)]
    lines += [[make_phrase(100, 115), make_phrase(180, 600), make_phrase(700, 740)] for _ in range(5)]
    assert len(find_columns(lines, HEIGHT)) == 5


def test_words_before_figures_that_are_flush_right_are_of_their_column() -> None:
    lines = [make_line(figure=15 + 5 * (n % 2)) for n in range(20)]
    words = [[make_phrase(870, 920), make_phrase(931, 960)], [make_phrase(850, 918), make_phrase(928, 960)]]
    assert len(find_columns([*lines, *([*make_line(), *pair] for pair in words)], HEIGHT)) == 5
    # a number of a row before its label stands further off
    numbered = [[make_phrase(140, 165), *line[1:]] for line in lines[:4]]
    assert len(find_columns([*numbered, *(line[1:] for line in lines)], HEIGHT)) == 5


def test_low_strokes_where_no_column_is_make_none() -> None:
    lines = [make_line(figure=15 + 10 * (n % 3)) for n in range(20)]
    stroke = Phrase(820.0, 19.0, 840.0, HEIGHT, HEIGHT, ((820.0, 840.0),), 2, full=False)
    assert len(find_columns(lines, HEIGHT)) == 5
    assert len(find_columns([*lines[:4], [*lines[4], stroke], *lines[5:]], HEIGHT)) == 5


def test_stems_of_letters_in_tight_rows_are_no_ruling() -> None:
    page = np.full((900, 1000), 255, np.uint8)
    for y in range(100, 700, 36):
        cv2.line(page, (80, y), (900, y), 0, 2)
        cv2.line(page, (300, y + 8), (300, y + 27), 0, 2)  # the same stem in each row
    for y in range(100, 670, 5):
        cv2.line(page, (600, y), (600, y + 1), 0, 2)  # a dotted ruling
    found = find_rulings(reduce_page(page, 200.0, HEIGHT), dotted=True)
    assert {round(one.position, -2) for one in found.columns} == {300, 600}
    assert {round(one.position, -2) for one in without_stems(found).columns} == {600}


def test_a_border_of_another_page_keeps_off_the_notes_of_this_one() -> None:
    figures = [make_phrase(960 - 10 * n, 1000) for n in range(1, 5)]
    notes = [make_phrase(1030, 1300), make_phrase(1030, 1250)]
    followed = [80.0, 800.0, 1100.0, 1400.0]
    labels = [make_phrase(100, 600)]
    moved = keep_apart(followed, [*labels, *figures, *notes, make_phrase(1150, 1200)], HEIGHT)
    assert moved == [80.0, 800.0, 1015.0, 1400.0]
    # a column's name keeps apart from both columns, and a figure at either side settles nothing
    name = make_phrase(1010, 1110)
    assert keep_apart(followed, [*labels, *figures, name, make_phrase(1180, 1300)], HEIGHT)[2] == 1145.0
    across = make_phrase(990, 1200)
    assert keep_apart(followed, [*labels, *figures, across, make_phrase(1150, 1300)], HEIGHT) == followed


@pytest.mark.parametrize(("x", "ends"), [(450, (262, 900)), (960, (180, 960)), (1200, (262, 930))])
def test_a_streak_through_level_rulings_makes_no_table_of_two_columns(x: int, ends: tuple[int, int]) -> None:
    page = np.full((1100, 1600), 255, np.uint8)
    for row in range(17):
        y = 200 + 44 * row
        # a fax breaks its rulings, and what is left of them is no print
        for start in range(80, 1500, 90):
            cv2.line(page, (start, y - 30), (start + 80, y - 30), 0, 2)
        if row < 16:
            for text, at in (("7", 100), (f"So van ban {row} da xu ly", 180), ("ho so", 760), (str(y), 920)):
                cv2.putText(page, text, (at, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    cv2.line(page, (x, ends[0]), (x, ends[1]), 0, 2)
    image = PageImage(1, page, page, None, 200.0, HEIGHT, "scan", lambda box: box)
    (grid,) = find_grids(image)
    assert (grid.ruled, grid.n_rows, grid.n_columns) == (False, 16, 4)
