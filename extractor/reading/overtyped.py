"""Value cells -> which of their digits hold ink that the same digit elsewhere has not: they were typed over others.

Engines read what was typed last, what was typed first or neither, and are sure of it. Rows whose label is bold
or italic are printed in digits of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

from extractor.reading.figures import find_digits, ink_of
from extractor.records import CellText, Field, TextLine

FIGURE = re.compile(r"[\d.,]*\d[\d.,]*%?")
LEAST_ALIKE = 4  # of one digit in one size, from which they tell how it is printed
SAME_SIZE = 0.06  # of its height
EDGE = 0.05  # of its height beside a digit's strokes: print is no wider
FURTHER = 0.15  # of its height by which two prints of a digit may lie apart in their boxes
MORE_INK = 0.03  # of a digit's ink that lies elsewhere, from which it is another's
RAGGED, MANY = 0.04, 0.2  # share of the digits with a little ink elsewhere, on a fax; with more, in two typefaces
MORE_RAGGED, USUAL = 0.1, 1.5  # there more ink is asked for: that, and so many times what hardly a digit exceeds
LEAN = 0.2  # of its height: italic letters stand upright once so much is taken back
BOLD = 1.24  # times the usual width of the page's strokes: bold print has 1.3 and more, other print up to 1.18


Style = tuple[bool, bool]  # bold, italic


@dataclass(frozen=True, slots=True)
class _Digit:
    """One digit of a cell: the cell's place among all, which digit it is, and its ink, uint8 (h, w)."""

    cell: int
    digit: str
    ink: np.ndarray

    @property
    def height(self) -> int:
        return int(self.ink.shape[0])

    @property
    def mass(self) -> int:
        return int(self.ink.sum())


def doubt_overtyped(
    cells: Sequence[Sequence[CellText]], fields: Sequence[Field], labels: Sequence[Sequence[CellText]]
) -> list[Field]:
    """The cells' fields, those of which a digit was typed over another with a reason that says so.

    `labels`: of each one's row.
    """
    digits: list[_Digit] = []
    for i, (parts, field) in enumerate(zip(cells, fields, strict=True)):
        lines = [line for part in parts for line in part.ink.lines]
        if len(lines) == 1 and FIGURE.fullmatch(field.raw):
            digits += [_Digit(i, digit, ink) for digit, ink in _split(lines[0], field.raw)]
    shares = _find_shares(digits, [(False, False)] * len(cells))
    if all(share <= MORE_INK for _, share in shares):
        return list(fields)
    # styles are only told where they may be what differs
    shares = _find_shares(digits, find_styles(labels))
    most = _find_most(np.array([share for _, share in shares]))
    doubted = {cell for cell, share in shares if share > most}
    return [
        replace(field, reasons=(*field.reasons, "overtyped")) if i in doubted else field
        for i, field in enumerate(fields)
    ]


def _find_shares(digits: Sequence[_Digit], styles: Sequence[Style]) -> list[tuple[int, float]]:
    """(cell, share of its ink that the usual one of its style and size does not have) of each digit."""
    alike: dict[tuple[str, Style], list[_Digit]] = {}
    for digit in digits:
        alike.setdefault((digit.digit, styles[digit.cell]), []).append(digit)
    return [(one.cell, share) for group in alike.values() for one, share in _measure(group)]


def _find_most(shares: np.ndarray) -> float:
    """The share of ink elsewhere from which a digit is another's, by what those of a whole report have."""
    if not len(shares):
        return MORE_INK
    little = ((shares > 0) & (shares < MORE_INK)).mean()
    if little <= RAGGED and (shares >= MORE_INK).mean() <= MANY:
        return MORE_INK
    return max(MORE_RAGGED, USUAL * float(np.quantile(shares, 0.95)))


