"""Which words announce a column, and which only look like it."""

from __future__ import annotations

import pytest

from extractor.records import Role
from extractor.table import find_tables
from extractor.table.header import role_of
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
