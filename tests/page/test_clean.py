"""Coloured ink lifted off print without taking print along; uneven light evened, and print in the dark kept."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.page.clean import OTHER, RED, even_light, has_dots, lift_screen, split_colour, split_ink

BLUE_PEN, FAINT_PEN, RED_STAMP = (190, 60, 40), (205, 180, 172), (90, 80, 200)  # BGR
TEXT_HEIGHT = 30.0


def make_page() -> np.ndarray:
    return np.full((600, 800, 3), 228, np.uint8)


def test_print_under_a_stamp_stays_and_the_stamp_goes() -> None:
    page = make_page()
    cv2.putText(page, "18.618", (300, 310), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (25, 25, 25), 3, cv2.LINE_AA)
    alone, _, _ = split_colour(page)
    stamped = page.copy()
    ring = np.zeros(page.shape[:2], np.uint8)
    cv2.circle(ring, (360, 300), 90, 255, 6)
    inked = ring > 0
    # inks multiply: what the stamp lets through of what the paper and the print reflect
    stamped[inked] = (page[inked] * (np.array(RED_STAMP) / 228.0)).astype(np.uint8)
    _, lifted, hues = split_colour(stamped)
    assert hues is not None
    assert (hues[inked & (alone > 200)] == RED).mean() > 0.95
    assert np.abs(lifted.astype(int) - alone.astype(int))[inked].max() < 60
    assert lifted[inked & (alone > 220)].min() > 190
    assert lifted[alone < 60].max() < 110


@pytest.mark.parametrize("colour", [BLUE_PEN, FAINT_PEN])
def test_figures_of_a_pen_are_marked(colour: tuple[int, int, int]) -> None:
    page = make_page()
    cv2.putText(page, "35.453", (300, 310), cv2.FONT_HERSHEY_SIMPLEX, 1.2, colour, 2)
    gray, _, hues = split_colour(page)
    assert hues is not None
    assert (hues[gray < 200] == OTHER).mean() > 0.8
    stamp, signature, pen = split_ink(hues == RED, hues == OTHER, TEXT_HEIGHT)
    assert pen.sum() > 0.9 * (hues == OTHER).sum()
    assert not stamp.any()
    assert not signature.any()


def test_a_tall_blue_stroke_is_a_signature() -> None:
    page = make_page()
    cv2.line(page, (300, 200), (420, 420), BLUE_PEN, 5)
    _, _, hues = split_colour(page)
    assert hues is not None
    _, signature, pen = split_ink(hues == RED, hues == OTHER, TEXT_HEIGHT)
    assert signature.any()
    assert not pen.any()


def test_a_grey_page_has_no_coloured_ink() -> None:
    noisy = np.random.default_rng(1).normal(225, 4, (300, 300)).clip(0, 255).astype(np.uint8)
    _, _, hues = split_colour(cv2.cvtColor(noisy, cv2.COLOR_GRAY2BGR))
    assert hues is None


def test_a_halftone_screen_is_lifted_and_full_stops_stay() -> None:
    page = np.full((900, 900), 255, np.uint8)
    for y in range(100, 500, 6):
        page[y : y + 2, 100 + (y // 6 % 2) * 3 : 800 : 6] = 60
        page[y : y + 2, 101 + (y // 6 % 2) * 3 : 800 : 6] = 60
    page[300:330, 400:404] = 0
    page[324:330, 430:436] = 0
    lifted = lift_screen(page, 30.0)
    assert (lifted[120:280, 120:780] > 200).mean() > 0.99
    assert (lifted[300:330, 400:404] < 100).all()
    assert (lifted[325:329, 431:435] < 100).all()


def test_the_grain_of_a_shade_on_a_page_of_black_and_white_is_lifted_and_print_on_it_stays() -> None:
    """A copy scatters single pixels, which touch at their corners: as a column's ground they were read as figures."""
    rng = np.random.default_rng(2)
    page = np.full((900, 900), 255, np.uint8)
    page[100:800, 400:600][rng.random((700, 200)) < 0.2] = 0
    cv2.putText(page, "27.297", (420, 330), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)
    printed = np.full_like(page, 255)
    cv2.putText(printed, "27.297", (420, 330), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)
    assert has_dots(page)
    lifted = lift_screen(page, 30.0)
    assert (lifted[printed == 0] == 0).mean() > 0.99
    assert (lifted[120:780, 410:590][printed[120:780, 410:590] == 255] == 0).mean() < 0.06
    # specks of a fax are far fewer, and thin strokes among them are print
    specked = np.full((900, 900), 255, np.uint8)
    specked[rng.random(specked.shape) < 0.01] = 0
    diagonal = np.arange(300, 340)
    specked[diagonal, diagonal] = 0
    assert (lift_screen(specked, 30.0)[diagonal, diagonal] == 0).all()


def test_a_page_without_a_screen_is_left_as_it_is() -> None:
    page = np.full((400, 400), 255, np.uint8)
    page[100:130:10, 100:300:40] = 0
    assert lift_screen(page, 30.0) is page


def test_print_stays_where_the_light_of_a_photo_fades_to_the_border() -> None:
    page = np.full((1600, 1200), 235, np.uint8)
    cv2.putText(page, "28.692", (960, 1500), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 20, 3)
    ys, xs = np.mgrid[0:1600, 0:1200]
    dim = (page * (1 - 0.4 * (ys / 1600) - 0.36 * (xs / 1200))).astype(np.uint8)
    evened = even_light(dim)
    assert (evened[1460:1510, 950:1120] < 100).mean() > 0.05
    assert np.median(evened[1460:1510, 950:1120]) > 240


def test_what_is_left_of_a_scanners_black_edge_keeps_no_faint_print_faint() -> None:
    """A page of little print was read as blank: the black at its sides was taken for the print's level."""
    page = np.full((1600, 1200), 235, np.uint8)
    page[4:9, 100:900] = 10
    page[200:1500, 5:9] = 10
    cv2.putText(page, "816", (700, 400), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 185, 3)
    assert even_light(page)[360:410, 690:800].min() < 60


def test_a_scanners_black_edge_is_whitened() -> None:
    page = np.full((1600, 1200), 235, np.uint8)
    page[:, :90] = 15
    page[1540:] = 20
    assert even_light(page).min() > 200
