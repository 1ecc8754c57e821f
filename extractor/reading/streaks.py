"""A page and its grids -> the page without the upright streaks of a scanner's glass or a fax that run through cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractor.pixels import find_pieces, open_columns
from extractor.reading.lines import FAINT_BELOW, INK_BELOW
from extractor.records import Grid, PageImage

LENGTH = 6.0  # text heights: a longer straight stroke is no letter
THICKNESS = 0.16  # text heights that a streak is thick at most
LEAN = 1.0 / 60  # pixels that it may lean by, for one of its length: pages are straightened, streaks are not
ENDS = 1.5  # text heights by which one that leans goes on at both ends
SOFT = 2  # pixels of soft edge
LIFTED = 50  # grey levels by which a pixel of a streak is lightened at least
BORDER = 0.35  # text heights beside a border of a table where a stroke is its ruling


def without_streaks(page: PageImage, grids: Sequence[Grid]) -> PageImage:
    """The page with paper where streaks run through cells, as a mask of strokes that pass over them tells.

    Print that a streak crosses stays: it goes on at both of its sides.
    """
    if page.origin == "digital" or not grids:
        return page
    beside = _beside_borders(page, grids)
    reach: np.ndarray | None = None
    for grid in grids:
        x0, y0, x1, y1 = (round(v) for v in grid.box)
        region = np.s_[max(y0, 0) : y1, max(x0, 0) : x1]
        found = _find_streaks(page.gray[region], beside[region], page.text_height)
        if found is not None:
            reach = np.zeros(page.gray.shape, np.int32) if reach is None else reach
            reach[region] = np.where(found, found, reach[region])
    if reach is None:
        return page
    reach[beside > 0] = 0
    gray = _bridged(page.gray, reach)
    lifted = gray > cv2.add(page.gray, LIFTED)
    stray = lifted if page.stray is None else page.stray | lifted
    return replace(page, gray=gray, raw=_bridged(page.raw, reach), stray=stray)


def _find_streaks(gray: np.ndarray, beside: np.ndarray, text_height: float) -> np.ndarray | None:
    """Long thin upright strokes of a part of a page, gray uint8 (H, W), but `beside` the borders of its columns.

    0, or how many pixels to either side of them print may be; below 0 on their soft edges. None: there are none.
    """
    length, thickest = round(LENGTH * text_height), max(round(THICKNESS * text_height), 2)
    if gray.shape[0] < length or not gray.size:
        return None
    ink = cv2.subtract((gray < INK_BELOW).view(np.uint8), beside)
    lean = 2 * max(round(LEAN * length / 2), 1) + 1
    wide = cv2.dilate(ink, np.ones((1, lean), np.uint8))
    runs = open_columns(wide, length) & ink
    if not runs.any():
        return None
    # where ink is broader than a streak, a letter or a level ruling crosses it
    broad = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, thickest + 1), np.uint8))
    thin = runs & ~broad
    kept = cv2.morphologyEx(
        cv2.dilate(thin, np.ones((1, lean), np.uint8)), cv2.MORPH_CLOSE, np.ones((round(text_height), 1), np.uint8)
    )
    tall = open_columns(kept, length)
    labels, stats, _ = find_pieces(tall)
    found = np.zeros(gray.shape, np.int32)
    soft = gray < FAINT_BELOW
    for piece, (x, y, w, h, _) in enumerate(stats[1:], start=1):
        own = ((labels[y : y + h, x : x + w] == piece) & (ink[y : y + h, x : x + w] > 0)).astype(np.uint8)
        _trace(own, (x, y), soft, found, text_height)
    return found


def _trace(own: np.ndarray, origin: tuple[int, int], soft: np.ndarray, found: np.ndarray, text_height: float) -> None:
    """Enter what lies on one streak's course, no wider than it is. `own`: its ink and print that it touches.

    A figure's thin strokes beside it are not its own; both its ends, where it leans, are.
    """
    counts = own.sum(axis=1)
    if not counts.any():
        return
    width = float(np.median(counts[counts > 0]))
    rows = np.flatnonzero((counts > 0) & (counts <= width + 1))
    centres = (own[rows] * np.arange(own.shape[1])).sum(axis=1) / counts[rows]
    step = max(round(2 * text_height), 8)
    blocks = [slice(k, k + step) for k in range(0, len(rows), step)]
    ys = np.array([rows[block].mean() for block in blocks]) + origin[1]
    xs = np.array([np.median(centres[block]) for block in blocks]) + origin[0]
    slope = (xs[-1] - xs[0]) / max(ys[-1] - ys[0], 1.0)
    ends = round(ENDS * text_height)
    along = np.arange(max(origin[1] - ends, 0), min(origin[1] + len(own) + ends, len(soft)))
    course = np.interp(along, ys, xs) + slope * (along - np.clip(along, ys[0], ys[-1]))
    core = round((width - 1) / 2)
    near = [
        np.clip(np.rint(course + n).astype(int), 0, soft.shape[1] - 1) for n in range(-core - SOFT, core + SOFT + 1)
    ]
    # where there is more ink than the streak's, print touches it and tells what is beside
    alone = np.sum([soft[along, at] for at in near], axis=0) <= width + SOFT
    for offset, at in zip(range(-core - SOFT, core + SOFT + 1), near, strict=True):
        inner = abs(offset) <= core
        reach = core + SOFT + 1 + abs(offset)
        entered = np.where(alone, reach if inner else -reach, core + 1 + abs(offset) if inner else 0)
        found[along, at] = np.where(soft[along, at] & (found[along, at] <= 0), entered, found[along, at])


def _beside_borders(page: PageImage, grids: Sequence[Grid]) -> np.ndarray:
    """Mask of where the rulings of the tables' columns lie."""
    mask = np.zeros(page.gray.shape, np.uint8)
    for grid in grids:
        for cell in grid.cells:
            x0, y0, x1, y1 = (round(v) for v in cell.box)
            for x in (x0, x1):
                cv2.line(mask, (x, y0), (x, y1), 1, max(round(2 * BORDER * page.text_height), 1))
    return mask


def _bridged(gray: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """The page, uint8 (H, W), where streaks lie as light as the lighter of both sides, on their edges as the darker."""
    ys, xs = np.nonzero(reach)
    filled, far = gray.copy(), reach[ys, xs]
    left = gray[ys, np.maximum(xs - np.abs(far), 0)]
    right = gray[ys, np.minimum(xs + np.abs(far), gray.shape[1] - 1)]
    filled[ys, xs] = np.where(far > 0, np.maximum(left, right), np.maximum(gray[ys, xs], np.minimum(left, right)))
    return filled
