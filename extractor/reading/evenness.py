"""Value cells -> which of their figures are uneven or struck through, as a pen leaves them and print does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

from extractor.pixels import find_runs
from extractor.reading.figures import find_digits, find_span, ink_of
from extractor.records import CellText, Field, TextLine

UNEVEN = 0.16  # of their height by which digits of one figure differ, or stand off their line, that no font prints
UNLIKE = 0.16  # the same, by which a figure differs from the others of its page
STROKE = 1.3  # of its height: a level stroke in a figure that is longer belongs to no digit
BAR = 0.8  # of its height: what the bar of each 4 adds where bars of several touch
LONE_STROKE = 0.74  # of its height: a level stroke through a lone digit is longer than those of digits but 4
MIDDLE = 0.3, 0.8  # of its height: what strikes a figure out passes there, what underlines it does not
ACROSS = 0.9  # of a figure's width that a stroke through it takes at least
FIGURE = re.compile(r"[\d.,]*\d[\d.,]*")
SHORT = frozenset("012")  # digits that old-style figures set lower than all others
OLD_STYLE = 0.86  # of the others' height, below which they are set so
LEAST_FIGURES = 5  # on a page, from which they tell what print is
MANY = 0.25  # share of a page's figures that differ, from which all of them are written, or struck figures underlined


@dataclass(frozen=True, slots=True)
class Figure:
    """Tops and feet of its digits in pixels, left to right. `digits`: which they are, "" where they touch.

    `struck`: a level stroke as wide as the figure runs through it, `lone` where that is hardly longer than a digit's
    own; `lined`: one longer than a digit's lies in it or below.
    """

    tops: tuple[int, ...]
    feet: tuple[int, ...]
    digits: str = ""
    struck: bool = False
    lone: bool = False
    lined: bool = False

    @property
    def heights(self) -> tuple[int, ...]:
        """Of its digits."""
        return tuple(foot - top for top, foot in zip(self.tops, self.feet, strict=True))

    @property
    def height(self) -> float:
        """Of the middle one of its digits."""
        return median(self.heights)

    @property
    def uneven(self) -> bool:
        """Whether its digits differ in height, or stand at different heights."""
        most = UNEVEN * self.height
        return max(self.tops) - min(self.tops) > most or max(self.feet) - min(self.feet) > most


def doubt_uneven(cells: Iterable[tuple[Sequence[CellText], Field]]) -> list[Field]:
    """The fields, those whose figures are unlike print with a reason that says so."""
    fields: list[Field] = []
    pages: dict[int, list[tuple[int, Figure]]] = {}
    for i, (parts, field) in enumerate(cells):
        fields.append(field)
        lines = [line for part in parts for line in part.ink.lines]
        figure = measure_figure(lines[0], field.raw) if len(lines) == 1 and FIGURE.fullmatch(field.raw) else None
        if figure is not None:
            pages.setdefault(parts[0].ink.piece.page, []).append((i, figure))
    for found in pages.values():
        unlike = find_unlike([figure for _, figure in found])
        for (i, _), doubted in zip(found, unlike, strict=True):
            if doubted:
                fields[i] = replace(fields[i], reasons=(*fields[i].reasons, "uneven-figures"))
    return fields


def measure_figure(line: TextLine, raw: str) -> Figure | None:
    """The digits of a line of figures, read as `raw`; None where no ink is as high as one."""
    ink = ink_of(line)
    high = [(top, foot) for _, top, _, foot in find_digits(ink)]
    if not high:
        return None
    highest = max(foot - top for top, foot in high)
    read = re.sub(r"\D", "", raw)
    longest = max((len(fours) for fours in re.findall("4+", read)), default=0)
    long = max(STROKE, BAR * longest) * highest
    through = _longest_through(ink)
    lone = len(read) == 1 and read != "4" and LONE_STROKE * highest <= through < long
    return Figure(
        tuple(top for top, _ in high),
        tuple(foot for _, foot in high),
        read if len(read) == len(high) else "",
        through >= long or lone,
        lone,
        bool(_has_stroke(ink, long)),
    )


def _longest_through(ink: np.ndarray) -> int:
    """Pixels of the longest stretch of ink, level to a pixel or two, that passes through the middle of a figure.

    0 where it is not as wide as the figure.
    """
    top, foot = find_span(ink)
    left, right = find_span(ink.T)
    steady = cv2.dilate(ink[top:foot, left:right].view(np.uint8), np.ones((3, 1), np.uint8))
    first, last = (round(share * (foot - top)) for share in MIDDLE)
    longest = max((b - a for row in steady[first : last + 1] for a, b in find_runs(row).tolist()), default=0)
    return longest if longest >= ACROSS * (right - left) else 0


def _has_stroke(ink: np.ndarray, length: float) -> bool:
    """Whether a level stretch of ink is so long."""
    kernel = np.ones((1, max(round(length), 2)), np.uint8)
    if ink.shape[1] < kernel.shape[1]:
        return False
    return bool(cv2.erode(ink.astype(np.uint8), kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0).any())


def find_unlike(figures: Sequence[Figure]) -> list[bool]:
    """Which of a page's figures are no print: uneven or struck ones, and ones much higher or lower than the others."""
    if len(figures) < LEAST_FIGURES:
        return [figure.uneven or figure.struck or figure.lined for figure in figures]
    underlined = sum(figure.lined and not figure.struck for figure in figures) > MANY * len(figures)
    # where many lone digits and nothing else seem struck, so their font looks
    wide = sum(figure.lone for figure in figures) > MANY * len(figures)
    wide &= not any(figure.struck and not figure.lone for figure in figures)
    struck = [(f.struck and not (wide and f.lone)) or (f.lined and not underlined) for f in figures]
    low, high = _old_style(figures)
    if low and high:
        return [_is_off(figure, low, high) or out for figure, out in zip(figures, struck, strict=True)]
    usual = median(figure.height for figure in figures)
    unlike = [figure.uneven or abs(figure.height - usual) > UNLIKE * usual for figure in figures]
    return (
        [True] * len(figures)
        if sum(unlike) > MANY * len(figures)
        else [a or b for a, b in zip(unlike, struck, strict=True)]
    )


def _old_style(figures: Sequence[Figure]) -> tuple[float, float]:
    """Heights of the low and the high digits of old-style figures, zeros where the page is printed in lining ones."""
    pairs = [pair for figure in figures if figure.digits for pair in zip(figure.digits, figure.heights, strict=True)]
    low = [height for digit, height in pairs if digit in SHORT]
    high = [height for digit, height in pairs if digit not in SHORT]
    if min(len(low), len(high)) < LEAST_FIGURES or median(low) >= OLD_STYLE * median(high):
        return 0.0, 0.0
    return float(median(low)), float(median(high))


def _is_off(figure: Figure, low: float, high: float) -> bool:
    """Whether a digit is not as high as it should be in old-style figures; of digits that touch nothing is known."""
    usual = [low if digit in SHORT else high for digit in figure.digits]
    return not usual or any(abs(a - b) > UNLIKE * b for a, b in zip(figure.heights, usual, strict=True))
