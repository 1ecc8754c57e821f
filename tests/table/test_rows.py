"""Rows that a page break or a lost column damages -> what is still known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.form import _lines_above
from extractor.halves import rejoin
from extractor.reading.careful import _Cell, _settle, _settled, read_rows
from extractor.records import (
    CellInk,
    CellText,
    DraftRow,
    Grid,
    GridCell,
    GridInk,
    GridText,
    LooseLine,
    PageText,
    Piece,
    Reading,
)
from extractor.table import find_tables
from tests.builders import BOX, make_catalogue

LABEL = "Số TTHC tích hợp, công khai trên Cổng Dịch vụ công Quốc gia"
HEADER = ("STT", "Nội dung", "Đơn vị tính")
ROW = ("1", "Số phòng ban", "Phòng")


def make_cell(text: str, row: int = 0, column: int = 0, page: int = 1) -> CellText:
    box = (100.0 * column, 30.0 * row, 100.0 * column + 100, 30.0 * row + 30)
    return CellText(CellInk(GridCell(row, column, 1, 1, box), Piece(page, BOX), words=text or None), text, 1.0)


def make_grid(page: int, rows: Sequence[tuple[str, ...]]) -> GridText:
    cells = tuple(make_cell(text, r, c, page) for r, texts in enumerate(rows) for c, text in enumerate(texts))
    box = (0.0, 0.0, 100.0 * len(rows[0]), 30.0 * len(rows))
    grid = Grid(page, len(rows), len(rows[0]), tuple(cell.ink.cell for cell in cells), box, True, 1.0)
    return GridText(GridInk(grid, tuple(cell.ink for cell in cells), BOX, BOX), cells)


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
    (row,) = rejoin(cut, catalogue)
    assert [cell.text for cell in row.value] == ["3", ""]
    title = [make_draft(LABEL, 1, "3"), make_draft("UBND cấp xã", 2)]
    assert len(rejoin(title, catalogue)) == 2


def test_a_first_row_with_a_unit_whose_capital_was_lost_is_a_row_of_its_own() -> None:
    catalogue = make_catalogue(["I.1", "I.2"])
    own = "ống số người được phê duyệt"
    indicators = (replace(catalogue.indicators[0], label=LABEL), replace(catalogue.indicators[1], label=f"T{own}"))
    rows = [make_draft(LABEL, 1), replace(make_draft(own, 2), unit=(make_cell("Người", page=2),))]
    assert len(rejoin(rows, replace(catalogue, indicators=indicators))) == 2
    # beside the end of a label the unit may stand in the middle of the row
    rest = replace(make_draft(LABEL[34:], 2), unit=(make_cell("Người", page=2),))
    assert len(rejoin([make_draft(LABEL[:34], 1), rest], replace(catalogue, indicators=indicators))) == 1


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


def test_a_note_that_white_parts_where_nothing_rules_the_rows_is_one_note() -> None:
    rows = [("1", "Số phòng ban", "Phòng", "7", "Đã kiểm tra"), ("", "", "", "", "12 phòng ban")]
    header = ("STT", "Nội dung", "Đơn vị tính", "Kết quả", "Ghi chú")
    ruled = make_grid(1, [header, *rows])
    assert len(find_tables([ruled])[0].rows) == 2
    white = replace(ruled, ink=replace(ruled.ink, grid=replace(ruled.ink.grid, ruled=False)))
    (row,) = find_tables([white])[0].rows
    assert [cell.text for cell in row.note] == ["Đã kiểm tra", "12 phòng ban"]


def test_what_stands_above_the_table_on_a_page_that_lies_upside_down() -> None:
    """Heads of sheets fed upside down were sought at the sheet's upper edge, and none was found."""
    grid = make_grid(1, [HEADER, ROW])
    grid = replace(grid, ink=replace(grid.ink, upright=(0.1, 0.3, 0.9, 1.0)))
    head = LooseLine(Piece(1, (0.1, 0.8, 0.9, 0.82)), None, "PHỤ LỤC II", (0.1, 0.18, 0.9, 0.2))
    foot = LooseLine(Piece(1, (0.5, 0.05, 0.6, 0.07)), None, "Người lập", (0.4, 0.93, 0.5, 0.95))
    page = PageText(1, "digital", (grid,), (head, foot))
    assert _lines_above((page,), 1, grid.ink.upright[1]) == (head,)


