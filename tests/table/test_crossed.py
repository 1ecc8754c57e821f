"""Figures that a pen's stroke passes through in black -> the figure without the stroke, held for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractor.reading import crossed
from extractor.reading.apart import find_apart
from extractor.reading.consensus import settle_apart, settle_beside, settle_number
from extractor.reading.crossed import without_strokes
from extractor.records import CellInk, CellText, GridCell, Piece, Reading, TextLine

TEXT_HEIGHT = 40.0
CURVE = tuple((x, round(60 + 26 * np.sin(x / 40))) for x in range(5, 256, 5))


def make_line(text: str, *strokes: Sequence[tuple[int, int]], thickness: int = 2) -> TextLine:
    cell = np.full((120, 260), 255, np.uint8)
    cv2.putText(cell, text, (90, 72), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 0, 2)
    for stroke in strokes:
        cv2.polylines(cell, [np.array(stroke, np.int32)], False, 0, thickness)
    box = (0, 0, 260, 120)
    return TextLine(box, cell, cell, box, TEXT_HEIGHT)


def parts_of(line: TextLine, *, stray: bool = True) -> tuple[CellText, ...]:
    ink = CellInk(GridCell(0, 0, 1, 1, (0, 0, 260, 120)), Piece(1, (0.0, 0.0, 1.0, 1.0)), (line,), stray=stray)
    return (CellText(ink, "", 1.0, ()),)


def read(*seen: tuple[str, str, float]) -> tuple[Reading, ...]:
    return tuple(Reading(engine, text, score) for engine, text, score in seen)


@pytest.mark.parametrize("stroke", [((5, 75), (255, 45)), ((5, 25), (255, 95)), CURVE])
@pytest.mark.parametrize("thickness", [2, 4])
def test_a_stroke_through_a_figure_goes_and_most_of_the_figure_stays(
    stroke: Sequence[tuple[int, int]], thickness: int
) -> None:
    crossed, plain = make_line("4271", stroke, thickness=thickness), make_line("4271")
    rest = without_strokes(crossed)
    assert rest is not None
    figure, left = plain.clean < 150, rest.clean < 150
    alone = make_line("", stroke, thickness=thickness + 2).clean < 150
    assert (figure & ~alone & left).sum() >= 0.7 * (figure & ~alone).sum()
    assert (left & ~cv2.dilate(figure.view(np.uint8), np.ones((7, 7), np.uint8)).astype(bool)).sum() < 30


@pytest.mark.parametrize("text", ["1", "4", "7", "0", "2.294", "1110", "77,5", "-"])
def test_figures_are_no_strokes(text: str) -> None:
    assert without_strokes(make_line(text)) is None


def test_a_figure_apart_from_the_stroke_is_found_whole() -> None:
    rest = without_strokes(make_line("38", ((5, 20), (120, 50), (255, 80))))
    assert rest is not None
    (alone,) = find_apart((rest,))
    assert alone.inner == pytest.approx((90, 45, 140, 73), abs=6)


def test_what_is_left_of_strokes_is_no_dash() -> None:
    line = make_line("", ((5, 52), (255, 38)))
    blank = settle_number(parts_of(line), read(("trueocr", "-", 0.4), ("ppocr", "", 0.0)))
    seen = [read(("trueocr", "-", 0.95), ("ppocr", "-", 0.9))]
    assert settle_apart(blank, parts_of(line), seen).raw == "-"
    assert settle_apart(blank, parts_of(line), seen, dashes=False) == blank


def test_a_number_that_readers_see_beside_letters_of_a_stamp_stands_and_is_held() -> None:
    parts = parts_of(make_line("22757"))
    garbled = settle_number(parts, read(("trueocr", "22.757 0 TR. --", 0.3), ("ppocr", "22.757 G TRANG", 0.0)))
    field = settle_beside(garbled, parts)
    assert (field.raw, field.state) == ("22.757", "read")
    assert "stray-ink" in field.reasons
    assert field.confidence <= 0.5
    assert any(reading.text == "22.757 G TRANG" for reading in field.readings)
    # nor is it a dash because one is seen in a part
    assert settle_apart(garbled, parts, [read(("trueocr", "-", 0.95))]) == garbled


@pytest.mark.parametrize(
    "seen",
    [
        (("trueocr", "22 LL", 0.3), ("ppocr", "21 LL", 0.3)),
        (("trueocr", "22 phòng", 0.9), ("ppocr", "22 phong", 0.9)),
        (("trueocr", "0 TR", 0.3), ("ppocr", "0 UY", 0.3)),
        (("trueocr", "22 30 L", 0.3), ("ppocr", "22 30 A", 0.3)),
    ],
)
def test_no_number_is_taken_where_readers_differ_or_see_words_or_two_or_a_lone_figure_among_strokes(
    seen: tuple[tuple[str, str, float], ...],
) -> None:
    parts = parts_of(make_line("22"))
    garbled = settle_number(parts, read(*seen))
    assert settle_beside(garbled, parts) == garbled


@pytest.mark.parametrize(("text", "raw"), [("jA 76", "76"), ("7 Nx", "7"), ("Có 12", "12")])
def test_letters_of_a_stamp_and_strokes_are_no_words(text: str, raw: str) -> None:
    parts = parts_of(make_line(raw), stray=False)
    garbled = settle_number(parts, read(("trueocr", text, 0.6), ("ppocr", raw, 0.0), ("tesseract-eng", raw, 0.0)))
    under = replace(garbled, raw=text, reasons=(*garbled.reasons, "under-stamp"))
    assert settle_beside(under, parts).raw == raw


def test_the_number_beside_strokes_stands_before_what_most_readers_make_of_both_and_before_a_part_of_it() -> None:
    parts = parts_of(make_line("35"))
    seen = (("trueocr", "35 NTx.A", 0.4), ("ppocr", "135 A", 0.6), ("tesseract-eng", ",35", 0.0))
    garbled = settle_number(parts, read(*seen))
    assert settle_beside(garbled, parts).raw == "35"
    assert settle_apart(garbled, parts, [read(("trueocr", "5", 1.0), ("ppocr", "5", 1.0))]) == garbled
    assert settle_apart(garbled, parts, [read(("trueocr", "35", 1.0), ("ppocr", "35", 1.0))]).raw == "35"


def test_a_part_that_one_reader_takes_for_letters_is_the_figure_that_they_look_like() -> None:
    parts = parts_of(make_line("11"))
    blank = settle_number(parts, read(("trueocr", "", 0.0), ("ppocr", "", 0.0)))
    field = settle_apart(
        blank, parts, [read(("trueocr", "1l", 0.6), ("ppocr", "11", 1.0), ("tesseract-eng", "1", 0.6))]
    )
    assert (field.raw, "stray-ink" in field.reasons) == ("11", True)


def test_where_the_figures_of_the_page_stand_a_stamp_is_neither_a_number_nor_a_word() -> None:
    parts = parts_of(make_line("489"), stray=False)
    alone = [read(("trueocr", "489", 1.0), ("ppocr", "489", 1.0))]
    stamped = settle_number(parts, read(("ppocr", "489 TR", 0.4), ("tesseract-vie", "489 cNỉ", 0.6)))
    assert settle_apart(stamped, parts, alone) == stamped
    assert settle_apart(stamped, parts, alone, placed=True).raw == "489"
    worded = settle_number(parts, read(("ppocr", "489 phong", 0.6), ("tesseract-vie", "489 phòng", 0.9)))
    assert settle_apart(worded, parts, alone, placed=True) == worded
    cut = settle_number(parts, read(("ppocr", "7 -18.489", 0.5), ("trueocr", "V 48.489", 0.4)))
    assert settle_apart(cut, parts, alone, placed=True) == cut


def test_a_stroke_that_stands_alone_beside_a_figure_is_no_figure() -> None:
    parts = parts_of(make_line("07"), stray=False)
    field = settle_number(parts, read(("ppocr", "i 07", 0.9), ("trueocr", "i 07", 0.9), ("tesseract-eng", "107", 0.1)))
    assert (field.raw, "look-alike" in field.reasons) == ("i 07", False)


def test_a_screen_s_dots_are_no_strokes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of a shaded cell's many dots may go on in many others: one report took minutes."""
    line = make_line("67")
    dots = line.clean.copy()
    dots[::3, ::3] = 0
    monkeypatch.delattr(crossed, "_join")
    assert without_strokes(replace(line, raw=dots, clean=dots)) is None