def find_styles(labels: Sequence[Sequence[CellText]]) -> list[Style]:
    """How the rows are printed, by the first line of each one's label: bold against their page, and italic."""
    lines = [next((line for part in label for line in part.ink.lines), None) for label in labels]
    inks = [None if line is None else _framed(ink_of(line).astype(np.uint8), 1) for line in lines]
    strokes = [0.0 if ink is None else _stroke_width(ink) for ink in inks]
    pages = [label[0].ink.piece.page if label else 0 for label in labels]
    usual = {
        page: median(width for width, other in zip(strokes, pages, strict=True) if other == page and width)
        for page in {page for page, width in zip(pages, strokes, strict=True) if width}
    }
    return [
        (width > BOLD * usual.get(page, width), ink is not None and _uprightness(ink, LEAN) > _uprightness(ink, 0.0))
        for width, page, ink in zip(strokes, pages, inks, strict=True)
    ]


def _stroke_width(ink: np.ndarray) -> float:
    """Pixels of ink for each pixel of its edge, which grow with the width of strokes."""
    edge = int(ink.sum()) - int(cv2.erode(ink, np.ones((3, 3), np.uint8)).sum())
    return float(ink.sum()) / edge if edge else 0.0


def _uprightness(ink: np.ndarray, lean: float) -> float:
    """How sharply the ink of columns differs from that of the next, the line set upright by a lean."""
    height, width = ink.shape
    matrix = np.array([[1.0, lean, 0.0], [0.0, 1.0, 0.0]])
    upright = cv2.warpAffine(ink, matrix, (width + int(lean * height) + 1, height), flags=cv2.INTER_NEAREST)
    return float((np.diff(upright.sum(axis=0, dtype=np.float64)) ** 2).sum())


def _split(line: TextLine, raw: str) -> list[tuple[str, np.ndarray]]:
    """The digits of a figure with their ink; none where they touch or something else is as high."""
    ink, read = ink_of(line), re.sub(r"\D", "", raw)
    boxes = find_digits(ink)
    if len(boxes) != len(read) and not (raw.endswith("%") and len(boxes) > len(read)):
        return []
    return [
        (digit, ink[top:foot, left:right].astype(np.uint8))
        for digit, (left, top, right, foot) in zip(read, boxes, strict=False)
    ]


def _measure(alike: Sequence[_Digit]) -> list[tuple[_Digit, float]]:
    """Each of the digits with the share of its ink that the usual one of its size does not have."""
    usual: dict[int, _Pattern | None] = {}
    measured = []
    for digit in alike:
        height = digit.height
        if height not in usual:
            usual[height] = _find_usual(alike, height)
        pattern = usual[height]
        if pattern is not None:
            measured.append((digit, _share_beside(digit.ink, pattern)))
    return measured


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A usual digit. `wide`: float32 (h, w), where its strokes are, or right beside them; `mass`: pixels of its ink."""

    wide: np.ndarray
    mass: float
    edge: int
    shift: int


def _find_usual(alike: Sequence[_Digit], height: int) -> _Pattern | None:
    """Of the digits of about this height the one with the middle amount of ink; None where they are too few."""
    near = [digit for digit in alike if abs(digit.height - height) <= max(SAME_SIZE * height, 1)]
    if len(near) < LEAST_ALIKE:
        return None
    ink = sorted(near, key=lambda digit: digit.mass)[len(near) // 2].ink
    edge, shift = max(round(EDGE * len(ink)), 1), max(round(FURTHER * len(ink)), 2)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * edge + 1, 2 * edge + 1))
    wide = cv2.dilate(_framed(ink, edge), kernel).astype(np.float32)
    return _Pattern(wide, float(ink.sum()), edge, shift)


def _framed(ink: np.ndarray, side: int, right: int = 0, below: int = 0) -> np.ndarray:
    """A mask with blank pixels on all sides, and further ones."""
    return cv2.copyMakeBorder(ink, side, side + below, side, side + right, cv2.BORDER_CONSTANT, value=0)


def _share_beside(ink: np.ndarray, pattern: _Pattern) -> float:
    """The ink that lies beside a pattern's strokes where the two fit best, as a share of the pattern's."""
    around = pattern.edge + pattern.shift
    below, right = (max(a - b - 2 * around, 0) for a, b in zip(pattern.wide.shape, ink.shape, strict=True))
    field = _framed(ink, around, right, below).astype(np.float32)
    fitting = float(cv2.matchTemplate(field, pattern.wide, cv2.TM_CCORR).max())
    return (float(ink.sum()) - fitting) / pattern.mass
