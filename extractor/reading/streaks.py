"""A page and its grids -> the page without the upright streaks of a scanner's glass or a fax that run through cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractor.reading.lines import INK_BELOW
from extractor.records import Grid, PageImage

LENGTH = 6.0  # text heights: a longer straight stroke is no letter
THICKNESS = 0.16  # text heights that a streak is thick at most
LEAN = 1.0 / 60  # pixels that it may lean by, for one of its length: pages are straightened, streaks are not
ENDS = 3  # half text heights by which it goes on at both ends
BORDER = 0.35  # text heights beside a border of a table where a stroke is its ruling


def without_streaks(page: PageImage, grids: Sequence[Grid]) -> PageImage:
    """The page with paper where streaks run through cells, as a mask of strokes that pass over them tells.

    Print that a streak crosses stays: it goes on at both of its sides.
    """
    if page.origin == "digital" or not grids:
        return page
    found = np.zeros(page.gray.shape, bool)
    for grid in grids:
        x0, y0, x1, y1 = (round(v) for v in grid.box)
        region = np.s_[max(y0, 0) : y1, max(x0, 0) : x1]
        found[region] |= _find_streaks(page.gray[region], page.text_height)
    if not found.any():
        return page
    found &= ~_beside_borders(page, grids)
    if not found.any():
        return page
    stray = found if page.stray is None else page.stray | found
    reach = max(round(THICKNESS * page.text_height), 1) + 1
    return replace(page, gray=_bridged(page.gray, found, reach), raw=_bridged(page.raw, found, reach), stray=stray)


def _find_streaks(gray: np.ndarray, text_height: float) -> np.ndarray:
    """Mask of long thin upright strokes of a part of a page, gray uint8 (H, W)."""
    length, thickest = round(LENGTH * text_height), max(round(THICKNESS * text_height), 2)
    if gray.shape[0] < length or not gray.size:
        return np.zeros(gray.shape, bool)
    ink = (gray < INK_BELOW).astype(np.uint8)
    lean = 2 * max(round(LEAN * length / 2), 1) + 1
    wide = cv2.dilate(ink, np.ones((1, lean), np.uint8))
    runs = cv2.morphologyEx(wide, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8)) & ink
    if not runs.any():
        return np.zeros(gray.shape, bool)
    # where ink is broader than a streak, a letter or a level ruling crosses it
    broad = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, thickest + 1), np.uint8))
    thin = runs & ~broad
    kept = cv2.morphologyEx(
        cv2.dilate(thin, np.ones((1, lean), np.uint8)), cv2.MORPH_CLOSE, np.ones((round(text_height), 1), np.uint8)
    )
    tall = cv2.morphologyEx(kept, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    found = tall & ink
    if not found.any():
        return found.astype(bool)
    along = np.ones((2 * round(text_height / 2) + 1, 3), np.uint8)
    for _ in range(ENDS):
        # a streak that leans ends beyond where it is as long in one column
        found |= cv2.dilate(found, along) & ink & ~broad
    return found.astype(bool)


def _beside_borders(page: PageImage, grids: Sequence[Grid]) -> np.ndarray:
    """Mask of where the rulings of the tables' columns lie."""
    mask = np.zeros(page.gray.shape, np.uint8)
    for grid in grids:
        for cell in grid.cells:
            x0, y0, x1, y1 = (round(v) for v in cell.box)
            for x in (x0, x1):
                cv2.line(mask, (x, y0), (x, y1), 1, max(round(2 * BORDER * page.text_height), 1))
    return mask.astype(bool)


def _bridged(gray: np.ndarray, mask: np.ndarray, reach: int) -> np.ndarray:
    """The page, uint8 (H, W), under the mask as light as the lighter of what is `reach` pixels to either side."""
    ys, xs = np.nonzero(mask)
    filled = gray.copy()
    left, right = np.maximum(xs - reach, 0), np.minimum(xs + reach, gray.shape[1] - 1)
    filled[ys, xs] = np.maximum(gray[ys, left], gray[ys, right])
    return filled
