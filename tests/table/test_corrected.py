"""Red ink over printed figures -> a person's correction, or a stamp."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.reading import find_ink
from extractor.reading.consensus import ink_reasons
from extractor.records import Box, CellText, Grid, GridCell, PageImage

TEXT_HEIGHT = 24.0
CELLS = tuple(GridCell(r, 0, 1, 1, (0.0, r * 60.0, 300.0, r * 60.0 + 60.0)) for r in range(3))


def make_stamp(kind: str) -> np.ndarray:
    ink = np.zeros((180, 300), np.uint8)
    if kind == "within":
        cv2.line(ink, (110, 100), (170, 75), 1, 2)
        cv2.putText(ink, "47", (180, 95), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 1, 2)
    elif kind == "level":
        cv2.line(ink, (0, 92), (299, 88), 1, 2)
    elif kind == "stamp":
        cv2.circle(ink, (150, 90), 80, 1, 4)
        cv2.putText(ink, "UBND", (120, 95), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 1, 2)
    elif kind == "ruling":
        cv2.line(ink, (0, 62), (299, 62), 1, 2)
    return ink > 0


@pytest.mark.parametrize(
    ("kind", "held"), [("within", True), ("level", True), ("stamp", False), ("ruling", False), ("", False)]
)
def test_a_number_that_red_ink_crosses_out_is_for_a_person(kind: str, held: bool) -> None:
    def same(box: Box) -> Box:
        return box

    page = np.full((180, 300), 255, np.uint8)
    for row in range(3):
        cv2.putText(page, "34", (120, row * 60 + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    image = PageImage(1, page, page, make_stamp(kind), 200.0, TEXT_HEIGHT, "scan", same)
    grid = Grid(1, 3, 1, CELLS, (0.0, 0.0, 300.0, 180.0), True, 1.0)
    inks = find_ink(image, (grid,)).grids[0].cells
    found = ["streak" in ink_reasons((CellText(ink, "34", 1.0, ()),)) for ink in inks]
    assert found == [False, held, False]
