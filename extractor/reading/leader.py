"""Small ink of a cell -> whether it is a row of dots, which somebody set where a figure would be."""

from __future__ import annotations

import numpy as np

DOT = (0.05, 0.25)  # text heights that each is high and wide
LEAST = 3  # so many stand in a row
LEVEL = 0.08  # text heights by which their middles differ
ALIKE, REGULAR = 1.7, 1.8  # times the smallest dot, and the narrowest gap, that the others are
WIDEST_GAP = 0.9  # text heights between two of them


def find_leader(boxes: np.ndarray, inside: np.ndarray, text_height: float) -> np.ndarray:
    """Mask of the dots; all False where there are other marks, or none.

    `boxes`: x0, y0, x1, y1 of the components (n, 4); `inside`: those away from the cell's border.
    """
    found = np.zeros(len(boxes), bool)
    sizes = (boxes[:, 2:] - boxes[:, :2]) / text_height
    dots = np.flatnonzero(inside & (sizes.max(axis=1) >= DOT[0]))
    if len(dots) < LEAST or sizes[dots].max() > DOT[1]:
        return found
    dots = dots[np.argsort(boxes[dots, 0], kind="stable")]
    middles = (boxes[dots, 1] + boxes[dots, 3]) / 2
    gaps = np.maximum(boxes[dots[1:], 0] - boxes[dots[:-1], 2], 1)
    widths = sizes[dots].max(axis=1)
    level = np.ptp(middles) <= LEVEL * text_height
    regular = gaps.max() <= min(REGULAR * gaps.min() + 1, WIDEST_GAP * text_height)
    found[dots] = bool(level and regular and widths.max() <= ALIKE * widths.min())
    return found
