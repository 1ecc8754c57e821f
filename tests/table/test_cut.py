"""Sheets that end within their table -> what is known to be cut, and what may be missing."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from extractor.grid import find_grids
from extractor.reading.consensus import settle_number
from extractor.reading.edges import find_covered, find_cut
from extractor.records import Box, CellText, GridText, PageImage
from extractor.report import assemble_document
from extractor.table import find_tables
from tests.builders import make_extraction, with_table
from tests.table.test_rows import make_cell, make_grid

XS = (60, 120, 500, 620, 720, 1000)
TOP, ROW, N_ROWS = 100, 50, 12


def make_page() -> np.ndarray:
    page = np.full((800, 1060), 255, np.uint8)
    for r in range(N_ROWS + 1):
        cv2.line(page, (XS[0], TOP + r * ROW), (XS[-1], TOP + r * ROW), 0, 2)
    for x in XS:
        cv2.line(page, (x, TOP), (x, TOP + N_ROWS * ROW), 0, 2)
    for r in range(N_ROWS):
        y = TOP + r * ROW + 34
        cv2.putText(page, "So van ban da ban hanh", (XS[1] + 10, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2)
        cv2.putText(page, f"{371 * r}", (XS[3] + 20, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)
    return page


def make_image(page: np.ndarray) -> PageImage:
    height, width = page.shape

    def share(box: Box) -> Box:
        return box[0] / width, box[1] / height, box[2] / width, box[3] / height

    return PageImage(1, page, page, None, 200.0, 24.0, "scan", share)


def cut_columns(page: np.ndarray) -> tuple[set[int], set[int], bool]:
    """Columns and rows all of whose cells may be cut, and whether rows may be lost."""
    image = make_image(page)
    (grid,) = find_grids(image)
    cut = find_cut(image, grid)
    whole = [{cell.column for cell in grid.cells} - {cell.column for cell in grid.cells if cell not in cut.cells}]
    whole += [{cell.row for cell in grid.cells} - {cell.row for cell in grid.cells if cell not in cut.cells}]
    return whole[0], whole[1], cut.rows


def test_a_whole_table_is_not_cut_even_where_the_sheet_ends_at_its_border() -> None:
    assert cut_columns(make_page()) == (set(), set(), False)
    tight = make_page()[TOP - 1 : TOP + N_ROWS * ROW + 2, XS[0] - 1 : XS[-1] + 2]
    assert cut_columns(tight) == (set(), set(), False)


def test_a_column_in_which_the_sheet_ends_may_have_lost_figures() -> None:
    columns, rows, lost = cut_columns(make_page()[:, : XS[3] + 45])
    assert (columns, rows, lost) == ({3}, set(), False)


def test_rows_at_the_head_or_foot_of_a_cut_sheet_may_be_lost() -> None:
    assert cut_columns(make_page()[TOP + 3 * ROW + 20 :])[2]
    assert cut_columns(make_page()[: TOP + 3 * ROW + 44])[1:] == ({3}, True)


def test_a_cut_figure_is_for_a_person_and_a_cut_blank_too() -> None:
    for text in ("306", ""):
        cell = make_cell(text)
        ink = replace(cell.ink, cut=True)
        assert "cut-off" in settle_number((CellText(ink, text, 1.0),), ()).reasons
        assert "cut-off" not in settle_number((cell,), ()).reasons


def test_columns_beyond_the_edge_are_missing_not_blank() -> None:
    grid = make_grid(1, [("STT", "Nội dung", "Số lượng"), ("1", "Số phòng ban", "3"), ("2", "Số xã", "4")])
    assert find_tables([grid])[0].rows[0].columns_missing == ()
    assert "note" in find_tables([_cut(grid)])[0].rows[0].columns_missing


def _cut(grid: GridText) -> GridText:
    inks = tuple(replace(ink, cut=ink.cell.column == 2) for ink in grid.ink.cells)
    cells = tuple(replace(cell, ink=ink) for cell, ink in zip(grid.cells, inks, strict=True))
    return GridText(replace(grid.ink, cells=inks), cells)


def test_a_row_that_the_edge_cuts_is_not_the_rest_of_the_row_before() -> None:
    pages = [make_grid(1, [("STT", "Nội dung", "Số lượng"), ("1", "Số phòng ban", "")])]
    pages.append(make_grid(2, [("", "cấp huyện", ""), ("2", "Số xã", "4")]))
    assert len(find_tables(pages)[0].rows) == 2
    inks = tuple(replace(ink, cut=ink.cell.row == 0) for ink in pages[1].ink.cells)
    cells = tuple(replace(cell, ink=ink) for cell, ink in zip(pages[1].cells, inks, strict=True))
    pages[1] = GridText(replace(pages[1].ink, cells=inks), cells)
    assert len(find_tables(pages)[0].rows) == 3


def test_codes_that_may_stand_beyond_the_sheet_are_unread() -> None:
    codes = [f"I.{n}" for n in range(1, 11)]
    found = make_extraction(codes, [("I.1", "3"), ("I.2", "4"), ("I.4", "5"), ("I.6", "6")], pages=[1, 1, 2, 2])
    document = assemble_document(with_table(found, page_notes=((2, "cut-rows"),)))
    states = {indicator.code: indicator.row.state for indicator in document.indicators}
    assert (states["I.3"], states["I.5"], states["I.7"]) == ("unread", "absent", "unread")
    assert document.outcome == "partial"
    assert any(finding.rule == "cut-rows" and finding.page == 2 for finding in document.findings)


def test_cells_whose_rulings_something_hides_may_have_lost_their_figures() -> None:
    page = make_page()
    page[TOP + 3 * ROW - 12 : TOP + 4 * ROW - 8, XS[3] - 30 : XS[3] + 30] = 255  # a finger, lifted off as a stamp is
    image = make_image(page)
    (grid,) = find_grids(image)
    assert {(2, 3), (3, 2)} <= {(cell.row, cell.column) for cell in find_covered(image, grid)}
    image = make_image(make_page())
    assert not find_covered(image, find_grids(image)[0])


def test_cells_of_which_a_part_was_whitened_as_a_dark_edge_are_covered() -> None:
    image = make_image(make_page())
    (grid,) = find_grids(image)
    height, width = image.gray.shape
    hidden = np.zeros((height // 8, width // 8), bool)
    hidden[(TOP + 3 * ROW + 10) // 8 : (TOP + 5 * ROW - 10) // 8, (XS[3] + 50) // 8 :] = True
    found = find_covered(
        replace(image, hidden=hidden, to_source=lambda b: (b[0] / width, b[1] / height, b[2] / width, b[3] / height)),
        grid,
    )
    assert {(cell.row, cell.column) for cell in found} == {(3, 3), (3, 4), (4, 3), (4, 4)}


def test_rulings_that_are_broken_throughout_hide_nothing() -> None:
    page = make_page()
    for x in range(0, page.shape[1], 10):
        page[:, x : x + 3] = 255
    image = make_image(page)
    grids = find_grids(make_image(make_page()))
    assert not find_covered(image, grids[0])


def test_a_last_row_whose_ruling_was_lost_and_whose_print_goes_on_is_not_sure() -> None:
    page = make_page()
    page[TOP + N_ROWS * ROW - 3 : TOP + N_ROWS * ROW + 4] = 255
    (grid,) = find_grids(make_image(make_page()))
    last = [cell for cell in grid.cells if cell.row == N_ROWS - 1]
    for bottom, covered in ((TOP + N_ROWS * ROW, False), (TOP + N_ROWS * ROW - 25, True)):
        cells = tuple(replace(c, box=(*c.box[:3], float(bottom))) if c in last else c for c in grid.cells)
        found = find_covered(make_image(page), replace(grid, cells=cells))
        assert {cell.row for cell in found} == ({N_ROWS - 1} if covered else set())
        assert len(found) == (len(last) if covered else 0)


def test_gaps_between_the_dots_of_a_ruling_hide_nothing() -> None:
    page = make_page()
    ruled = np.full_like(page, 255)
    for x in range(0, page.shape[1], 7):
        ruled[:, x : x + 2] = page[:, x : x + 2]
    dotted = page.copy()
    for r in range(N_ROWS + 1):
        y = TOP + r * ROW
        dotted[y - 2 : y + 3] = ruled[y - 2 : y + 3]
    image = make_image(dotted)
    (grid,) = find_grids(image)
    assert (grid.n_rows, grid.n_columns) == (N_ROWS, len(XS) - 1)
    assert find_covered(image, grid) == frozenset()
