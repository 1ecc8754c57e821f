"""Figures in print and by hand -> which are uneven."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.reading.evenness import doubt_uneven, find_unlike, measure_figure
from extractor.records import CellInk, CellText, Field, GridCell, Piece, TextLine

DIGIT = (10, 35)  # its top and its foot


def write(*digits: tuple[int, int]) -> TextLine:
    """A line of strokes, each from a top to a foot."""
    crop = np.full((60, 30 + 20 * len(digits)), 255, np.uint8)
    for n, (top, foot) in enumerate(digits):
        crop[top:foot, 10 + 20 * n : 22 + 20 * n] = 0
    box = (5, min(top for top, _ in digits), crop.shape[1] - 5, max(foot for _, foot in digits))
    return TextLine(box, crop, crop, box, 36.0)


def unlike(*lines: TextLine) -> list[bool]:
    figures = [measure_figure(line, "") for line in lines]
    return find_unlike([figure for figure in figures if figure is not None])


def test_print_is_even_to_a_pixel_or_two_and_commas_do_not_count() -> None:
    assert unlike(write(DIGIT, (11, 36), (30, 42), (9, 35)), *[write(DIGIT)] * 5) == [False] * 6


@pytest.mark.parametrize(
    "digits",
    [
        ((10, 35), (10, 45)),  # one is higher
        ((10, 35), (18, 43)),  # one stands lower
        ((5, 42),),  # higher than all others of the page
        ((16, 35),),
    ],
)
def test_writing_is_uneven(digits: tuple[tuple[int, int], ...]) -> None:
    assert unlike(write(*digits), *[write(DIGIT)] * 5) == [True, *[False] * 5]


def test_where_many_differ_all_are_written() -> None:
    assert all(unlike(write((5, 42)), write((4, 41)), write((18, 35)), *[write(DIGIT)] * 5))


def test_dots_of_a_screen_beside_a_figure_are_no_digits() -> None:
    screened = write(DIGIT, DIGIT)
    for y in (16, 22, 29):
        screened.clean[y : y + 3, 25:28] = 0
        screened.clean[y + 6 : y + 9, 33:36] = 0
    assert unlike(screened, *[write(DIGIT)] * 5) == [False] * 6


def test_only_figures_are_measured() -> None:
    piece = Piece(1, (0.0, 0.0, 1.0, 1.0))

    def cell(line: TextLine, raw: str) -> tuple[tuple[CellText, ...], Field]:
        ink = CellInk(GridCell(0, 0, 1, 1, (0.0, 0.0, 90.0, 60.0)), piece, (line,))
        return (CellText(ink, raw, 1.0),), Field(raw, "read", 0.99, (piece,))

    tall = write((5, 42), (12, 50))
    fields = doubt_uneven([cell(tall, "17"), cell(tall, "Có"), *[cell(write(DIGIT), "1")] * 7])
    assert [field.raw for field in fields if "uneven-figures" in field.reasons] == ["17"]


def test_bars_of_fours_that_touch_are_no_stroke_of_a_pen() -> None:
    fours = write(DIGIT, DIGIT)
    fours.clean[27:29, 10:45] = 0
    for raw, struck in (("44", False), ("11", True)):
        figure = measure_figure(fours, raw)
        assert figure is not None
        assert figure.lined is struck


def test_old_style_figures_are_print() -> None:
    low, high = (20, 36), (10, 36)
    texts = ["10", "36", "8", "2", "1", "0", "1", "6", "8", "93"]
    lines = [write(*[low if digit in "012" else high for digit in text]) for text in texts]
    figures = [measure_figure(line, text) for line, text in zip(lines, texts, strict=True)]
    seen = [figure for figure in figures if figure is not None]
    assert find_unlike(seen) == [False] * len(texts)
    wrong = measure_figure(write(high), "1")
    assert wrong is not None
    assert find_unlike([*seen, wrong]) == [*[False] * len(texts), True]


def with_stroke(line: TextLine, top: int, x0: int, x1: int) -> TextLine:
    line.clean[top : top + 2, x0:x1] = 0
    return line


def test_a_stroke_through_a_figure_strikes_it_out_however_many_there_are() -> None:
    struck = with_stroke(write(DIGIT, DIGIT), 24, 8, 60)
    assert unlike(struck, *[write(DIGIT, DIGIT)] * 6) == [True, *[False] * 6]
    assert unlike(*[struck] * 6) == [True] * 6


def test_a_stroke_that_is_not_quite_level_strikes_out_as_well() -> None:
    aslant = write(DIGIT, DIGIT)
    for n, x in enumerate(range(6, 56, 10)):
        aslant.clean[22 + n : 24 + n, x : x + 10] = 0
    assert unlike(aslant, *[write(DIGIT, DIGIT)] * 6) == [True, *[False] * 6]


def test_a_lone_digit_is_struck_out_by_what_is_longer_than_a_digit_is_wide() -> None:
    struck = measure_figure(with_stroke(write(DIGIT), 22, 6, 26), "7")
    assert struck is not None
    assert struck.struck
    assert find_unlike([struck] * 6) == [False] * 6  # a wide font
    two = measure_figure(with_stroke(write(DIGIT, DIGIT), 24, 6, 46), "11")
    assert two is not None
    assert find_unlike([*[struck] * 6, two]) == [True] * 7  # one that is surely struck tells that they are


def test_underlined_figures_are_print_but_for_few_of_them() -> None:
    lined = [with_stroke(write(DIGIT, DIGIT), 38, 8, 45) for _ in range(6)]
    for line in lined:
        x0, y0, x1, _ = line.inner
        object.__setattr__(line, "inner", (x0, y0, x1, 42))
    assert unlike(*lined) == [False] * 6
    assert unlike(lined[0], *[write(DIGIT, DIGIT)] * 6) == [True, *[False] * 6]
