"""Pixels of a line -> the signs in it that not every engine knows: check boxes, ditto marks, equals signs, dots."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.pixels import find_pieces
from extractor.reading.leader import find_leader
from extractor.reading.lines import INK_BELOW

CHECK_BOX, DITTO, EQUALS = "☐", '"', "="
SIDES = (0.45, 1.15)  # text heights of a box's sides
SQUARE = 1.35  # times its shorter side that the longer one may be
WALL, WALLED = 0.16, 0.85  # of its height: thickness of a wall; share of each wall that is ink
HOLLOW = 0.12  # share of the inside that may be ink
LOWEST_MARK, HIGHEST_MARK, WIDEST_MARK = 0.15, 0.42, 0.6  # text heights of a ditto mark: lower than any figure
LARGEST_LINE = 2.0  # text heights: no line that is higher or wider is a ditto mark with its soft edges
BEGINNING = 3.0  # text heights of a line that hold a box and what is behind it
BAR = (0.25, 1.1, 0.24)  # text heights: shortest, longest and thickest stroke of an equals sign
LONG_BAR = 1.8  # times its thickness that each is long
BARS_APART = (0.04, 0.4)  # text heights between them
ALIKE = 0.7  # share of the longer one that the other lies over
LONGEST_BLOT = 1.7  # heights that a ditto mark is wide whose strokes touch; a dash is wider
APART = 0.12  # text heights between the box and the text behind it


def find_check_box(gray: np.ndarray, text_height: float) -> int | None:
    """Pixels from the left edge of a line, gray uint8 (H, W), behind an empty check box; None without one.

    A box alone is none: it may be a figure.
    """
    least, most = (part * text_height for part in SIDES)
    if min(gray.shape) < least:
        return None
    # of a long line its beginning tells, unless nothing follows what it begins with
    beginning = gray[:, : round(BEGINNING * text_height)]
    labels, stats, tall = _tall_pieces(beginning, least)
    if len(tall) < 2 and beginning.shape[1] < gray.shape[1]:
        labels, stats, tall = _tall_pieces(gray, least)
    if len(tall) < 2:
        return None
    first, second = tall[np.argsort(stats[tall, cv2.CC_STAT_LEFT], kind="stable")[:2]]
    x, y, w, h = stats[first, :4]
    if not (least <= min(w, h) and max(w, h) <= min(most, SQUARE * min(w, h))):
        return None
    if stats[second, cv2.CC_STAT_LEFT] - (x + w) < APART * text_height:
        return None
    return int(x + w) if _is_hollow(labels[y : y + h, x : x + w] == first) else None


def _tall_pieces(gray: np.ndarray, least: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(labels, stats, labels of the pieces that are at least so high)."""
    labels, stats, _ = find_pieces(gray < INK_BELOW)
    return labels, stats, np.flatnonzero(stats[1:, cv2.CC_STAT_HEIGHT] >= least) + 1


def count_dots(gray: np.ndarray, text_height: float) -> int:
    """How many dots a line's ink, gray uint8 (H, W), is, 0 where it is anything else."""
    boxes = find_pieces(gray < INK_BELOW)[1][1:, :4].copy()
    boxes[:, 2:] += boxes[:, :2]
    return int(find_leader(boxes, np.ones(len(boxes), bool), text_height).sum())


def is_one_stroke(gray: np.ndarray) -> bool:
    """Whether all of a line's ink, gray uint8 (H, W), is one piece."""
    return len(find_pieces(gray < INK_BELOW)[1]) == 2


def is_ditto(gray: np.ndarray, text_height: float) -> bool:
    """Whether a line's ink, gray uint8 (H, W), is a ditto mark: two short upright strokes, or a blot of both."""
    if min(gray.shape) < LOWEST_MARK * text_height or max(gray.shape) > LARGEST_LINE * text_height:
        return False  # a part without any pixel would crash OpenCV
    _, stats, _ = find_pieces(gray < INK_BELOW)
    if (count := len(stats)) not in (2, 3):
        return False
    boxes = stats[1:, :4] / text_height
    (x0, y0), (x1, y1) = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    if not (LOWEST_MARK <= y1 - y0 <= HIGHEST_MARK and LOWEST_MARK <= x1 - x0 <= WIDEST_MARK):
        return False
    upright = boxes[:, 3] > boxes[:, 2]
    if count == 2:
        return bool(y1 - y0 < x1 - x0 < LONGEST_BLOT * (y1 - y0))
    return bool(upright.all() and boxes[:, 3].min() >= LOWEST_MARK and x1 - x0 > boxes[:, 2].sum())


def _is_hollow(shape: np.ndarray) -> bool:
    wall = max(round(WALL * shape.shape[0]), 2)
    walls = (
        shape[:wall].any(axis=0),
        shape[-wall:].any(axis=0),
        shape[:, :wall].any(axis=1),
        shape[:, -wall:].any(axis=1),
    )
    inside = shape[2 * wall : -2 * wall, 2 * wall : -2 * wall]
    return all(side.mean() >= WALLED for side in walls) and inside.size > 0 and float(inside.mean()) <= HOLLOW


def find_equals(gray: np.ndarray, text_height: float) -> list[tuple[int, int]]:
    """(left, right) of each equals sign in a line, gray uint8 (H, W): two level strokes and nothing over or below."""
    if gray.shape[1] < BAR[0] * text_height or not gray.shape[0]:
        return []
    _, stats, _ = find_pieces(gray < INK_BELOW)
    left, top, width, height = stats[1:, :4].T
    least, most, thickest = (part * text_height for part in BAR)
    bar = (width >= least) & (width <= most) & (height <= thickest) & (width >= LONG_BAR * height)
    bars = np.flatnonzero(bar)
    if len(bars) < 2:
        return []
    right, bottom = left + width, top + height
    found = []
    for a in bars:
        for b in bars:
            apart = (top[b] - bottom[a]) / text_height
            over = min(right[a], right[b]) - max(left[a], left[b])
            if not BARS_APART[0] <= apart <= BARS_APART[1] or over < ALIKE * max(width[a], width[b]):
                continue
            start, end = int(min(left[a], left[b])), int(max(right[a], right[b]))
            beside = (right > start) & (left < end)
            if beside.sum() == 2:
                found.append((start, end))
    return sorted(found)
