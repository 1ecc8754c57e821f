"""Values of a text layer -> those that are not drawn as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest

from extractor import extract
from extractor.reading.consensus import settle_number
from extractor.reading.drawn import doubt_layer, is_struck
from extractor.reading.lines import find_lines
from extractor.records import CellInk, CellText, Field, GridCell, Piece, Reading, TextLine

DIGITAL = Path(__file__).parents[2] / "fixtures" / "cases" / "seed-digital.pdf"
TEXT_HEIGHT = 30.0
BOX = (0.0, 0.0, 1.0, 1.0)


def drawn(text: str, *, stroke: tuple[int, int] | None = None, y: int = 46) -> TextLine:
    """A line of figures, and a stroke between two x through them."""
    cell = np.full((90, 260), 255, np.uint8)
    cv2.putText(cell, text, (60, 58), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 2)
    if stroke:
        cv2.line(cell, (stroke[0], y), (stroke[1], y), 0, 2)
    (line,) = find_lines(cell, TEXT_HEIGHT).lines
    box = (line.x0, line.y0, line.x1, line.y1)
    return TextLine(box, cell, cell, box, TEXT_HEIGHT)


@pytest.mark.parametrize(
    ("text", "stroke", "struck"),
    [
        ("61", None, False),
        ("61", (58, 100), True),
        ("61112", (58, 98), True),  # the first two of them
        ("6.324", None, False),
        ("444", None, False),
        ("4", None, False),
        ("3", (58, 82), True),
        ("-", None, False),
    ],
)
def test_a_stroke_through_figures_is_told_from_their_own(
    text: str, stroke: tuple[int, int] | None, struck: bool
) -> None:
    assert is_struck(drawn(text, stroke=stroke), text) is struck


class Eye:
    """An engine that sees the same in every line, and counts what it was asked."""

    version, origin = "1", "test"

    def __init__(self, name: str, text: str) -> None:
        self.name, self.text, self.count = name, text, 0

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        self.count += len(lines)
        return [Reading(self.name, self.text, 0.9, preparation) for _ in lines]


def written(words: str, lines: tuple[TextLine, ...] | None) -> tuple[tuple[CellText, ...], Field]:
    ink = CellInk(GridCell(0, 0, 1, 1, BOX), Piece(1, BOX), words=words, word_boxes=(BOX,), drawn=lines)
    parts = (CellText(ink, words, 1.0),)
    return parts, settle_number(parts, (Reading("layer", words, 1.0),))


@pytest.mark.parametrize(
    ("words", "lines", "seen", "reason"),
    [
        ("1 203", (drawn("1203"),), "1203", None),
        ("126", (drawn("95"),), "95", "layer-differs"),  # painted over
        ("12", (), "12", "layer-differs"),  # set in white
        ("12", None, "95", None),  # a longer text: nobody looked
        ("61", (drawn("61", stroke=(58, 100)),), "61", "struck-out"),
    ],
)
def test_what_is_not_drawn_as_the_layer_says_is_for_a_person(
    words: str, lines: tuple[TextLine, ...] | None, seen: str, reason: str | None
) -> None:
    parts, field = written(words, lines)
    first, second = Eye("ppocr", seen), Eye("trueocr", seen)
    (told,) = doubt_layer([parts], [field], {"ppocr": first, "trueocr": second})
    added = set(told.reasons) - set(field.reasons)
    assert added == ({reason} if reason else set())
    assert (told.raw, told.readings[0].engine) == (words, "layer")
    assert second.count == (1 if reason == "layer-differs" and lines else 0)
    kept = [reading.text for reading in told.readings if reading.engine != "layer"]
    assert kept == ([seen, seen] if reason == "layer-differs" and lines else [""] * len(kept))


def place_of(text: str, box: tuple[float, ...] | None) -> tuple[float, float, float, float]:
    """Where a value stands on the first page, in points: left, bottom, right, top of its letters."""
    assert box is not None
    document = pdfium.PdfDocument(DIGITAL)
    try:
        page = document[0]
        width, height = page.get_size()
        textpage = page.get_textpage()
        found = textpage.search(text)
        while (hit := found.get_next()) is not None:
            boxes = [textpage.get_charbox(n) for n in range(hit[0], hit[0] + hit[1])]
            left, bottom = min(b[0] for b in boxes), min(b[1] for b in boxes)
            right, top = max(b[2] for b in boxes), max(b[3] for b in boxes)
            x, y = (left + right) / 2 / width, 1 - (top + bottom) / 2 / height
            if box[0] < x < box[2] and box[1] < y < box[3]:
                return left, bottom, right, top
    finally:
        document.close()
    raise AssertionError(text)


@pytest.mark.parametrize(("paint", "reason"), [("1 g {0} {1} {2} {3} re f", "layer-differs"),
                                               ("0 G 1.2 w {0} {4} m {5} {4} l S", "struck-out")])  # fmt: skip
def test_a_value_that_somebody_painted_over_in_a_file_is_never_accepted(
    paint: str, reason: str, tmp_path: Path
) -> None:
    plain = extract(DIGITAL)
    code, raw, box = next(
        (one.code, raw, one.value.box)
        for one in plain.indicators
        if one.value.status == "accepted"
        and one.value.page == 1
        and len(raw := one.value.raw or "") > 1
        and raw.isdigit()
    )
    left, bottom, right, top = place_of(raw, box)
    path = tmp_path / "edited.pdf"
    with pikepdf.open(DIGITAL) as pdf:
        page = pdf.pages[0]
        content = paint.format(left, bottom, right - left, top - bottom, (top + bottom) / 2, right)
        page.contents_add(f"q {content} Q".encode())
        pdf.save(path)
    edited = next(one for one in extract(path).indicators if one.code == code)
    assert edited.value.status == "review"
    assert reason in edited.value.reasons
