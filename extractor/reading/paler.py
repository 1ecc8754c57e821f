"""Lines of a cell -> the same with the paler print beside them: where toner fades, its rest is a figure too."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class InkLine:
    """Box of a line in pixels of the cell: x0, y0, x1, y1 (exclusive)."""

    x0: int
    y0: int
    x1: int
    y1: int


def reach_paler(gray: np.ndarray, lines: tuple[InkLine, ...], text_height: float) -> tuple[InkLine, ...]:
    """The lines, each as long as the print that goes on beside it, be it paler. `gray`: the cell, uint8 (H, W)."""
    return tuple(_reach(gray, line, text_height) for line in lines)


def _reach(gray: np.ndarray, line: InkLine, text_height: float) -> InkLine:
    if line.y1 - line.y0 < LOWEST * text_height:
        return line
    edge, near = round(EDGE * text_height), round(NEXT * text_height)
    band = gray[line.y0 : line.y1]
    sides = band[:, max(line.x0 - near, edge) : max(line.x0 - PIXELS, 0)], band[:, line.x1 + PIXELS : line.x1 + near]
    sides = sides[0], sides[1][:, : max(gray.shape[1] - edge - line.x1 - PIXELS, 0)]
    if all((side < PALER_BELOW).sum() < PIXELS * text_height / 10 for side in sides):
        return line
    boxes = _letters(band, edge)
    x0, x1 = line.x0, line.x1
    least = max(LEAST * text_height, PIXELS)
    for left, right in sorted(boxes, reverse=True):
        if left <= x0 - least and right >= x0 - near:
            x0 = left
    for left, right in sorted(boxes):
        if right >= x1 + least and left <= x1 + near:
            x1 = right
    return InkLine(x0, line.y0, x1, line.y1)


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
