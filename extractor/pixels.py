"""A mask of ink -> its connected pieces and its straight strokes: what OpenCV gives, in less time."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

FULL = 255
MOST_GREY = 0.1  # share of grey pixels on a page of black and white: what is drawn at another size has soft edges
EVERY = 9  # pixels of which one is looked at


def find_pieces(ink: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(labels (H, W), stats (n, 5) as of OpenCV, centres x, y (n, 2)) of a mask, uint8 or bool; 0 is the background.

    Pieces also touch at corners. Labels of two bytes give the same in less than half the time, and hardly a page has
    more pieces than they can name.
    """
    mask = ink.view(np.uint8) if ink.dtype == np.bool_ else ink
    if not mask.size:
        # OpenCV crashes the process on a mask without any pixel, such as the inside of a cell lower than its margins
        return np.zeros(mask.shape, np.uint16), np.zeros((1, 5), np.int32), np.zeros((1, 2))
    try:
        _, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_16U)
    except cv2.error:
        _, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    return labels, stats, centres


def find_runs(inked: np.ndarray) -> np.ndarray:
    """(start, end) of each stretch with ink in a mask (n,), int (m, 2)."""
    mask = np.concatenate(([False], inked != 0, [False]))
    return np.flatnonzero(mask[1:] != mask[:-1]).reshape(-1, 2)


def find_strokes(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows of the mask that are looked at, labels in these rows, stats (n, 5) with y counted in them too).

    Of a mask with few rows of ink; the pieces are those of the whole, in the same order.
    """
    # pairs of rows, since OpenCV labels by blocks of two by two, and behind each stretch of ink a blank pair
    rows = np.asarray(mask.any(axis=1))
    rows = np.append(rows, np.zeros(len(rows) % 2, np.bool_))
    inked = rows[::2] | rows[1::2]
    kept = np.flatnonzero(np.repeat(inked | np.append(False, inked[:-1]), 2)[: len(mask)])
    if not len(kept):
        return kept, np.zeros((0, mask.shape[1]), np.uint16), np.zeros((1, 5), np.int32)
    labels, stats, _ = find_pieces(mask[kept])
    return kept, labels, stats


def open_rows(mask: np.ndarray, length: int, *, gap: int = 1) -> np.ndarray:
    """Strokes of a mask (0 and 1) along its rows that are as long, once gaps narrower than `gap` are closed.

    The same as OpenCV's closing and opening by kernels of one row, on eight pixels at a time.
    """
    bits = np.packbits(cv2.transpose(mask), axis=1)
    return cv2.transpose(np.unpackbits(_open(bits, length, gap), axis=1, count=mask.shape[0]))


def open_columns(mask: np.ndarray, length: int) -> np.ndarray:
    """The same along the columns of a mask."""
    return np.unpackbits(_open(np.packbits(mask, axis=1), length, 1), axis=1, count=mask.shape[1])


def open_grey_rows(gray: np.ndarray, length: int) -> np.ndarray:
    """The same of a grey image: each pixel as light as the darkest of some stretch of its row that is as long."""
    across = cv2.transpose(gray)
    return cv2.transpose(_slide(cv2.max, _slide(cv2.min, across, length, FULL), length, 0))


def _open(bits: np.ndarray, length: int, gap: int) -> np.ndarray:
    """Down the columns of packed bits."""
    if gap > 1:
        bits = _slide(np.bitwise_and, _slide(np.bitwise_or, bits, gap, 0), gap, FULL)
    return _slide(np.bitwise_or, _slide(np.bitwise_and, bits, length, FULL), length, 0)


def _slide(join: Callable[..., np.ndarray], rows: np.ndarray, length: int, beyond: int) -> np.ndarray:
    """Each row joined with its neighbours, `length` in all; `beyond`: what lies above the first and below the last.

    Windows of twice the rows are made of two, so that there are as many steps as the length has binary digits.
    """
    count, above = len(rows), length // 2
    windows = np.full((count + length - 1, rows.shape[1]), beyond, np.uint8)
    windows[above : above + count] = rows
    size = 1
    while 2 * size <= length:
        windows = join(windows[:-size], windows[size:])
        size *= 2
    return join(windows[:count], windows[length - size : length - size + count]) if size < length else windows


def straight_strokes(ink: np.ndarray, level: int, upright: int) -> tuple[np.ndarray, np.ndarray]:
    """Masks of level and of upright straight strokes, of at least so many pixels, with their edges. `ink`: uint8."""
    rows, columns = open_rows(ink, level), open_columns(ink, upright)
    return cv2.dilate(rows, np.ones((3, 1), np.uint8)), cv2.dilate(columns, np.ones((1, 3), np.uint8))


def is_black_and_white(pixels: np.ndarray) -> bool:
    """Whether a page, uint8 (H, W) or (H, W, 3), has hardly a grey pixel."""
    some = pixels[::EVERY, ::EVERY]
    return float(((some > 0) & (some < FULL)).mean()) < MOST_GREY
