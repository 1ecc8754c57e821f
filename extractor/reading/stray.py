"""Ink of one cell -> whether it may well be no print at all: strokes and stamps that pass over it, dirt, blots."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from extractor.pixels import find_pieces
from extractor.reading.lines import BORDER_ZONE, INK_BELOW

FIGURE = 0.45  # text heights: no figure is lower, however broken
SMEAR = 0.35  # text heights from a side wall within which narrow ink is what is left of the ruling
NARROW = 0.28  # text heights
DASH = (0.28, 0.16)  # text heights: a dash is at least as wide and at most as high
LONG_DASH = (3.0, 0.22)  # widths of its height that a thicker one has at least; text heights that it has at most
ONE_SPECK, TWO_SPECKS = 1.15, 1.7  # times a speck's width: flat ink so wide may be a speck, or two that touch
WIDE_SPECK = 0.95  # share of a page's specks that are narrower than what counts as a speck's width
BLOT = (0.75, 0.62)  # text heights each way that no printed stroke fills, wide and high


def speck_width(cells: Sequence[np.ndarray]) -> float:
    """Pixels that hardly a speck is wider than. `cells`: gray uint8 (h, w), cells that hold nothing else."""
    stats = [find_pieces(cell < INK_BELOW)[1] for cell in cells]
    widths = np.concatenate([one[1:, cv2.CC_STAT_WIDTH] for one in stats]) if stats else np.zeros(0)
    return float(np.quantile(widths, WIDE_SPECK)) if len(widths) else 0.0


def is_stray(cell: np.ndarray, stray: np.ndarray | None, text_height: float, speck: float) -> bool:
    """Whether no mark in the cell, gray uint8 (H, W), is surely print.

    `stray`: bool (H, W), where strokes and stamps pass over the cell; `speck`: pixels of the width of the specks that
    the page is full of, 0 where it is not.
    """
    return _has_no_print(cell, stray, text_height, max(DASH[0] * text_height, TWO_SPECKS * speck), dirty=speck > 0)


def is_dirt(cell: np.ndarray, text_height: float, speck: float) -> bool:
    """Whether all marks in the cell, gray uint8 (H, W), are as small as the specks that the page is full of."""
    return speck > 0 and _has_no_print(cell, None, text_height, ONE_SPECK * speck, dirty=True)


def _has_no_print(
    cell: np.ndarray, stray: np.ndarray | None, text_height: float, narrowest: float, *, dirty: bool
) -> bool:
    """Whether neither letters nor figures nor a dash, of at least the `narrowest` width, are among the cell's marks."""
    overlaid = stray is not None and bool(stray.any())
    if not overlaid and not dirty:
        return False
    ink = (cell < INK_BELOW).view(np.uint8)
    if stray is not None:
        ink[stray] = 0
    _, stats, _ = find_pieces(ink)
    left, top, width, height = stats[1:, :4].T
    print_like = height >= FIGURE * text_height
    flat = (height <= DASH[1] * text_height) & (width >= 2 * height)
    flat |= (height <= LONG_DASH[1] * text_height) & (width >= LONG_DASH[0] * height)
    dash = flat & (width >= narrowest)
    if dirty:
        side = np.minimum(left, cell.shape[1] - left - width)
        # along the rulings above and below lies what is left of them
        zone = BORDER_ZONE * text_height
        dash &= (top + height > zone) & (top < cell.shape[0] - zone)
        print_like &= ~((side <= SMEAR * text_height) & (width <= NARROW * text_height))
        dash &= side > 0
    else:
        print_like |= np.maximum(width, height) >= NARROW * text_height
    return not bool((print_like | dash).any())


def has_blot(raw: np.ndarray, paper: float, text_height: float) -> bool:
    """Whether a solid mass of ink lies in the cell, raw uint8 (H, W), that would hide a figure. `paper`: its grey."""
    kernel = np.ones((max(round(BLOT[1] * text_height), 3), max(round(BLOT[0] * text_height), 3)), np.uint8)
    if raw.shape[0] < kernel.shape[0] or raw.shape[1] < kernel.shape[1]:
        return False
    dark = (raw < math.ceil(0.5 * paper)).view(np.uint8)
    return bool(cv2.erode(dark, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0).any())
