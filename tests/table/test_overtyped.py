"""Figures of which a digit was typed over another -> for a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest

from extractor.reading.overtyped import doubt_overtyped
from extractor.records import CellInk, CellText, Field, GridCell, Piece, TextLine

PIECE = Piece(1, (0.0, 0.0, 1.0, 1.0))
SPACE = 30  # pixels from digit to digit


def draw(text: str, *, thickness: int = 2) -> np.ndarray:
    crop = np.full((60, 40 + SPACE * len(text)), 255, np.uint8)
    for n, char in enumerate(text):
        cv2.putText(crop, char, (15 + SPACE * n, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 0, thickness, cv2.LINE_AA)
    return crop


def draw_bold(text: str) -> np.ndarray:
    """Upright strokes grow more than level ones, as in bold print, so that digits keep their height."""
    return np.asarray(cv2.erode(draw(text), np.ones((1, 7), np.uint8)))


def cell(crop: np.ndarray, raw: str) -> tuple[tuple[CellText, ...], Field]:
    ys, xs = np.nonzero(crop < 150)
    box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
    ink = CellInk(GridCell(0, 0, 1, 1, (0.0, 0.0, 200.0, 60.0)), PIECE, (TextLine(box, crop, crop, box, 36.0),))
    return (CellText(ink, raw, 1.0),), Field(raw, "read", 0.99, (PIECE,))


def draw_italic(text: str) -> np.ndarray:
    lean = np.array([[1.0, -0.22, 12.0], [0.0, 1.0, 0.0]])
    crop = draw(text)
    return np.asarray(cv2.warpAffine(crop, lean, crop.shape[::-1], borderValue=255))


def label(drawn: Callable[[str], np.ndarray] = draw) -> tuple[CellText, ...]:
    parts, _ = cell(drawn("lihdtlik"), "")
    return parts


def doubted(
    *cells: tuple[np.ndarray, str], styled: Sequence[int] = (), style: Callable[[str], np.ndarray] = draw_bold
) -> list[str]:
    labels = [label(style if n in styled else draw) for n in range(len(cells))]
    parts, fields = zip(*(cell(crop, raw) for crop, raw in cells), strict=True)
    return [field.raw for field in doubt_overtyped(parts, fields, labels) if "overtyped" in field.reasons]


PRINTED = [(draw(raw), raw) for raw in ("1437", "1943", "9314", "4391", "1394", "13", "94")]


@pytest.mark.parametrize(("last", "first"), [("143", "141"), ("9", "1"), ("4", "1"), ("13", "93")])
def test_a_digit_that_was_typed_over_another_is_for_a_person(last: str, first: str) -> None:
    both = np.minimum(draw(last), np.roll(draw(first), 2, axis=1))
    assert doubted(*PRINTED, (both, last), (draw("31"), "31")) == [last]


def test_print_that_differs_in_weight_alone_is_print() -> None:
    assert doubted(*PRINTED, (draw("13", thickness=3), "13"), (draw("49"), "49")) == []
    # bold by far, in a row whose label is
    heavy = (draw_bold("13"), "13")
    assert doubted(*PRINTED, heavy) == ["13"]
    assert doubted(*PRINTED, heavy, styled=[len(PRINTED)]) == []


def test_bold_digits_are_compared_with_bold_ones() -> None:
    heavy = [(draw_bold(raw), raw) for raw in ("13", "31", "131", "1131")]
    over = np.minimum(draw_bold("1"), np.roll(draw_bold("4"), 2, axis=1))
    cells = [*PRINTED * 2, *heavy, (over, "1")]
    assert doubted(*cells, styled=range(2 * len(PRINTED), len(cells))) == ["1"]


def test_of_digits_that_are_few_nothing_is_known() -> None:
    over = np.minimum(draw("8"), np.roll(draw("1"), 2, axis=1))
    assert doubted(*PRINTED, (over, "8")) == []
    # where they touch, or are none, neither
    assert doubted(*PRINTED, (draw("1"), "134"), (draw("1"), "một")) == []


def fray(crop: np.ndarray, rng: np.random.Generator, most: int) -> np.ndarray:
    """The crop with spurs of a few pixels at its strokes, up to so many a digit."""
    frayed = crop.copy()
    ys, xs = np.nonzero(crop < 150)
    for _ in range(int(rng.integers(0, most + 1)) * max(crop.shape[1] // SPACE - 1, 1)):
        n = int(rng.integers(len(ys)))
        y, x = int(ys[n]), int(xs[n])
        cv2.line(frayed, (x, y), (x + int(rng.integers(-5, 6)), y + int(rng.integers(-5, 6))), 0, 1)
    return frayed


def test_ragged_print_asks_for_more_ink() -> None:
    rng = np.random.default_rng(1)
    frayed = [(fray(draw(raw), rng, 8), raw) for _, raw in PRINTED * 3]
    assert doubted(*frayed) == []
    over = np.minimum(draw("4"), np.roll(draw("9"), 8, axis=1))
    assert doubted(*frayed, (over, "4")) == ["4"]


def test_italic_digits_are_print() -> None:
    leaning = [(draw_italic(raw), raw) for raw in ("13", "31")]
    cells = [*PRINTED, *leaning]
    assert doubted(*cells) == ["13", "31"]
    assert doubted(*cells, styled=range(len(PRINTED), len(cells)), style=draw_italic) == []


def test_where_many_rows_are_italic_a_digit_that_was_typed_over_another_is_still_told() -> None:
    leaning = [(draw_italic(raw), raw) for raw in ("1437", "1943", "9314", "4391", "1394")]
    over = np.minimum(draw("143"), np.roll(draw("141"), 2, axis=1))
    cells = [*PRINTED, (over, "143"), *leaning]
    assert doubted(*cells, styled=range(len(PRINTED) + 1, len(cells)), style=draw_italic) == ["143"]
