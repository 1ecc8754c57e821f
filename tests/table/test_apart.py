"""Value cells with ink that is not their figure, flat ink, ragged rulings -> the figure, held for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractor.reading.apart import find_darker, find_figures, find_set, find_setting
from extractor.reading.careful import _Cell, _look_apart
from extractor.reading.consensus import settle_apart, settle_faint, settle_number
from extractor.reading.lines import find_lines
from extractor.records import CellInk, CellText, Field, GridCell, Piece, Reading, TextLine

TEXT_HEIGHT = 30.0
PIECE = Piece(1, (0.0, 0.0, 1.0, 1.0))


def make_cell(text: str = "", at: int = 90) -> np.ndarray:
    cell = np.full((90, 260), 255, np.uint8)
    cv2.putText(cell, text, (at, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    return cell


def lines_of(cell: np.ndarray) -> tuple[TextLine, ...]:
    found = find_lines(cell, TEXT_HEIGHT).lines
    boxes = [(line.x0, line.y0, line.x1, line.y1) for line in found]
    return tuple(TextLine(box, cell, cell, box, TEXT_HEIGHT) for box in boxes)


def parts_of(lines: Sequence[TextLine], *, stray: bool = False) -> tuple[CellText, ...]:
    ink = CellInk(GridCell(0, 0, 1, 1, (0, 0, 260, 90)), PIECE, tuple(lines), stray=stray)
    return (CellText(ink, "", 1.0, ()),)


def read(*seen: tuple[str, str, float]) -> tuple[Reading, ...]:
    return tuple(Reading(engine, text, score) for engine, text, score in seen)


def test_a_stroke_in_the_line_of_a_figure_is_left_out_of_its_crop() -> None:
    cell = make_cell("67", at=180)
    cv2.ellipse(cell, (70, 40), (55, 28), 20, 0, 270, 0, 2)
    (alone,) = find_figures(lines_of(cell))
    assert alone.inner[0] >= 175
    assert (alone.clean[:, :150] == 255).all()
    assert (alone.clean < 150).sum() == pytest.approx((cell[:, 175:] < 150).sum(), rel=0.05)


def test_a_figure_without_other_ink_is_not_cut_apart() -> None:
    assert find_figures(lines_of(make_cell("1.797"))) == ()


def test_a_figure_beside_one_that_a_stroke_runs_through_is_not_taken_for_the_number() -> None:
    cell = make_cell("1797", at=90)
    cv2.line(cell, (80, 80), (130, 5), 0, 2)
    cv2.line(cell, (60, 10), (140, 70), 0, 2)
    assert find_figures(lines_of(cell)) == ()


def test_the_figure_that_two_readers_see_in_a_part_stands_and_is_held() -> None:
    parts = parts_of(lines_of(make_cell("67")))
    garbled = settle_number(parts, read(("trueocr", "67NG -", 0.5), ("ppocr", "67NC", 0.6)))
    field = settle_apart(
        garbled, parts, [read(("trueocr", "67", 0.9), ("ppocr", "67", 0.95), ("tesseract-eng", "", 0))]
    )
    assert (field.raw, field.state) == ("67", "read")
    assert "stray-ink" in field.reasons
    assert any(reading.text == "67NG -" for reading in field.readings)
    assert field.confidence < 0.6


@pytest.mark.parametrize(
    "seen",
    [
        [(("trueocr", "67", 0.9), ("ppocr", "61", 0.9))],
        [(("trueocr", "67", 0.9), ("ppocr", "67", 0.9)), (("trueocr", "4", 0.9), ("ppocr", "4", 0.9))],
        [(("ppocr", "67", 0.9), ("tesseract-eng", "67", 0.2))],
    ],
)
def test_parts_that_readers_or_parts_contradict_change_nothing(seen: list[tuple[tuple[str, str, float], ...]]) -> None:
    parts = parts_of(lines_of(make_cell("67")))
    garbled = settle_number(parts, read(("trueocr", "67NG -", 0.5), ("ppocr", "67NC", 0.6)))
    assert settle_apart(garbled, parts, [read(*readings) for readings in seen]) == garbled


def test_a_part_that_reads_as_the_whole_does_changes_nothing() -> None:
    parts = parts_of(lines_of(make_cell("67")))
    whole = settle_number(parts, read(("ppocr", "67", 0.9), ("trueocr", "61", 0.2)))
    assert settle_apart(whole, parts, [read(("trueocr", "67", 0.9), ("ppocr", "67", 0.95))]) is whole


def test_of_two_numbers_that_readers_see_none_is_chosen() -> None:
    parts = parts_of(lines_of(make_cell("4 112")))
    both = settle_number(parts, read(("ppocr", "(4) 112", 0.9), ("trueocr", "(4) 112", 0.9)))
    assert settle_apart(both, parts, [read(("trueocr", "4", 0.9), ("ppocr", "4", 0.95))]) is both


def test_the_rim_of_a_stamp_that_looks_like_a_figure_is_no_second_number() -> None:
    parts = parts_of(lines_of(make_cell("82")))
    seen = read(("trueocr", "a P 82 1", 0.1), ("ppocr", "E 82 1", 0.7), ("tesseract-eng", "582", 0.0))
    both = settle_number(parts, seen)
    alone = [read(("trueocr", "82", 1.0), ("ppocr", "82", 1.0))]
    assert settle_apart(both, parts, alone) is both
    overlaid = replace(both, reasons=(*both.reasons, "under-stamp"))
    assert settle_apart(overlaid, parts, alone).raw == "82"


def test_a_lone_letter_is_the_figure_that_another_reader_sees_in_a_part() -> None:
    parts = parts_of(lines_of(make_cell("0")), stray=True)
    blank = settle_number(parts, read(("trueocr", "Q", 0.9), ("ppocr", "", 0.0)))
    assert settle_apart(blank, parts, [read(("trueocr", "Q", 0.7), ("ppocr", "0", 1.0))]).raw == "0"
    assert settle_apart(blank, parts, [read(("trueocr", "Q", 0.7), ("ppocr", "C", 1.0))]) == blank


def test_words_beside_a_figure_are_never_left_out() -> None:
    parts = parts_of(lines_of(make_cell("12")))
    worded = settle_number(parts, read(("trueocr", "12 phòng", 0.9), ("ppocr", "12 phong", 0.6)))
    assert settle_apart(worded, parts, [read(("trueocr", "12", 0.9), ("ppocr", "12", 0.9))]) == worded


def set_page(*texts: str) -> list[tuple[GridCell, TextLine, str]]:
    """Figures in the middle of cells below each other."""
    found = []
    for n, text in enumerate(texts):
        cell = np.full((90, 260), 255, np.uint8)
        (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 1.0, 2)
        cv2.putText(cell, text, (130 - width // 2, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
        (line,) = lines_of(cell)
        x0, y0, x1, y1 = line.box
        below = (x0, y0 + 90.0 * n, x1, y1 + 90.0 * n)
        found.append((GridCell(n, 3, 1, 1, (0.0, 90.0 * n, 260.0, 90.0 * n + 90)), replace(line, box=below), text))
    return found


def test_what_is_set_as_the_figures_of_a_page_is_found_among_letters_of_a_stamp() -> None:
    setting = find_setting(set_page("1", "67", "304", "20", "8"))
    assert setting is not None
    assert setting.side == 1
    cell = GridCell(0, 3, 1, 1, (0.0, 0.0, 260.0, 90.0))
    stamped = make_cell("42", at=112)
    cv2.putText(stamped, "DAN", (10, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)  # as high, but elsewhere
    cv2.putText(stamped, "UBND", (175, 60), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2)
    (alone,) = find_set(lines_of(stamped), cell, setting)
    assert alone.inner == pytest.approx((112, 33, 150, 56), abs=4)
    letters = make_cell("DAN", at=10)
    assert find_set(lines_of(letters), cell, setting) == ()


@pytest.mark.parametrize(("x", "y", "found"), [(122, 45, 1), (60, 45, 0), (122, 85, 0)])
def test_a_dash_is_one_where_figures_stand(x: int, y: int, found: int) -> None:
    setting = find_setting(set_page("1", "67", "304", "20", "8"))
    assert setting is not None
    cell = make_cell()
    cv2.line(cell, (x, y), (x + 16, y), 0, 3)
    cv2.ellipse(cell, (150, 130), (120, 110), 0, 180, 360, 0, 2)
    seen = find_set(lines_of(cell), GridCell(0, 3, 1, 1, (0.0, 0.0, 260.0, 90.0)), setting)
    assert len(seen) == found


def test_too_few_figures_do_not_tell_how_they_are_set() -> None:
    assert find_setting(set_page("1", "67", "304")) is None


def test_a_sure_dash_in_a_part_stands_where_no_figure_does() -> None:
    parts = parts_of(lines_of(make_cell("67")), stray=True)
    blank = settle_number(parts, read(("trueocr", "N", 0.5), ("ppocr", "A", 0.6)))
    dash = read(("trueocr", "-", 0.95), ("ppocr", "", 0.0))
    field = settle_apart(blank, parts, [dash])
    assert (field.raw, field.state, "stray-ink" in field.reasons) == ("-", "read", True)
    figure = read(("trueocr", "4", 0.9), ("ppocr", "4", 0.9))
    assert settle_apart(blank, parts, [dash, figure]).raw == "4"


def settle_flat(*seen: tuple[str, str, float], thickness: int = 3, stray: bool = False) -> Field:
    cell = make_cell()
    cv2.line(cell, (120, 45), (140, 45), 0, thickness)
    return settle_number(parts_of(lines_of(cell), stray=stray), read(*seen))


def test_flat_ink_is_never_a_figure() -> None:
    field = settle_flat(("ppocr", "1", 0.9), ("trueocr", "-", 0.4), ("tesseract-eng", "", 0.0))
    assert (field.raw, field.state) == ("-", "read")
    assert field.readings[-1].text or any(reading.text == "1" for reading in field.readings)


def test_one_flat_stroke_is_one_dash_and_two_are_two() -> None:
    seen = (("trueocr", "--", 0.9), ("ppocr", "_", 0.6))
    assert settle_flat(*seen).raw == "-"
    cell = make_cell()
    for x in (118, 134):
        cv2.line(cell, (x, 45), (x + 7, 45), 0, 3)
    assert settle_number(parts_of(lines_of(cell)), read(*seen)).raw == "--"


def test_flat_ink_that_no_reader_knows_is_illegible() -> None:
    field = settle_flat(("ppocr", "1", 0.9), ("trueocr", "", 0.0))
    assert (field.raw, field.state) == ("", "illegible")


@pytest.mark.parametrize(("score", "state"), [(0.95, "read"), (0.4, "blank")])
def test_a_sure_dash_on_a_dirty_page_is_no_dirt_but_held(score: float, state: str) -> None:
    field = settle_flat(("trueocr", "-", score), ("ppocr", "i", 0.3), stray=True)
    assert field.state == state
    assert "stray-ink" in field.reasons


def test_a_round_letter_is_the_zero_that_another_reader_sees() -> None:
    parts = parts_of(lines_of(make_cell("0")))
    field = settle_number(parts, read(("trueocr", "O", 0.8), ("ppocr", "0", 0.6)))
    assert field.raw == "0"
    assert [reading.text for reading in field.readings] == ["O", "0"]
    alone = settle_number(parts, read(("trueocr", "O", 0.8), ("ppocr", "O", 0.6)))
    assert alone.raw == "O"


@pytest.mark.parametrize(
    ("text", "other", "raw"),
    [("6l", "61", "61"), ("1:141", "1.141", "1.141"), ("100:0 %", "100.0 %", "100.0%"), ("()", "0", "0")],
)
def test_a_letter_or_mark_is_what_it_looks_like_and_another_reader_sees_for_a_person(
    text: str, other: str, raw: str
) -> None:
    parts = parts_of(lines_of(make_cell(raw)))
    field = settle_number(parts, read(("ppocr", text, 0.9), ("trueocr", other, 0.3)))
    assert (field.raw, "look-alike" in field.reasons) == (raw, True)
    assert [reading.text for reading in field.readings] == [text, other]
    alone = settle_number(parts, read(("ppocr", text, 0.9), ("tesseract-eng", "", 0.0)))
    assert (alone.raw, "look-alike" in alone.reasons) == (text, False)


def test_two_readers_may_see_letters_for_one_number() -> None:
    parts = parts_of(lines_of(make_cell("11")))
    field = settle_number(parts, read(("ppocr", "il", 0.7), ("trueocr", "1I", 0.4), ("tesseract-eng", "", 0.0)))
    assert (field.raw, "look-alike" in field.reasons) == ("11", True)
    assert "look-alike" not in settle_number(parts, read(("ppocr", "Li", 0.7), ("trueocr", "11", 0.4))).reasons


def test_what_a_ragged_ruling_leaves_in_a_corner_is_no_line() -> None:
    cell = make_cell("37", at=190)
    cell[1:9, 1:24] = 0
    cell[1:16, 252:259] = 0
    found = find_lines(cell, TEXT_HEIGHT)
    assert [line.x0 >= 180 for line in found.lines] == [True]
    assert find_lines(cell[:, :150], TEXT_HEIGHT).lines == ()
    assert find_lines(cell[:, :150], TEXT_HEIGHT).specks


def test_a_dash_of_which_only_specks_are_left_is_seen_and_dirt_is_not() -> None:
    dash, dirt = make_cell(), make_cell()
    for x in range(110, 128, 5):
        dash[45:47, x : x + 3] = 0 if x == 110 else 180
    for x, y in ((40, 30), (120, 50), (124, 62), (200, 45)):
        dirt[y : y + 3, x : x + 3] = 0
    assert find_lines(dash, TEXT_HEIGHT).faint
    assert find_lines(dirt, TEXT_HEIGHT).faint == ()


def test_a_figure_paler_than_print_is_seen_but_is_no_line_of_print() -> None:
    pale = np.where(make_cell("37") < 150, 190, 255).astype(np.uint8)
    found = find_lines(pale, TEXT_HEIGHT)
    assert found.lines == ()
    assert [line.x0 >= 85 for line in found.faint] == [True]


@pytest.mark.parametrize(
    ("seen", "raw", "state", "held"),
    [
        ((("trueocr", "37", 0.9), ("ppocr", "37", 0.8)), "37", "read", True),
        ((("trueocr", "-", 0.95), ("ppocr", "", 0.0)), "-", "read", True),
        ((("trueocr", "-", 0.95), ("ppocr", "4", 0.99)), "-", "read", True),
        ((("trueocr", "37", 0.4), ("ppocr", "s7", 0.8)), "", "blank", True),
        ((("trueocr", "", 0.0), ("ppocr", "—", 0.01)), "", "blank", True),
        ((("trueocr", "g", 0.4), ("ppocr", "", 0.0)), "", "blank", False),
    ],
)
def test_pale_ink_is_read_where_two_readers_agree_and_else_no_sure_blank(
    seen: tuple[tuple[str, str, float], ...], raw: str, state: str, held: bool
) -> None:
    blank = settle_number(parts_of(()), ())
    field = settle_faint(blank, read(*seen))
    assert (field.raw, field.state, "stray-ink" in field.reasons) == (raw, state, held)


def test_a_lone_stroke_beside_a_one_is_no_second_reading() -> None:
    parts = parts_of(lines_of(make_cell("1")))
    field = settle_number(parts, read(("trueocr", "/", 0.97), ("tesseract-eng", "/", 0.4), ("ppocr", "1", 0.98)))
    assert field.raw == "1"
    assert "single-reader" in field.reasons


@pytest.mark.parametrize(("pen", "found"), [(95, True), (20, False)])
def test_a_figure_that_a_lighter_pen_crosses_is_found_by_how_dark_it_is(pen: int, found: bool) -> None:
    gray = np.full((80, 300), 245, np.uint8)
    cv2.line(gray, (5, 60), (290, 25), pen, 5)
    cv2.putText(gray, "47", (130, 54), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 3)
    gray = cv2.GaussianBlur(gray, (3, 3), 0)
    line = TextLine((0.0, 0.0, 300.0, 80.0), gray, gray, (0, 0, 300, 80), 28.0)
    boxes = [dark.inner for dark in find_darker([line])]
    assert any(x0 >= 125 and x1 <= 175 for x0, _, x1, _ in boxes) is found


class Seven:
    """A reader that sees a 7 in all that it is shown, and calls whole cells something else."""

    name = version = "7"

    def __init__(self, origin: str) -> None:
        self.origin = origin

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        return [Reading(self.origin, "7", 0.9, preparation) for _ in lines]


@pytest.mark.parametrize(("at", "raw"), [(115, "7"), (20, "LN L")])
def test_a_lone_figure_elsewhere_than_those_of_the_page_is_none(at: int, raw: str) -> None:
    page = set_page("11", "67", "304", "20", "83")
    cells, fields = [], []
    for cell, line, _ in page:
        parts = (CellText(CellInk(cell, PIECE, (line,)), "", 1.0, ()),)
        cells.append(_Cell(parts, (line,), ()))
        fields.append(settle_number(parts, read(("ppocr", "67", 0.9), ("trueocr", "67", 0.9))))
    stamped = make_cell("7", at=at)
    cv2.ellipse(stamped, (200, 120), (150, 110), 0, 180, 360, 0, 2)
    lines = lines_of(stamped)
    cells.append(_Cell(parts_of(lines), lines, ()))
    fields.append(settle_number(parts_of(lines), read(("ppocr", "LN L", 0.4), ("trueocr", "", 0.0))))
    engines = {name: Seven(name) for name in ("ppocr", "trueocr")}
    assert _look_apart(cells, fields, engines)[-1].raw == raw
