"""Check boxes before the text of a line, and ditto marks."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.reading.signs import find_check_box, find_equals, is_ditto

TEXT_HEIGHT = 30.0


def make_line(text: str, *, box: bool) -> np.ndarray:
    line = np.full((40, 300), 255, np.uint8)
    if box:
        cv2.rectangle(line, (4, 8), (26, 32), 0, 2)
    cv2.putText(line, text, (40 if box else 4, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    return line


def test_the_text_begins_behind_the_box() -> None:
    behind = find_check_box(make_line("Chua co", box=True), TEXT_HEIGHT)
    assert behind is not None
    assert 25 <= behind <= 32


def test_a_box_is_found_far_before_the_text_and_before_a_long_one() -> None:
    far = np.full((40, 900), 255, np.uint8)
    cv2.rectangle(far, (4, 8), (26, 32), 0, 2)
    cv2.putText(far, "Chua co", (300, 32), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    near = np.hstack((make_line("Chua", box=True), make_line("co van ban", box=False), make_line("nao", box=False)))
    for line in (far, near):
        assert find_check_box(line, TEXT_HEIGHT) == 28


@pytest.mark.parametrize("text", ["0 vu", "Da cap", "O day", "Quy dinh", "00", "[1] so", "8.692"])
def test_letters_and_figures_are_no_boxes(text: str) -> None:
    assert find_check_box(make_line(text, box=False), TEXT_HEIGHT) is None


def test_a_box_alone_may_be_a_figure() -> None:
    assert find_check_box(make_line("", box=True), TEXT_HEIGHT) is None


@pytest.mark.parametrize("shape", [(0, 40), (1, 300), (40, 0)])
def test_a_sliver_has_no_sign(shape: tuple[int, int]) -> None:
    assert find_check_box(np.zeros(shape, np.uint8), TEXT_HEIGHT) is None
    assert not is_ditto(np.zeros(shape, np.uint8), TEXT_HEIGHT)


def make_mark(*strokes: tuple[int, int, int, int]) -> np.ndarray:
    line = np.full((14, 40), 255, np.uint8)
    for x, y, w, h in strokes:
        line[y : y + h, x : x + w] = 0
    return line


@pytest.mark.parametrize("strokes", [((10, 2, 3, 8), (16, 2, 3, 8)), ((10, 3, 9, 7),)])
def test_two_short_strokes_are_a_ditto_mark(strokes: tuple[tuple[int, int, int, int], ...]) -> None:
    assert is_ditto(make_mark(*strokes), TEXT_HEIGHT)


@pytest.mark.parametrize(
    "strokes",
    [
        ((10, 4, 20, 3),),
        ((10, 3, 12, 6),),
        ((10, 2, 3, 8),),
        ((10, 4, 3, 3), (16, 4, 3, 3)),
        ((2, 2, 3, 8), (30, 2, 3, 8)),
    ],
)
def test_dashes_commas_and_colons_are_none(strokes: tuple[tuple[int, int, int, int], ...]) -> None:
    assert not is_ditto(make_mark(*strokes), TEXT_HEIGHT)


@pytest.mark.parametrize("figure", ["1", "0", "7", "-", "x"])
def test_figures_are_no_ditto_marks(figure: str) -> None:
    assert not is_ditto(make_line(figure, box=False), TEXT_HEIGHT)


@pytest.mark.parametrize(("text", "count"), [("Co = 1; Khong = 0", 2), ("Co=1", 1), ("So - 1", 0), ("E F : 8-3", 0)])
def test_equals_signs_are_two_level_strokes_with_nothing_over_or_below(text: str, count: int) -> None:
    assert len(find_equals(make_line(text, box=False), TEXT_HEIGHT)) == count


def test_a_struck_letter_and_a_ruling_are_no_equals_signs() -> None:
    line = make_line("a", box=False)
    for y in (18, 24):
        cv2.line(line, (0, y), (30, y), 0, 2)
    assert not find_equals(line, TEXT_HEIGHT)
