"""Cells over which a stamp, a signature, dirt or a blot lies -> what is said to be printed in them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.reading import find_ink
from extractor.reading.careful import _doubt_blanks
from extractor.reading.consensus import settle_number
from extractor.reading.stray import is_shadow
from extractor.records import Box, CellInk, CellText, Grid, GridCell, PageImage, Piece, Reading, TextLine

TEXT_HEIGHT = 24.0
WIDTH, HEIGHT, N_ROWS = 300, 60, 12


def find_cells(
    page: np.ndarray,
    stray: np.ndarray | None = None,
    raw: np.ndarray | None = None,
    pen: np.ndarray | None = None,
    stamp: np.ndarray | None = None,
) -> tuple[CellInk, ...]:
    """Ink of a column of cells."""

    def same(box: Box) -> Box:
        return box

    cells = tuple(GridCell(r, 0, 1, 1, (0.0, r * 60.0, 300.0, r * 60.0 + 60.0)) for r in range(N_ROWS))
    grid = Grid(1, N_ROWS, 1, cells, (0.0, 0.0, 300.0, 60.0 * N_ROWS), True, 1.0)
    raw = page if raw is None else raw
    image = PageImage(1, page, raw, stamp, 200.0, TEXT_HEIGHT, "scan", same, stray=stray, pen=pen)
    return find_ink(image, (grid,)).grids[0].cells


def make_page() -> np.ndarray:
    return np.full((HEIGHT * N_ROWS, WIDTH), 255, np.uint8)


def write(page: np.ndarray, row: int, text: str) -> None:
    cv2.putText(page, text, (120, row * HEIGHT + 40), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)


def test_a_stroke_across_a_blank_cell_is_stray_and_print_beside_it_is_not() -> None:
    page, stray = make_page(), np.zeros((HEIGHT * N_ROWS, WIDTH), bool)
    for row in (2, 3):
        cv2.line(page, (60, row * HEIGHT + 15), (240, row * HEIGHT + 45), 0, 3)
    stray[page < 100] = True
    write(page, 3, "74")
    write(page, 4, "74")
    cells = find_cells(page, stray)
    assert [cells[row].stray for row in (2, 3, 4)] == [True, False, False]


def test_specks_are_stray_only_where_the_page_is_full_of_them() -> None:
    def speckle(page: np.ndarray, row: int, size: int) -> None:
        for x in (70, 130, 210):
            cv2.circle(page, (x, row * HEIGHT + 20 + x % 7), size, 0, -1)

    clean, dirty = make_page(), make_page()
    for row in range(N_ROWS):
        speckle(dirty, row, 2)
    for page in (clean, dirty):
        speckle(page, 5, 4)
        write(page, 6, "8")
        cv2.line(page, (140, 7 * HEIGHT + 30), (152, 7 * HEIGHT + 30), 0, 2)
    assert [find_cells(dirty)[row].stray for row in (5, 6, 7)] == [True, False, False]
    assert not any(cell.stray for cell in find_cells(clean))


def test_a_pale_stroke_as_flat_as_a_dash_may_be_one_though_no_reader_sees_it() -> None:
    page = make_page()
    at = [row * HEIGHT + 30 for row in range(N_ROWS)]
    page[at[2] : at[2] + 2, 140:152] = 195
    page[at[3] : at[3] + 2, 140:200] = 195  # the rest of a ruling
    page[at[4] - 8 : at[4] + 4, 140:152] = 195
    page[at[5] : at[5] + 2, 140:152] = 235  # the paper's own grain
    write(page, 6, "74")
    cells = find_cells(page)
    assert [len(cells[row].marks) for row in (2, 3, 4, 5, 6)] == [1, 0, 0, 0, 0]


def test_a_blot_is_told_from_bold_print() -> None:
    page = make_page()
    cv2.ellipse(page, (150, 150), (40, 22), 0, 0, 360, 0, -1)
    cv2.putText(page, "8.888", (90, 3 * HEIGHT + 45), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 6)
    cells = find_cells(page)
    assert [cells[row].blot for row in (2, 3, 4)] == [True, False, False]


SEEN = (Reading("ppocr", "74", 0.9), Reading("trueocr", "74", 0.8))
UNLIKE = (Reading("ppocr", "7", 0.9), Reading("trueocr", "/", 0.9))
LETTERS = (Reading("ppocr", "UBND", 0.9), Reading("trueocr", "UBND", 0.9))


def settle(
    readings: tuple[Reading, ...], *, stray: bool = False, blot: bool = False
) -> tuple[str, str, tuple[str, ...]]:
    ink = CellInk(GridCell(0, 0, 1, 1, (0, 0, 1, 1)), Piece(1, (0, 0, 1, 1)), words="x", stray=stray, blot=blot)
    field = settle_number((CellText(ink, "", 0.5),), readings)
    assert field.readings  # whatever the engines saw stays with the cell
    return field.state, field.raw, field.reasons


@pytest.mark.parametrize("readings", [UNLIKE, LETTERS])
def test_stray_ink_is_a_figure_only_where_two_readers_see_the_same(readings: tuple[Reading, ...]) -> None:
    assert settle(SEEN, stray=True)[:2] == ("read", "74")
    state, raw, reasons = settle(readings, stray=True)
    assert (state, raw) == ("blank", "")
    assert "stray-ink" in reasons
    assert settle(readings)[0] == "read"


def test_a_blot_over_the_whole_cell_is_one_and_dark_paper_is_none() -> None:
    page = make_page()
    for row in (3, 5):
        write(page, row, "74")
    dark = page // 3
    page[3 * HEIGHT : 4 * HEIGHT] = np.minimum(page[3 * HEIGHT : 4 * HEIGHT], 40)
    assert [find_cells(page)[row].blot for row in (3, 5)] == [True, False]
    assert not find_cells(page, raw=dark)[5].blot


def test_what_a_blot_covers_is_illegible() -> None:
    state, raw, reasons = settle(SEEN, blot=True)
    assert (state, raw) == ("illegible", "")
    assert "blot" in reasons


def test_a_figure_that_cleaning_took_is_read_from_the_page_as_scanned() -> None:
    page, raw = make_page(), make_page() // 2
    write(raw, 4, "74")
    raw[5 * HEIGHT : 6 * HEIGHT] = 96  # shade is no figure
    cells = find_cells(page, raw=raw)
    assert [bool(cells[row].lines) for row in (3, 4, 5)] == [False, True, False]


def test_print_beside_what_a_pen_wrote_is_read_without_it_and_held() -> None:
    page, pen = make_page(), np.zeros((HEIGHT * N_ROWS, WIDTH), bool)
    raw = page.copy()
    for row in (2, 3):
        cv2.line(raw, (60, row * HEIGHT + 45), (100, row * HEIGHT + 15), 90, 3)
    pen[raw < 100] = True
    for picture in (page, raw):
        write(picture, 3, "74")
    cells = find_cells(page, raw=raw, pen=pen)
    assert [cells[row].pen for row in (2, 3, 4)] == [True, True, False]
    assert [line.box[0] < 105 for line in cells[2].lines] == [True]
    (line,) = cells[3].lines
    assert line.box[0] > 110
    assert (line.raw == line.clean).all()


def test_on_a_page_full_of_specks_a_dash_is_wider_than_two_of_them() -> None:
    page = make_page()
    for row in range(N_ROWS):
        for x in (70, 130, 210):
            cv2.rectangle(page, (x, row * HEIGHT + 18), (x + 3, row * HEIGHT + 20), 0, -1)
    at = 5 * HEIGHT + 30
    cv2.rectangle(page, (140, at), (145, at + 2), 0, -1)  # two specks that touch
    cv2.rectangle(page, (276, at + HEIGHT), (292, at + HEIGHT + 3), 0, -1)  # a dash beside the ruling
    cells = find_cells(page)
    assert [cells[row].stray for row in (5, 6)] == [True, False]
    assert [cells[row].dirt for row in (5, 6)] == [False, False]
    # specks in a row are no broken dash there
    assert not any(cell.faint for cell in cells)


def test_a_short_dash_among_specks_leaves_no_cell_surely_blank() -> None:
    page = make_page()
    for row in range(N_ROWS):
        for x in (70, 130, 210):
            cv2.rectangle(page, (x, row * HEIGHT + 18), (x + 2, row * HEIGHT + 19), 0, -1)
    at = 5 * HEIGHT + 30
    cv2.rectangle(page, (145, at), (150, at + 3), 0, -1)  # shorter than a dash, and far larger than a speck
    cells = find_cells(page)
    assert not cells[5].dirt
    assert len(cells[5].lines) == 1
    assert not any(cells[row].lines for row in (4, 6))


def test_a_lone_sign_in_flat_ink_is_a_dash() -> None:
    paper = np.full((20, 60), 255, np.uint8)
    for inner, raw in (((10, 8, 22, 12), "-"), ((2, 8, 58, 12), "_")):
        line = TextLine((0.0, 0.0, 60.0, 20.0), paper, paper, inner, TEXT_HEIGHT)
        ink = CellInk(GridCell(0, 0, 1, 1, (0, 0, 1, 1)), Piece(1, (0, 0, 1, 1)), lines=(line,))
        field = settle_number((CellText(ink, "_", 0.5),), (Reading("ppocr", "_", 0.9), Reading("trueocr", "_", 0.8)))
        assert field.raw == raw


def test_flat_ink_in_which_no_reader_sees_anything_may_be_a_dash() -> None:
    paper = np.full((20, 60), 255, np.uint8)
    for inner, state in (((10, 8, 26, 11), "read"), ((10, 2, 26, 18), "illegible")):
        line = TextLine((0.0, 0.0, 60.0, 20.0), paper, paper, inner, TEXT_HEIGHT)
        ink = CellInk(GridCell(0, 0, 1, 1, (0, 0, 1, 1)), Piece(1, (0, 0, 1, 1)), lines=(line,))
        field = settle_number((CellText(ink, "", 0.5),), (Reading("ppocr", "", 0.0), Reading("trueocr", "", 0.0)))
        assert field.state == state
        assert "no-reading" in field.reasons
        assert field.confidence < 0.5


@pytest.mark.parametrize(("score", "state"), [(0.28, "read"), (0.9, "illegible")])
def test_a_letter_that_a_reader_guesses_in_flat_ink_makes_it_no_less_a_dash(score: float, state: str) -> None:
    paper = np.full((20, 60), 255, np.uint8)
    line = TextLine((0.0, 0.0, 60.0, 20.0), paper, paper, (10, 8, 26, 11), TEXT_HEIGHT)
    ink = CellInk(GridCell(0, 0, 1, 1, (0, 0, 1, 1)), Piece(1, (0, 0, 1, 1)), lines=(line,))
    field = settle_number((CellText(ink, "", 0.5),), (Reading("ppocr", "h", score), Reading("trueocr", "", 0.0)))
    assert field.state == state
    assert field.confidence < 0.5


def test_words_over_which_a_stroke_passes_are_not_blank() -> None:
    state, raw, reasons = settle((Reading("ppocr", "Khong", 0.7), Reading("trueocr", "Không", 0.9)), stray=True)
    assert (state, raw) == ("read", "Không")
    assert "stray-ink" in reasons


def test_what_a_pale_pen_wrote_is_writing() -> None:
    page = make_page()
    raw = page.copy()
    cv2.putText(raw, "20", (120, 4 * HEIGHT + 42), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 200, 2)
    (x, y) = (120, 6 * HEIGHT + 30)
    cv2.line(raw, (x, y), (x + 40, y), 200, 3)  # too low for a figure
    cells = find_cells(page, raw=raw, pen=raw < 255)
    assert [bool(cells[row].lines) and cells[row].pen for row in (4, 6)] == [True, False]
    assert cells[6].specks


def test_a_cell_lower_than_its_margins_on_a_page_full_of_specks() -> None:
    page = make_page()
    for x in range(20, 290, 30):
        for y in range(4, HEIGHT * N_ROWS, 6):
            cv2.rectangle(page, (x, y), (x + 2, y + 1), 0, -1)
    cells = tuple(GridCell(r, 0, 1, 1, (0.0, r * 17.0, 300.0, r * 17.0 + 17.0)) for r in range(N_ROWS))
    image = PageImage(1, page, page, None, 200.0, TEXT_HEIGHT, "scan", lambda box: box)
    found = find_ink(image, (Grid(1, N_ROWS, 1, cells, (0.0, 0.0, 300.0, 17.0 * N_ROWS), True, 1.0),))
    assert sum(cell.specks for cell in found.grids[0].cells) > N_ROWS / 2
    assert not any(cell.has_ink for cell in found.grids[0].cells)


def test_shreds_of_a_ruling_are_no_figure_and_a_one_beside_the_ruling_is() -> None:
    page = make_page()
    for step in range(14):  # ragged: a thin slanted shred that reaches a little further than the ruling's zone
        page[3 * HEIGHT + 20 + step, 2 + step // 2 : 4 + step // 2] = 0
    page[3 * HEIGHT + 20, 0:3] = 0
    page[5 * HEIGHT + 20 : 5 * HEIGHT + 42, 2:9] = 0
    cells = find_cells(page)
    assert [bool(cells[row].lines) for row in (3, 5)] == [False, True]


def test_a_blank_cell_from_which_a_figure_s_worth_of_coloured_ink_was_lifted_is_for_a_person() -> None:
    """Figures printed in red had gone with the page's stamp, and their cells were accepted as blank."""
    page, printed = make_page(), make_page()
    write(printed, 3, "4")
    printed[5 * HEIGHT + 20 : 5 * HEIGHT + 23, 100:103] = 0  # a speck of the stamp
    write(page, 6, "74")
    cells = find_cells(page, raw=printed, stamp=printed < 255)
    assert [cells[row].lifted for row in (3, 4, 5, 6)] == [True, False, False, False]
    parts = tuple((CellText(cell, "", 1.0, ()),) for cell in cells[3:6])
    blank = {n: settle_number(part, ()) for n, part in enumerate(parts)}
    told = _doubt_blanks(dict(enumerate(parts)), blank, {}, {})
    assert ["stray-ink" in told[n].reasons for n in range(3)] == [True, False, False]


