"""Stamps on pages of black and white, of whose rims a copy left pieces -> where they are; print alone is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.page.rims import find_rims
from extractor.pixels import is_black_and_white

TEXT_HEIGHT, DPI = 36.0, 300.0
CENTRE, RADIUS = (1240, 800), 210


def make_page(seed: int = 1) -> np.ndarray:
    """A ruled page of print with specks, uint8 of 0 and 255."""
    draw = np.random.default_rng(seed)
    page = np.full((1700, 2400), 255, np.uint8)
    for y in range(200, 1601, 70):
        cv2.line(page, (100, y), (2300, y), 0, 4)
        cv2.putText(page, "So van ban da ban hanh trong nam", (120, y + 50), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)
        cv2.putText(page, f"{draw.integers(9999)}", (1340, y + 50), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 3)
    for x in (100, 1000, 1320, 1500, 2300):
        cv2.line(page, (x, 200), (x, 1600), 0, 4)
    for x, y in draw.integers((0, 0), (2390, 1690), (600, 2)):
        page[y : y + 3, x : x + 3] = 0
    return page


def stamp(page: np.ndarray, kept: float, seed: int = 2) -> np.ndarray:
    """With a stamp of which about this share is left, in spots."""
    over = np.full_like(page, 255)
    cv2.circle(over, CENTRE, RADIUS, 0, 5)
    cv2.circle(over, CENTRE, RADIUS - 60, 0, 4)
    cv2.putText(over, "UBND", (1180, 740), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 4)
    noise = np.random.default_rng(seed).random((page.shape[0] // 8, page.shape[1] // 8)).astype(np.float32)
    spots = cv2.resize(cv2.GaussianBlur(noise, (3, 3), 0), page.shape[::-1])
    over[spots > np.quantile(spots, kept)] = 255
    return cv2.min(page, over)


@pytest.mark.parametrize("kept", [0.7, 0.85, 1.0])
def test_a_rim_is_found_though_a_copy_lost_much_of_it(kept: float) -> None:
    (disc,) = find_rims(stamp(make_page(), kept), DPI, TEXT_HEIGHT)
    assert np.hypot(disc.x - CENTRE[0], disc.y - CENTRE[1]) < 15
    assert abs(disc.radius - RADIUS) < 15
    assert not disc.is_grey


@pytest.mark.parametrize("seed", range(3))
def test_print_rulings_and_specks_are_no_rim(seed: int) -> None:
    assert find_rims(make_page(seed), DPI, TEXT_HEIGHT) == ()


def test_a_blank_page_has_none() -> None:
    assert find_rims(np.full((1700, 2400), 255, np.uint8), DPI, TEXT_HEIGHT) == ()


def test_what_a_page_of_black_and_white_is() -> None:
    page = make_page()
    assert is_black_and_white(page)
    assert is_black_and_white(cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA))
    grey = np.clip(page.astype(np.int16) + np.random.default_rng(1).integers(-9, 9, page.shape), 1, 254)
    assert not is_black_and_white(grey.astype(np.uint8))
