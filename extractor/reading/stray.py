"""Ink of one cell -> whether it may well be no print at all: strokes and stamps that pass over it, dirt, blots."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.reading.lines import INK_BELOW

FIGURE = 0.45  # text heights: no figure is lower, however broken
SMEAR = 0.35  # text heights from a side wall within which narrow ink is what is left of the ruling
NARROW = 0.28  # text heights
DASH = (0.28, 0.16)  # text heights: a dash is at least as wide and at most as high
BLOT = (0.75, 0.62)  # text heights each way that no printed stroke fills, wide and high


def is_stray(cell: np.ndarray, stray: np.ndarray | None, text_height: float, *, dirty: bool) -> bool:
    """Whether no mark in the cell, gray uint8 (H, W), is surely print.

    `stray`: bool (H, W), where strokes and stamps pass over the cell; `dirty`: the page is full of specks.
    """
    overlaid = stray is not None and bool(stray.any())
    if not overlaid and not dirty:
        return False
    ink = (cell < INK_BELOW).astype(np.uint8)
    if stray is not None:
        ink[stray] = 0
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    left, width, height = stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_WIDTH], stats[1:, cv2.CC_STAT_HEIGHT]
    print_like = height >= FIGURE * text_height
    dash = (width >= DASH[0] * text_height) & (height <= DASH[1] * text_height) & (width >= 2 * height)
    if dirty:
        edge = np.minimum(left, cell.shape[1] - left - width) <= SMEAR * text_height
        print_like &= ~(edge & (width <= NARROW * text_height))
        dash &= ~edge
    else:
        print_like |= np.maximum(width, height) >= NARROW * text_height
    return not bool((print_like | dash).any())


def has_blot(raw: np.ndarray, paper: float, text_height: float) -> bool:
    """Whether a solid mass of ink lies in the cell, raw uint8 (H, W), that would hide a figure. `paper`: its grey."""
    kernel = np.ones((max(round(BLOT[1] * text_height), 3), max(round(BLOT[0] * text_height), 3)), np.uint8)
    if raw.shape[0] < kernel.shape[0] or raw.shape[1] < kernel.shape[1]:
        return False
    dark = (raw < 0.5 * paper).astype(np.uint8)
    return bool(cv2.erode(dark, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0).any())
