"""A line of ink -> the crops that engines want: in parts, with margins, at a height."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from extractor.reading.lines import INK_BELOW
from extractor.reading.signs import EQUALS, find_equals
from extractor.records import TextLine

Inner = tuple[int, int, int, int]
# what is much lighter than print is left out: a stamp on a grey scan, the print of the verso
DARKEST = np.clip(np.arange(256) * 255 // 125, 0, 255).astype(np.uint8)
SPACE, SOFT = 0.22, 2  # text heights of white that are a space beside an equals sign; pixels of soft edge beside it
PAPER = 200  # lighter pixels are paper when looking for gaps between words


def pixels_of(line: TextLine, preparation: str) -> np.ndarray:
    """The line's crop in one preparation: uint8 (h, w)."""
    if preparation == "dark":
        return cv2.LUT(line.clean, DARKEST)
    return line.clean if preparation == "clean" else line.raw


class Chunk(NamedTuple):
    """A part of a line's ink: a sign that is told by its shape, or what an engine is to read."""

    inner: Inner
    sign: str = ""
    spaced: bool = True  # white is before it


def chunks(line: TextLine, widest: float) -> list[Chunk]:
    """The line cut at its equals signs, and in parts no wider than `widest` line heights, at the widest gaps there."""
    y0, y1 = line.inner[1], line.inner[3]
    blank: np.ndarray = np.all(line.clean[y0:y1] >= PAPER, axis=0)
    white: np.ndarray = np.all(line.clean[y0:y1] >= INK_BELOW, axis=0)
    space = round(SPACE * line.text_height)
    found: list[Chunk] = []
    for start, end, sign in _split(line):
        spaced = bool(white[max(start - SOFT - space, 0) : max(start - SOFT, 0)].all())
        if sign:
            found.append(Chunk((start, y0, end, y1), sign, spaced))
            continue
        bounds, limit = [start], int(widest * max(y1 - y0, 1))
        while end - bounds[-1] > limit:
            bounds.append(_gap(blank, bounds[-1] + limit // 2, bounds[-1] + limit))
        bounds.append(end)
        found += [Chunk((a, y0, b, y1), "", spaced or a > start) for a, b in zip(bounds, bounds[1:], strict=False)]
    return found


def _split(line: TextLine) -> Iterator[tuple[int, int, str]]:
    """(left, right, sign) of the line's equals signs and of the ink between them, left to right."""
    x0, y0, x1, y1 = line.inner
    signs = [(x0 + a, x0 + b) for a, b in find_equals(line.clean[y0:y1, x0:x1], line.text_height)]
    if not signs:
        yield x0, x1, ""
        return
    ink = np.any(line.clean[y0:y1] < INK_BELOW, axis=0)
    for start, end, after in zip(
        (x0, *(b for _, b in signs)), (*(a for a, _ in signs), x1), (*signs, None), strict=True
    ):
        inked = np.flatnonzero(ink[start:end])
        if len(inked):
            yield start + int(inked[0]), start + int(inked[-1]) + 1, ""
        if after:
            yield *after, EQUALS


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
