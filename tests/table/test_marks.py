"""Small ink in a cell -> a line of print, or dirt."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.reading.lines import find_lines
from extractor.reading.signs import count_dots
from extractor.reading.stray import Speck, find_mark

HEIGHT = 28.0


def cell(*strokes: tuple[int, int, int, int]) -> np.ndarray:
    """A cell with black boxes x, y, w, h."""
    gray = np.full((60, 140), 255, np.uint8)
    for x, y, w, h in strokes:
        gray[y : y + h, x : x + w] = 0
    return gray


@pytest.mark.parametrize("strokes", [((66, 20, 3, 7), (71, 20, 3, 7)), ((66, 20, 8, 6),)])
def test_a_ditto_mark_is_print(strokes: tuple[tuple[int, int, int, int], ...]) -> None:
    (line,) = find_lines(cell(*strokes), HEIGHT).lines
    assert (line.x0, line.y0) == (66, 20)


def test_a_ditto_mark_among_specks_is_print() -> None:
    (line,) = find_lines(cell((66, 20, 3, 7), (71, 20, 3, 7), (20, 40, 3, 2), (110, 12, 2, 2)), HEIGHT).lines
    assert (line.x0, line.x1) == (66, 74)


@pytest.mark.parametrize("strokes", [((30, 20, 3, 3),), ((20, 20, 3, 7), (90, 40, 3, 7)), ((66, 20, 3, 6),) * 2])
def test_specks_are_no_print(strokes: tuple[tuple[int, int, int, int], ...]) -> None:
    found = find_lines(cell(*strokes), HEIGHT)
    assert not found.lines
    assert found.specks


def test_a_row_of_dots_is_print_and_strewn_specks_are_none() -> None:
    dots = cell(*((40 + 12 * n, 40, 3, 3) for n in range(5)))
    (line,) = find_lines(dots, HEIGHT).lines
    assert (line.x0, line.x1) == (40, 91)
    assert count_dots(dots[line.y0 : line.y1, line.x0 : line.x1], HEIGHT) == 5
    for strewn in (((40, 40, 3, 3), (52, 34, 3, 3), (64, 40, 3, 3)), ((40, 40, 3, 3), (52, 40, 3, 3)),
                   ((20, 40, 3, 3), (32, 40, 3, 3), (110, 40, 3, 3))):  # fmt: skip
        assert not find_lines(cell(*strewn), HEIGHT).lines


def test_the_little_that_is_left_of_a_dash_among_specks_is_looked_at() -> None:
    found = find_lines(cell((60, 26, 7, 4), (90, 45, 2, 2), (20, 12, 2, 2)), HEIGHT)
    assert not found.lines
    assert [(line.x0, line.x1) for line in found.faint] == [(60, 67)]


def test_a_dash_at_which_a_speck_hangs_is_no_speck() -> None:
    speck = Speck(4.0, 8.0)
    ragged = cell((60, 26, 8, 4), (62, 30, 2, 2), (90, 45, 3, 2))
    mark = find_mark(ragged, HEIGHT, speck)
    assert mark is not None
    assert (mark.x0, mark.x1) == (60, 68)
    assert find_mark(cell((60, 26, 4, 4), (90, 45, 3, 2)), HEIGHT, speck) is None
