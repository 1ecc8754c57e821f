"""Which words announce a column, and which only look like it."""

from __future__ import annotations

import pytest

from extractor.records import Role
from extractor.table.header import role_of


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
