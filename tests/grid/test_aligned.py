"""Tables drawn without upright rulings -> rows and columns from their print alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from extractor.grid import NO_GUIDE, aligned, find_grids, find_guide, usual_guide
from extractor.grid.aligned import _is_part, _parts_last
from extractor.grid.phrases import Phrase, group_lines
from extractor.grid.printed_lines import PrintedLine
from extractor.grid.rulings import Rulings
from extractor.records import Box, Grid, Guide, PageImage

STT, LABEL, UNIT, VALUE, NOTE = 100, 180, 760, 920, 1060
PITCH = 38  # from line to line in a cell
WRAPPED = ("So van ban da ban hanh trong", "ky bao cao cua huyen")
N_ROWS = 12


def print_text(page: np.ndarray, text: str, x: int, y: int) -> None:
    cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)


def make_page(
    gap: int = 20, *, notes: tuple[int, ...] = (), rulings: bool = False, top: int = 200, merged: int = N_ROWS
) -> np.ndarray:
    """Rows of two lines and of one in turn, `gap` pixels of white more between rows than between lines.

    `merged`: a row of one line that shares its unit with the next.
    """
    page = np.full((1500, 1600), 255, np.uint8)
    y = top
    for row in range(N_ROWS):
        if rulings:
            cv2.line(page, (STT - 20, y - 32), (1500, y - 32), 0, 2)
        print_text(page, str(row + 1), STT, y)
        if row not in (merged, merged + 1):
            print_text(page, "ho so", UNIT, y)
        elif row == merged:
            print_text(page, "ho so", UNIT, y + PITCH + gap // 2)
        print_text(page, str(11 * row + 2), VALUE, y)
        if row in notes:
            print_text(page, "Bao cao quy", NOTE, y)
        for line in WRAPPED if row % 2 else WRAPPED[:1]:
            print_text(page, line, LABEL, y)
            y += PITCH
        y += gap
    if rulings:
        cv2.line(page, (STT - 20, y - 32), (1500, y - 32), 0, 2)
    return page


def find(page: np.ndarray, guide: Guide = NO_GUIDE) -> tuple[Grid, ...]:
    return find_grids(make_image(page), guide)


def make_image(page: np.ndarray) -> PageImage:
    def same(box: Box) -> Box:
        return box

    return PageImage(1, page, page, None, 200.0, 20.0, "scan", same)


def test_a_unit_merged_over_two_rows_is_a_cell_of_both() -> None:
    (grid,) = find(make_page(24, merged=2))
    assert grid.n_rows == N_ROWS
    assert [(c.row, c.row_span) for c in grid.cells if c.row_span > 1] == [(2, 2)]


def shape(grids: tuple[Grid, ...]) -> list[tuple[int, int]]:
    return [(grid.n_rows, grid.n_columns) for grid in grids]


@pytest.mark.parametrize("gap", [12, 20, 40])
def test_wrapped_lines_stay_in_their_row(gap: int) -> None:
    assert shape(find(make_page(gap))) == [(N_ROWS, 4)]


def test_a_seldom_filled_column_is_a_column() -> None:
    assert shape(find(make_page(notes=(3,)))) == [(N_ROWS, 5)]


def test_level_rulings_part_the_rows_where_the_white_does_not() -> None:
    assert shape(find(make_page(gap=0, rulings=True))) == [(N_ROWS, 4)]


def test_a_title_over_the_table_is_no_row() -> None:
    page = make_page(top=300)
    print_text(page, "BANG TONG HOP SO LIEU", 420, 180)
    print_text(page, "NAM 2022", 550, 225)
    assert shape(find(page)) == [(N_ROWS, 4)]


def test_a_page_follows_the_columns_of_the_others() -> None:
    full, bare = make_page(notes=(1, 5)), make_page()
    guide = find_guide(make_image(full), find(full))
    assert shape(find(bare, guide)) == [(N_ROWS, 5)]


def test_columns_that_the_print_crosses_are_not_followed() -> None:
    wrong = Guide((0.06, 0.2, 0.3, 0.4, 0.7))
    assert shape(find(make_page(), wrong)) == [(N_ROWS, 4)]


def test_paragraphs_are_no_table() -> None:
    page = np.full((1500, 1600), 255, np.uint8)
    for line in range(20):
        print_text(page, "Trong thoi gian toi huyen tiep tuc ung dung cong nghe", 100 + line % 3, 200 + line * PITCH)
    assert find(page) == ()


def test_the_usual_columns_are_those_of_most_pages() -> None:
    four, five = Guide((0.1, 0.2, 0.5, 0.9)), Guide((0.1, 0.2, 0.5, 0.7, 0.9))
    assert usual_guide((four, NO_GUIDE, five, five)) == Guide(five.borders, usual=True)
    assert usual_guide((NO_GUIDE,)).borders == ()


def test_a_title_of_several_lines_hides_no_column_that_the_other_pages_have() -> None:
    usual = usual_guide([find_guide(make_image(make_page()), find(make_page()))] * 2)
    page = make_page(top=460)
    for y, text in ((80, "BANG TONG HOP SO LIEU CAI CACH HANH CHINH CUA CAC"), (120, "NAM 2022"),
                    (160, "KEM THEO BAO CAO SO 12 NGAY 10 THANG 12 CUA UY BAN"), (200, "HUYEN"),
                    (240, "CUA CAC CO QUAN DON VI THUOC UY BAN NHAN DAN HUYEN"), (280, "KY BAO CAO"),
                    (320, "TINH DEN HET NGAY 15 THANG 12 NAM 2022 CUA CAC XA")):  # fmt: skip
        width = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 2)[0][0]
        print_text(page, text, 540 - width // 2, y)
    assert shape(find(page, usual)) == [(N_ROWS, 4)]


def test_a_page_that_lost_the_first_column_and_widened_another_stands_by_its_own() -> None:
    usual = usual_guide([find_guide(make_image(make_page(notes=(1, 4))), find(make_page(notes=(1, 4))))] * 2)
    page = np.full((1500, 1600), 255, np.uint8)
    y = 200
    for row in range(N_ROWS):
        print_text(page, "ho so", 700, y)
        print_text(page, str(11 * row + 2), 850, y)
        if row in (1, 7):
            print_text(page, "Bao  cao  quy", 980, y)
        for line in WRAPPED:
            print_text(page, line, 100, y)
            y += PITCH
        y += 20
    assert shape(find(page, usual)) == [(N_ROWS, 4)]


def test_a_page_without_the_first_column_keeps_the_others_apart_by_where_they_usually_stand() -> None:
    """A note right beside its figure once made one column of both, and values of units."""
    usual = usual_guide([find_guide(make_image(make_page(notes=(1, 4))), find(make_page(notes=(1, 4))))] * 2)
    page = np.full((1500, 1600), 255, np.uint8)
    for row in range(N_ROWS):
        y = 200 + 60 * row
        print_text(page, "Soquyetdinh da ban hanh", STT, y)
        print_text(page, "ho so", UNIT, y)
        print_text(page, str(11 * row + 102), VALUE + 60, y)
        if row == 3:
            print_text(page, "Bao cao quy", VALUE + 116, y)
    assert shape(find(page)) == [(N_ROWS, 3)]
    assert shape(find(page, usual)) == [(N_ROWS, 4)]


def test_a_row_that_stands_alone_is_told_by_the_columns_of_most_pages() -> None:
    usual = usual_guide([find_guide(make_image(make_page(notes=(1, 4))), find(make_page(notes=(1, 4))))] * 2)
    page = np.full((1500, 1600), 255, np.uint8)
    print_text(page, "12", 780, 60)
    print_text(page, WRAPPED[0], LABEL, 200)
    print_text(page, "ho so", UNIT, 200)
    print_text(page, "17", VALUE, 200)
    print_text(page, WRAPPED[1], LABEL, 200 + PITCH)
    print_text(page, "Ghi chu: so lieu den ngay bao cao", STT, 300)
    print_text(page, "Noi nhan:", STT, 420)
    print_text(page, "TM. UY BAN NHAN DAN", 900, 420)
    assert shape(find(page)) == []
    (grid,) = find(page, usual)
    assert (grid.n_rows, grid.n_columns) == (1, 5)
    assert grid.box[3] < 290
    # a letterhead stands in columns too
    print_text(page, "UY BAN NHAN DAN        CONG HOA XA HOI", LABEL, 120)
    assert shape(find(page, usual)) == []


def test_the_ragged_lines_of_a_long_note_are_no_rows() -> None:
    page = np.full((1500, 1600), 255, np.uint8)
    y = 120
    for row in range(6):
        print_text(page, str(row + 1), STT, y)
        print_text(page, WRAPPED[0], LABEL, y)
        print_text(page, "ho so", UNIT, y)
        print_text(page, str(11 * row + 2), VALUE, y)
        for word in ("Bao", "cao so", "quy nay cua") * 4 if row == 2 else ("Bao cao quy",):
            print_text(page, word, NOTE, y)
            y += PITCH
        y += 20
    assert shape(find(page)) == [(6, 5)]


def test_a_page_that_parts_the_last_column_of_the_page_before_keeps_its_own() -> None:
    before = (100.0, 450.0, 580.0, 900.0)
    assert _parts_last((96.0, 453.0, 578.0, 680.0, 905.0), before, 30.0)
    # a wide space in labels is no column, nor is one beside a border
    assert not _parts_last((96.0, 300.0, 453.0, 578.0, 905.0), before, 30.0)
    assert not _parts_last((96.0, 453.0, 578.0, 600.0, 905.0), before, 30.0)
    assert not _parts_last((96.0, 453.0, 578.0, 905.0), before, 30.0)


def test_a_ruled_table_below_does_not_frame_the_one_without_rulings() -> None:
    guide = find_guide(make_image(make_page()), find(make_page()))
    page = make_page()
    for y in range(1060, 1301, 60):
        cv2.line(page, (140, y), (1180, y), 0, 2)
    for x in (140, 300, 800, 1180):
        cv2.line(page, (x, 1060), (x, 1300), 0, 2)
    assert shape(find(page, guide)) == [(N_ROWS, 4), (4, 3)]


def test_known_columns_are_followed_where_hardly_a_line_is_full() -> None:
    guide = find_guide(make_image(make_page(notes=(1, 5))), find(make_page(notes=(1, 5))))
    page = np.full((1500, 1600), 255, np.uint8)
    y = 200
    for row in range(N_ROWS):
        lines = WRAPPED if row % 2 else WRAPPED[:1]
        middle = y + (len(lines) - 1) * PITCH // 2
        print_text(page, "ho so", UNIT, middle)
        if row % 2:
            print_text(page, str(11 * row + 2), VALUE, middle)
        for line in lines:
            print_text(page, line, LABEL, y)
            y += PITCH
        y += 20
    assert shape(find(page, guide)) == [(N_ROWS, 5)]


def test_borders_with_no_print_between_them_are_one() -> None:
    """A last page of three rows, whose units end left of where others do, had another border behind them."""
    (line,) = group_lines(
        [Phrase(x, 100.0, x + 60, 120.0, 120.0, ((x, x + 60),), 5, True) for x in (110.0, 200.0, 500.0, 900.0, 1100.0)],
        20.0,
    )
    block = [PrintedLine(tuple(line))]
    usual = [100.0, 190.0, 480.0, 800.0, 1050.0, 1200.0]
    assert _is_part([100.0, 190.0, 480.0, 600.0, 1050.0, 1200.0], usual, block)
    assert not _is_part([100.0, 190.0, 480.0, 600.0, 1170.0, 1200.0], usual, block)


def test_signatures_below_the_table_do_not_move_its_columns() -> None:
    usual = usual_guide([find_guide(make_image(make_page(notes=(1, 4))), find(make_page(notes=(1, 4))))] * 2)
    page = make_page(notes=(1, 4))
    last = np.flatnonzero((page < 128).any(axis=1))[-1]
    for line, (left, right) in enumerate((("Noi nhan:", "TM. UY BAN NHAN DAN"), ("- So Noi vu;", "KT. CHU TICH"),
                                          ("- Luu: VT.", "PHO CHU TICH"), ("", "Huynh Thanh Tung"))):  # fmt: skip
        y = int(last) + 70 + line * PITCH
        print_text(page, left, STT - 10, y)
        print_text(page, right, VALUE - 60, y)
    (grid,) = find(page, usual)
    assert (grid.n_rows, grid.n_columns) == (N_ROWS, 5)
    assert grid.box[3] < last + 30


@pytest.mark.parametrize("values", [("-", "8"), ("", "")])
def test_two_rows_between_level_rulings_are_told_by_the_columns_of_most_pages(values: tuple[str, str]) -> None:
    """Between rulings all are rows, though no line of them is full."""
    before = make_page(notes=(1, 4), rulings=True)
    usual = usual_guide([find_guide(make_image(before), find(before))] * 2)
    page = np.full((1500, 1600), 255, np.uint8)
    for y in (168, 252, 336):
        cv2.line(page, (STT - 20, y), (1500, y), 0, 2)
    for top, value in zip((200, 284), values, strict=True):
        for line, text in enumerate(WRAPPED):
            print_text(page, text, LABEL, top + line * PITCH)
            print_text(page, ("co quan", "don vi")[line], UNIT, top + line * PITCH)
        print_text(page, value, VALUE, top + PITCH // 2)
    print_text(page, "Noi nhan:", STT, 460)
    print_text(page, "TM. UY BAN NHAN DAN", 900, 460)
    (grid,) = find(page, usual)
    assert (grid.n_rows, grid.n_columns) == (2, len(usual.borders) - 1)


@pytest.mark.parametrize(("left_out", "n_rows", "taken"), [(9, 12, 12), (9, 6, 5), (1, 12, 5)])
def test_a_page_goes_by_its_own_columns_where_another_ones_leave_rows_out(
    left_out: int, n_rows: int, taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A note across the border of the page before had cut off all rows above it."""

    def table(rows: int) -> tuple[Grid, ...]:
        return (Grid(1, rows, 5, (), (0.0, 0.0, 1.0, 1.0), False, 0.4),)

    def fake(_page: object, _rulings: object, guide: Guide, _taken: object) -> tuple[tuple[Grid, ...], int]:
        return (table(5), left_out) if guide.borders else (table(n_rows), 0)

    monkeypatch.setattr(aligned, "_find_aligned", fake)
    guide = Guide((0.1, 0.2, 0.5, 0.6, 0.7, 0.9))
    blank = np.zeros((1, 1), np.uint8)
    (grid,) = aligned.find_aligned(make_image(make_page()), Rulings((), (), blank, 1, 20.0, blank > 0), guide)
    assert grid.n_rows == taken


