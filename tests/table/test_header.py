"""Which words announce a column, and which only look like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.records import CellText, GridText, Role
from extractor.table import find_tables
from extractor.table.columns import find_roles
from extractor.table.header import count_header_rows, lowest_header, role_of
from tests.table.test_rows import make_grid


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("STT", "stt"),
        ("Số TT", "stt"),
        ("TÊN CHỈ TIÊU", "label"),
        ("Nội dung", "label"),
        ("ĐƠN VỊ TÍNH", "unit"),
        ("Đơn vị", "unit"),
        ("Số lượng/ tỷ lệ", "value"),
        ("Sõ liệu", "value"),
        ("Lũy kế", "value"),
        ("Đơn vị _ _ _ _", "unit"),
        ("Năm 2023", "value"),
        ("Ghi chú", "note"),
        ("Diễn giải", "note"),
    ],
)
def test_header_words(text: str, role: Role) -> None:
    assert role_of(text) == role


@pytest.mark.parametrize(
    "text", ["O", "0", "t", "22", "", "Số lượng lãnh đạo cấp phòng và tương đương", "Nghị định số 07/2021/TT-BNV"]
)
def test_content_is_no_header_word(text: str) -> None:
    assert role_of(text) is None


def test_a_column_of_codes_that_is_named_like_the_labels_is_none() -> None:
    header = ("TT", "Mã chỉ tiêu", "Nội dung", "Đơn vị", "Số lượng")
    rows = [("1", "II.1", "Số văn bản đã ban hành", "Văn bản", "3"), ("", "II.2", "Số hồ sơ", "Hồ sơ", "4")]
    (table,) = find_tables([make_grid(1, [header, *rows])])
    assert table.roles == ("stt", None, "label", "unit", "value")
    # nothing of it is lost
    assert [name.text if name else None for name in table.further] == ["Mã chỉ tiêu"]
    assert [[cell.text for cells in row.others for cell in cells] for row in table.rows] == [["II.1"], ["II.2"]]


def test_a_column_without_a_role_follows_those_of_values() -> None:
    header = ("TT", "Nội dung", "Kỳ này", "Luỹ kế", "Ghi chú", "Cơ quan chủ trì")
    rows = [("1", "Số văn bản đã ban hành", "3", "7", "", "Sở Nội vụ"), ("2", "Số hồ sơ", "4", "9", "Đạt", "")]
    (table,) = find_tables([make_grid(1, [header, *rows])])
    assert table.roles == ("stt", "label", "value", "value", "note", None)
    others = [[" ".join(cell.text for cell in cells) for cells in row.others] for row in table.rows]
    assert others == [["7", "Sở Nội vụ"], ["9"]]


HEADER = ("STT", "Tên chỉ tiêu", "Đơn vị tính", "Kết quả", "Tài liệu kiểm chứng")
CONTENT = [("1", f"Số văn bản {n}", "Văn bản", f"{n}", "Đạt kế hoạch" if n == 2 else "") for n in range(6)]


def joined(grid: GridText) -> GridText:
    """The grid whose last two header cells became one, as where glare hides the ruling between them."""
    *kept, before, last = grid.cells[:5]
    at = replace(before.ink.cell, column_span=2, box=(*before.ink.cell.box[:2], *last.ink.cell.box[2:]))
    text = f"{before.text} {last.text}"
    cell = CellText(replace(before.ink, cell=at, words=text), text, 1.0)
    cells = (*kept, cell, *grid.cells[5:])
    whole = replace(grid.ink.grid, cells=tuple(one.ink.cell for one in cells))
    return GridText(replace(grid.ink, grid=whole, cells=tuple(one.ink for one in cells)), cells)


def test_a_header_cell_that_names_two_columns_names_neither() -> None:
    grid = make_grid(1, [HEADER, *CONTENT])
    assert find_roles(joined(grid), 1) == find_roles(grid, 1) == ("stt", "label", "unit", "value", "note")


def test_columns_of_one_table_are_in_the_same_order_on_all_pages() -> None:
    right, misread = ((*HEADER[:3], *last) for last in (("Kết quả", "Ghi chú"), ("Ghi chú", "Kết quả Ghi chú")))
    grids = [make_grid(page, [misread if page == 3 else right, *CONTENT]) for page in (1, 2, 3, 4)]
    (table,) = find_tables(grids)
    assert [row.value[0].text for row in table.rows] == [row[3] for row in CONTENT] * 4


def test_a_row_cut_by_a_page_break_is_whole_though_a_blank_one_stands_at_the_foot() -> None:
    head = ("1", "Có thực hiện tuyên truyền thường xuyên thông qua các", "Có/Không", "0", "")
    rest = ("", "cuộc họp, hội nghị, hội thi", "", "", "")
    grids = [make_grid(1, [HEADER, *CONTENT, head, ("",) * 5]), make_grid(2, [rest, *CONTENT])]
    (table,) = find_tables(grids)
    assert len(table.rows) == 2 * len(CONTENT) + 1
    whole = table.rows[len(CONTENT)]
    assert " ".join(cell.text for cell in whole.label) == f"{head[1]} {rest[1]}"
    assert [cell.text for cell in whole.value] == ["0", ""]


def test_names_below_those_of_the_other_columns_are_header_where_no_ruling_joins_them() -> None:
    header = [
        ("", "", "", "Kết", "quả", ""),
        ("TT", "Chỉ tiêu", "Đơn vị tính", "", "", "Ghi chú"),
        ("", "", "", "Kế hoạch", "Thực hiện", ""),
    ]
    rows = [("1", "Số văn bản", "Văn bản", "10", "2", ""), ("2", "Số hồ sơ", "Hồ sơ", "42", "1", "")]
    (table,) = find_tables([make_grid(1, [*header, *rows])])
    assert [name.text if name else None for name in table.measures] == ["Kế hoạch", "Thực hiện"]
    assert [row.label[0].text for row in table.rows] == ["Số văn bản", "Số hồ sơ"]


def test_a_row_of_words_below_a_header_is_content() -> None:
    header = ("TT", "Chỉ tiêu", "Đơn vị tính", "Kết quả", "Ghi chú")
    rows = [("", "", "", "Có", "Đạt"), ("2", "Số hồ sơ", "Hồ sơ", "42", "")]
    (table,) = find_tables([make_grid(1, [header, *rows])])
    assert len(table.rows) == 2


@pytest.mark.parametrize(
    ("counting", "n_header"),
    [
        (["(2)", "(3)", "(4)", "(5)"], 2),
        (["(2)", "(3)", "i(4\\", "(5)"], 2),  # under a stamp
        (["A", "B", "1", "2"], 2),
        (["(2)", "(3)", "0l 2.55", "US vx(G)"], 2),
        (["(2)", "i3", "i(4\\", "(6)"], 1),  # counts other columns than there are
        (["1", "5", "Có", "4"], 1),  # no count of columns
    ],
)
def test_a_counting_row_is_header_though_some_of_its_cells_are_misread(counting: list[str], n_header: int) -> None:
    names, row = ("Nội dung", "Đơn vị", "Số liệu", "Ghi chú"), ("Số văn bản", "Văn bản", "3", "")
    assert count_header_rows(make_grid(1, [names, tuple(counting), row])) == n_header


def test_what_a_counting_row_is_misread_as_is_no_part_of_the_header() -> None:
    header, counting = ("TT", "Nội dung", "Đơn vị", "Số liệu", "Ghi chú"), ("(1)", "(2)", "(3)", "0l 2.55", "US vx(G)")
    row = ("", "Số văn bản", "Văn bản", "3", "")
    (table,) = find_tables([make_grid(1, [header, row]), make_grid(2, [header, counting, row])])
    assert [draft.label[0].text for draft in table.rows] == ["Số văn bản"] * 2
    grid = make_grid(1, [header, counting, row])
    assert lowest_header(grid, 2, 3) is grid.cells[3]


def test_a_column_of_words_between_labels_and_values_is_that_of_the_units() -> None:
    for units, role in ((("NV", "Xã"), "unit"), (("7", "9"), "value")):
        rows: list[tuple[str, ...]] = [
            ("1", "Số nhiệm vụ đề ra", units[0], "12", ""),
            ("2", "Số xã được kiểm tra", units[1], "3", ""),
        ]
        assert find_roles(make_grid(1, rows), 0)[2] == role


def test_a_title_that_white_parts_over_the_columns_names_none_of_them() -> None:
    """ "... năm 2023 của UBND huyện" above "Đơn vị tính" made values of the units of a whole report."""
    title = ("", "(Kèm theo Báo cáo số 645/BC-UBND ngày 17 tháng 6", "năm 2023 của UBND huyện", "Cù Lao Dung)", "")
    names = ("STT", "Chỉ tiêu", "Đơn vị tính", "Số liệu", "Ghi chú")
    (table,) = find_tables([make_grid(1, [title, names, ("1", "Số văn bản", "Văn bản", "3", "")])])
    assert table.roles == ("stt", "label", "unit", "value", "note")


@pytest.mark.parametrize(
    ("below", "ruled", "n_header"),
    [
        ([("", "", "TÍNH", "lượng/", ""), ("", "", "", "tỷ lệ", "")], False, 3),
        ([("", "", "TÍNH", "lượng/", ""), ("", "Số văn bản", "", "tỷ lệ", "")], False, 2),
        ([("", "", "TTHC", "9", "")], False, 1),  # a row whose label stands elsewhere
        ([("", "", "TÍNH", "", "")], True, 1),  # rulings part rows
    ],
)
def test_lines_of_a_header_that_no_ruling_holds_together_are_header(
    below: list[tuple[str, ...]], ruled: bool, n_header: int
) -> None:
    """On borderless pages each line may be a row: the rest of such a header became the first value of each page."""
    names = ("STT", "TÊN CHỈ TIÊU", "ĐƠN VỊ", "Số", "Ghi chú")
    grid = make_grid(1, [names, *below, ("1", "Số văn bản", "Văn bản", "3", "")])
    grid = replace(grid, ink=replace(grid.ink, grid=replace(grid.ink.grid, ruled=ruled)))
    assert count_header_rows(grid) == n_header


def test_two_value_columns_whose_names_take_two_lines_are_named_by_both() -> None:
    """ "hoạch" and "hiện" told nobody which of them was the report's own, and the plan was taken for it."""
    rows = [
        ("", "", "", "Kế", "Thực", "Tài liệu kiểm"),
        ("STT", "Chỉ tiêu", "ĐVT", "", "", ""),
        ("", "", "", "hoạch", "hiện", "chứng"),
        ("1", "Số thủ tục", "TTHC", "15", "0", ""),
    ]
    grid = make_grid(1, rows)
    grid = replace(grid, ink=replace(grid.ink, grid=replace(grid.ink.grid, ruled=False)))
    (table,) = find_tables([grid])
    assert table.roles == ("stt", "label", "unit", "value", "value", "note")
    assert [name.text if name else None for name in table.measures] == ["Kế hoạch", "Thực hiện"]
    assert [draft.label[0].text for draft in table.rows] == ["Số thủ tục"]
