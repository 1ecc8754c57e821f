"""Rows that the geometry merged -> rows by the form's labels, with what is printed beside each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extractor.indicator import list_catalogues, load_catalogue
from extractor.records import CellInk, CellText, DraftRow, DraftTable, GridCell, Piece, Reading, Role, TextLine
from extractor.rowing import part_by_labels

FORM = load_catalogue(list_catalogues()[0])
PITCH, HEIGHT = 30, 20
XS: dict[str, tuple[int, int]] = {
    "stt": (0, 50),
    "label": (50, 500),
    "unit": (500, 600),
    "value": (600, 700),
    "note": (700, 1000),
}
PAGE = 1000.0
Printed = tuple[int, str]  # a line's number from the top, and its text


def make_cell(role: str, printed: tuple[Printed, ...], n_lines: int) -> CellText:
    x0, x1 = XS[role]
    blank = np.full((HEIGHT, x1 - x0), 255, np.uint8)
    lines = tuple(
        TextLine((x0, k * PITCH, x1, k * PITCH + HEIGHT), blank, blank, (0, 0, x1 - x0, HEIGHT), 24.0)
        for k, _ in printed
    )
    box = (float(x0), 0.0, float(x1), float(n_lines * PITCH))
    piece = Piece(1, tuple(part / PAGE for part in box))  # type: ignore[arg-type]
    readings = tuple(Reading("trueocr", text, 0.99) for _, text in printed)
    ink = CellInk(GridCell(0, list(XS).index(role), 1, 1, box), piece, lines)
    return CellText(ink, " ".join(text for _, text in printed), 0.99, readings)


def make_row(certainty: float, n_lines: int, **printed: tuple[Printed, ...]) -> DraftRow:
    cells = {role: (make_cell(role, printed.get(role, ()), n_lines),) for role in XS}
    piece = Piece(1, (0.0, 0.0, 1.0, n_lines * PITCH / PAGE))
    return DraftRow(**cells, pieces=(piece,), grid_certainty=certainty)  # type: ignore[arg-type]


def make_table(*rows: DraftRow) -> DraftTable:
    roles: tuple[Role, ...] = ("stt", "label", "unit", "value", "note")
    return DraftTable((), rows, roles, (), ())


LABELS = (
    "Tổng số biên chế được giao trong năm",
    "Tổng số biên chế có mặt tại thời điểm báo cáo",
    "Số liệu về lãnh đạo",
)
LINES = (
    "Tổng số biên chế được giao",
    "trong năm",
    "Tổng số biên chế có mặt tại",
    "thời điểm báo cáo",
    "Số liệu về lãnh đạo",
)


def texts(rows: tuple[DraftRow, ...], role: str) -> list[str]:
    return [getattr(row, role)[0].text for row in rows]


@pytest.mark.parametrize("certainty", [0.3, 1.0])
def test_merged_rows_part_with_their_values(certainty: float) -> None:
    label = tuple(enumerate(LINES))
    merged = make_row(certainty, 5, label=label, value=((0, "12"), (2, "7")), unit=((0, "Người"), (2, "Người")))
    found = part_by_labels(make_table(merged), FORM).rows
    assert texts(found, "label") == list(LABELS)
    assert texts(found, "value") == ["12", "7", ""]
    assert texts(found, "unit") == ["Người", "Người", ""]
    assert all(row.grid_certainty <= 0.4 for row in found)
    tops = [row.pieces[0].box[1] * PAGE for row in found]
    assert tops == pytest.approx([0, 2 * PITCH - 5, 4 * PITCH - 5])


def test_numbers_of_columns_below_a_header_are_of_no_row() -> None:
    counts = {role: ((0, f"({n})"),) for n, role in enumerate(XS, start=1)}
    label = ((0, "(2)"), *((k + 1, text) for k, text in enumerate(LINES[:2])))
    row = make_row(0.4, 3, **(counts | {"label": label, "value": ((0, "(4)"), (1, "12"))}))
    (found,) = part_by_labels(make_table(row), FORM).rows
    assert [getattr(found, role)[0].text for role in XS] == ["", LABELS[0], "", "12", ""]
    # below a line that is no header's, they are not what the row begins with
    over = make_row(
        0.4, 2, **(counts | {role: ((1, counts[role][0][1]),) for role in XS} | {"label": ((0, LINES[4]),)})
    )
    assert LINES[4] in part_by_labels(make_table(over), FORM).rows[0].label[0].text
    few = make_row(0.4, 2, label=((0, LINES[0]), (1, LINES[1])), value=((0, "(12)"),))
    (kept,) = part_by_labels(make_table(few), FORM).rows
    assert kept.value[0].text == "(12)"


def test_rows_part_before_a_page_break_over_which_the_last_of_them_goes_on() -> None:
    """A note's rest overleaf had joined all rows at the foot of a page to one."""
    foot = make_row(0.4, 5, label=tuple(enumerate(LINES)), value=((0, "12"), (4, "7")))
    rest = make_cell("note", ((0, "và tiếp theo"),), 1)
    overleaf = replace(rest, ink=replace(rest.ink, piece=replace(rest.ink.piece, page=2)))
    whole = replace(foot, note=(*foot.note, overleaf), pieces=(*foot.pieces, overleaf.ink.piece))
    found = part_by_labels(make_table(whole), FORM).rows
    assert texts(found, "label") == list(LABELS)
    assert texts(found, "value") == ["12", "", "7"]
    assert [[piece.page for piece in row.pieces] for row in found] == [[1], [1], [1, 2]]
    assert found[-1].note[-1].text == "và tiếp theo"