def test_rulings_around_few_rows_part_them_though_notes_of_many_lines_stand_between() -> None:
    """A head repeated on a page once swallowed the rest of a note that the page before began."""
    page = np.full((2400, 1600), 255, np.uint8)
    tops, y = [150], 180
    for text, x in (("Stt", STT), ("Chi tieu", LABEL), ("Don vi", UNIT), ("So lieu", VALUE), ("Ghi chu", NOTE)):
        print_text(page, text, x, y)
    tops.append(y + 16)
    for line in range(36):
        y = 230 + line * PITCH
        print_text(page, ("ngay 21/03 ve", "viec thuc hien", "cong tac")[line % 3], NOTE, y)
    tops.append(y + 16)
    for row in range(4):
        y += 46
        for text, x in (("So van ban da ban hanh", LABEL), ("ho so", UNIT), (str(row + 3), VALUE)):
            print_text(page, text, x, y)
        y += PITCH
        print_text(page, "ky bao cao cua huyen", LABEL, y)
        tops.append(y + 16)
    for top in tops:
        cv2.line(page, (STT - 20, top), (1500, top), 0, 2)
    (grid,) = find(page)
    assert (grid.n_rows, grid.n_columns) == (6, 5)


def test_rulings_of_some_pages_tell_the_columns_that_print_parts_further_on_others() -> None:
    ruled = Guide((0.147, 0.201, 0.488, 0.601, 0.69, 0.779, 0.936), ruled=True)
    unruled = Guide((0.159, 0.196, 0.492, 0.587, 0.606, 0.704, 0.773, 0.927))
    assert usual_guide([unruled, unruled, unruled, ruled, ruled]).borders == ruled.borders
    assert usual_guide([unruled, unruled, unruled, ruled]).borders == unruled.borders
    other = Guide((0.147, 0.3, 0.4, 0.779, 0.936), ruled=True)
    assert usual_guide([unruled, unruled, unruled, other, other]).borders == unruled.borders


