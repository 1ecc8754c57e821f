"""A page and its grids -> the page with shaded cells as light as paper where evening its light left them half grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractor.records import Grid, PageImage

HALF_GREY = 0.3  # share of a cell that is neither ink nor paper: the soft edges of print are less
NEITHER = (100, 224)  # grey levels of an evened page between ink and paper
PAPER, INK = 0.75, 0.02  # quantiles of a shaded cell's pixels: its ground, and its ink
LEAST_CONTRAST = 50  # grey levels between them
INSET = 0.2  # text heights: within a cell's rulings


def without_shades(page: PageImage, grids: Sequence[Grid]) -> PageImage:
    """The page, its half grey cells evened by themselves from the raw pixels; those under coloured ink stay."""
    gray: np.ndarray | None = None
    inset = round(INSET * page.text_height)
    for cell in (cell for grid in grids for cell in grid.cells if page.origin != "digital"):
        x0, y0, x1, y1 = (max(round(v), 0) for v in cell.box)
        region = np.s_[y0 + inset : y1 - inset, x0 + inset : x1 - inset]
        seen = page.gray[region]
        if not seen.size or cv2.countNonZero(cv2.inRange(seen, *NEITHER)) < HALF_GREY * seen.size:
            continue
        raw = page.raw[region].astype(np.float32)
        ink, paper = np.quantile(raw, [INK, PAPER])
        masks = (page.stamp, page.signature, page.pen, page.stray)
        if paper - ink < LEAST_CONTRAST or any(mask is not None and mask[region].any() for mask in masks):
            continue
        gray = page.gray.copy() if gray is None else gray
        gray[region] = np.clip((raw - ink) * (255 / (paper - ink)), 0, 255)
    return page if gray is None else replace(page, gray=gray)
