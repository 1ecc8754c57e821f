"""An evened grey page -> where round stamps and strokes of a pen that have no colour lie over its table."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from extractor.page.discs import Disc
from extractor.pixels import find_pieces, straight_strokes

CUT = 0.65  # of the rim's grey level: what is darker is print, since a stamp's letters are fatter than its rim
LEAST_RULED = 4.5  # text heights: a straight stroke within a stamp that is as long is a ruling below it
GROWN = 1.06  # radii: what belongs to a stamp lies within
INK_BELOW, PALE_BELOW = 150, 210
STROKE_SCALE = 2  # strokes are followed on a page of half the size
RULING = (5.0, 3.6)  # text heights: longer straight strokes, level and upright, are rulings
ACROSS = 0.5  # text heights of ruling that a stroke is followed across
LEAST_STROKE = (1.25, 3.0)  # text heights: shorter and longer side of what a pen has drawn over a table
MOST_INK = 0.2  # share of its box that a pen's stroke covers; lines of print that touch cover more


def lift_grey(gray: np.ndarray, discs: tuple[Disc, ...], text_height: float) -> tuple[np.ndarray, np.ndarray | None]:
    """The page without the ink of stamps that are greyer than print, and where it lay: bool (H, W) or None."""
    lifted: np.ndarray | None = None
    for disc in discs:
        if not disc.is_grey:
            continue
        if lifted is None:
            gray, lifted = gray.copy(), np.zeros(gray.shape, bool)
        region, inside = _area(gray.shape, disc)
        # rulings may be as grey as the stamp, or greyer
        ink = (gray[region] < PALE_BELOW).astype(np.uint8)
        long = round(LEAST_RULED * text_height)
        inside &= cv2.max(*straight_strokes(ink, long, long)) == 0
        paler = inside & (gray[region] > CUT * disc.level)
        lifted[region] |= paler & (gray[region] < INK_BELOW + (255 - INK_BELOW) // 2)
        stretched = np.minimum(gray[region] * (255.0 / (CUT * disc.level)), 255.0).astype(np.uint8)
        gray[region] = np.where(inside, stretched, gray[region])
    return gray, lifted


def _area(shape: tuple[int, ...], disc: Disc) -> tuple[tuple[slice, slice], np.ndarray]:
    """(the box around a stamp, which of its pixels the stamp covers)."""
    radius = GROWN * disc.radius
    y0, y1 = max(int(disc.y - radius), 0), min(int(disc.y + radius) + 1, shape[0])
    x0, x1 = max(int(disc.x - radius), 0), min(int(disc.x + radius) + 1, shape[1])
    ys, xs = np.ogrid[y0:y1, x0:x1]
    return np.s_[y0:y1, x0:x1], (xs - disc.x) ** 2 + (ys - disc.y) ** 2 <= radius**2


def find_stray(gray: np.ndarray, discs: Sequence[Disc], text_height: float) -> np.ndarray | None:
    """Where ink need not be print: within stamps, and on strokes of a pen across rulings. bool (H, W) or None."""
    stray = _find_strokes(gray, text_height)
    for disc in discs:
        stray = np.zeros(gray.shape, bool) if stray is None else stray
        region, inside = _area(gray.shape, disc)
        stray[region] |= inside
    return stray


def _find_strokes(gray: np.ndarray, text_height: float) -> np.ndarray | None:
    """Ink of long thin lines that are no rulings: signatures."""
    small = cv2.erode(gray, np.ones((STROKE_SCALE, STROKE_SCALE), np.uint8))[::STROKE_SCALE, ::STROKE_SCALE]
    unit = text_height / STROKE_SCALE
    ink = (small < INK_BELOW).view(np.uint8)
    level, upright = straight_strokes(ink, round(RULING[0] * unit), round(RULING[1] * unit))
    rest = cv2.subtract(ink, cv2.max(level, upright))
    gap = max(round(ACROSS * unit), 3)
    # a stroke goes on beyond the ruling that it crosses
    rest |= cv2.morphologyEx(rest, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8)) & cv2.max(level, upright)
    labels, stats, _ = find_pieces(rest)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    drawn = (np.minimum(width, height) > LEAST_STROKE[0] * unit) & (np.maximum(width, height) > LEAST_STROKE[1] * unit)
    drawn &= stats[:, cv2.CC_STAT_AREA] < MOST_INK * width * height
    drawn[0] = False
    if not drawn.any():
        return None
    mask = cv2.dilate(drawn[labels].astype(np.uint8), np.ones((3, 3), np.uint8))
    whole: np.ndarray = cv2.resize(mask, gray.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return whole
