"""A line of a cell -> the same with the paler print beside it: where toner fades in a figure, its rest is one too."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.pixels import find_pieces

PALER_BELOW = 215  # on the evened page; what is darker than print's own limit was found already
NEXT = 1.0  # text heights from a line's end to the letter that may go on with it
LEAST = 0.12  # text heights by which it goes on at least: less is a letter's soft edge
EDGE = 0.15  # text heights from the cell's sides, where rulings leave their own soft edges
TALL = 0.55  # of the line's height: lower is a mark or dirt
DENSE = 0.12  # share of its box that a letter covers
LOWEST = 0.5  # text heights: a lower line is a dash
PIXELS = 3  # as many paler pixels beside a line are worth a look


def reach_paler(gray: np.ndarray, line: tuple[int, int, int, int], text_height: float) -> tuple[int, int]:
    """x0, x1 of a line with the print that goes on beside it, be it paler.

    `gray`: the cell, uint8 (H, W); `line`: x0, y0, x1, y1 in it.
    """
    x0, y0, x1, y1 = line
    if y1 - y0 < LOWEST * text_height:
        return x0, x1
    edge, near = round(EDGE * text_height), round(NEXT * text_height)
    band = gray[y0:y1]
    left = band[:, max(x0 - near, edge) : max(x0 - PIXELS, 0)]
    right = band[:, x1 + PIXELS : max(min(x1 + near, band.shape[1] - edge), 0)]
    if all((side < PALER_BELOW).sum() < PIXELS * text_height / 10 for side in (left, right)):
        return x0, x1
    boxes = _letters(band, edge)
    least = max(LEAST * text_height, PIXELS)
    for start, end in sorted(boxes, reverse=True):
        if start <= x0 - least and end >= x0 - near:
            x0 = start
    for start, end in sorted(boxes):
        if end >= x1 + least and start <= x1 + near:
            x1 = end
    return x0, x1


def _letters(band: np.ndarray, edge: int) -> list[tuple[int, int]]:
    """x0, x1 of what is as tall as the line's letters, however pale."""
    pale = (cv2.blur(band, (3, 3)) < PALER_BELOW).view(np.uint8)
    pale[:, :edge] = 0
    pale[:, max(band.shape[1] - edge, 0) :] = 0
    height = band.shape[0]
    found = []
    for x, _, width, tall, area in find_pieces(pale)[1][1:].tolist():
        if TALL * height <= tall and area >= DENSE * width * tall:
            found.append((x, x + width))
    return found
