"""A line of figures -> its ink without dirt, and where its digits stand in it."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.pixels import find_pieces, find_runs
from extractor.reading.lines import INK_BELOW
from extractor.records import TextLine

DOT = 0.2  # of the highest piece of ink: a smaller one is of a screen or dirt
LOW = 0.5  # of the highest digit: what is lower is a comma or a dash


def ink_of(line: TextLine) -> np.ndarray:
    """The line's ink within its box, bool (h, w), without dots."""
    x0, y0, x1, y1 = line.inner
    ink = line.clean[y0:y1, x0:x1] < INK_BELOW
    labels, stats, _ = find_pieces(ink)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    kept: np.ndarray = ink & (sides >= DOT * sides[1:].max(initial=0))[labels]
    return kept


def find_digits(ink: np.ndarray) -> list[tuple[int, int, int, int]]:
    """(left, top, right, foot) of what stands apart and is as high as a digit, left to right."""
    boxes = []
    for left, right in find_runs(np.asarray(ink.any(axis=0))).tolist():
        top, foot = find_span(ink[:, left:right])
        boxes.append((left, top, right, foot))
    highest = max((foot - top for _, top, _, foot in boxes), default=0)
    return [box for box in boxes if box[3] - box[1] >= LOW * highest]


def find_span(ink: np.ndarray) -> tuple[int, int]:
    """The first row with ink, and the one behind the last."""
    rows = np.flatnonzero(ink.any(axis=1))
    return int(rows[0]), int(rows[-1]) + 1
