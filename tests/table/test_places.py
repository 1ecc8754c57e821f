"""Where a page's figures stand: what is sought there, and what elsewhere is no figure and no dash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractor.reading.apart import find_setting, find_windows
from extractor.reading.careful import _Cell, _doubt_blanks, _doubt_places, _find_settings, _look_faint, _pale
from extractor.reading.consensus import doubt_dash, settle_number, settle_window
from extractor.reading.lines import find_marks
from extractor.records import Box, CellInk, CellText, Field, GridCell, Reading, TextLine
from tests.table.test_apart import PIECE, TEXT_HEIGHT, lines_of, make_cell, parts_of, read, set_page


@pytest.mark.parametrize(("level", "down"), [(0, 33.0), (1, -0.5), (2, -34.0)])
def test_a_window_holds_what_stands_where_the_figures_of_the_page_do(level: int, down: float) -> None:
    setting = find_setting(set_page("1", "67", "304", "20", "8"))
    assert setting is not None
    setting = replace(setting, level=level, down=down / TEXT_HEIGHT)
    stamped = make_cell("42", at=112)
    cv2.putText(stamped, "DAN", (10, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    cv2.line(stamped, (60, 45), (250, 45), 0, 2)  # through the figures: no piece of ink is one of them
    cell = GridCell(0, 3, 1, 1, (0.0, 0.0, 260.0, 90.0))
    windows = find_windows(lines_of(stamped), cell, setting)
    assert len(windows) == 5
    one, two = windows[:2]
    assert (two.clean[:, :100] == 255).all()
    assert (two.clean[:, 165:] == 255).all()
    assert (two.clean[33:56, 112:150] == stamped[33:56, 112:150]).all()
    assert one.inner[2] - one.inner[0] < two.inner[2] - two.inner[0]


def window(*seen: str, score: float = 0.9) -> tuple[Reading, ...]:
    return read(
        *((engine, text, score) for engine, text in zip(("trueocr", "ppocr", "tesseract-eng"), seen, strict=True))
    )


def test_of_the_numbers_in_windows_the_longest_that_is_as_sure_stands_for_a_person() -> None:
    parts = parts_of(lines_of(make_cell("57")), stray=True)
    blank = replace(
        settle_number(parts, read(("trueocr", "200,1887", 0.3), ("ppocr", "SCR57", 0.4))), reasons=("under-stamp",)
    )
    seen = [window("7", "7", "7"), window("57", "57", "57"), window("857", "857", "257", score=0.6)]
    field = settle_window(blank, parts, seen)
    assert (field.raw, field.state) == ("57", "read")
    assert {"stray-ink", "engines-disagree"} <= set(field.reasons)
    # a number of two digits in the window of one is what stands beside it
    assert settle_window(blank, parts, [window("57", "57", "57")]) == blank
    # what readers differ in, and words, are no number
    assert settle_window(blank, parts, [window("7", "1", "4"), window("57", "51", "54")]) == blank
    worded = replace(blank, readings=read(("trueocr", "đã ban hành 57", 0.9)))
    assert settle_window(worded, parts, seen) == worded


def test_a_dash_elsewhere_than_the_figures_of_its_page_may_be_dirt() -> None:
    def cell_of(text: str, at: int, readings: Sequence[Reading]) -> tuple[_Cell, Field]:
        lines = lines_of(make_cell(text, at))
        parts = parts_of(lines)
        return _Cell(parts, lines, ()), settle_number(parts, readings)

    sure = [read(("ppocr", text, 0.99), ("trueocr", text, 0.99)) for text in ("67", "-")]
    figures = [cell_of("67", 100, sure[0])] * 6
    for at, down, doubted in ((105, 0, False), (40, 0, True), (105, 30, True)):
        cell, field = cell_of("-", at, sure[1])
        (line,) = cell.lines
        lower = replace(line, box=(line.box[0], line.box[1] + down, line.box[2], line.box[3] + down))
        cells, fields = zip(*figures, (replace(cell, lines=(lower,)), field), strict=True)
        told = _doubt_places(cells, fields, _find_settings(cells, fields))
        assert ["off-place" in field.reasons for field in told] == [False] * 6 + [doubted]


def test_a_dash_of_a_page_with_too_few_figures_is_told_by_the_next_page_that_has_enough() -> None:
    """A row over two pages once had a speck for its value: no other figure stood on its pages."""
    figures = find_setting(set_page("1", "67", "304", "20", "8"))
    assert figures is not None
    lines = lines_of(make_cell("-", 40))
    first, second = parts_of(lines)[0], parts_of(())[0]
    dash = settle_number((first, second), read(("ppocr", "-", 0.99), ("trueocr", "-", 0.99)))
    (told,) = _doubt_places([_Cell((first, second), lines, ())], [dash], {PIECE.page + 3: figures})
    assert "off-place" in told.reasons


def test_a_dash_that_one_reader_sees_under_a_stamp_where_no_figure_stands_is_the_stamp_s() -> None:
    dash = settle_number(parts_of(lines_of(make_cell("-"))), read(("trueocr", "-", 0.9), ("ppocr", "", 0.0)))
    assert doubt_dash(dash).raw == "-"
    blank = doubt_dash(replace(dash, reasons=(*dash.reasons, "under-stamp")))
    assert (blank.raw, blank.state) == ("", "blank")
    assert {"off-place", "stray-ink"} <= set(blank.reasons)
    assert blank.alternatives[0][0] == "-"


@pytest.mark.parametrize("scale", [1.0, 0.5, 2.0])
@pytest.mark.parametrize(("mark", "held"), [((118, 40, 126, 46), True), ((30, 40, 38, 46), False)])
def test_a_speck_as_large_as_a_dash_where_figures_stand_makes_no_sure_blank(
    mark: Box, held: bool, scale: float
) -> None:
    """A fax had left so little of a dash close to the ruling that the cell was accepted as blank.

    `scale`: of a page with too few figures, beside one that tells.
    """
    setting = find_setting(set_page("1", "67", "304", "20", "8"))
    assert setting is not None
    box: Box = (0.0, 0.0, 260.0 * scale, 90.0 * scale)
    x0, y0, x1, y1 = (v * scale for v in mark)
    ink = CellInk(GridCell(0, 3, 1, 1, box), PIECE, specks=True, marks=((x0, y0, x1, y1),))
    parts = (CellText(ink, "", 1.0, ()),)
    blank = settle_number(parts, ())
    units = {PIECE.page: TEXT_HEIGHT * scale, PIECE.page + 1: float(TEXT_HEIGHT)}
    (field,) = _doubt_blanks({0: parts}, {0: blank}, {PIECE.page + 1: setting}, units).values()
    assert field.state == "blank"
    assert ("stray-ink" in field.reasons) is held
    (field,) = _doubt_blanks({0: parts}, {0: blank}, {PIECE.page + 1: setting}, units, dashed=True).values()
    assert (field.raw, "stray-ink" in field.reasons) == ("-" if held else "", held)


def test_specks_as_wide_as_what_is_left_of_a_dash_are_told_from_smaller_ones() -> None:
    cell = make_cell()
    for x0, y0, x1, y1 in ((100, 40, 108, 45), (150, 40, 152, 42), (200, 30, 203, 50), (0, 40, 9, 44)):
        cell[y0:y1, x0:x1] = 0
    assert [(mark.x0, mark.y0) for mark in find_marks(cell, TEXT_HEIGHT)] == [(100, 40)]


def lifted(cell: np.ndarray) -> tuple[CellText, ...]:
    """A cell from which this was taken with the page's stamp."""
    ink = CellInk(GridCell(0, 3, 1, 1, (0.0, 0.0, 260.0, 90.0)), PIECE, faint=lines_of(cell), lifted=True)
    return (CellText(ink, "", 1.0, ()),)


