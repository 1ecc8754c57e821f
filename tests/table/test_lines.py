"""Print that a ruling cuts -> its cell says that it runs on."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.reading.lines import find_lines

TEXT_HEIGHT = 36.0
WIDTH = 150


def cell(*strokes: tuple[int, int, int, int]) -> np.ndarray:
    """White, with ink in the boxes x0, y0, x1, y1."""
    gray = np.full((60, WIDTH), 255, np.uint8)
    for x0, y0, x1, y1 in strokes:
        gray[y0:y1, x0:x1] = 0
    return gray


DIGIT = (115, 17, 135, 44)


@pytest.mark.parametrize(
    "left",
    [
        [(145, 17, WIDTH, 44)],  # the stem of a letter
        [(144, 17, WIDTH, 20), (146, 27, WIDTH, 31), (144, 40, WIDTH, 44)],  # the tips of a 3
    ],
)
def test_what_is_left_of_a_letter_beside_the_ruling_tells_that_print_runs_over_it(
    left: list[tuple[int, int, int, int]],
) -> None:
    found = find_lines(cell(DIGIT, *left), TEXT_HEIGHT)
    assert [(line.x0, line.x1) for line in found.lines] == [(115, 135)]
    assert found.runs_over


@pytest.mark.parametrize(
    "left",
    [
        [],
        [(146, 0, WIDTH, 60)],  # the ruling itself
        [(146, 24, WIDTH, 29)],  # a shred of it
        [(146, 2, WIDTH, 10), (146, 50, WIDTH, 58)],  # above and below the line
    ],
)
def test_what_a_ruling_leaves_beside_print_is_none(left: list[tuple[int, int, int, int]]) -> None:
    found = find_lines(cell(DIGIT, *left), TEXT_HEIGHT)
    assert len(found.lines) == 1
    assert not found.runs_over


def test_print_far_from_the_side_does_not_run_over_it() -> None:
    assert not find_lines(cell((60, 17, 80, 44), (145, 17, WIDTH, 44)), TEXT_HEIGHT).runs_over


def test_dots_of_a_ruling_beside_print_are_none_and_slivers_at_every_line_are_no_dots() -> None:
    dots = [(146, y, WIDTH, y + 4) for y in range(1, 60, 7)]
    assert not find_lines(cell(DIGIT, *dots), TEXT_HEIGHT).runs_over
    # a stem is no dot, and what level rulings leave in the corners are none either
    corners = [(146, 0, WIDTH, 3), (146, 57, WIDTH, 60)]
    for left in ([(145, 17, WIDTH, 44)], [(146, y, WIDTH, y + 4) for y in (18, 28, 39)]):
        assert find_lines(cell(DIGIT, *corners, *left), TEXT_HEIGHT).runs_over
    two = np.full((120, WIDTH), 255, np.uint8)
    two[:60], two[60:] = (cell(DIGIT, (145, 17, WIDTH, 44)),) * 2
    found = find_lines(two, TEXT_HEIGHT)
    assert len(found.lines) == 2
    assert found.runs_over
