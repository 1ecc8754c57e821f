"""Lines of ink in a doubtful value cell -> what may be its figure, cut out of the strokes and stamps around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

import cv2
import numpy as np

from extractor.pixels import find_pieces
from extractor.reading.lines import FAINT_BELOW, INK_BELOW
from extractor.records import Box, GridCell, TextLine

LOWEST, HIGHEST, WIDEST = 0.42, 1.1, 1.2  # text heights of a printed figure; a pen's stroke is larger
SAME_BASE = 0.14  # text heights by which feet of figures in one number differ
FAR = 0.9  # text heights between two figures of one number
MARK_ABOVE, MARK_BELOW, MARK_BESIDE = 0.45, 0.3, 0.3  # text heights around figures where their marks stand
NEAR, TALL = 0.5, 0.6  # text heights beside a group, and share of its height, of ink that may be one more figure
FAINT = 0.03  # share of the line's ink: less is specks, and nothing is left out by leaving them
LEAST_SET = 5  # figures that tell how those of a page are set
SAME_HEIGHT = 0.1  # of their height by which digits of one page differ
SAME_PLACE = 0.3  # text heights by which figures of a column stand aside
OFF_PLACE, OFF_LEVEL = 0.6, 1.0  # text heights from there, aside and up or down, where a dash is rather a speck
BESIDE = 0.5  # text heights between two digits of one number
DASH_HEIGHT, DASH_WIDTH = 0.22, (0.25, 1.6)  # text heights that a dash is high at most; wide
FLAT = 1.6  # widths of its height that it has at least
OFF_MIDDLE = 0.8  # text heights by which it lies above or below the middle of its cell
TWO_INKS = 20.0  # levels of grey between the means of two inks
LEAST_INK = 10  # pixels that tell how dark they are
MOST = 3  # groups of a line that are worth reading
MOST_DIGITS, WINDOW_MARGIN = 5, 0.1  # of a number that is sought where figures stand; text heights around it


@dataclass(frozen=True, slots=True)
class Setting:
    """How the figures of a page are set, in text heights: how high and wide they are, where in their cells they stand.

    `side`: 0 flush left, 1 in the middle, 2 flush right; `at`: from that place of the cell. `level`: 0 at the top, 1 in
    the middle, 2 at the bottom; `down`: from there.
    """

    height: float
    width: float
    side: int
    at: float
    level: int
    down: float


def find_setting(figures: Sequence[tuple[GridCell, TextLine, str]]) -> Setting | None:
    """How these figures are set, each with its digits; None where they are too few to tell."""
    if len(figures) < LEAST_SET:
        return None
    heights = [(line.inner[3] - line.inner[1]) / line.text_height for _, line, _ in figures]
    widths = [(line.inner[2] - line.inner[0]) / line.text_height / len(digits) for _, line, digits in figures]
    across = [_places(cell.box[::2], line.box[::2], line.text_height) for cell, line, _ in figures]
    downwards = [_places(cell.box[1::2], line.box[1::2], line.text_height) for cell, line, _ in figures]
    return Setting(median(heights), median(widths), *_usual_place(across), *_usual_place(downwards))


def _usual_place(offsets: Sequence[tuple[float, float, float]]) -> tuple[int, float]:
    """From which of three places figures are as far as others, and how far."""
    places = list(zip(*offsets, strict=True))
    middles = [median(place) for place in places]
    spread = [median(abs(x - middle) for x in place) for place, middle in zip(places, middles, strict=True)]
    side = min(range(3), key=lambda n: (spread[n], n))
    return side, middles[side]


def _places(cell: Sequence[float], span: Sequence[float], unit: float) -> tuple[float, float, float]:
    """Offsets of an ink's start and end from the start, the middle and the end of its cell, in text heights."""
    start, end = cell
    return (span[0] - start) / unit, (span[0] + span[1] - start - end) / 2 / unit, (span[1] - end) / unit


def is_off_place(dash: Box, cell: GridCell, setting: Setting, unit: float) -> bool:
    """Whether what may be a dash stands elsewhere in its cell than the page's figures do.

    `unit`: pixels of a text height.
    """
    aside = _places(cell.box[::2], dash[::2], unit)[setting.side] - setting.at
    # a figure's middle, from where it is told
    middle = setting.down + (1 - setting.level) * setting.height / 2
    above = _places(cell.box[1::2], [(dash[1] + dash[3]) / 2] * 2, unit)[setting.level] - middle
    return abs(aside) > OFF_PLACE or abs(above) > OFF_LEVEL