RIM = ((20, 80), (80, 40), 0, 180, 330)


def test_a_figure_lifted_with_a_stamp_is_read_where_the_page_s_figures_stand() -> None:
    """It is printed in the stamp's colour: the page had it blank."""
    setting = find_setting(set_page("1", "67", "304", "20", "8"))
    assert setting is not None
    stamped = make_cell("42", at=112)
    cv2.ellipse(stamped, *RIM, 0, 3)
    figures = _pale(lifted(stamped), {PIECE.page: setting})
    assert figures
    assert (figures[0].clean[:, :100] == 255).all()
    # a rim alone holds none
    rim = make_cell()
    cv2.ellipse(rim, *RIM, 0, 3)
    assert _pale(lifted(rim), {PIECE.page: setting}) == ()


@pytest.mark.parametrize(("seen", "state"), [("8", "read"), ("1", "blank"), ("-", "blank")])
def test_what_a_stamp_s_strokes_look_like_is_no_figure_of_its_colour(seen: str, state: str) -> None:
    setting = find_setting(set_page("1", "67", "304", "20", "8"))
    assert setting is not None
    parts = lifted(make_cell("8", at=120))

    class Reader:
        origin = version = "test"

        def __init__(self, name: str) -> None:
            self.name = name

        def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
            return [Reading(self.name, seen, 0.99, preparation)] * len(lines)

    fields = _look_faint({0: parts}, {n: Reader(n) for n in ("trueocr", "ppocr")}, {PIECE.page: setting})
    assert fields.get(0, settle_number(parts, ())).state == state


@pytest.mark.parametrize(("at", "held"), [(118, True), (20, False)])
def test_a_blank_cell_is_held_where_coloured_ink_was_lifted_from_the_place_of_its_figure(at: int, held: bool) -> None:
    setting = find_setting(set_page("1", "67", "304", "20", "8"))
    assert setting is not None
    parts = lifted(make_cell("8", at=at))
    blank = settle_number(parts, ())
    (field,) = _doubt_blanks({0: parts}, {0: blank}, {PIECE.page: setting}, {PIECE.page: TEXT_HEIGHT}).values()
    assert ("stray-ink" in field.reasons) is held
    # where nothing tells where figures stand, it may be one
    (field,) = _doubt_blanks({0: parts}, {0: blank}, {}, {PIECE.page: TEXT_HEIGHT}).values()
    assert "stray-ink" in field.reasons
