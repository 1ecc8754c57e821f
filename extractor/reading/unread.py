"""Value cells -> which of them hold ink that no reader saw: a mark between figures, the pale rest around a dash."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractor.pixels import find_pieces
from extractor.reading.lines import INK_BELOW
from extractor.records import CellText, Field, GridCell, TextLine

FIGURE = re.compile(r"\d[\d.,]*\d")
DASHES = frozenset("-–—")
TALL = 0.5  # of the highest piece of ink: a digit is no lower
MARK_HEIGHT, MARK_WIDTH = 0.12, 0.35  # of the digits' height: a mark's least height and its greatest width
MARK_MIDDLE = 0.7  # of the digits' height: how far down a mark's middle is at least
THIN, WIDE = 0.2, 0.4  # of the digits' height: how high a stroke below them is at most, and how wide at least
BENEATH = 0.5  # share of a mark's width above or below a digit from which it is the rest of that one
REACH, EDGE = 0.7, 0.12  # text heights around a dash in which a figure would lie; that its own soft edge takes
PALE = 0.33  # of the dash's darkness: paler is paper
LEFT_AROUND = 0.25  # of the dash's own ink: as much more around it is no soft edge


def doubt_unread(cells: Iterable[tuple[Sequence[CellText], Field]]) -> list[Field]:
    """The fields, those with ink that none of their readings accounts for with a reason that says so."""
    return [
        replace(field, reasons=(*field.reasons, "unread-ink")) if _has_unread(parts, field) else field
        for parts, field in cells
    ]


def _has_unread(parts: Sequence[CellText], field: Field) -> bool:
    lines = [(line, part.ink.cell) for part in parts for line in part.ink.lines]
    if len(lines) != 1:
        return False
    line, cell = lines[0]
    if field.raw in DASHES:
        return has_ink_around(line, cell)
    if not FIGURE.fullmatch(field.raw):
        return False
    return count_marks(line) > len(re.findall(r"[.,]", field.raw)) or is_underlined(line)


def is_underlined(line: TextLine) -> bool:
    """Whether a stroke lies below figures: of a change that is kept track of, with what it was beside it."""
    _, top, width, height, high = _pieces_of(line)
    if not high.any():
        return False
    foot, digit = (top + height)[high].max(), height[high].max()
    below = (top >= foot) & (height <= THIN * digit) & (width >= WIDE * digit)
    return bool(below.any())


def count_marks(line: TextLine) -> int:
    """Low pieces of ink between the digits of a line of figures, as commas and full stops are."""
    left, top, width, height, high = _pieces_of(line)
    if not high.any():
        return 0
    digit = height[high].max()
    foot = (top + height)[high].max()
    small = ~high & (height >= MARK_HEIGHT * digit) & (width <= MARK_WIDTH * digit)
    small &= top + height / 2 >= foot - (1 - MARK_MIDDLE) * digit
    small &= (left > left[high].min()) & (left + width < (left + width)[high].max())
    return sum(not _is_beneath(left[n], width[n], left[high], width[high]) for n in np.flatnonzero(small))


def _pieces_of(line: TextLine) -> tuple[np.ndarray, ...]:
    """Left, top, width and height of each piece of a line's ink, and whether it is as high as a digit."""
    x0, y0, x1, y1 = line.inner
    _, stats, _ = find_pieces(line.clean[y0:y1, x0:x1] < INK_BELOW)
    left, top, width, height = stats[1:, : cv2.CC_STAT_AREA].T
    return left, top, width, height, height >= TALL * height.max(initial=0)


def _is_beneath(left: int, width: int, lefts: np.ndarray, widths: np.ndarray) -> bool:
    """Whether a piece lies in the columns of one of the digits: print that broke."""
    shared = np.minimum(left + width, lefts + widths) - np.maximum(left, lefts)
    return bool((shared > BENEATH * width).any())


def has_ink_around(line: TextLine, cell: GridCell) -> bool:
    """Whether the page as scanned has more ink around a dash than cleaning left: a faint figure, a longer stroke."""
    x0, y0, x1, y1 = line.inner
    dark = np.median(line.raw) - line.raw.astype(np.float32)
    own = dark[y0:y1, x0:x1]
    if not own.size:
        return False
    pale = PALE * float(np.percentile(own, 75))
    count = int((own > pale).sum())
    reach, edge = round(REACH * line.text_height), max(round(EDGE * line.text_height), 2)
    down, middle = line.box[1] - y0, (y0 + y1) // 2
    dark[max(y0 - edge, 0) : y1 + edge, max(x0 - edge, 0) : x1 + edge] = 0
    top = max(middle - reach, round(cell.box[1] - down) + edge, 0)
    bottom = min(middle + reach, round(cell.box[3] - down) - edge)
    around = dark[top : max(bottom, top), max(x0 - reach, 0) : x1 + reach]
    return int((around > pale).sum()) > LEFT_AROUND * count
