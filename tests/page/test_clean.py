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


def test_a_number_crossed_out_in_red_with_another_beside_it_is_no_stamp() -> None:
    red = np.zeros((600, 900), bool)
    red[300:304, 200:270] = True  # the stroke
    red[285:310, 285:400:12] = True  # the figures
    stamp, _, pen = split_ink(red, np.zeros_like(red), TEXT_HEIGHT)
    assert pen.sum() == red.sum()
    assert not stamp.any()


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
    evened, _ = even_light(dim)
    assert (evened[1460:1510, 950:1120] < 100).mean() > 0.05
    assert np.median(evened[1460:1510, 950:1120]) > 240


def test_what_is_left_of_a_scanners_black_edge_keeps_no_faint_print_faint() -> None:
    """A page of little print was read as blank: the black at its sides was taken for the print's level."""
    page = np.full((1600, 1200), 235, np.uint8)
    page[4:9, 100:900] = 10
    page[200:1500, 5:9] = 10
    cv2.putText(page, "816", (700, 400), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 185, 3)
    assert even_light(page)[0][360:410, 690:800].min() < 60


def test_a_scanners_black_edge_is_whitened() -> None:
    page = np.full((1600, 1200), 235, np.uint8)
    page[:, :90] = 15
    page[1540:] = 20
    assert even_light(page)[0].min() > 200


def shaded(level: int) -> tuple[np.ndarray, np.ndarray]:
    """A sheet on a black desk, its right side with print in a hard shadow; and where the print is."""
    page = np.full((1600, 1200), 235, np.uint8)
    for y in range(240, 1500, 50):
        cv2.putText(page, "So van ban da ban hanh 1.204", (430, y), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 25, 3)
    inked = page < 100
    page[200:1560, 400:] = page[200:1560, 400:] * (level / 235.0)
    page[:, 1140:] = 12
    page[1570:] = 12
    return page, inked


def test_print_in_a_shadow_that_reaches_a_dark_desk_stays() -> None:
    """The shadow was whitened with the desk, and 49 was accepted as 4."""
    page, inked = shaded(95)
    evened, hidden = even_light(page)
    inside = np.s_[260:1500, 460:1060]
    assert (evened[inside][inked[inside]] < 150).mean() > 0.9
    assert np.median(evened[inside]) > 240
    assert hidden is not None
    assert not hidden[260 // 8 : 1500 // 8, 460 // 8 : 1060 // 8].any()
    assert hidden[:, 1150 // 8 :].mean() > 0.9


def test_a_scanners_grey_lid_is_whitened_and_said_to_hide_what_was_there() -> None:
    page = np.full((1600, 1200), 235, np.uint8)
    page[:, :120] = 85
    evened, hidden = even_light(page)
    assert evened.min() > 200
    assert hidden is not None
    assert hidden[:, :13].mean() > 0.9
    assert not hidden[:, 20:].any()
    assert even_light(np.full((1600, 1200), 235, np.uint8))[1] is None


def make_print(colour: tuple[int, int, int], paper: tuple[int, int, int] = (238, 238, 238)) -> np.ndarray:
    page = np.full((1600, 1200, 3), paper, np.uint8)
    for y in range(80, 1560, 45):
        cv2.putText(page, "So van ban da ban hanh 1.204", (100, y), cv2.FONT_HERSHEY_SIMPLEX, 1.3, colour, 3)
    return page


def test_print_on_tinted_paper_is_print_and_the_paper_no_ink() -> None:
    page = make_print((30, 30, 30), paper=(150, 225, 235))
    gray, lifted, hues = split_colour(page)
    assert hues is None
    assert (lifted[page[:, :, 2] < 60] < 80).all()
    # a pen's blue is still seen on it
    cv2.putText(page, "35.453", (800, 790), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (150, 60, 40), 3)
    gray, _, hues = split_colour(page)
    assert hues is not None
    written = np.s_[755:795, 800:930]
    assert (hues[written][gray[written] < 140] == OTHER).mean() > 0.7


def test_a_sheet_on_a_large_brown_desk_is_white() -> None:
    page = np.full((1600, 1200, 3), (60, 75, 110), np.uint8)
    page[200:1100, 200:1000] = make_print((20, 20, 20), paper=(130, 130, 130))[:900, :800]
    _, lifted, hues = split_colour(page)
    sheet = np.s_[220:1080, 220:980]
    assert hues is None or not hues[sheet].any()
    assert np.median(lifted[sheet]) == 130
    assert (lifted[sheet] < 60).mean() > 0.03


@pytest.mark.parametrize("colour", [(170, 60, 40), (140, 50, 110), (50, 40, 180)])
def test_what_a_page_is_printed_in_is_not_lifted_whatever_its_colour(colour: tuple[int, int, int]) -> None:
    page = make_print(colour)
    gray, lifted, hues = split_colour(page)
    printed = gray < 140
    assert printed.mean() > 0.03
    assert (lifted[printed] < 150).all()
    assert hues is None or not hues[printed].any()


def test_many_figures_of_a_blue_pen_beside_black_print_are_no_print() -> None:
    page = make_print((30, 30, 30))
    for y in range(80, 1560, 45):
        cv2.putText(page, "35", (950, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, BLUE_PEN, 3)
    _, _, hues = split_colour(page)
    assert hues is not None
    assert (hues[:, 940:] == OTHER).any(axis=1).mean() > 0.4


def test_the_side_of_a_hard_shadow_leaves_no_band() -> None:
    page, _ = shaded(105)
    page[:, 1140:], page[1570:] = page[:, 1139:1140], page[1569:1570]  # no desk: the sheet ends with the picture
    evened, hidden = even_light(page)
    side = evened[230:1500, 404:424]
    assert hidden is None
    assert np.median(side) > 240
    assert (side < 150).mean() < 0.1


def test_bold_print_in_a_deep_shadow_is_not_whitened_by_itself() -> None:
    """Of 305 in a hand's shadow the first two digits were whitened, and 5 was accepted."""
    page = np.full((1600, 1200), 235, np.uint8)
    page[200:1560, 300:] = 66
    cv2.putText(page, "305", (700, 800), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 8, 14)
    for y in range(240, 1500, 50):
        if not 660 < y < 860:
            cv2.putText(page, "So van ban da ban hanh 1.204", (330, y), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 8, 4)
    page[:, 1140:] = 4
    page[1570:] = 4
    inked = page[730:810, 690:860] < 20
    evened, hidden = even_light(page)
    assert (evened[730:810, 690:860][inked] < 150).mean() > 0.95
    assert hidden is not None
    assert not hidden[730 // 8 : 810 // 8, 690 // 8 : 860 // 8].any()
