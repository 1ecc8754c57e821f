"""Lines of a note -> its text."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.reading.wrapped import close_address, is_broken, join_lines
from extractor.records import CellInk, CellText, GridCell, Piece, TextLine

WORDS = frozenset(("theo", "tin", "tháng", "ngày"))


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("https://cchc.soctrang.g", "ov.vn/", "- Tin tháng 2"), "https://cchc.soctrang.gov.vn/ - Tin tháng 2"),
        (("http://a.vn/mDefault.", "aspx?id=86 - Tin"), "http://a.vn/mDefault.aspx?id=86 - Tin"),
        (("https://a.vn/dashb", "oard"), "https://a.vn/dashboard"),
        (("https://a.vn/huyen/12", "90/chuyenmuc/cai-ca", "ch"), "https://a.vn/huyen/1290/chuyenmuc/cai-cach"),
        (
            ("https://a.vn/huyen/1290/chuyenmuc/cai-", "cach-hanh - Tin"),
            "https://a.vn/huyen/1290/chuyenmuc/cai-cach-hanh - Tin",
        ),
        (("https://a.vn/tin", "theo tháng"), "https://a.vn/tin theo tháng"),
        (("https://a.vn/", "theo"), "https://a.vn/ theo"),
        (("Công văn số 45/BC-", "VP ngày 02/6/2022"), "Công văn số 45/BC-VP ngày 02/6/2022"),
        (("số 01/2022/", "QĐ-UBND"), "số 01/2022/QĐ-UBND"),
        (("08/KH-UBND", "ngày 19/01/2022"), "08/KH-UBND ngày 19/01/2022"),
        (("Xã An Thạnh -", "Xã Long Đức"), "Xã An Thạnh - Xã Long Đức"),
        (("số 16/2021/QĐ-UB", "ND ngày"), "số 16/2021/QĐ-UBND ngày"),
        (("Tờ trình 36/TTr-UBN", "D ngày"), "Tờ trình 36/TTr-UBND ngày"),
        (("số 08/2016/NĐ", "-CP ngày"), "số 08/2016/NĐ-CP ngày"),
        (("số: 107/2021/N", "Đ-CP ngày"), "số: 107/2021/NĐ-CP ngày"),
        (("số 31/2021/QĐ-TT", "g, ngày"), "số 31/2021/QĐ-TTg, ngày"),
        (("số 12/QĐ", "UBND huyện"), "số 12/QĐ UBND huyện"),
        (("số 12/BC-UBND", "UBND xã"), "số 12/BC-UBND UBND xã"),
        (("https://a.vn/", "dashboard - Tin"), "https://a.vn/dashboard - Tin"),
        (("tháng 3/", "2021"), "tháng 3/2021"),
        (("", " a  b ", ""), "a b"),
    ],
)
def test_what_a_line_break_cuts_is_one_word(lines: tuple[str, ...], text: str) -> None:
    assert join_lines(lines, WORDS) == text


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        (
            "https://a.soctrang .gov.vn/hu yen/1290/ chuyenmuc/cai- cach",
            "https://a.soctrang.gov.vn/huyen/1290/chuyenmuc/cai-cach",
        ),
        ("https://a.soctra ng.gov.vn/d ashboard theo ngày", "https://a.soctrang.gov.vn/dashboard theo ngày"),
        ("https://a.vn/tin - Tin tháng 2/2019", "https://a.vn/tin - Tin tháng 2/2019"),
        ("https://a.vn/tin 31/KH-UBND", "https://a.vn/tin 31/KH-UBND"),
        ("https://a.vn/tin 12/3 và tin", "https://a.vn/tin 12/3 và tin"),
        ("theo tin", "theo tin"),
    ],
)
def test_wide_letters_within_an_address_are_one_word(text: str, closed: str) -> None:
    assert close_address(text, WORDS) == closed


def make_figure(widths: tuple[int, ...], gap: int = 10) -> CellText:
    """A cell 80 pixels wide whose lines of figures are so wide."""
    none = np.zeros((1, 1), np.uint8)
    boxes = [(10.0, y * (30.0 + gap), 10.0 + width, y * (30.0 + gap) + 30) for y, width in enumerate(widths)]
    lines = tuple(TextLine(box, none, none, (0, 0, 1, 1), 24.0) for box in boxes)
    ink = CellInk(GridCell(0, 0, 1, 1, (0.0, 0.0, 80.0, 120.0)), Piece(1, (0.0, 0.0, 1.0, 1.0)), lines)
    return CellText(ink, "", 1.0)


@pytest.mark.parametrize(
    ("widths", "gap", "texts", "broken"),
    [
        ((60, 12), 10, ("34.54", "8"), True),
        ((55, 55, 20), 10, ("45", "69", "4"), True),
        ((20, 12), 10, ("34", "8"), False),  # there was room for the 8
        ((60, 12), 40, ("34.54", "8"), False),  # two rows
        ((60, 12), 10, ("34 tin", "8"), False),
    ],
)
def test_a_figure_too_wide_for_its_column(
    widths: tuple[int, ...], gap: int, texts: tuple[str, ...], broken: bool
) -> None:
    assert is_broken((make_figure(widths, gap),), texts) is broken