def test_paper_in_a_shadow_is_no_blot_and_ink_is_no_shadow() -> None:
    raw = np.full((90, 260), 100, np.uint8)
    cv2.putText(raw, "35.453", (60, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 20, 2)
    evened = np.where(raw < 60, np.uint8(40), np.uint8(250))
    assert is_shadow(raw, evened, 240.0)
    # the shadow's side, which stays dark on the evened page
    assert not is_shadow(raw, np.where(np.arange(260) < 150, np.uint8(90), evened), 240.0)
    # a blot, whitened as it is larger than letters
    assert not is_shadow(np.minimum(raw, 60), np.full_like(raw, 255), 240.0)
    assert not is_shadow(np.full_like(raw, 230), np.full_like(raw, 255), 240.0)


def test_figures_in_a_shadow_are_under_no_blot() -> None:
    page = make_page()
    write(page, 3, "35")
    write(page, 8, "35")
    page[8 * HEIGHT + 8 : 8 * HEIGHT + 52, 150:250] = 20  # a blot beside the figure
    raw = page.copy()
    raw[3 * HEIGHT : 4 * HEIGHT] = (raw[3 * HEIGHT : 4 * HEIGHT] * 0.42).astype(np.uint8)
    cells = find_cells(page, raw=raw)
    assert all(cells[row].lines for row in (3, 8))
    assert [cells[row].blot for row in (3, 8)] == [False, True]
