"""Rows that a page break or a lost column damages -> what is still known of them."""

from __future__ import annotations

from dataclasses import replace

from extractor.form import _rejoined
from extractor.reading.careful import _Cell, _settle
from extractor.records import CellInk, CellText, DraftRow, Grid, GridCell, GridInk, GridText, Piece, Reading
from extractor.table import find_tables
from tests.builders import BOX, make_catalogue

LABEL = "Số TTHC tích hợp, công khai trên Cổng Dịch vụ công Quốc gia"
HEADER = ("STT", "Nội dung", "Đơn vị tính")
ROW = ("1", "Số phòng ban", "Phòng")


def make_cell(text: str, row: int = 0, column: int = 0, page: int = 1) -> CellText:
    box = (100.0 * column, 30.0 * row, 100.0 * column + 100, 30.0 * row + 30)
    return CellText(CellInk(GridCell(row, column, 1, 1, box), Piece(page, BOX), words=text or None), text, 1.0)


def make_grid(page: int, rows: list[tuple[str, ...]]) -> GridText:
    cells = tuple(make_cell(text, r, c, page) for r, texts in enumerate(rows) for c, text in enumerate(texts))
    box = (0.0, 0.0, 100.0 * len(rows[0]), 30.0 * len(rows))
    grid = Grid(page, len(rows), len(rows[0]), tuple(cell.ink.cell for cell in cells), box, True, 1.0)
    return GridText(GridInk(grid, tuple(cell.ink for cell in cells), BOX), cells)


def make_draft(label: str, page: int, value: str = "") -> DraftRow:
    cell = (make_cell(label, page=page),)
    blank = (make_cell("", page=page),)
    values = (make_cell(value, page=page),)
    return DraftRow(blank, cell, blank, values, blank, pieces=(Piece(page, BOX),))


def test_the_end_of_a_label_after_a_page_break_is_no_row_of_its_own() -> None:
    catalogue = make_catalogue(["I.1", "I.2"])
    indicators = (replace(catalogue.indicators[0], label=LABEL), replace(catalogue.indicators[1], label="UBND cấp xã"))
    catalogue = replace(catalogue, indicators=indicators)
    cut = [make_draft(LABEL[:34], 1, "3"), make_draft(LABEL[34:], 2)]
    (row,) = _rejoined(cut, catalogue)
    assert [cell.text for cell in row.value] == ["3", ""]
    title = [make_draft(LABEL, 1, "3"), make_draft("UBND cấp xã", 2)]
    assert len(_rejoined(title, catalogue)) == 2


def test_without_a_column_of_values_nothing_is_blank() -> None:
    (table,) = find_tables([make_grid(1, [HEADER, ROW, ROW])])
    assert all("value" in row.columns_missing for row in table.rows)


def test_a_header_on_a_later_page_names_the_columns_of_all() -> None:
    header = ("STT", "Nội dung", "Đơn vị tính", "Kết quả")
    first = make_grid(1, [("1", "Số phòng ban", "Phòng", "7")] * 3)
    (table,) = find_tables([first, make_grid(2, [header, *[("2", "Số xã", "Xã", "9")] * 3])])
    assert table.header == header
    assert [row.value[0].text for row in table.rows] == ["7"] * 3 + ["9"] * 3


def test_figures_on_several_lines_say_so() -> None:
    def settle(*lines: str) -> tuple[str, ...]:
        readings = tuple(Reading("ppocr", line, 0.99) for line in lines)
        return _settle(_Cell((make_cell(" ".join(lines)),), (), (readings,))).reasons

    assert "several-lines" in settle("57", "132")
    assert "several-lines" not in settle("57.132")
    assert "several-lines" not in settle("Kết", "hợp")
