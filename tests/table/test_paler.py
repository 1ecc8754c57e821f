"""Print that fades within a figure: its pale rest is read with it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.reading.lines import find_lines

TEXT_HEIGHT = 30.0


def make_cell(pale: int, *, first: str = "9", second: str = "8", gap: int = 0) -> np.ndarray:
    cell = np.full((80, 240), 255, np.uint8)
    cv2.putText(cell, first, (70 - gap, 52), cv2.FONT_HERSHEY_SIMPLEX, 1.0, pale, 3)
    cv2.putText(cell, second, (92, 52), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 30, 3)
    return cell


@pytest.mark.parametrize("pale", [160, 180, 200])
def test_a_pale_first_digit_is_of_the_line(pale: int) -> None:
    """98 of a nearly empty cartridge was 8, by all readers, and accepted."""
    found = find_lines(make_cell(pale), TEXT_HEIGHT)
    assert found.paler
    assert [line.x0 < 75 for line in found.lines] == [True]


@pytest.mark.parametrize(
    "cell",
    [make_cell(30), make_cell(235), make_cell(170, first="-"), make_cell(170, first="."), make_cell(170, gap=60)],
    ids=["as dark", "no ink", "a mark", "a speck", "far away"],
)
def test_what_is_no_paler_letter_beside_it_changes_nothing(cell: np.ndarray) -> None:
    assert not find_lines(cell, TEXT_HEIGHT).paler


def test_the_soft_edge_of_a_ruling_is_no_letter() -> None:
    cell = make_cell(255)
    cell[:, :4] = 190
    assert not find_lines(cell, TEXT_HEIGHT).paler
