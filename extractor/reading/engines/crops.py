"""A line of ink -> the crops that engines want: in parts, with margins, at a height."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.records import TextLine

Inner = tuple[int, int, int, int]
# what is much lighter than print is left out: a stamp on a grey scan, the print of the verso
DARKEST = np.clip(np.arange(256) * 255 // 125, 0, 255).astype(np.uint8)
PAPER = 200  # lighter pixels are paper when looking for gaps between words


def pixels_of(line: TextLine, preparation: str) -> np.ndarray:
    """The line's crop in one preparation: uint8 (h, w)."""
    if preparation == "dark":
        return cv2.LUT(line.clean, DARKEST)
    return line.clean if preparation == "clean" else line.raw


def chunks(line: TextLine, preparation: str, widest: float) -> list[tuple[np.ndarray, Inner]]:
    """The line in parts no wider than `widest` line heights, cut in the widest gap between words near each limit."""
    pixels = pixels_of(line, preparation)
    x0, y0, x1, y1 = line.inner
    limit = int(widest * max(y1 - y0, 1))
    bounds = [x0]
    blank: np.ndarray = np.all(line.clean[y0:y1] >= PAPER, axis=0)
    while x1 - bounds[-1] > limit:
        bounds.append(_gap(blank, bounds[-1] + limit // 2, bounds[-1] + limit))
    bounds.append(x1)
    return [(pixels, (a, y0, b, y1)) for a, b in zip(bounds, bounds[1:], strict=False)]


def _gap(blank: np.ndarray, start: int, end: int) -> int:
    """Middle of the widest blank run in start..end, or `end`."""
    best, best_length, run = end, 0, 0
    for x in range(start, min(end, len(blank))):
        run = run + 1 if blank[x] else 0
        if run > best_length:
            best, best_length = x - run // 2, run
    return best


def least_height(line: TextLine, inner: Inner, least: float) -> Inner:
    """The inner box, grown to `least` text heights where it is flatter: a dash or a "vi" must not be blown up."""
    x0, y0, x1, y1 = inner
    short = max(round(least * line.text_height) - (y1 - y0), 0)
    return x0, max(y0 - (short + 1) // 2, 0), x1, min(y1 + short // 2, line.raw.shape[0])


def fit_height(line: TextLine, preparation: str, margin: float, height: int, least: float = 0.7) -> np.ndarray:
    """The ink box with a margin (in ink heights, white beyond the crop) scaled to `height` pixels."""
    pixels = pixels_of(line, preparation)
    x0, y0, x1, y1 = least_height(line, line.inner, least)
    pad = max(round(margin * (y1 - y0)), 2)
    top, bottom, left, right = y0 - pad, y1 + pad, x0 - pad, x1 + pad
    inside = pixels[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)]
    borders = (
        max(-top, 0),
        max(bottom - pixels.shape[0], 0),
        max(-left, 0),
        max(right - pixels.shape[1], 0),
    )
    paper = int(np.median(inside[[0, -1]])) if inside.size else 255
    padded = cv2.copyMakeBorder(inside, *borders, cv2.BORDER_CONSTANT, value=paper)
    width = max(round(padded.shape[1] * height / padded.shape[0]), 1)
    interpolation = cv2.INTER_AREA if padded.shape[0] > height else cv2.INTER_CUBIC
    return cv2.resize(padded, (width, height), interpolation=interpolation)
