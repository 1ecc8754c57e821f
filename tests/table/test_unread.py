"""Ink of value cells that no reader saw -> a reason."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.reading.unread import doubt_unread
from extractor.records import CellInk, CellText, Field, GridCell, Piece, TextLine

PIECE = Piece(1, (0.0, 0.0, 1.0, 1.0))
Box = tuple[int, int, int, int]


def unread(raw: str, line: TextLine) -> bool:
    ink = CellInk(GridCell(0, 0, 1, 1, (0.0, 7.0, 90.0, 60.0)), PIECE, (line,))
    (field,) = doubt_unread([((CellText(ink, raw, 1.0),), Field(raw, "read", 0.99, (PIECE,)))])
    return "unread-ink" in field.reasons


def figures(*more: Box) -> TextLine:
    """Three digits of 12 x 25 pixels, and what else there is."""
    crop = np.full((60, 90), 255, np.uint8)
    for x0, y0, x1, y1 in ((10, 15, 22, 40), (32, 15, 44, 40), (54, 15, 66, 40), *more):
        crop[y0:y1, x0:x1] = 0
    box = (10, 15, 66, 46)
    return TextLine(box, crop, crop, box, 36.0)


@pytest.mark.parametrize(
    ("raw", "more", "doubted"),
    [
        ("833", (), False),
        ("833", ((25, 36, 29, 45),), True),  # a comma
        ("8,33", ((25, 36, 29, 45),), False),  # that is read
        ("8,33", ((25, 36, 29, 45), (47, 36, 51, 40)), True),  # and another one
        ("833", ((25, 15, 29, 19),), False),  # a speck above
        ("833", ((34, 41, 43, 46),), False),  # the foot of a digit that broke
        ("833", ((25, 38, 26, 40),), False),  # dust
        ("833", ((32, 42, 46, 44),), True),  # an underlined figure
    ],
)
def test_a_mark_between_figures_that_nobody_read_is_told(raw: str, more: tuple[Box, ...], doubted: bool) -> None:
    assert unread(raw, figures(*more)) is doubted


def dash(*pale: Box) -> TextLine:
    """A dash of 12 x 3 pixels; what cleaning took is in the raw pixels alone."""
    clean = np.full((60, 90), 255, np.uint8)
    clean[28:31, 40:52] = 60
    raw = np.minimum(clean, 230)
    for x0, y0, x1, y1 in pale:
        raw[y0:y1, x0:x1] = 130
    box = (40, 28, 52, 31)
    return TextLine(box, raw, clean, box, 36.0)


@pytest.mark.parametrize(
    ("pale", "doubted"),
    [
        ((), False),
        (((38, 26, 54, 33),), False),  # its own soft edge
        (((45, 36, 48, 39),), False),  # a speck
        (((40, 28, 44, 50), (40, 48, 52, 51)), True),  # the rest of a faint figure
        (((20, 28, 40, 31),), True),  # a longer stroke
        (((20, 6, 80, 9),), False),  # the ruling above
    ],
)
def test_pale_ink_around_a_dash_is_told(pale: tuple[Box, ...], doubted: bool) -> None:
    assert unread("-", dash(*pale)) is doubted
