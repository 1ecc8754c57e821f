"""Ink of one cell -> whether it may well be no print at all: strokes and stamps that pass over it, dirt, blots."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from extractor.pixels import find_pieces
from extractor.reading.lines import BORDER_ZONE, INK_BELOW, InkLine, without_rulings

FIGURE = 0.45  # text heights: no figure is lower, however broken
SMEAR = 0.35  # text heights from a side wall within which narrow ink is what is left of the ruling
NARROW = 0.28  # text heights
DASH = (0.28, 0.16)  # text heights: a dash is at least as wide and at most as high
LONG_DASH = (3.0, 0.22)  # widths of its height that a thicker one has at least; text heights that it has at most
ONE_SPECK, TWO_SPECKS = 1.15, 1.7  # times a speck's width: flat ink so wide may be a speck, or two that touch
WIDE_SPECK = 0.95  # share of a page's specks that are smaller than what counts as a speck's width and area
MARK = (1.5, 2.0)  # widths of its height that a short dash has at least, times a speck's area that it covers
RAGGED_MARK = (1.2, 3.5)  # the same of a dash at which specks hang
LOOK = 3  # pixels of which one is looked at first
BLOT = (0.75, 0.62)  # text heights each way that no printed stroke fills, wide and high


DARK = 0.5  # of the paper's light: what is darker may be ink
SHADOW = 0.36  # of the paper's light that a shadow on it leaves at least; ink leaves less
EVENED, MOST_EVENED = 200, 0.6  # grey level, and share of a dark area that is as light on the evened page


class Speck(NamedTuple):
    """Pixels of width and of area that hardly a speck of a page exceeds; both 0 on a page that is not full of them."""

    width: float = 0.0
    area: float = 0.0


def measure_specks(cells: Sequence[np.ndarray]) -> Speck:
    """The specks of a page. `cells`: gray uint8 (h, w), cells that hold nothing else."""
    stats = [find_pieces(cell < INK_BELOW)[1][1:] for cell in cells]
    sizes = np.concatenate(stats) if stats else np.zeros((0, 5))
    if not len(sizes):
        return Speck()
    width, area = np.quantile(sizes[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA]], WIDE_SPECK, axis=0)
    return Speck(float(width), float(area))


def find_mark(cell: np.ndarray, text_height: float, speck: Speck) -> InkLine | None:
    """The widest mark in a cell, gray uint8 (H, W), that is too large for a speck of its page and may be a dash."""
    _, stats, _ = find_pieces(cell < INK_BELOW)
    zone = BORDER_ZONE * text_height
    inside = (stats[:, 1] >= zone) & (stats[:, 1] + stats[:, 3] <= cell.shape[0] - zone) & (stats[:, 0] > 0)
    found = stats[inside & _is_mark(stats, speck)]
    if not len(found):
        return None
    x, y, w, h = (int(v) for v in found[found[:, cv2.CC_STAT_WIDTH].argmax()][:4])
    return InkLine(x, y, x + w, y + h)


def _is_mark(stats: np.ndarray, speck: Speck) -> np.ndarray:
    width, height, area = (stats[:, n] for n in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    found: np.ndarray = (
        (width >= TWO_SPECKS * speck.width) & (width >= MARK[0] * height) & (area >= MARK[1] * speck.area)
    )
    # a dash at which a speck hangs
    found |= (width >= RAGGED_MARK[0] * height) & (area >= RAGGED_MARK[1] * speck.area)
    found[0] = False
    return found


def is_stray(cell: np.ndarray, stray: np.ndarray | None, text_height: float, speck: Speck) -> bool:
    """Whether no mark in the cell, gray uint8 (H, W), is surely print.

    `stray`: bool (H, W), where strokes and stamps pass over the cell; `speck`: those that the page is full of.
    """
    return _has_no_print(cell, stray, text_height, max(DASH[0] * text_height, TWO_SPECKS * speck.width), speck)


def is_dirt(cell: np.ndarray, text_height: float, speck: Speck) -> bool:
    """Whether all marks in the cell, gray uint8 (H, W), are as small as the specks that the page is full of."""
    if not speck.width or find_mark(cell, text_height, speck):
        return False
    return _has_no_print(cell, None, text_height, ONE_SPECK * speck.width, speck)


def _has_no_print(
    cell: np.ndarray, stray: np.ndarray | None, text_height: float, narrowest: float, speck: Speck
) -> bool:
    """Whether neither letters nor figures nor a dash, of at least the `narrowest` width, are among the cell's marks."""
    overlaid, dirty = stray is not None and bool(stray.any()), speck.width > 0
    if not overlaid and not dirty:
        return False
    ink = without_rulings((cell < INK_BELOW).view(np.uint8), text_height)
    if stray is not None:
        ink[stray] = 0
    _, stats, _ = find_pieces(ink)
    left, top, width, height = stats[1:, :4].T
    print_like = height >= FIGURE * text_height
    flat = (height <= DASH[1] * text_height) & (width >= 2 * height)
    flat |= (height <= LONG_DASH[1] * text_height) & (width >= LONG_DASH[0] * height)
    # along the rulings above and below lies what is left of them
    zone = BORDER_ZONE * text_height
    inside = (top + height > zone) & (top < cell.shape[0] - zone)
    dash = flat & (width >= narrowest) & inside
    if dirty:
        side = np.minimum(left, cell.shape[1] - left - width)
        print_like &= ~((side <= SMEAR * text_height) & (width <= NARROW * text_height))
        dash &= side > 0
    else:
        print_like |= inside & (np.maximum(width, height) >= NARROW * text_height)
    return not bool((print_like | dash).any())


def has_blot(raw: np.ndarray, paper: float, text_height: float) -> bool:
    """Whether a solid mass of ink lies in the cell, raw uint8 (H, W), that would hide a figure. `paper`: its grey."""
    kernel = np.ones((max(round(BLOT[1] * text_height), 3), max(round(BLOT[0] * text_height), 3)), np.uint8)
    if raw.shape[0] < kernel.shape[0] or raw.shape[1] < kernel.shape[1]:
        return False
    dark = (raw < math.ceil(DARK * paper)).view(np.uint8)
    # what is solid is so wherever one looks, and few cells need to be looked at everywhere
    few = np.ascontiguousarray(dark[::LOOK, ::LOOK])
    return _is_solid(few, kernel[: kernel.shape[0] // LOOK, : kernel.shape[1] // LOOK]) and _is_solid(dark, kernel)


def _is_solid(dark: np.ndarray, kernel: np.ndarray) -> bool:
    """Whether a rectangle of a mask, as large as the kernel, is all dark."""
    if not kernel.size:
        return True
    return bool(cv2.erode(dark, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0).any())


def is_shadow(raw: np.ndarray, evened: np.ndarray, paper: float) -> bool:
    """Whether what is dark in a cell, uint8 (H, W), is paper in a shadow: lighter than ink, and white once evened."""
    dark = raw < math.ceil(DARK * paper)
    if not dark.any() or float(np.median(raw[dark])) < SHADOW * paper:
        return False
    return float((evened[dark] >= EVENED).mean()) >= MOST_EVENED
