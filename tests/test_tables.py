"""Grids of several pages -> one grid of cells: cut rows joined, lost columns blank, every position covered once."""

from __future__ import annotations

from dataclasses import replace

from extractor.records import GridText, PageText, Source
from extractor.report import TableGrid
from extractor.table import find_tables
from extractor.tables import write_tables
from tests.table.test_rows import make_grid

HEADER = ("STT", "Nội dung", "Đơn vị tính", "Kết quả", "Ghi chú")


def write(*grids: GridText) -> TableGrid:
    pages = tuple(PageText(grid.ink.grid.page, "digital", (grid,), ()) for grid in grids)
    source = Source("a.pdf", "0" * 64, "application/pdf", len(grids), b"")
    document = write_tables(source, find_tables(grids), pages, (), {}, frozenset())
    (table,) = document.tables
    positions = [
        (cell.row + r, cell.column + c)
        for cell in table.cells
        for r in range(cell.row_span)
        for c in range(cell.column_span)
    ]
    assert sorted(positions) == [(r, c) for r in range(table.n_rows) for c in range(table.n_columns)]
    return table


def place(grid: GridText, xs: tuple[float, ...]) -> GridText:
    """The grid with its columns between these borders."""
    cells = tuple(
        replace(
            c,
            ink=replace(c.ink, cell=replace(c.ink.cell, box=(xs[at.column], at.box[1], xs[at.column + 1], at.box[3]))),
        )
        for c in grid.cells
        for at in (c.ink.cell,)
    )
    whole = replace(grid.ink.grid, cells=tuple(c.ink.cell for c in cells), box=(xs[0], 0.0, xs[-1], 100.0))
    return GridText(replace(grid.ink, grid=whole, cells=tuple(c.ink for c in cells)), cells)


def rows_of(table: TableGrid) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(table.n_rows)]
    for cell in table.cells:
        rows[cell.row].append(cell.text)
    return rows


def test_a_row_that_a_page_break_cuts_is_one_row() -> None:
    first = make_grid(1, [HEADER, ("1", "Số xã", "Xã", "9", ""), ("2", "Số phòng ban đã", "Phòng", "7", "Báo cáo")])
    table = write(first, make_grid(2, [HEADER, ("", "kiểm tra", "", "", "số 3"), ("3", "Số vụ", "Vụ", "1", "")]))
    assert rows_of(table)[2:] == [
        ["2", "Số phòng ban đã\nkiểm tra", "Phòng", "7", "Báo cáo\nsố 3"],
        ["3", "Số vụ", "Vụ", "1", ""],
    ]
    assert [[place.page for place in cell.continued] for cell in table.cells if cell.row == 2] == [[2]] * 5


def test_a_page_without_the_first_column_keeps_the_others_in_their_places() -> None:
    first = make_grid(1, [HEADER, ("1", "Số xã", "Xã", "9", ""), ("2", "Số phòng ban", "Phòng", "7", "")])
    rest = make_grid(2, [("Số vụ", "Vụ", "1", "a"), ("Số đơn", "Đơn", "4", "b")])
    table = write(place(first, (0, 40, 300, 380, 440, 600)), place(rest, (0, 260, 340, 400, 560)))
    assert rows_of(table)[3:] == [["", "Số vụ", "Vụ", "1", "a"], ["", "Số đơn", "Đơn", "4", "b"]]
