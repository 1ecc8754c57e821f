"""A page and its grids -> the page with strokes that run from one column into the next known as no print of a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractor.pixels import find_pieces, open_columns, open_rows
from extractor.reading.lines import FAINT_BELOW, INK_BELOW
from extractor.records import Grid, PageImage

UNIT = 11.5  # pixels of a text height to which the page is reduced for following strokes
RULING = (5.0, 3.6)  # text heights: longer straight strokes beside borders of cells, level and upright, are rulings
BESIDE, ON = 0.35, 0.09  # text heights to both sides of a border: where its ruling may lie, and where all ink is ruling
ACROSS = 0.5  # text heights of ruling that a stroke is followed across
LONGER, SHORTER = 2.0, 0.3  # text heights that the sides of a stroke have at least
BEYOND = 0.4  # text heights that it goes on at both sides of a border; print that touches one ends there
PARTS = 2  # parts of a stroke, one behind the other, into which level rulings cut it
MOST_INK = 0.45  # share of its box that it covers


def mark_crossing(page: PageImage, grids: Sequence[Grid]) -> PageImage:
    """The page with strokes across borders of columns among `signature` (coloured) or `stray` (without colour).

    Whoever fills in a cell stays in it; who signs does not.
    """
    if page.origin == "digital" or not any(grid.cells for grid in grids):
        return page
    scale = max(round(page.text_height / UNIT), 1)
    unit = page.text_height / scale
    small = cv2.erode(page.gray, np.ones((scale, scale), np.uint8))[::scale, ::scale]
    level, upright = _borders(grids, small.shape, scale)
    ink, ruling = _without_rulings((small < INK_BELOW).view(np.uint8), (level, upright), unit)
    rulings = cv2.max(_thickened(level, BESIDE * unit), _thickened(upright, BESIDE * unit))
    # print keeps off the rulings, and one that it touches on both sides is crossed
    black = _find_crossing(ink, upright, rulings, cv2.dilate(ruling, np.ones((3, 3), np.uint8)), unit)
    if black is not None:
        black = _enlarged(black, page.gray.shape) & (page.gray < FAINT_BELOW)
        page = replace(page, stray=black if page.stray is None else page.stray | black)
    if page.pen is None or not page.pen.any():
        return page
    # of a pale pen's strokes parts are lost anywhere
    everywhere = np.ones_like(rulings)
    coloured = _find_crossing(page.pen[::scale, ::scale].view(np.uint8), upright, everywhere, everywhere, unit)
    if coloured is None:
        return page
    signed = page.pen & _enlarged(coloured, page.gray.shape)
    signature = signed if page.signature is None else page.signature | signed
    return replace(page, pen=page.pen & ~signed, signature=signature)


def _borders(grids: Sequence[Grid], shape: tuple[int, ...], scale: int) -> tuple[np.ndarray, np.ndarray]:
    """Masks of the cells' level and upright borders on the reduced page, one pixel thick."""
    level, upright = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    for grid in grids:
        for cell in grid.cells:
            x0, y0, x1, y1 = (max(round(v / scale), 0) for v in cell.box)
            level[[min(y, shape[0] - 1) for y in (y0, y1)], x0:x1] = 1
            upright[y0:y1, [min(x, shape[1] - 1) for x in (x0, x1)]] = 1
    return level, upright


def _without_rulings(
    ink: np.ndarray, borders: tuple[np.ndarray, np.ndarray], unit: float
) -> tuple[np.ndarray, np.ndarray]:
    """(the ink that is no ruling, where rulings lie). `borders`: level and upright."""
    level, upright = borders
    ruling = open_rows(ink, round(RULING[0] * unit)) & _thickened(level, BESIDE * unit)
    ruling |= open_columns(ink, round(RULING[1] * unit)) & _thickened(upright, BESIDE * unit)
    ruling = cv2.max(cv2.dilate(ruling, np.ones((3, 3), np.uint8)), _thickened(level | upright, ON * unit))
    return cv2.subtract(ink, ruling), ruling


def _thickened(mask: np.ndarray, reach: float) -> np.ndarray:
    side = 2 * max(round(reach), 1) + 1
    return cv2.dilate(mask, np.ones((side, side), np.uint8))


def _find_crossing(
    ink: np.ndarray, upright: np.ndarray, rulings: np.ndarray, touching: np.ndarray, unit: float
) -> np.ndarray | None:
    """Mask of long thin pieces of the ink that go on at both sides of an upright border; None: there are none.

    `rulings`: where parts may be missing, so that a piece is followed across; `touching`: where ink meets a ruling.
    """
    gap = max(round(ACROSS * unit), 3)
    joined = ink | (cv2.dilate(ink, np.ones((gap | 1, gap | 1), np.uint8)) & rulings)
    labels, stats, _ = find_pieces(joined)
    left, top, width, height = stats[:, :4].T
    thin = (np.maximum(width, height) > LONGER * unit) & (np.minimum(width, height) > SHORTER * unit)
    thin &= np.bincount(labels[ink > 0], minlength=len(stats)) < MOST_INK * width * height
    thin[0] = False
    crossing = np.zeros(len(stats), bool)
    for piece in np.flatnonzero(thin):
        x0, y0, x1, y1 = left[piece], top[piece], left[piece] + width[piece], top[piece] + height[piece]
        own = labels[y0:y1, x0:x1] == piece
        meets = (own & (ink[y0:y1, x0:x1] > 0) & (touching[y0:y1, x0:x1] > 0)).any(axis=0)
        beyond, at = round(BEYOND * unit), np.flatnonzero((own & (upright[y0:y1, x0:x1] > 0)).any(axis=0))
        crossing[piece] = any(
            beyond <= x < x1 - x0 - beyond
            and meets[max(x - 2 * gap, 0) : x].any()
            and meets[x + 1 : x + 1 + 2 * gap].any()
            for x in at.tolist()
        )
    if not crossing.any():
        return None
    found = crossing[labels].astype(np.uint8)
    for _ in range(PARTS):
        # a level ruling that it meets at a small angle parts a stroke further than is followed across
        near = cv2.dilate(found, np.ones((2 * gap + 1, 2 * gap + 1), np.uint8)) & rulings
        crossing[np.unique(labels[near > 0])] |= True
        crossing &= thin
        found = crossing[labels].astype(np.uint8)
    # what is left of it in the rulings that it crosses
    return found | (cv2.dilate(found, np.ones((2 * gap + 1, 2 * gap + 1), np.uint8)) & rulings)


def _enlarged(mask: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    mask = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    whole: np.ndarray = cv2.resize(mask, shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return whole