def test_rows_between_which_the_ruling_was_lost_are_parted_by_white() -> None:
    page = make_page(gap=16, rulings=True)
    lines = np.flatnonzero((page[:, 1300:1480] < 128).all(axis=1))
    tops = [y for y in lines if y - 1 not in lines]
    for y in tops[1:-1:2]:
        page[y - 2 : y + 4] = 255
    assert shape(find(page)) == [(N_ROWS, 4)]


def test_lines_of_one_cell_are_no_rows_where_all_rulings_are_there() -> None:
    page = make_page(gap=16, rulings=True, notes=(2,))
    (grid,) = find(page)
    assert (grid.n_rows, grid.certainty) == (N_ROWS, 0.9)


def test_notes_begin_a_column_though_figures_stand_in_the_middle_of_theirs() -> None:
    page = np.full((1500, 1600), 255, np.uint8)
    figures = ("2", "105", "7", "1.204", "33", "Khong", "9", "12", "88", "4", "1", "56")
    for row, figure in enumerate(figures):
        y = 200 + row * 60
        print_text(page, str(row + 1), STT, y)
        print_text(page, WRAPPED[0], LABEL, y)
        print_text(page, "ho so", UNIT, y)
        width = cv2.getTextSize(figure, cv2.FONT_HERSHEY_SIMPLEX, 0.9, 2)[0][0]
        if row % 3:
            print_text(page, figure, VALUE + 40 - width // 2, y)
        if row % 3 != 1:
            print_text(page, "Ke hoach", 1010, y)
    (grid,) = find(page)
    assert (grid.n_rows, grid.n_columns) == (12, 5)


def test_what_a_copy_left_of_rulings_hides_no_column_and_no_row() -> None:
    page, y = make_page(gap=24, notes=(1, 5)), 200
    for row in range(N_ROWS):
        for x in range(STT + 7 * row, 1400, 110) if row % 3 == 1 else ():
            cv2.line(page, (x, y - 40), (x + 22, y - 40), 0, 1)
        for x in (STT - 25, NOTE + 340):
            cv2.line(page, (x, y - 20), (x, y - 4), 0, 1)
        y += (2 if row % 2 else 1) * PITCH + 24
    (grid,) = find(page)
    assert shape((grid,)) == [(N_ROWS, 5)]
    assert STT - 25 < grid.box[0] < STT
