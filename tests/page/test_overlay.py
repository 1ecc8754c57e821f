"""Stamps and signatures without colour over a ruled page: found, lifted where they are grey, told from print."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.page.discs import find_discs
from extractor.page.overlay import find_stray, lift_grey

TEXT_HEIGHT, DPI = 24.0, 200.0
CENTRE, RADIUS = (760, 520), 136
FIGURE = np.s_[500:540, 700:820]


def make_page() -> np.ndarray:
    page = np.full((1200, 1500), 255, np.uint8)
    for y in range(200, 1001, 50):
        cv2.line(page, (100, y), (1400, y), 0, 3)
        cv2.putText(page, "So van ban da ban hanh trong nam", (120, y + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    for x in (100, 660, 900, 1400):
        cv2.line(page, (x, 200), (x, 1000), 0, 3)
    page[503:547, 664:897] = 255
    cv2.putText(page, "4.304", (700, 535), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 3)
    return page


def stamp(page: np.ndarray, shade: int) -> np.ndarray:
    over = np.full_like(page, 255)
    cv2.circle(over, CENTRE, RADIUS, shade, 4, cv2.LINE_AA)
    cv2.circle(over, CENTRE, RADIUS - 36, shade, 3, cv2.LINE_AA)
    cv2.putText(over, "UBND", (725, 480), cv2.FONT_HERSHEY_SIMPLEX, 0.8, shade, 3)
    return cv2.min(page, over)


@pytest.mark.parametrize("shade", [0, 130])
def test_a_round_stamp_is_found_where_it_is(shade: int) -> None:
    (disc,) = find_discs(stamp(make_page(), shade), DPI)
    assert np.hypot(disc.x - CENTRE[0], disc.y - CENTRE[1]) < 8
    assert abs(disc.radius - RADIUS) < 8
    assert disc.is_grey == (shade > 0)


def test_a_page_of_print_and_rulings_has_no_stamp() -> None:
    assert find_discs(make_page(), DPI) == ()


def test_a_grey_stamp_is_lifted_and_print_and_rulings_stay() -> None:
    page = make_page()
    stamped = stamp(page, 130)
    lifted, where = lift_grey(stamped, find_discs(stamped, DPI), TEXT_HEIGHT)
    assert where is not None
    gone = (stamped < 150) & (page == 255)
    assert (lifted[gone] > 150).mean() > 0.9  # where it touches a ruling a stub may stay
    assert where[gone].mean() > 0.9
    assert (lifted[FIGURE][page[FIGURE] == 0] < 60).all()
    assert (lifted[498:503, 680:880][page[498:503, 680:880] == 0] < 60).all()


def test_a_black_stamp_is_not_lifted_but_what_lies_in_it_is_doubted() -> None:
    stamped = stamp(make_page(), 0)
    discs = find_discs(stamped, DPI)
    lifted, where = lift_grey(stamped, discs, TEXT_HEIGHT)
    assert where is None
    assert (lifted == stamped).all()
    stray = find_stray(stamped, discs, TEXT_HEIGHT)
    assert stray is not None
    assert stray[FIGURE].all()
    assert not stray[:, :600].any()


def test_a_signature_across_rulings_is_a_stroke_and_print_is_none() -> None:
    page = make_page()
    assert find_stray(page, (), TEXT_HEIGHT) is None
    signed = page.copy()
    points = np.array([[940, 640], [1010, 560], [1040, 690], [1110, 580], [1140, 660], [1290, 610]], np.int32)
    cv2.polylines(signed, [points], isClosed=False, color=0, thickness=4, lineType=cv2.LINE_AA)
    blank = (signed < 100) & (page == 255)
    stray = find_stray(signed, (), TEXT_HEIGHT)
    assert stray is not None
    assert stray[blank].mean() > 0.85
    assert not stray[:, :880].any()
