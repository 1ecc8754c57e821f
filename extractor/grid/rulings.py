"""A straight page -> its horizontal and vertical rulings as segments.

Lengths are measured in text heights, so that one set of thresholds serves every resolution and font size.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

WORK_DPI = 160.0  # rulings are found on a page reduced to about this resolution
INK_BELOW = 175  # hairlines are greyer than print; show-through is lighter still
MIN_ROW_STROKE = 2.6  # text heights: longer than a dash, shorter than the narrowest STT column
MIN_COLUMN_STROKE = 1.55  # text heights: taller than any letter, lower than a one-line row
MAX_GAP = 0.45  # text heights: a dotted or broken ruling has gaps this wide
MAX_THICKNESS = 0.4  # text heights: thicker is a bar, a photo or a scanner edge
MAX_COMPANY = 0.55  # share of a ruling's sides that may be inked: more is a line of text


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight stroke: at `position` across its direction, from `start` to `end` along it (pixels of the page)."""

    position: float
    start: float
    end: float
    thickness: float

    @property
    def length(self) -> float:
        """Pixels from start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Rulings:
    """Segments of a page, and the uint8 masks (1 = ruling) that they came from, reduced by `scale`."""

    rows: tuple[Segment, ...]
    columns: tuple[Segment, ...]
    scale: float


def find_rulings(gray: np.ndarray, dpi: float, text_height: float) -> Rulings:
    """Rulings of an evened page, gray uint8 (H, W)."""
    factor = max(round(dpi / WORK_DPI), 1)
    pooled = _darkest(gray, factor)
    ink = (pooled < INK_BELOW).astype(np.uint8)
    height = text_height / factor
    rows = _strokes(ink, height, MIN_ROW_STROKE, factor)
    columns = _strokes(np.ascontiguousarray(ink.T), height, MIN_COLUMN_STROKE, factor)
    return Rulings(rows, columns, 1.0 / factor)


def _darkest(gray: np.ndarray, factor: int) -> np.ndarray:
    """Shrink by an integer, keeping the darkest pixel of each block: a hairline survives."""
    if factor == 1:
        return gray
    height, width = (side - side % factor for side in gray.shape)
    out = gray[:height:factor, :width:factor]
    for dy in range(factor):
        for dx in range(factor):
            if dy or dx:
                out = cv2.min(out, gray[dy:height:factor, dx:width:factor])
    return out


def _strokes(ink: np.ndarray, text_height: float, least: float, factor: int) -> tuple[Segment, ...]:
    """Segments along the x axis of the mask."""
    gap = max(round(MAX_GAP * text_height), 2)
    length = max(round(least * text_height), 6)
    solid = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, max(round(0.9 * length), 5)), np.uint8))
    bridged = cv2.morphologyEx(_dashes(ink, text_height) | solid, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    # a ruling that steps by a pixel stays one component
    runs = cv2.morphologyEx(bridged, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    joined = cv2.dilate(runs, np.ones((3, 1), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = []
    for label in range(1, count):
        x, y, w, h, _ = stats[label]
        region = (labels[y : y + h, x : x + w] == label) & (runs[y : y + h, x : x + w] > 0)
        found += _split_bundle(ink, region, x, y, text_height, length)
    return tuple(Segment(s.position * factor, s.start * factor, s.end * factor, s.thickness * factor) for s in found)


def _dashes(ink: np.ndarray, text_height: float) -> np.ndarray:
    """Ink that is thin across the stroke and alone: dots and dashes of a dotted ruling, hairlines broken up."""
    reach = max(round(0.3 * text_height), 3)
    thick = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((max(round(0.22 * text_height), 3), 1), np.uint8))
    thin = cv2.subtract(ink, cv2.dilate(thick, np.ones((1, 3), np.uint8)))
    # a dot of a ruling has paper above and below; a letter's serif has the letter
    column_ink = cv2.boxFilter(ink.astype(np.float32), -1, (1, 2 * reach + 1), normalize=False)
    alone = (column_ink <= max(0.3 * text_height, 3)).astype(np.uint8)
    return thin & alone


def _split_bundle(
    ink: np.ndarray, region: np.ndarray, x: int, y: int, text_height: float, length: int
) -> list[Segment]:
    """Segments of one component; a component thicker than a ruling is cut into its dense rows."""
    height, width = region.shape
    thickness = region.sum() / max(region.any(axis=0).sum(), 1)
    if width < length or thickness > MAX_THICKNESS * text_height:
        return []
    centre = y + float((region.sum(axis=1) * np.arange(height)).sum() / region.sum())
    if _in_company(ink, y, height, x, width, text_height):
        return []
    return [Segment(centre, float(x), float(x + width), float(thickness))]


def _in_company(ink: np.ndarray, y: int, height: int, x: int, width: int, text_height: float) -> bool:
    """True where both sides of a stroke are inked along most of it: it was part of a line of text or a picture."""
    reach = max(round(0.12 * text_height), 2)
    above = ink[max(y - 1 - reach, 0) : max(y - 1, 0), x : x + width]
    below = ink[y + height + 1 : y + height + 1 + reach, x : x + width]
    shares = [band.any(axis=0).mean() if band.size else 0.0 for band in (above, below)]
    return bool(min(shares) > MAX_COMPANY or max(shares) > 0.9)