def find_set(lines: Sequence[TextLine], cell: GridCell, setting: Setting) -> tuple[TextLine, ...]:
    """Groups of what is as high as the page's figures, or a dash, and stands where they stand, each alone on white."""
    found = []
    for line in lines:
        labels, boxes = _pieces_of(line)
        unit, aside = line.text_height, line.box[0] - line.inner[0]
        off = abs(boxes[:, 3] - boxes[:, 1] - setting.height * unit)
        high = _inside(boxes, line.inner) & (off <= max(SAME_HEIGHT * setting.height * unit, 1.5))
        middle = (cell.box[1] + cell.box[3]) / 2 - line.box[1] + line.inner[1]
        dashes = [np.array([n]) for n in np.flatnonzero(_inside(boxes, line.inner) & _are_dashes(boxes, middle, unit))]
        for group in (*_groups(boxes, high, BESIDE * unit, unit), *dashes):
            span = boxes[group, 0].min() + aside, boxes[group, 2].max() + aside
            if abs(_places(cell.box[::2], span, unit)[setting.side] - setting.at) <= SAME_PLACE:
                found.append(_cut(line, labels, group, boxes))
    return tuple(found[:MOST])


def find_windows(lines: Sequence[TextLine], cell: GridCell, setting: Setting) -> tuple[TextLine, ...]:
    """What is where the page's figures stand, for a number of one digit, of two and so on; none where no line is."""
    found = []
    for digits in range(1, MOST_DIGITS + 1):
        box = _window_box(cell, setting, lines[0].text_height, digits)
        line = next((line for line in lines if _holds(line, box)), None)
        if line is None:
            break
        found.append(_window(line, box))
    return tuple(found)


def _window_box(cell: GridCell, setting: Setting, unit: float, digits: int) -> Box:
    """Where on the page a number of so many digits stands in the cell. `unit`: pixels of a text height."""
    at = _place_of(cell.box[::2], setting.side) + setting.at * unit
    height, width = setting.height * unit, digits * setting.width * unit
    top = _place_of(cell.box[1::2], setting.level) + setting.down * unit - height * setting.level / 2
    left = at - width * setting.side / 2
    return left, top, left + width, top + height


def has_ink_at(line: TextLine, cell: GridCell, setting: Setting) -> bool:
    """Whether a line's crop holds any ink, pale ink too, where the digit of a number stands that every number has."""
    x0, y0, x1, y1 = _window_box(cell, setting, line.text_height, 1)
    near = SAME_PLACE * line.text_height
    x, y = line.box[0] - line.inner[0], line.box[1] - line.inner[1]
    left, top = max(round(x0 - near - x), 0), max(round(y0 - near - y), 0)
    window = line.clean[top : max(round(y1 + near - y), 0), left : max(round(x1 + near - x), 0)]
    return not window.size or bool((window < FAINT_BELOW).any())


def _place_of(cell: Sequence[float], side: int) -> float:
    return cell[0] + (cell[1] - cell[0]) * side / 2


def _holds(line: TextLine, box: Box) -> bool:
    """Whether the line's crop has all that is in a box of the page."""
    x, y = line.box[0] - line.inner[0], line.box[1] - line.inner[1]
    height, width = line.clean.shape
    return x <= box[0] and y <= box[1] and box[2] <= x + width and box[3] <= y + height


def _window(line: TextLine, box: Box) -> TextLine:
    """The line with everything but a box of the page made white."""
    margin = WINDOW_MARGIN * line.text_height
    x, y = line.box[0] - line.inner[0], line.box[1] - line.inner[1]
    x0, y0 = round(max(box[0] - x - margin, 0)), round(max(box[1] - y - margin, 0))
    x1, y1 = round(box[2] - x + margin), round(box[3] - y + margin)
    pixels = np.full_like(line.clean, 255)
    pixels[y0:y1, x0:x1] = line.clean[y0:y1, x0:x1]
    inner = round(box[0] - x), round(box[1] - y), round(box[2] - x), round(box[3] - y)
    return TextLine(box, pixels, pixels, inner, line.text_height)


