"""Tables drawn line by line, whole and damaged -> their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractor.grid import NO_GUIDE, find_grids, find_guide, is_unlike, lay, usual_guide
from extractor.grid.line import Line
from extractor.grid.pen import without_pen_strokes
from extractor.grid.rulings import Segment
from extractor.records import Box, Grid, Guide, PageImage

XS = (100, 180, 700, 860, 1000, 1500)
ROW = 50
N_ROWS = 20
TOP = 200


def make_page(thickness: int = 2, shade: int = 0) -> np.ndarray:
    page = np.full((1400, 1600), 255, np.uint8)
    bottom = TOP + ROW * N_ROWS
    for r in range(N_ROWS + 1):
        cv2.line(page, (XS[0], TOP + r * ROW), (XS[-1], TOP + r * ROW), shade, thickness)
    for x in XS:
        cv2.line(page, (x, TOP), (x, bottom), shade, thickness)
    for r in range(N_ROWS):
        y = TOP + r * ROW + 35
        cv2.putText(page, f"{r + 1}", (XS[0] + 20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
        cv2.putText(page, "So van ban da ban hanh trong", (XS[1] + 10, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
        cv2.putText(page, f"{37 * r}", (XS[3] + 60, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    return page


def find(page: np.ndarray) -> tuple[Grid, ...]:
    return find_grids(make_image(page))


def make_image(page: np.ndarray) -> PageImage:
    def same(box: Box) -> Box:
        return box

    return PageImage(1, page, page, None, 200.0, 24.0, "scan", same)


def shape(grids: tuple[Grid, ...]) -> list[tuple[int, int, int]]:
    return [(grid.n_rows, grid.n_columns, len(grid.cells)) for grid in grids]


WHOLE = [(N_ROWS, 5, N_ROWS * 5)]


def usual() -> Guide:
    """The columns of three whole pages."""
    image = make_image(make_page())
    return usual_guide([find_guide(image, find_grids(image))] * 3)


@pytest.mark.parametrize(("thickness", "shade"), [(1, 150), (2, 0), (4, 0)])
def test_every_cell_of_a_ruled_table(thickness: int, shade: int) -> None:
    assert shape(find(make_page(thickness, shade))) == WHOLE


def test_cells_without_a_ruling_between_them_are_merged() -> None:
    page = make_page()
    page[TOP + 3 : TOP + ROW - 2, XS[3] - 3 : XS[3] + 4] = 255
    (grid,) = find(page)
    assert [(c.row, c.column, c.column_span) for c in grid.cells if c.column_span > 1] == [(0, 2, 2)]


def test_a_dark_shaded_header_keeps_its_rulings() -> None:
    page = make_page()
    header = page[TOP : TOP + ROW, XS[0] : XS[-1]]
    header[header > 100] = 110
    assert shape(find(page)) == WHOLE


def test_a_broken_ruling_still_parts() -> None:
    page = make_page(1)
    y = TOP + 7 * ROW
    for x in range(XS[1] + 4, XS[2], 14):
        page[y - 2 : y + 3, x : x + 5] = 255
    assert shape(find(page)) == WHOLE


def test_a_scratch_through_text_is_no_ruling() -> None:
    page = make_page()
    cv2.line(page, (420, TOP), (421, TOP + 9 * ROW), 0, 2)
    assert shape(find(page)) == WHOLE


def test_a_scratch_beside_a_ruling_makes_no_column() -> None:
    page = make_page()
    cv2.line(page, (XS[3] + 16, TOP + 2 * ROW), (XS[3] + 17, TOP + 11 * ROW), 0, 2)
    assert shape(find(page)) == WHOLE


def test_a_scratch_over_the_whole_page_is_no_ruling() -> None:
    page = make_page()
    cv2.line(page, (930, 60), (931, 1340), 0, 2)
    assert shape(find(page)) == WHOLE


@pytest.mark.parametrize("crisp_rows", [6, 18])
def test_rows_whose_rulings_are_faint_are_rows_beside_crisp_ones(crisp_rows: int) -> None:
    page, blank = make_page(1), make_page(1, 255)
    rulings = (page == 0) & (blank == 255)
    bits = np.random.default_rng(3).random((page.shape[0] // 3 + 1, page.shape[1] // 3 + 1)) < 0.45
    lost = np.kron(bits, np.ones((3, 3), bool))[: page.shape[0], : page.shape[1]]
    lost[: TOP + crisp_rows * ROW] = False
    page[rulings & lost] = 255
    assert [(grid.n_rows, grid.n_columns) for grid in find(page)] == [(N_ROWS, 5)]


def test_a_full_ruling_stays_though_figures_touch_it() -> None:
    page = make_page()
    for r in range(N_ROWS):
        cv2.putText(page, "48", (XS[4] - 34, TOP + r * ROW + 35), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    assert shape(find(page)) == WHOLE


def test_borders_follow_a_leaning_ruling() -> None:
    page = make_page()
    lean = np.array([[1, 0.012, -8.0], [0, 1, 0]], np.float64)
    leaning = cv2.warpAffine(page, lean, page.shape[::-1], borderValue=255)
    (grid,) = find(leaning)
    assert (grid.n_rows, grid.n_columns) == (N_ROWS, 5)
    for cell in grid.cells:
        if cell.column == 3:
            middle = (cell.box[1] + cell.box[3]) / 2
            assert abs(cell.box[0] - (XS[3] + 0.012 * middle - 8)) < 2.5


def test_an_empty_page_has_no_table() -> None:
    assert find(np.full((1400, 1600), 255, np.uint8)) == ()


def test_a_page_whose_rulings_are_broken_follows_the_columns_of_the_others() -> None:
    whole, broken = make_page(), make_page()
    for x in XS[2:-1]:
        broken[TOP + 2 * ROW : TOP + 18 * ROW, x - 4 : x + 5] = 255
    image = make_image(whole)
    usual = usual_guide([find_guide(image, find(whole))] * 3)
    assert shape(find(broken)) != WHOLE
    (grid,) = find_grids(make_image(broken), usual)
    assert (grid.n_rows, grid.n_columns) == (N_ROWS, 5)


@pytest.mark.parametrize("x", [XS[1] + 14, 690, 1200])
def test_a_streak_that_no_other_page_has_makes_no_column(x: int) -> None:
    streaked = make_page()
    cv2.line(streaked, (x, TOP), (x, TOP + N_ROWS * ROW), 0, 2)
    own = find_guide(make_image(streaked), find(streaked))
    assert is_unlike(own, usual()) or shape(find(streaked)) == WHOLE
    assert shape(find_grids(make_image(streaked), usual())) == WHOLE


@pytest.mark.parametrize("streaks", [((945, 10, 14), (1250, 13, N_ROWS - 1)), ((930, 0, N_ROWS), (1250, 0, N_ROWS))])
def test_streaks_do_not_stand_for_a_ruling_that_was_lost(streaks: tuple[tuple[int, int, int], ...]) -> None:
    streaked = make_page()
    streaked[TOP + 3 : TOP + N_ROWS * ROW - 2, XS[3] - 3 : XS[3] + 4] = 255
    for x, first, last in streaks:
        cv2.line(streaked, (x, TOP + first * ROW), (x, TOP + last * ROW), 0, 2)
    (grid,) = find_grids(make_image(streaked), usual())
    assert shape((grid,)) == WHOLE
    assert [grid.cells[2].box[2], grid.cells[3].box[2]] == pytest.approx(XS[3:5], abs=3)


def test_another_table_between_the_same_sides_keeps_its_columns() -> None:
    other = np.full((1400, 1600), 255, np.uint8)
    for r in range(7):
        cv2.line(other, (XS[0], TOP + r * ROW), (XS[-1], TOP + r * ROW), 0, 2)
    for x in (100, 300, 500, 750, 950, 1200, 1500):
        cv2.line(other, (x, TOP), (x, TOP + 6 * ROW), 0, 2)
    assert shape(find_grids(make_image(other), usual())) == [(6, 6, 36)]


def test_a_last_page_without_the_first_column_keeps_the_others_where_they_are() -> None:
    last = np.full((1400, 1600), 255, np.uint8)
    for r in range(7):
        cv2.line(last, (XS[0], TOP + r * ROW), (XS[-1], TOP + r * ROW), 0, 2)
    moved = [XS[0], *(x - 14 for x in XS[2:-1]), XS[-1]]
    for x in moved:
        cv2.line(last, (x, TOP), (x, TOP + 6 * ROW), 0, 2)
    assert shape(find_grids(make_image(last), usual())) == [(6, len(moved) - 1, 6 * (len(moved) - 1))]


@pytest.mark.parametrize("shade", [0, 30])
def test_a_blot_over_a_figure_joins_no_rows(shade: int) -> None:
    page = make_page()
    middle = (XS[3] + XS[4]) // 2, TOP + 7 * ROW + ROW // 2
    cv2.ellipse(page, middle, (58, ROW // 2 + 1), 0, 0, 360, shade, -1)
    assert shape(find(page)) == WHOLE


def test_the_columns_of_most_pages_are_those_that_most_share() -> None:
    good = Guide((0.1, 0.2, 0.6, 0.7, 0.9), ruled=True)
    shifted = Guide((0.12, 0.22, 0.62, 0.72, 0.92), ruled=True)
    scratched = [
        Guide((*good.borders[:at], x, *good.borders[at:]), ruled=True) for at, x in ((2, 0.3), (3, 0.65), (4, 0.8))
    ]
    assert usual_guide([*scratched, good, shifted]).borders == good.borders


@pytest.mark.parametrize(("pages", "known"), [(3, True), (2, False)])
def test_a_ruling_that_most_pages_lost_is_known_from_several_that_have_it(pages: int, known: bool) -> None:
    most = [Guide((0.1, 0.15, 0.6, 0.7, 0.9), ruled=True)] * 4
    fuller = [Guide((0.1, 0.5, 0.6, 0.7, 0.9), ruled=True)] * (pages - 1)
    whole = Guide((0.1, 0.15, 0.5, 0.6, 0.7, 0.9), ruled=True)
    assert (usual_guide([*most, *fuller, whole]).borders == whole.borders) is known


@pytest.mark.parametrize(("pages", "known"), [(2, True), (1, False)])
def test_two_rulings_that_most_pages_lost_are_known_from_two_that_have_both(pages: int, known: bool) -> None:
    """Half of a report once had its labels and units in one column, and its values and notes in another."""
    most = [Guide((0.06, 0.11, 0.66, 0.96), ruled=True)] * 4
    whole = Guide((0.06, 0.11, 0.55, 0.66, 0.72, 0.96), ruled=True)
    assert (usual_guide([*most, *[whole] * pages]).borders == whole.borders) is known
    # another table between the same sides has none of the form's borders
    other = Guide((0.06, 0.3, 0.8, 0.96), ruled=True)
    assert usual_guide([*most, *[other] * pages]).borders == most[0].borders


def test_where_each_page_has_streaks_of_its_own_the_borders_that_most_have_are_the_usual_ones() -> None:
    """Two pages with streaks nearly in one place once led those without any: half of a report was unread."""
    form = (0.13, 0.18, 0.57, 0.67, 0.78, 0.93)
    streaks = [(0.379,), (0.361,), (0.595,), (0.70,), (0.118,), (0.505, 0.60), (0.72,), (0.25,)]
    pages = [Guide(tuple(sorted((*form, *more))), ruled=True) for more in streaks]
    pages += [Guide(form, ruled=True), Guide((0.13, 0.57, 0.67, 0.78, 0.93), ruled=True)]
    assert usual_guide(pages).borders == form


def test_the_rest_of_the_form_beside_a_larger_table_is_looked_at_again() -> None:
    usual = Guide((0.06, 0.11, 0.55, 0.66, 0.72, 0.96), usual=True, ruled=True)
    other = Guide((0.11, 0.35, 0.59, 0.75, 0.91), ruled=True)
    assert not is_unlike(other, usual)
    assert is_unlike(replace(other, others=((0.06, 0.55, 0.66, 0.72, 0.96),)), usual)
    assert not is_unlike(replace(other, others=(usual.borders,)), usual)
    assert not is_unlike(replace(other, others=((0.06, 0.4, 0.96),)), usual)


def test_known_columns_are_not_laid_over_another_table_of_the_page() -> None:
    page = make_page()
    page[TOP + 4 * ROW + 3 :] = 255
    page[TOP + 3 :, XS[1] - 3 : XS[1] + 4] = 255
    for n in range(4):
        cv2.line(page, (200, TOP + (6 + n) * ROW), (1300, TOP + (6 + n) * ROW), 0, 2)
    for x in (200, 560, 930, 1300):
        cv2.line(page, (x, TOP + 6 * ROW), (x, TOP + 9 * ROW), 0, 2)
    assert [(rows, columns) for rows, columns, _ in shape(find_grids(make_image(page), usual()))] == [(4, 5), (3, 3)]


def test_a_table_that_lost_a_border_in_most_rows_is_laid_under_those_of_the_others() -> None:
    page = make_page()
    for n in range(8, N_ROWS):
        page[TOP + n * ROW + 4 : TOP + (n + 1) * ROW - 3, XS[3] - 3 : XS[3] + 4] = 255
    image = make_image(page)
    assert is_unlike(find_guide(image, find_grids(image)), usual())
    assert shape(find_grids(make_image(page), usual())) == WHOLE


def test_a_streak_that_three_pages_share_makes_no_column_of_those_that_others_share() -> None:
    most = [Guide((0.06, 0.11, 0.66, 0.96), ruled=True)] * 4
    pages = [Guide((0.06, 0.11, x, 0.66, 0.96), ruled=True) for x in (0.3, 0.5)]
    assert usual_guide([*most, *pages * 3]).borders == most[0].borders


def test_a_ghost_of_the_verso_does_not_part_a_whole_table() -> None:
    page = make_page()
    ghost = np.full_like(page, 255)
    for x in (40, 240, 400, 640, 1300, 1560):
        cv2.line(ghost, (x, 60), (x, 1380), 190, 2)
    for y in range(60, 1381, 44):
        cv2.line(ghost, (40, y), (1560, y), 190, 2)
    assert shape(find(cv2.min(page, ghost))) == WHOLE


def test_which_pages_deserve_a_second_look() -> None:
    usual = Guide((0.1, 0.2, 0.6, 0.9), usual=True, ruled=True)
    assert not is_unlike(Guide(usual.borders, ruled=True), usual)
    assert is_unlike(Guide(usual.borders, ruled=True, broken=True), usual)
    assert is_unlike(Guide((0.1, 0.6, 0.9), ruled=True), usual)
    assert not is_unlike(Guide((0.3, 0.5, 0.7), ruled=True), usual)  # another table
    assert not is_unlike(NO_GUIDE, usual)  # prose
    unruled = Guide((0.1, 0.2, 0.6, 0.9), usual=True)
    other = Guide((0.2, 0.5, 0.8), ruled=True)
    assert is_unlike(other, unruled)  # the table without rulings may begin or end beside it


def test_a_line_of_a_fax_from_head_to_foot_is_no_border_and_makes_the_table_no_longer() -> None:
    page = make_page()
    cv2.line(page, (760, 0), (760, 1399), 0, 2)
    (grid,) = find(page)
    assert (grid.n_rows, grid.n_columns) == (N_ROWS, 5)
    assert grid.box[1] == pytest.approx(TOP, abs=3)
    # a table cut out of a page is ruled from edge to edge
    cut = make_page()[TOP : TOP + N_ROWS * ROW + 2]
    assert shape(find(cut)) == WHOLE


def test_a_table_of_a_photo_is_the_usual_one_wherever_it_stands() -> None:
    usual = Guide((0.1, 0.2, 0.6, 0.7, 0.9), usual=True, ruled=True)
    moved = Guide((0.2, 0.275, 0.575, 0.65, 0.8), ruled=True)  # by chance two of its borders are the usual ones
    assert not is_unlike(moved, usual)
    lost = Guide((0.2, 0.275, 0.575, 0.8), ruled=True)
    assert is_unlike(lost, usual)
    assert lay(usual, lost).borders == pytest.approx(moved.borders)
    for other in (Guide((0.2, 0.5, 0.6, 0.8), ruled=True), replace(lost, ruled=False)):
        assert lay(usual, other) is usual


def test_a_border_lost_on_a_photo_is_found_by_the_columns_of_the_others() -> None:
    page = make_page()
    page[TOP + 2 * ROW : TOP + 18 * ROW, XS[3] - 4 : XS[3] + 5] = 255
    moved = np.full_like(page, 255)
    moved[:, :-90] = page[:, 90:]
    image = make_image(moved)
    own = find_guide(image, find_grids(image))
    assert is_unlike(own, usual())
    (grid,) = find_grids(image, lay(usual(), own))
    assert (grid.n_rows, grid.n_columns) == (N_ROWS, 5)
    assert grid.box[0] == pytest.approx(XS[0] - 90, abs=3)


@pytest.mark.parametrize("uprights", [(150, 700, 950, 1450), (150, 700, 715, 950, 1450)])
def test_a_row_of_two_lines_alone_on_a_page_is_told_by_its_broken_rulings(uprights: Sequence[int]) -> None:
    page = np.full((1400, 1600), 255, np.uint8)
    for y in (150, 250):
        for x in range(150, 1450, 10):
            cv2.line(page, (x, y), (x + 6, y), 0, 2)
    for x in uprights:
        for y in range(150, 250, 10):
            cv2.line(page, (x, y), (x, y + (6 if x != 715 else 2)), 0, 2)
    for line, text in enumerate(("So UBND cap xa thuc hien", "xem xet cua lanh dao")):
        cv2.putText(page, text, (165, 190 + 40 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    cv2.putText(page, "10", (800, 210), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
    assert [(rows, columns) for rows, columns, _ in shape(find(page))] == [(1, 3)]


@pytest.mark.parametrize(("left", "top", "bottom"), [(350, 400, 414), (270, 80, 880)])
def test_two_tables_that_a_stroke_too_long_or_a_streak_joins_are_two(left: int, top: int, bottom: int) -> None:
    page = np.full((900, 1200), 255, np.uint8)
    for x0, x1, y0, y1 in ((100, 1100, 100, 400), (200, 1000, 424, 724)):
        for y in range(y0, y1 + 1, 60):
            cv2.line(page, (x0, y), (x1, y), 0, 2)
        for x in np.linspace(x0, x1, 5).astype(int).tolist():
            cv2.line(page, (x, y0), (x, y1), 0, 2)
    cv2.line(page, (left, top), (left, bottom), 0, 2)
    assert [(rows, columns) for rows, columns, _ in shape(find(page))] == [(5, 4), (5, 4)]


def test_pages_without_rulings_are_alike_whatever_their_notes_reach_to() -> None:
    reach = [Guide((0.09, 0.13, 0.62, 0.72, 0.77, right)) for right in (0.90, 0.94, 0.90, 0.94, 0.94)]
    other = [Guide((0.09, 0.30, 0.62, 0.72, 0.77, 0.90))] * 3
    assert usual_guide([*other, *reach]).borders == reach[1].borders


@pytest.mark.parametrize("ends", [((660, 22), (1010, 12)), ((740, 14), (990, 18)), ((705, 30), (1200, 20))])
def test_the_stroke_under_a_signature_parts_no_cell(ends: tuple[tuple[int, int], tuple[int, int]]) -> None:
    page = make_page()
    (x0, y0), (x1, y1) = ends
    cv2.line(page, (x0, TOP + 6 * ROW + y0), (x1, TOP + 6 * ROW + y1), 0, 2)
    assert shape(find(page)) == WHOLE


def test_rows_within_a_merged_cell_are_parted_by_rulings_of_some_columns() -> None:
    page = make_page()
    for left, right in ((XS[0], XS[1]), (XS[4], XS[5])):
        page[TOP + 6 * ROW - 2 : TOP + 6 * ROW + 3, left + 3 : right - 2] = 255
    assert shape(find(page)) == [(N_ROWS, 5, N_ROWS * 5 - 2)]


def test_rulings_of_a_warped_page_are_no_strokes_of_a_pen() -> None:
    straight = Line(500.0, ((100.0, 1400.0),), (Segment(500.0, 100.0, 1400.0, 2.0, 0.0),))
    warped = [
        Line(100.0 * n, ((100.0, 700.0),), (Segment(100.0 * n, 100.0, 700.0, 2.0, 12.0 - 4.0 * n),)) for n in range(5)
    ]
    uprights = [Line(x, ((0.0, 600.0),)) for x in (100.0, 400.0, 700.0, 1400.0)]
    assert without_pen_strokes(warped, uprights, 24.0) == warped
    rows = [replace(straight, position=50.0 * n) for n in range(8)]
    assert without_pen_strokes([*rows, warped[0]], uprights, 24.0) == rows
