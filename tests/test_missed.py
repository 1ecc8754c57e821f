"""A page behind the form on which no table was found: whether it prints rows of the form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest

from extractor import extract
from extractor.indicator import load_catalogue
from extractor.missed import find_missed
from extractor.records import Grid, GridInk, GridText, LooseLine, PageText, Piece, Reading, TextLine

DIGITAL = Path(__file__).parents[1] / "fixtures" / "cases" / "seed-digital.pdf"
BOX = (0.1, 0.1, 0.9, 0.2)


class NoEngine:
    """Reads nothing: the lines of these pages come from a text layer."""

    name = origin = version = "none"

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        assert not lines
        return []


def page_of(number: int, *lines: str) -> PageText:
    return PageText(number, "digital", (), tuple(LooseLine(Piece(number, BOX), None, line, BOX) for line in lines))


@pytest.mark.parametrize(
    ("lines", "missed"),
    [
        (("14", "Số UBND cấp xã thực hiện xem xét của lãnh đạo Cơ quan 10", "đối với hệ thống QLCL"), True),
        (("So UBND cap xa thuc hien danh gia nội bo UBND cấp xã 12",), True),
        (("Số UBND cấp xã xem xét của lãnh đạo đối", "Cơ quan, đơn vị", "với hệ thống QLCL"), True),
        (("Số UBND cấp xã của huyện đã xem xét báo cáo",), False),
        (("Nơi nhận: TM. ỦY BAN NHÂN DÂN HUYỆN", "- Sở Nội vụ; KT. CHỦ TỊCH", "- Lưu: VT, NV. PHÓ CHỦ TỊCH"), False),
        (("14",), False),
        ((), False),
    ],
)
def test_what_a_page_without_a_table_prints_tells_whether_rows_are_missed(lines: tuple[str, ...], missed: bool) -> None:
    catalogue = load_catalogue("soctrang-cchc-huyen")
    pages = [page_of(5, *lines)]
    assert find_missed(pages, (3, 4, 5), (3, 4), catalogue, NoEngine()) == ((5,) if missed else ())
    # far from the form, a label is a sentence of the report
    assert find_missed(pages, (3, 4, 6, 5), (3, 4), catalogue, NoEngine()) == ()


@pytest.mark.parametrize(("lines", "missed"), [(("của huyện;", "- Kế hoạch", "năm 2021."), True), (("12",), False)])
def test_text_without_a_table_between_two_pages_of_the_form_may_be_a_note_of_it(
    lines: tuple[str, ...], missed: bool
) -> None:
    catalogue = load_catalogue("soctrang-cchc-huyen")
    pages = [page_of(5, *lines), page_of(6, *lines)]
    assert find_missed(pages, (3, 5, 4, 6), (3, 4), catalogue, NoEngine()) == ((5,) if missed else ())


@pytest.mark.parametrize(
    ("ruled", "below", "missed"),
    [(False, 0.5, True), (False, 0.0, False), (True, 0.5, False), (True, 0.31, True), (True, 0.0, False)],
)
def test_a_label_below_a_table_may_be_a_row_of_it_where_no_ruling_tells(
    ruled: bool, below: float, missed: bool
) -> None:
    """Of two rows that level rulings alone framed on a last page, the second was in no table."""
    catalogue = load_catalogue("soctrang-cchc-huyen")
    upright = (0.1, 0.2, 0.9, 0.3)
    grid = GridText(GridInk(Grid(4, 1, 5, (), upright, ruled, 0.9), (), upright, upright), ())
    box = (0.1, below, 0.9, below + 0.1)
    line = LooseLine(Piece(4, box), None, "Số UBND cấp xã thực hiện đánh giá nội bộ 8", box)
    assert find_missed([PageText(4, "digital", (grid,), (line,))], (3, 4), (3, 4), catalogue, NoEngine()) == (
        (4,) if missed else ()
    )


@pytest.mark.parametrize(("rows", "missed"), [(2, True), (1, False)])
def test_labels_above_a_table_without_rulings_are_rows_of_it_where_the_page_goes_on(rows: int, missed: bool) -> None:
    """A note across the columns of the page before cut the first rows off; a single line may be a title."""
    catalogue = load_catalogue("soctrang-cchc-huyen")
    upright = (0.1, 0.5, 0.9, 0.8)
    grid = GridText(GridInk(Grid(4, 1, 5, (), upright, False, 0.9), (), upright, upright), ())
    boxes = [(0.1, 0.1 + n / 10, 0.9, 0.15 + n / 10) for n in range(rows)]
    lines = tuple(LooseLine(Piece(4, b), None, "Số UBND cấp xã thực hiện đánh giá nội bộ 8", b) for b in boxes)
    pages = [PageText(4, "digital", (grid,), lines)]
    assert find_missed(pages, (3, 4), (3, 4), catalogue, NoEngine()) == ((4,) if missed else ())
    # above the form's first rows stands what it is called
    assert find_missed(pages, (4,), (4,), catalogue, NoEngine()) == ()


def test_a_report_with_such_a_page_is_partial_and_says_where(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    with pikepdf.open(DIGITAL) as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        last = pdf.pages[-1]
        last.Contents = pdf.make_stream(b"BT /F1 11 Tf 80 760 Td (So UBND cap xa thuc hien danh gia noi bo 8) Tj ET")
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        last.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        pdf.save(path)
        number = len(pdf.pages)
    document = extract(path)
    assert document.outcome == "partial"
    (said,) = (finding for finding in document.findings if finding.rule == "unread-page")
    assert (said.page, "outside of the tables found" in said.message.en) == (number, True)
