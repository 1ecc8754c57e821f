"""Lines of a note -> its text."""

from __future__ import annotations

import pytest

from extractor.reading.wrapped import join_lines

WORDS = frozenset(("theo", "tin", "tháng", "ngày"))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("https://cchc.soctrang.g", "ov.vn/", "- Tin tháng 2"), "https://cchc.soctrang.gov.vn/ - Tin tháng 2"),
        (("http://a.vn/mDefault.", "aspx?id=86 - Tin"), "http://a.vn/mDefault.aspx?id=86 - Tin"),
        (("https://a.vn/dashb", "oard"), "https://a.vn/dashboard"),
        (("https://a.vn/huyen/12", "90/chuyenmuc/cai-ca", "ch"), "https://a.vn/huyen/1290/chuyenmuc/cai-cach"),
        (("https://a.vn/tin", "theo tháng"), "https://a.vn/tin theo tháng"),
        (("https://a.vn/", "theo"), "https://a.vn/ theo"),
        (("Công văn số 45/BC-", "VP ngày 02/6/2022"), "Công văn số 45/BC-VP ngày 02/6/2022"),
        (("số 01/2022/", "QĐ-UBND"), "số 01/2022/QĐ-UBND"),
        (("08/KH-UBND", "ngày 19/01/2022"), "08/KH-UBND ngày 19/01/2022"),
        (("Xã An Thạnh -", "Xã Long Đức"), "Xã An Thạnh - Xã Long Đức"),
        (("số 16/2021/QĐ-UB", "ND ngày"), "số 16/2021/QĐ-UBND ngày"),
        (("số 12/BC-UBND", "UBND xã"), "số 12/BC-UBND UBND xã"),
        (("https://a.vn/", "dashboard - Tin"), "https://a.vn/dashboard - Tin"),
        (("tháng 3/", "2021"), "tháng 3/2021"),
        (("", " a  b ", ""), "a b"),
    ],
)
def test_what_a_line_break_cuts_is_one_word(lines: tuple[str, ...], text: str) -> None:
    assert join_lines(lines, WORDS) == text
