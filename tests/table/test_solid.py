"""Lines set without white between them -> a line each; one tall line stays one."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.reading.lines import find_lines

TEXT_HEIGHT = 26.0


def set_solid(count: int, pitch: int = 26) -> np.ndarray:
    """Letters 15 high with marks above and tails below, some of which touch."""
    cell = np.full((pitch * count + 30, 300), 255, np.uint8)
    for n in range(count):
        base = 35 + n * pitch
        for k in range(12):
            x = 10 + 20 * k
            cell[base - 15 : base, x : x + 3] = 0
            cell[base - 15 : base, x + 10 : x + 13] = 0
            cell[base - 2 : base, x : x + 13] = 0
        cell[base - 24 : base - 18, 30:37] = 0  # a tone mark
        cell[base : base + 9, 90:93] = 0  # a tail, down to the next line's letters
    return cell


def test_lines_set_solid_are_lines_of_their_own() -> None:
    for count in (2, 3, 5):
        lines = find_lines(set_solid(count), TEXT_HEIGHT).lines
        assert len(lines) == count
        assert max(line.y1 - line.y0 for line in lines) < 1.4 * TEXT_HEIGHT


def test_one_tall_line_is_not_cut() -> None:
    tall = np.full((90, 300), 255, np.uint8)
    for x in range(10, 250, 40):
        tall[20:65, x : x + 6] = tall[20:65, x + 20 : x + 26] = tall[40:44, x : x + 26] = 0
    assert len(find_lines(tall, TEXT_HEIGHT).lines) == 1


def test_figures_that_lost_a_row_of_pixels_are_one_line() -> None:
    """A fax cut every digit of a row in two: "20" was read as "20 20"."""
    cell = np.full((60, 200), 255, np.uint8)
    cv2.putText(cell, "20", (80, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    cell[33:35] = 255
    (line,) = find_lines(cell, 26.0).lines
    assert line.y1 - line.y0 >= 20