def test_a_note_over_a_row_that_a_stroke_made_is_the_next_labels() -> None:
    header = ("STT", "Nội dung", "Đơn vị tính", "Kết quả", "Ghi chú")
    last = ("9", "Số xã", "Xã", "4", "")
    page = make_grid(2, [header, ("", "", "", "", ""), ("1", "Số phòng ban", "Phòng", "7", ""), last])
    note = make_cell("Công văn số 12", 1, 4, 2)
    spans = replace(note, ink=replace(note.ink, cell=replace(note.ink.cell, row_span=2)))
    cells = [cell for cell in page.cells if (cell.ink.cell.row, cell.ink.cell.column) not in ((1, 4), (2, 4))]
    (table,) = find_tables([make_grid(1, [header, last]), replace(page, cells=(*cells, spans))])
    assert [(row.label[0].text, "".join(cell.text for cell in row.note)) for row in table.rows] == [
        ("Số xã", ""), ("", ""), ("Số phòng ban", "Công văn số 12"), ("Số xã", ""),
    ]  # fmt: skip


def test_a_merged_cell_beside_the_header_makes_no_header_of_all_rows() -> None:
    page = make_grid(1, [("", "STT", "Nội dung", "Đơn vị tính"), ("", *ROW), ("", *ROW)])
    first = page.cells[0]
    tall = replace(first, ink=replace(first.ink, cell=replace(first.ink.cell, row_span=3)))
    cells = (tall, *(cell for cell in page.cells if cell.ink.cell.column))
    assert len(find_tables([replace(page, cells=cells)])[0].rows) == 2


def test_rulings_around_nothing_beside_a_table_are_no_table() -> None:
    ghost = make_grid(1, [("", "", "")] * 8)
    assert len(find_tables([make_grid(1, [HEADER, ROW, ROW]), ghost])) == 1
    assert len(find_tables([ghost])) == 1


def test_print_in_one_cell_over_value_and_note_is_both_and_for_a_person() -> None:
    """The ruling between them was lost: "18  Chưa thống kê" was an accepted blank note."""
    header = ("STT", "Nội dung", "Đơn vị tính", "Số liệu", "Ghi chú")
    grid = make_grid(1, [header, ("1", "Số phòng ban", "Phòng", "18 Chưa thống kê", ""), ("2", "Số xã", "Xã", "3", "")])
    cells = []
    for cell in grid.cells:
        at = cell.ink.cell
        if (at.row, at.column) == (1, 4):
            continue
        if (at.row, at.column) == (1, 3):
            cell = replace(cell, ink=replace(cell.ink, cell=replace(at, column_span=2)))
        cells.append(cell)
    (table,) = find_tables([replace(grid, cells=tuple(cells))])
    merged, other = table.rows
    assert [cell.text for cell in merged.note] == ["18 Chưa thống kê"]
    assert [cell.text for cell in other.note] == [""]
    for row, doubted in zip(read_rows(table.rows, {}, frozenset()), (True, False), strict=True):
        assert ("merged-cell" in row.note.reasons) is doubted
        assert ("merged-cell" in row.value.reasons) is doubted
    blank = replace(cells[8], text="", ink=replace(cells[8].ink, words=None))
    (table,) = find_tables([replace(grid, cells=tuple(blank if cell is cells[8] else cell for cell in cells))])
    assert table.rows[0].note == ()


def test_a_note_over_two_rows_is_of_neither_for_certain() -> None:
    """The ruling between them was lost: the second row's note was an accepted blank."""
    rows = [HEADER_OF_FIVE, ("1", "Số phòng ban", "Phòng", "4", "Quyết định số 5"), ("2", "Số xã", "Xã", "9", "")]
    grid = make_grid(1, rows)
    cells = tuple(
        replace(c, ink=replace(c.ink, cell=replace(c.ink.cell, row_span=2))) if c.text == "Quyết định số 5" else c
        for c in grid.cells
        if (c.ink.cell.row, c.ink.cell.column) != (2, 4)
    )
    for given, held in ((cells, True), (grid.cells, False)):
        ink = replace(grid.ink, cells=tuple(cell.ink for cell in given))
        (table,) = find_tables([replace(grid, ink=ink, cells=given)])
        read = read_rows(table.rows, {}, frozenset())
        assert [row.note.raw for row in read] == ["Quyết định số 5", ""]
        assert ["merged-cell" in row.note.reasons for row in read] == [held, held]
        assert not any("merged-cell" in row.value.reasons for row in read)


HEADER_OF_FIVE = ("STT", "Nội dung", "Đơn vị tính", "Số liệu", "Ghi chú")


def test_a_zero_that_one_reader_takes_for_a_letter_needs_no_further_look() -> None:
    def settled(*seen: tuple[str, str, float]) -> bool:
        return _settled(_Cell((), (), tuple((Reading(*one),) for one in seen)))

    sure = (("ppocr", "0", 0.99), ("tesseract-eng", "0", 0.95))
    assert settled(("trueocr", "O", 0.5), *sure)
    assert not settled(("trueocr", "8", 0.5), *sure)
    assert not settled(("trueocr", "O", 0.95), ("ppocr", "0", 0.99), ("tesseract-eng", "O", 0.5), ("x", "8", 0.1))
    assert not settled(("trueocr", "O", 0.5), ("ppocr", "0", 0.99), ("tesseract-eng", "0", 0.5))
