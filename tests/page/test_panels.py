"""Light print on dark ground becomes dark on light; bars, blots, shadows and bold print stay what they are."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from extractor.page.panels import lift_panels

DPI = 200.0
BOX = (200, 300, 1200, 380)  # x0, y0, x1, y1


def make_sheet(
    ground: int | tuple[int, int, int], ink: int, *, text: str = "Don vi tinh", ruled: bool = True
) -> np.ndarray:
    shape = (1200, 1400) if isinstance(ground, int) else (1200, 1400, 3)
    sheet = np.full(shape, 235, np.uint8)
    x0, y0, x1, y1 = BOX
    cv2.rectangle(sheet, (x0, y0), (x1, y1), ground, cv2.FILLED)
    colour = (ink,) * 3
    if ruled:
        cv2.line(sheet, (700, y0), (700, y1), colour, 3)
    cv2.putText(sheet, text, (300, y0 + 50), cv2.FONT_HERSHEY_SIMPLEX, 1.0, colour, 3)
    for row in range(5):
        cv2.putText(sheet, "So van ban 12", (300, 450 + 60 * row), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (30,) * 3, 2)
    return sheet


@pytest.mark.parametrize("ground", [60, 0, (68, 114, 196), (192, 0, 0)])
@pytest.mark.parametrize("lean", [0.0, 2.0])
def test_light_print_on_dark_ground_is_turned_over(ground: int | tuple[int, int, int], lean: float) -> None:
    sheet = make_sheet(ground, 240)
    if lean:
        matrix = cv2.getRotationMatrix2D((700, 340), lean, 1.0)
        sheet = cv2.warpAffine(sheet, matrix, (1400, 1200), borderValue=(235,) * 3)
    lifted = lift_panels(sheet, DPI)
    middle = lifted[330:350, 300:1100]
    assert np.median(middle) > 200
    assert (middle < 80).mean() > 0.03  # its letters, and the ruling
    assert np.array_equal(lifted[480:], sheet[480:])


def test_the_sides_of_a_panel_are_rulings() -> None:
    lifted = lift_panels(make_sheet(60, 240), DPI)
    x0, y0, x1, y1 = BOX
    for side in (lifted[y0 - 4 : y0 + 5, 240:1160], lifted[y1 - 4 : y1 + 5, 240:1160]):
        assert (side.min(axis=0) < 80).all()
    for side in (lifted[310:370, x0 - 4 : x0 + 5], lifted[310:370, x1 - 4 : x1 + 5]):
        assert (side.min(axis=1) < 80).all()


def test_a_bar_that_hides_print_stays() -> None:
    sheet = make_sheet(20, 240, text="", ruled=False)
    assert lift_panels(sheet, DPI) is sheet


def test_dark_print_in_a_shadow_stays() -> None:
    sheet = make_sheet(110, 20)
    assert lift_panels(sheet, DPI) is sheet


@pytest.mark.parametrize(("gaps", "stays"), [((), False), (range(230, 440, 26), True)])
def test_bold_print_whose_letters_touch_stays(gaps: Sequence[int], stays: bool) -> None:
    """A word of a bold heading, whose counters alone are light, was turned over: between letters its rim is light."""
    sheet = np.full((1200, 1400), 235, np.uint8)
    sheet[400:442, 220:450] = 0
    for x in range(243, 440, 26):
        sheet[414:428, x - 4 : x + 4] = 235
    for x in gaps:
        sheet[400:410, x - 3 : x + 3] = sheet[432:442, x - 3 : x + 3] = 235
    assert (lift_panels(sheet, DPI) is sheet) is stays


def test_a_scanner_s_edge_stays() -> None:
    sheet = make_sheet(60, 240)
    moved = np.ascontiguousarray(sheet[300:])
    assert lift_panels(moved, DPI) is moved
