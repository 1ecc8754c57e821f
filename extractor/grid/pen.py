"""Level lines of a table -> those that part its rows, without the strokes of a pen and the dirt among them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from extractor.grid.line import EDGE_COVERED, Line

SLANT = 0.008  # growth per length by which a stroke leaves the table's direction
LEAST_LENGTH = 5.0  # text heights: a shorter stroke tells no direction
LEAST_LINES = 3  # long rulings that tell the direction of a table
PARTIAL = 0.6  # share of the table's width: a line along more of it is a ruling, whatever ails it
WHOLE = 0.9  # share of a line, or of a cell's side, that is drawn where nothing of it is lost
MOSTLY = 0.8  # share of the lines that are whole on a page where rulings are not broken


def without_pen_strokes(horizontal: list[Line], vertical: list[Line], text_height: float) -> list[Line]:
    """The level lines without short ones aslant: what a signature is underlined with.

    Where the rulings are not broken, also without those that draw no cell's side from end to end.
    """
    left, right = vertical[0].position, vertical[-1].position
    shares = [line.covered(left, right) for line in horizontal]
    direction = _direction(horizontal, (right - left) / 2)
    straight = not np.isnan(direction)
    whole = float(np.mean([share >= WHOLE for share in shares])) >= MOSTLY

    def is_ruling(line: Line, share: float) -> bool:
        if share >= PARTIAL:
            return True
        if straight and _is_aslant(line, direction, LEAST_LENGTH * text_height):
            return False
        sides = [line.covered(a.position, b.position) for a, b in pairwise(vertical)]
        return not whole or max(sides) >= WHOLE or max(sides) < EDGE_COVERED

    return [line for line, share in zip(horizontal, shares, strict=True) if is_ruling(line, share)]


def _direction(lines: Sequence[Line], least: float) -> float:
    """Growth per length of the lines that are long enough to be rulings, nan where they go in several directions."""
    slopes = [segment.drift / segment.length for line in lines for segment in line.segments if segment.length > least]
    direction = float(np.median(slopes)) if len(slopes) >= LEAST_LINES else np.nan
    return direction if np.mean([abs(slope - direction) <= SLANT for slope in slopes] or 0) >= MOSTLY else np.nan


def _is_aslant(line: Line, direction: float, least: float) -> bool:
    """Whether the longest stroke of the line runs in another direction."""
    if not line.segments:
        return False
    stroke = max(line.segments, key=lambda segment: segment.length)
    return stroke.length >= least and abs(stroke.drift / stroke.length - direction) > SLANT