def _are_dashes(boxes: np.ndarray, middle: float, unit: float) -> np.ndarray:
    """Mask of what may be a dash in a cell. `middle`: the y of its middle."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    flat = (height <= DASH_HEIGHT * unit) & (width >= FLAT * height)
    flat &= (width >= DASH_WIDTH[0] * unit) & (width <= DASH_WIDTH[1] * unit)
    found: np.ndarray = flat & (abs((boxes[:, 1] + boxes[:, 3]) / 2 - middle) <= OFF_MIDDLE * unit)
    return found


def is_dash_high(line: TextLine) -> bool:
    """Whether a group is too low for a figure."""
    return line.inner[3] - line.inner[1] <= DASH_HEIGHT * line.text_height


def _is_all(labels: np.ndarray, group: np.ndarray, boxes: np.ndarray, line: TextLine) -> bool:
    """Whether nothing but specks is in the line beside the group."""
    areas = np.bincount(labels.ravel(), minlength=len(boxes))
    return bool(areas[group].sum() >= (1 - FAINT) * areas[_inside(boxes, line.inner)].sum())


def find_darker(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Lines without the lighter of two inks, as a pen's beside print on a grey scan; groups of figures in what is left.

    None of a line whose ink is one.
    """
    darker = [dark for line in lines for times in (1, 2) if (dark := _without_lighter(line, times)) is not None]
    return find_apart(darker)


def _without_lighter(line: TextLine, times: int) -> TextLine | None:
    """The line's darker ink alone. `times`: how often the lighter part goes: soft edges may be lighter than either ink.

    None where the ink is one.
    """
    x0, y0, x1, y1 = line.inner
    ink = line.clean[y0:y1, x0:x1]
    ink = ink[ink < INK_BELOW]
    for _ in range(times):
        if len(ink) < LEAST_INK:
            return None
        level, _ = cv2.threshold(ink, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
        lighter, ink = ink[ink > level], ink[ink <= level]
    if not len(lighter) or lighter.mean() - ink.mean() < TWO_INKS:
        return None
    # soft edges belong to the ink that they surround
    keep = cv2.dilate((line.clean <= level).view(np.uint8), np.ones((3, 3), np.uint8)) > 0
    pixels = np.where(keep, line.clean, np.uint8(255))
    return replace(line, raw=pixels, clean=pixels)


def find_apart(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Groups of figures on one base line, each alone on white, even where a line is nothing else."""
    return tuple(apart for line in lines for apart in _apart(line, alone=False))[:MOST]


def find_figures(lines: Sequence[TextLine]) -> tuple[TextLine, ...]:
    """Groups of figures on one base line, each alone on white; none where a line is nothing else."""
    return tuple(apart for line in lines for apart in _apart(line, alone=len(lines) == 1))


def _apart(line: TextLine, *, alone: bool) -> Iterator[TextLine]:
    labels, boxes = _pieces_of(line)
    unit = line.text_height
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    shape = _inside(boxes, line.inner) & (height >= LOWEST * unit) & (height <= HIGHEST * unit)
    for group in _groups(boxes, shape & (width <= WIDEST * unit), FAR * unit, unit)[:MOST]:
        if (alone and _is_all(labels, group, boxes, line)) or _is_cut(labels, group, boxes, unit):
            continue
        yield _cut(line, labels, group, boxes)


def _pieces_of(line: TextLine) -> tuple[np.ndarray, np.ndarray]:
    """(labels (h, w), boxes x0, y0, x1, y1 (n, 4)) of the connected pieces of ink in a line's crop; 0 is none."""
    labels, stats, _ = find_pieces(line.clean < INK_BELOW)
    boxes = stats[:, :4].copy()
    boxes[:, 2:] += boxes[:, :2]
    boxes[0] = 0
    return labels, boxes


def _inside(boxes: np.ndarray, inner: tuple[int, int, int, int]) -> np.ndarray:
    """Mask of components whose middle lies in the line."""
    x0, y0, x1, y1 = inner
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    result: np.ndarray = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
    result[0] = False
    return result


def _groups(boxes: np.ndarray, digits: np.ndarray, far: float, unit: float) -> list[np.ndarray]:
    """Labels of the components of each number, the largest first. `digits`: mask of what may be one of its digits."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    left = set(np.flatnonzero(digits).tolist())
    found = []
    while left:
        seed = max(left, key=lambda n: (int(height[n]), -n))
        members = _row_of(seed, left, boxes, far, unit)
        left -= set(members)
        found.append(np.array([*members, *_marks_of(members, boxes, unit)]))
    return sorted(found, key=lambda group: -int((width[group] * height[group]).sum()))


def _row_of(seed: int, left: set[int], boxes: np.ndarray, far: float, unit: float) -> list[int]:
    """The seed and what stands on its base line, from neighbour to neighbour."""
    level = [n for n in left if abs(int(boxes[n, 3]) - int(boxes[seed, 3])) <= SAME_BASE * unit]
    members, grown = {seed}, True
    while grown:
        near = {
            n for n in level for m in members if boxes[n, 0] - boxes[m, 2] <= far and boxes[m, 0] - boxes[n, 2] <= far
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
