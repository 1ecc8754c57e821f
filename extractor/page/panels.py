"""A drawn sheet -> the same with light print on dark ground made dark on light: heads of tables are shaded so.

The rulings within such a panel are light as well, and its sides are borders of the table that no ruling marks. It is
lifted before the light is evened, which would take its ground for a shadow, and colours are parted, which would take a
blue one for a pen's.
"""

from __future__ import annotations

import cv2
import numpy as np

from extractor.pixels import find_pieces

LINES_PER_INCH = 7.2  # of 10 pt print: the size of letters is not known yet
REDUCED_DPI = 75.0  # panels are searched on a sheet reduced to about this resolution
PAPER = 0.9  # share of the pixels that are no lighter than paper
DARK = 0.62  # of the paper's grey
DENSE = 0.6  # share of the pixels around that is dark: print covers a third, a panel's letters leave two thirds
LEAST_WIDTH, LEAST_HEIGHT = 4.0, 1.2  # line heights
CORNERS = 0.85  # of the box around it, however it leans: a panel has four corners
EDGE = 0.5  # line heights from the sheet's edge, where a scanner's dark border lies
CLOSED = 0.25  # line heights: rulings on a panel are narrower, and print stands farther from it
OPENED = 0.6  # line heights: letters that touch a panel are narrower
CONTRAST = 0.25  # of the paper's grey, between the ground and its letters, and the ground and the paper around
LETTER = (0.25, 2.0)  # line heights
LEAST_LETTERS = 2  # a bar that hides print has none
PRINT = 3.0  # times as many pixels lighter than the ground as darker ones: a shadow lies on dark print
RING = (0.25, 0.45)  # line heights from a panel's outline where there is paper around it: a shadow's edge is soft
RIM = (0.12, 0.24)  # line heights within a panel's outline, where there is ground, while words in bold print have ends
LIGHT_RIM = 0.12  # share of the rim that rulings on the panel take
AROUND = 0.75  # share of the ring that is paper: the rest is print and rulings
BORDER = 0.1  # line heights: how thick the sides are drawn


def lift_panels(pixels: np.ndarray, dpi: float) -> np.ndarray:
    """The sheet, uint8 (H, W) or (H, W, 3), each panel of light print inverted; the same array where there is none."""
    step = max(round(dpi / REDUCED_DPI), 1)
    small = _grey(pixels[::step, ::step])
    counts = np.cumsum(cv2.calcHist([small], [0], None, [256], [0, 256]))
    paper = float(np.searchsorted(counts, PAPER * small.size))
    line = dpi / LINES_PER_INCH
    lifted = pixels
    for mask, x, y in _find_panels((small < DARK * paper).view(np.uint8), line / step):
        region = np.s_[y * step : (y + mask.shape[0]) * step, x * step : (x + mask.shape[1]) * step]
        part = _grey(pixels[region])
        panel = cv2.resize(mask, part.shape[::-1], interpolation=cv2.INTER_NEAREST)
        if _is_print(part, panel, paper, line):
            lifted = pixels.copy() if lifted is pixels else lifted
            _invert(lifted[region], part, panel, paper, line)
    return lifted


def _grey(pixels: np.ndarray) -> np.ndarray:
    return pixels if pixels.ndim == 2 else cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)


def _find_panels(dark: np.ndarray, unit: float) -> list[tuple[np.ndarray, int, int]]:
    """Masks (0, 1) of what is dark and has four corners, each with white around it, and where it lies: x, y."""
    side = max(round(unit), 3)
    dense = (cv2.boxFilter(dark, cv2.CV_32F, (side, side)) > DENSE).view(np.uint8)
    if not dense.any():
        return []
    ground = cv2.morphologyEx(dark & cv2.dilate(dense, _square(unit)), cv2.MORPH_CLOSE, _square(CLOSED * unit))
    outlines, _ = cv2.findContours(ground, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    solid = cv2.drawContours(np.zeros_like(dark), outlines, -1, 1, cv2.FILLED)
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _square(OPENED * unit))
    labels, stats, _ = find_pieces(solid)
    height, width = dark.shape
    around = max(round(EDGE * unit), 1)
    panels = []
    for label, (x, y, w, h, area) in enumerate(stats.tolist()):
        x0, y0, x1, y1 = x - around, y - around, x + w + around, y + h + around
        if (
            not label
            or min(x0, y0) < 0
            or x1 > width
            or y1 > height
            or w < LEAST_WIDTH * unit
            or h < LEAST_HEIGHT * unit
        ):
            continue
        mask = (labels[y0:y1, x0:x1] == label).view(np.uint8)
        _, (long, short), _ = cv2.minAreaRect(cv2.findNonZero(mask))
        if area >= CORNERS * (long + 1) * (short + 1):
            panels.append((mask, x0, y0))
    return panels


def _square(side: float) -> np.ndarray:
    """A kernel with a middle: others move what they open by a pixel."""
    return np.ones((round(side) | 1,) * 2, np.uint8)


def _levels(gray: np.ndarray, panel: np.ndarray) -> tuple[float, float]:
    """Grey of a panel's ground and of its letters."""
    ground, light = np.percentile(gray[panel > 0], (40, 98))
    return float(ground), float(light)


def _is_print(gray: np.ndarray, panel: np.ndarray, paper: float, line: float) -> bool:
    """Whether this is light print on dark ground with an edge, and no shadow, bar or blot."""
    ground, light = _levels(gray, panel)
    least = CONTRAST * paper
    if min(light, paper) - ground < least:
        return False
    inside = gray[panel > 0]
    if (inside > ground + least / 2).sum() < PRINT * (inside < ground - least / 2).sum():
        return False
    ring = cv2.subtract(*(cv2.dilate(panel, _square(2 * far * line)) for far in reversed(RING)))
    rim = cv2.subtract(*(cv2.erode(panel, _square(2 * far * line)) for far in RIM))
    if (gray[ring > 0] > ground + least).mean() < AROUND or (gray[rim > 0] > ground + least).mean() > LIGHT_RIM:
        return False
    inner = cv2.erode(panel, _square(2 * BORDER * line))
    sizes = find_pieces(inner & (gray > (ground + light) / 2).view(np.uint8))[1][1:, 2:4]
    letters = (sizes[:, 1] > LETTER[0] * line) & (sizes[:, 1] < LETTER[1] * line) & (sizes[:, 0] < LETTER[1] * line)
    return int(letters.sum()) >= LEAST_LETTERS


def _invert(part: np.ndarray, gray: np.ndarray, panel: np.ndarray, paper: float, line: float) -> None:
    """The panel's ground becomes paper, its letters and its outline black, in place."""
    ground, light = _levels(gray, panel)
    inverted = np.clip((light - gray.astype(np.float32)) * (paper / (light - ground)), 0, paper).astype(np.uint8)
    contours, _ = cv2.findContours(panel, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    outline = [cv2.approxPolyDP(contour, line / 8, closed=True) for contour in contours]
    cv2.drawContours(inverted, outline, -1, 0, max(round(BORDER * line), 1))
    drawn = cv2.drawContours(panel.copy(), outline, -1, 1, max(round(BORDER * line), 1)) > 0
    part[drawn] = inverted[drawn] if part.ndim == 2 else inverted[drawn][:, None]
