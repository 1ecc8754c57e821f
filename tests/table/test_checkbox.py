"""Check boxes before the text of a line."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.reading.checkbox import find_check_box

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


@pytest.mark.parametrize("text", ["0 vu", "Da cap", "O day", "Quy dinh", "00", "[1] so", "8.692"])
def test_letters_and_figures_are_no_boxes(text: str) -> None:
    assert find_check_box(make_line(text, box=False), TEXT_HEIGHT) is None


def test_a_box_alone_may_be_a_figure() -> None:
    assert find_check_box(make_line("", box=True), TEXT_HEIGHT) is None


@pytest.mark.parametrize("shape", [(0, 40), (1, 300), (40, 0)])
def test_a_sliver_has_no_box(shape: tuple[int, int]) -> None:
    assert find_check_box(np.zeros(shape, np.uint8), TEXT_HEIGHT) is None
