"""Lines of ink in a doubtful value cell -> what may be its figure, cut out of the strokes and stamps around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from extractor.pixels import find_pieces
from extractor.reading.lines import INK_BELOW
from extractor.records import TextLine

LOWEST, HIGHEST, WIDEST = 0.42, 1.1, 1.2  # text heights of a printed figure; a pen's stroke is larger
SAME_BASE = 0.14  # text heights by which feet of figures in one number differ
FAR = 0.9  # text heights between two figures of one number
MARK_ABOVE, MARK_BELOW, MARK_BESIDE = 0.45, 0.3, 0.3  # text heights around figures where their marks stand
NEAR, TALL = 0.5, 0.6  # text heights beside a group, and share of its height, of ink that may be one more figure
FAINT = 0.03  # share of the line's ink: less is specks, and nothing is left out by leaving them
MOST = 3  # groups of a line that are worth reading


def find_figures(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Groups of figures on one base line, each alone on white; none where a line is nothing else."""
    return tuple(apart for line in lines for apart in _apart(line, alone=len(lines) == 1))


def _apart(line: TextLine, *, alone: bool) -> Iterator[TextLine]:
    labels, stats, _ = find_pieces(line.clean < INK_BELOW)
    boxes = stats[:, :4].copy()
    boxes[:, 2:] += boxes[:, :2]
    boxes[0] = 0
    whole = stats[_inside(boxes, line.inner), cv2.CC_STAT_AREA].sum()
    for group in _groups(boxes, line)[:MOST]:
        if alone and stats[group, cv2.CC_STAT_AREA].sum() >= (1 - FAINT) * whole:
            continue
        if _is_cut(labels, group, boxes, line.text_height):
            continue
        yield _cut(line, labels, group, boxes)


def _inside(boxes: np.ndarray, inner: tuple[int, int, int, int]) -> np.ndarray:
    """Mask of components whose middle lies in the line."""
    x0, y0, x1, y1 = inner
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    result: np.ndarray = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    result[0] = False
    return result


def _groups(boxes: np.ndarray, line: TextLine) -> list[np.ndarray]:
    """Labels of the components of each number, the largest first."""
    unit = line.text_height
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    shape = (
        _inside(boxes, line.inner) & (height >= LOWEST * unit) & (height <= HIGHEST * unit) & (width <= WIDEST * unit)
    )
    left = set(np.flatnonzero(shape).tolist())
    found = []
    while left:
        seed = max(left, key=lambda n: (int(height[n]), -n))
        members = _row_of(seed, left, boxes, unit)
        left -= set(members)
        found.append(np.array([*members, *_marks_of(members, boxes, unit)]))
    return sorted(found, key=lambda group: -int((width[group] * height[group]).sum()))


def _row_of(seed: int, left: set[int], boxes: np.ndarray, unit: float) -> list[int]:
    """The seed and what stands on its base line, from neighbour to neighbour."""
    level = [n for n in left if abs(int(boxes[n, 3]) - int(boxes[seed, 3])) <= SAME_BASE * unit]
    members, grown = {seed}, True
    while grown:
        near = {
            n
            for n in level
            for m in members
            if boxes[n, 0] - boxes[m, 2] <= FAR * unit and boxes[m, 0] - boxes[n, 2] <= FAR * unit
        }
        grown = not near <= members
        members |= near
    return sorted(members)


def _marks_of(members: list[int], boxes: np.ndarray, unit: float) -> list[int]:
    """Commas, full stops and the like beside the figures."""
    x0, y0, x1, y1 = boxes[members, 0].min(), boxes[members, 1].min(), boxes[members, 2].max(), boxes[members, 3].max()
    small = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) < LOWEST * unit
    near = (boxes[:, 0] >= x0 - MARK_BESIDE * unit) & (boxes[:, 2] <= x1 + MARK_BESIDE * unit)
    near &= (boxes[:, 1] >= y0 - MARK_ABOVE * unit) & (boxes[:, 3] <= y1 + MARK_BELOW * unit)
    near[0] = False
    return [n for n in np.flatnonzero(small & near).tolist() if n not in members]


def _is_cut(labels: np.ndarray, group: np.ndarray, boxes: np.ndarray, unit: float) -> bool:
    """Whether ink as tall as the group's figures stands right beside them: it may be one that a stroke runs through."""
    x0, y0 = boxes[group, :2].min(axis=0)
    x1, y1 = boxes[group, 2:].max(axis=0)
    others = (labels > 0) & ~np.isin(labels, group)
    reach = round(NEAR * unit)
    sides = others[y0:y1, max(x0 - reach, 0) : x0], others[y0:y1, x1 : x1 + reach]
    return any(side.size and side.any(axis=1).mean() >= TALL for side in sides)


def _cut(line: TextLine, labels: np.ndarray, group: np.ndarray, boxes: np.ndarray) -> TextLine:
    """The line with everything but the group made white."""
    mine = np.isin(labels, group).astype(np.uint8)
    # soft edges belong to the ink that they surround
    mine = cv2.dilate(mine, np.ones((5, 5), np.uint8))
    others = ((labels > 0) & (mine == 0)).astype(np.uint8)
    keep = (mine > 0) & (cv2.dilate(others, np.ones((3, 3), np.uint8)) == 0)
    pixels = np.where(keep, line.clean, np.uint8(255))
    x0, y0, x1, y1 = (int(v) for v in (*boxes[group, :2].min(axis=0), *boxes[group, 2:].max(axis=0)))
    dx, dy = line.box[0] - line.inner[0], line.box[1] - line.inner[1]
    return TextLine((x0 + dx, y0 + dy, x1 + dx, y1 + dy), pixels, pixels, (x0, y0, x1, y1), line.text_height)