@pytest.mark.parametrize(("label", "found"), [(LINES[:2], LABELS[:1]), (LINES[:4], LABELS[:2]), (("của đơn vị",), ())])
def test_a_row_that_white_does_not_part_from_the_header_is_a_row(
    label: tuple[str, ...], found: tuple[str, ...]
) -> None:
    header = {"stt": ((0, "TT"), (1, "(1)")), "unit": ((0, "ĐVT"), (2, "Người")), "value": ((0, "Kết quả"), (2, "12"))}
    lines = ((0, "Nội dung"), (1, "(2)"), *((k + 2, text) for k, text in enumerate(label)))
    head = make_row(0.4, 6, label=lines, **header)
    rest = make_row(0.4, 8, label=((7, LABELS[2]),))
    table = replace(make_table(rest), headed=((0, head),))
    rows = part_by_labels(table, FORM).rows
    assert tuple(texts(rows, "label")) == (*found, LABELS[2])
    if found:
        assert (rows[0].stt[0].text, rows[0].unit[0].text, rows[0].value[0].text) == ("", "Người", "12")


def test_rows_of_a_text_layer_part_as_well() -> None:
    """Of a report without rulings whose rows stand as close as its lines, 196 of 211 rows were lost."""
    label = tuple(enumerate(LINES))
    scanned = make_row(0.3, 5, label=label, value=((0, "12"), (2, "7")))
    found = part_by_labels(make_table(in_words(scanned)), FORM).rows
    assert texts(found, "label") == list(LABELS)
    assert texts(found, "value") == ["12", "7", ""]
    assert [row.value[0].ink.words for row in found] == ["12", "7", None]


def in_words(row: DraftRow) -> DraftRow:
    """The row as a text layer gives it."""

    def told(cells: tuple[CellText, ...]) -> tuple[CellText, ...]:
        return tuple(
            replace(
                cell,
                ink=replace(
                    cell.ink,
                    lines=(),
                    words="\n".join(reading.text for reading in cell.lines) or None,
                    word_boxes=tuple(line.box for line in cell.ink.lines),
                ),
                lines=(),
            )
            for cell in cells
        )

    return replace(row, **{role: told(getattr(row, role)) for role in XS})  # type: ignore[arg-type]


def test_a_long_note_stays_with_the_row_that_it_begins_beside() -> None:
    label = ((0, LINES[0]), (1, LINES[1]), (5, LINES[2]), (6, LINES[3]), (7, LINES[4]))
    note = tuple((k, f"dòng {k}") for k in range(5))
    merged = make_row(0.3, 8, label=label, value=((0, "12"), (5, "7")), note=note)
    found = part_by_labels(make_table(merged), FORM).rows
    assert texts(found, "note") == ["dòng 0 dòng 1 dòng 2 dòng 3 dòng 4", "", ""]


def test_a_row_that_is_one_label_stays_as_it_is() -> None:
    row = make_row(1.0, 2, label=((0, LINES[2]), (1, LINES[3])), value=((0, "7"),))
    assert part_by_labels(make_table(row), FORM).rows == (row,)


def test_a_row_with_a_line_that_nobody_read_is_not_parted_or_the_line_would_be_lost() -> None:
    row = make_row(0.3, 5, label=tuple(enumerate(LINES)), value=((0, "12"), (2, "7")))
    unread = replace(row, value=(replace(row.value[0], lines=()),))
    assert part_by_labels(make_table(unread), FORM).rows == (unread,)


def test_parts_of_a_row_with_a_merged_value_say_so() -> None:
    row = replace(make_row(1.0, 5, label=tuple(enumerate(LINES)), value=((0, "12"),)), value_merged=True)
    found = part_by_labels(make_table(row), FORM).rows
    assert len(found) == len(LABELS)
    assert all(part.value_merged for part in found)


@pytest.mark.parametrize(
    ("rest", "doubted"),
    [("Số văn bản đề nghị sửa đổi hoặc bãi bỏ", True), ("(lũy kế đến thời điểm báo cáo)", False), ("đã xử lý", False)],
)
def test_a_label_with_a_row_behind_it_that_the_form_lacks_may_be_two_rows(rest: str, doubted: bool) -> None:
    """A dotted ruling between them was lost, and the stranger's value was accepted for the form's blank one."""
    for label in ((LABELS[0], rest), (rest, LABELS[0])):
        row = make_row(1.0, 2, label=tuple(enumerate(label)), value=((1, "60"),))
        (found,) = part_by_labels(make_table(row), FORM).rows
        assert (found.grid_certainty < 1.0) is doubted
        assert found.label == row.label
