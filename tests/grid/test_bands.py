"""Where rows part in a table without rulings: the pitch of lines told from the white between rows."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.grid.bands import find_row_borders
from extractor.grid.level import find_lost_rulings
from extractor.grid.phrases import Phrase
from extractor.grid.rulings import Rulings, Segment

TEXT_HEIGHT = 20.0
LINE, ROW = 31.0, 40.0  # pixels from line to line within a cell, and from row to row


def make_phrase(x0: float, x1: float, baseline: float) -> Phrase:
    return Phrase(x0, baseline - 18, x1, baseline + 4, baseline, ((x0, x1),), 9, True)


def make_rows(lines_of: list[int], pitches: dict[int, float], row: float = ROW) -> tuple[list[Phrase], int]:
    """Labels of so many lines each, full but for the last one, with a figure beside the first line."""
    phrases: list[Phrase] = []
    baseline, count = 100.0, 0
    for n_lines in lines_of:
        for line in range(n_lines):
            phrases.append(make_phrase(100, 500 if line < n_lines - 1 else 240, baseline))
            if line == 0:
                phrases.append(make_phrase(600, 640, baseline))
            last = line == n_lines - 1
            baseline += pitches.get(count, row if last else LINE)
            count += 1
    return phrases, len(lines_of)


def test_rows_part_where_some_stand_far_wider_apart_than_others() -> None:
    lines = [2, 1, 3, 1, 2, 1, 1, 2, 3, 1]
    phrases, n_rows = make_rows(lines, {2: 75.0, 6: 74.0})  # tall cells beside them
    rows = find_row_borders(phrases, [80, 550, 700], TEXT_HEIGHT)
    assert rows.by_white
    assert len(rows.ys) == n_rows + 1


def test_one_pitch_in_between_hides_no_rows() -> None:
    lines = [2, 1, 3, 1, 2, 1, 1, 2, 3, 1]
    phrases, n_rows = make_rows(lines, {0: 33.5}, row=37.0)
    rows = find_row_borders(phrases, [80, 550, 700], TEXT_HEIGHT)
    assert rows.by_white
    assert len(rows.ys) == n_rows + 1


def test_a_lone_narrow_pitch_is_not_that_of_lines() -> None:
    phrases, n_rows = make_rows([2, 1, 3, 1, 2, 1, 1, 2, 3, 1], {3: 24.0})
    assert len(find_row_borders(phrases, [80, 550, 700], TEXT_HEIGHT).ys) == n_rows + 1


def test_what_is_left_of_a_ruling_makes_no_row() -> None:
    lines = [2, 1, 3, 1, 2, 1, 1, 2, 3, 1]
    phrases, n_rows = make_rows(lines, {2: 75.0})
    stroke = Phrase(300.0, 199.0, 330.0, 200.0, 200.0, ((300.0, 330.0),), 2, False)
    assert 162 < stroke.y0 < 237 - 18  # between the third line and the fourth
    assert len(find_row_borders([*phrases, stroke], [80, 550, 700], TEXT_HEIGHT).ys) == n_rows + 1


@pytest.mark.parametrize(("beside", "n_lost"), [((600, 640), 1), ((760, 900), 0)])
def test_two_labels_with_units_beside_them_are_two_rows_though_the_other_rulings_are_whole(
    beside: tuple[int, int], n_lost: int
) -> None:
    xs, ys = [80.0, 140.0, 550.0, 700.0, 1000.0], [80.0 + 40 * n for n in range(12)]
    segments = tuple(Segment(y, 80.0, 1000.0, 2.0) for y in ys if y != 200.0)
    rulings = Rulings(segments, (), np.full((600, 1100), 255, np.uint8), 1, TEXT_HEIGHT, np.zeros((600, 1100), bool))
    phrases = [make_phrase(x0, x1, y + 30) for y in ys[:-1] for x0, x1 in ((160, 500), beside)]
    ruled = [s.position for s in segments]
    assert len(find_lost_rulings([200.0], ruled, rulings, phrases, xs, TEXT_HEIGHT)) == n_lost


def test_a_note_that_goes_on_alone_is_no_row() -> None:
    xs = [80.0, 550.0, 700.0, 1100.0]
    phrases, n_rows = make_rows([2, 1, 3, 1, 2, 1, 1], {})
    last = max(p.baseline for p in phrases)
    note = [make_phrase(720, 1080, last + ROW * n) for n in range(4)]
    assert len(find_row_borders([*phrases, *note], xs, TEXT_HEIGHT).ys) == n_rows + 1
    assert len(find_row_borders([*phrases, *note], [*xs, 1300.0], TEXT_HEIGHT).ys) == n_rows + 4


def test_print_of_a_cell_merged_over_rows_parts_neither_of_them() -> None:
    xs = [80.0, 550.0, 700.0, 900.0]
    phrases, n_rows = make_rows([2, 1, 3, 1, 2, 1, 1, 2, 3, 1], {}, row=54.0)
    tops = [p.baseline for p in phrases if p.x0 == 600]
    middle = (tops[3] + tops[4] + LINE) / 2  # of a row of one line and one of two
    merged = make_phrase(720, 800, middle)
    beside = [make_phrase(720, 800, tops[row]) for row in (0, 7)]
    rows = find_row_borders([*phrases, *beside, merged], xs, TEXT_HEIGHT)
    assert rows.by_white
    assert len(rows.ys) == n_rows + 1
    ((column, top, bottom),) = rows.merged
    assert (column, top, bottom) == (2, tops[3], tops[4])


def test_a_cell_in_the_middle_of_three_rows_is_of_all_of_them() -> None:
    phrases, n_rows = make_rows([2, 1, 3, 1, 2, 3, 1, 2, 3, 1], {}, row=54.0)
    tops = [p.baseline for p in phrases if p.x0 == 600]
    middle = (tops[3] + tops[5] + 2 * LINE) / 2  # of rows of one, two and three lines
    rows = find_row_borders(
        [*phrases, make_phrase(720, 800, tops[0]), make_phrase(720, 800, middle)],
        [80.0, 550.0, 700.0, 900.0],
        TEXT_HEIGHT,
    )
    assert len(rows.ys) == n_rows + 1
    assert rows.merged == ((2, tops[3], tops[5]),)


def test_print_lower_than_each_of_its_rows_is_merged_with_none() -> None:
    phrases, _ = make_rows([2, 1, 3, 1, 2, 1, 1, 2, 3, 1], {}, row=54.0)
    lower = [make_phrase(720, 800, p.baseline + 15) for p in phrases if p.x0 == 600]
    assert not find_row_borders([*phrases, *lower], [80.0, 550.0, 700.0, 900.0], TEXT_HEIGHT).merged
