"""Pixels of a cell -> its lines of ink, without specks and remnants of rulings."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from extractor.pixels import find_pieces
from extractor.reading.leader import find_leader
from extractor.reading.paler import reach_paler

INK_BELOW = 150  # on the evened, stretched page
FAINT_BELOW = 220  # the same, of print that is nearly lost
SPECK = 0.33  # text heights: smaller ink is a dot, a diacritic or dirt, and starts no line of its own
DASH = 0.22  # text heights: flat ink from this width on is a dash
NEAR = 0.45  # text heights: small ink this near to print belongs to it
MOST_PAIRS = 1_000_000  # of small ink and print that are compared at once
BORDER_ZONE = 0.3  # text heights: where remnants of a ruling lie
REMNANT_LENGTH = 1.3  # text heights: ink at the border that is this long and thin is ruling
UPRIGHT_LENGTH = 1.35  # text heights: the same along the sides, where tall letters stand
REMNANT_THICKNESS = 0.22
MOST_SHRED, BEYOND_BORDER = 0.3, 0.15  # share of its box that a ruling's shred fills, of its ink away from the border
TALLEST_LINE = 1.85  # text heights: taller ink is several lines that touch
FIRST_CUT, LAST_CUT = 0.8, 2.0  # text heights below a line's top: where the next line may begin
TWO_LINES, LEAST_LINE = 1.6, 0.75  # text heights: two lines set solid are no lower; neither of them is
VALLEY = 0.25  # of the mean ink of a row: where two lines set solid meet, there is no more
LINE_PITCH = 1.55  # text heights from line to line in single spacing
LOWEST_LINE = 0.42  # text heights: lower ink is a part of the line beside it, or a dash
LOST_ROW, ONE_LINE = 0.12, 1.1  # text heights of white within a line, and of a line: two are higher
MERGE_GAP = 0.3  # text heights between a letter and its tone mark
LOWEST_FIGURE = 0.55  # text heights: no figure is lower
SLIVER = 0.2  # text heights: what is left of a letter beside a border is no lower, in one piece or several
BESIDE_SLIVER, BEYOND_SLIVER = 0.5, 0.15  # text heights between it and its line; by which it is higher or lower
DOT = 0.22  # text heights: a dotted ruling's dots are no larger
LEAST_DOTS, AS_DENSE = 2, 0.4  # so many of them lie beside no line, and as dense as beside one
MARK = (0.18, 0.25)  # text heights: a ditto mark, or each of its two strokes, is no lower; no narrower as one
MARK_GAP = 0.2  # text heights between its strokes
BROKEN_DASH = (0.22, 1.2, 0.2)  # text heights: what is left of a dash is no narrower, no wider, no higher
FLATTISH = 1.4  # widths of its height that it has at least
DASH_GAP, DASH_FILLED = 0.2, 0.55  # text heights between its pieces, and share of its width that they fill


@dataclass(frozen=True, slots=True)
class InkLine:
    """Box of a line in pixels of the cell: x0, y0, x1, y1 (exclusive)."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class FoundLines:
    """Lines top to bottom; `touches`: print runs into the cell's border; `specks`: dirt was left out.

    `runs_over`: beside a line lies at the border what may be left of a letter that the ruling cuts.
    `paler`: some go on in ink paler than print is sought in.
    `faint`: where there are none, lines of ink too pale to be sure of, or what may be left of a dash.
    """

    lines: tuple[InkLine, ...]
    touches: bool
    specks: bool
    faint: tuple[InkLine, ...] = ()
    runs_over: bool = False
    paler: bool = False


def find_lines(gray: np.ndarray, text_height: float) -> FoundLines:
    """Lines of print in a cell, gray uint8 (H, W)."""
    found = _find(gray, text_height, INK_BELOW)
    if found.lines:
        lines = tuple(_with_paler(gray, line, text_height) for line in found.lines)
        return found if lines == found.lines else replace(found, lines=lines, paler=True)
    zone = round(BORDER_ZONE * text_height)
    if not (gray[zone:-zone, zone:-zone] < FAINT_BELOW).any():
        return found
    faint = _find(gray, text_height, FAINT_BELOW).lines or _broken_dash(gray, text_height)
    return replace(found, faint=faint)


def _with_paler(gray: np.ndarray, line: InkLine, text_height: float) -> InkLine:
    x0, x1 = reach_paler(gray, (line.x0, line.y0, line.x1, line.y1), text_height)
    return replace(line, x0=x0, x1=x1)


def _find(gray: np.ndarray, text_height: float, ink_below: int) -> FoundLines:
    ink = without_rulings((gray < ink_below).view(np.uint8), text_height)
    left, top, width, height = cv2.boundingRect(ink)
    if not width:
        return FoundLines((), False, False)
    labels, stats, _ = find_pieces(ink[top : top + height, left : left + width])
    boxes = stats[1:, :4] + (left, top, 0, 0)
    boxes[:, 2] += boxes[:, 0]
    boxes[:, 3] += boxes[:, 1]
    ruling = _remnants(boxes, ink.shape, text_height)
    inside = ~ruling & ~_within_border(boxes, ink.shape, text_height)
    inside &= ~_ragged(labels, boxes, (left, top), inside & _touching(boxes, ink.shape), ink.shape, text_height)
    big = inside & _is_print(boxes, text_height)
    if not big.any():
        big = _ditto_mark(boxes, inside, text_height)
    if not big.any():
        big = find_leader(boxes, inside, text_height)
    if not big.any():
        return FoundLines((), False, bool((~ruling).any()))
    kept = big | _beside(boxes, big, ruling, text_height)
    rows = _row_spans(boxes[big], (labels, top), np.nonzero(kept)[0] + 1, text_height)
    lines = _assign(boxes[kept], rows)
    touches = bool(_touching(boxes[big], ink.shape).any())
    over = _runs_over(boxes[~kept], lines, ink.shape, text_height)
    return FoundLines(lines, touches, bool((~ruling & ~kept).any()), runs_over=over)


def _runs_over(boxes: np.ndarray, lines: tuple[InkLine, ...], shape: tuple[int, ...], text_height: float) -> bool:
    """Whether components left out lie between a line's end and a side of the cell, no higher or lower than it."""
    near, beyond = BESIDE_SLIVER * text_height, BEYOND_SLIVER * text_height
    for line in lines:
        level = (boxes[:, 1] >= line.y0 - beyond) & (boxes[:, 3] <= line.y1 + beyond)
        right = (boxes[:, 2] >= shape[1] - 1) & (boxes[:, 0] >= line.x1) & (boxes[:, 0] <= line.x1 + near)
        left = (boxes[:, 0] <= 1) & (boxes[:, 2] <= line.x0) & (boxes[:, 2] >= line.x0 - near)
        for side in (right, left):
            found = boxes[level & side]
            if (found[:, 3] - found[:, 1]).sum() < SLIVER * text_height:
                continue
            if not _are_dots(found, boxes, lines, shape, text_height):
                return True
    return False


def _are_dots(
    found: np.ndarray,
    boxes: np.ndarray,
    lines: tuple[InkLine, ...],
    shape: tuple[int, ...],
    text_height: float,
) -> bool:
    """Whether what lies beside a line is of a dotted ruling: small, and as dense where no line is, but at the corners.

    What level rulings leave in the corners, and a letter's slivers beside another line, are no such dots.
    """
    beyond, most = BEYOND_SLIVER * text_height, DOT * text_height
    small = (boxes[:, 2:] - boxes[:, :2]).max(axis=1) <= most
    at_left = found[0, 0] <= 1
    apart = small & ((boxes[:, 0] <= 1) if at_left else (boxes[:, 2] >= shape[1] - 1))
    apart &= (boxes[:, 1] > 0) & (boxes[:, 3] < shape[0])
    free = shape[0] - sum(line.y1 - line.y0 + 2 * beyond for line in lines)
    for line in lines:
        apart &= (boxes[:, 3] <= line.y0 - beyond) | (boxes[:, 1] >= line.y1 + beyond)
    if (found[:, 2:] - found[:, :2]).max() > most or apart.sum() < LEAST_DOTS or free <= 0:
        return False
    reach = max(int(found[:, 3].max() - found[:, 1].min()), 1)
    return bool(apart.sum() / free >= AS_DENSE * len(found) / reach)


def _is_print(boxes: np.ndarray, text_height: float) -> np.ndarray:
    """Mask of components large enough to be letters or dashes."""
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    result: np.ndarray = (np.maximum(w, h) >= SPECK * text_height) | ((w >= DASH * text_height) & (w >= 1.8 * h))
    return result


def _ditto_mark(boxes: np.ndarray, inside: np.ndarray, text_height: float) -> np.ndarray:
    """Mask of a small mark that stands alone: one blot of two strokes, or two upright ones side by side."""
    # dust beside the mark is smaller than each of its strokes
    alone = np.nonzero(inside & ((boxes[:, 2:] - boxes[:, :2]).max(axis=1) >= MARK[0] * text_height))[0]
    found = np.zeros(len(boxes), bool)
    sizes = (boxes[alone, 2:] - boxes[alone, :2]) / text_height
    if len(alone) == 1 and sizes.min() >= MARK[0] and sizes.max() >= MARK[1]:
        found[alone] = True
    if len(alone) == 2 and (sizes[:, 1] >= MARK[0]).all() and (sizes[:, 1] > sizes[:, 0]).all():
        left, right = sorted(boxes[alone].tolist())
        level = abs(left[1] - right[1]) <= MARK_GAP * text_height
        found[alone] = level and 0 <= right[0] - left[2] <= MARK_GAP * text_height
    return found


def _within_border(boxes: np.ndarray, shape: tuple[int, ...], text_height: float) -> np.ndarray:
    """Mask of components that lie wholly where a thick or ragged ruling leaves its remnants, and are no figure."""
    height, width = shape
    zone = BORDER_ZONE * text_height
    level = (boxes[:, 3] <= zone) | (boxes[:, 1] >= height - zone)
    upright = (boxes[:, 2] <= zone) | (boxes[:, 0] >= width - zone)
    result: np.ndarray = level | (upright & (boxes[:, 3] - boxes[:, 1] < LOWEST_FIGURE * text_height))
    return result


def _ragged(
    labels: np.ndarray,
    boxes: np.ndarray,
    origin: tuple[int, int],
    asked: np.ndarray,
    shape: tuple[int, ...],
    text_height: float,
) -> np.ndarray:
    """Mask of those of the components asked for that are shreds of a ruling: thin, and nearly all beside the border.

    `labels`: of the part of the cell that begins at `origin`.
    """
    found = np.zeros(len(boxes), bool)
    if not asked.any():
        return found
    zone = round(BORDER_ZONE * text_height)
    within = np.zeros(shape, bool)
    within[zone : max(shape[0] - zone, zone), zone : max(shape[1] - zone, zone)] = True
    for i in np.flatnonzero(asked):
        x0, y0, x1, y1 = boxes[i]
        own = labels[y0 - origin[1] : y1 - origin[1], x0 - origin[0] : x1 - origin[0]] == i + 1
        thin = own.mean() < MOST_SHRED
        found[i] = thin and (own & within[y0:y1, x0:x1]).sum() <= BEYOND_BORDER * own.sum()
    return found


def _broken_dash(gray: np.ndarray, text_height: float) -> tuple[InkLine, ...]:
    """Specks in a row, away from the cell's rulings, as a dash leaves them that was hardly printed."""
    zone = round(BORDER_ZONE * text_height)
    specks = gray[zone:-zone, zone:-zone] < FAINT_BELOW
    if not specks.any():
        return ()
    joined = cv2.morphologyEx(
        specks.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, round(DASH_GAP * text_height) | 1), np.uint8)
    )
    _, stats, _ = find_pieces(joined)
    narrowest, widest, highest = (part * text_height for part in BROKEN_DASH)
    for x, y, w, h, _ in stats[1:]:
        filled = specks[y : y + h, x : x + w].any(axis=0).mean() >= DASH_FILLED
        if narrowest <= w <= widest and h <= min(highest, w / FLATTISH) and filled:
            return (InkLine(int(x) + zone, int(y) + zone, int(x + w) + zone, int(y + h) + zone),)
    return ()


def find_marks(gray: np.ndarray, text_height: float) -> tuple[InkLine, ...]:
    """Specks of a cell without print that are as wide as what is left of a dash, and no higher than they are wide."""
    _, stats, _ = find_pieces((gray < INK_BELOW).view(np.uint8))
    x, y, w, h = stats[1:, :4].T
    zone, thick = BORDER_ZONE * text_height, REMNANT_THICKNESS * text_height
    flat = (w >= BROKEN_DASH[0] * text_height) & (w <= BROKEN_DASH[1] * text_height) & (h <= w) & (h <= zone)
    flat &= (x > 0) & (x + w < gray.shape[1]) & (y > thick) & (y + h < gray.shape[0] - thick)
    return tuple(InkLine(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:][flat])


def without_rulings(ink: np.ndarray, text_height: float) -> np.ndarray:
    """The mask (1 = ink) without straight strokes along its borders, longer than any letter's."""
    zone = max(round(BORDER_ZONE * text_height), 3)
    level, upright = round(REMNANT_LENGTH * text_height), round(UPRIGHT_LENGTH * text_height)
    strips = (
        (np.s_[:zone, :], (1, min(level, ink.shape[1]))),
        (np.s_[-zone:, :], (1, min(level, ink.shape[1]))),
        (np.s_[:, :zone], (min(upright, ink.shape[0]), 1)),
        (np.s_[:, -zone:], (min(upright, ink.shape[0]), 1)),
    )
    ruled = None
    for strip, kernel in strips:
        part = ink[strip]
        along = 1 if kernel[0] == 1 else 0
        if not part.size or cv2.reduce(part, along, cv2.REDUCE_SUM, dtype=cv2.CV_32S).max() < max(kernel):
            continue  # too little ink for such a stroke
        opened = cv2.morphologyEx(part, cv2.MORPH_OPEN, np.ones(kernel, np.uint8))
        ruled = np.zeros_like(ink) if ruled is None else ruled
        ruled[strip] |= cv2.dilate(opened, np.ones((3, 1) if along else (1, 3), np.uint8))
    return ink if ruled is None else cv2.subtract(ink, ruled)


def _remnants(boxes: np.ndarray, shape: tuple[int, ...], text_height: float) -> np.ndarray:
    """Mask of components that are leftovers of the cell's rulings."""
    height, width = shape
    zone, thin = BORDER_ZONE * text_height, REMNANT_THICKNESS * text_height
    w, h = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    level = (w > REMNANT_LENGTH * text_height) & (h < thin) & ((boxes[:, 3] <= zone) | (boxes[:, 1] >= height - zone))
    upright = (h > 0.8 * text_height) & (w < thin) & ((boxes[:, 2] <= zone) | (boxes[:, 0] >= width - zone))
    edge = (w < thin) & (boxes[:, 2] <= thin) | (w < thin) & (boxes[:, 0] >= width - thin)
    edge |= (h < thin) & ((boxes[:, 3] <= thin) | (boxes[:, 1] >= height - thin))
    result: np.ndarray = level | upright | edge
    return result


def _beside(boxes: np.ndarray, big: np.ndarray, ruling: np.ndarray, text_height: float) -> np.ndarray:
    """Mask of small components near enough to print to be its dots, commas and tone marks."""
    reach = NEAR * text_height
    mask = np.zeros(len(boxes), bool)
    prints, small = boxes[big], ~big & ~ruling
    for part in np.array_split(np.flatnonzero(small), len(prints) * small.sum() // MOST_PAIRS + 1):
        x0, y0, x1, y1 = boxes[part].T[:, :, None]
        apart = np.maximum(prints[:, 0] - x1, x0 - prints[:, 2])
        apart = np.maximum(apart, np.maximum(prints[:, 1] - y1, y0 - prints[:, 3]))
        mask[part] = (apart <= reach).any(axis=1)
    return mask


def _row_spans(
    boxes: np.ndarray, labelled: tuple[np.ndarray, int], kept: np.ndarray, text_height: float
) -> list[tuple[int, int]]:
    """y spans of the lines, from where the rows of ink part. `labelled`: labels, and the row where they begin."""
    spans: list[list[int]] = []
    for y0, y1 in sorted((int(b[1]), int(b[3])) for b in boxes):
        if spans and y0 < spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], y1)
        else:
            spans.append([y0, y1])
    if all(y1 - y0 <= TWO_LINES * text_height for y0, y1 in spans):
        return _merge_low([(y0, y1) for y0, y1 in spans], text_height)
    labels, top = labelled
    chosen = np.zeros(int(labels.max()) + 1, np.uint8)
    chosen[kept] = 1
    profile = np.concatenate((np.zeros(top), chosen[labels].sum(axis=1, dtype=np.float64)))
    parts: list[tuple[int, int]] = []
    for y0, y1 in spans:
        parts += _cut_tall(profile, y0, y1, text_height)
    return _merge_low(parts, text_height)


def _cut_tall(profile: np.ndarray, y0: int, y1: int, text_height: float) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    smoothed = np.convolve(profile, np.ones(3) / 3, mode="same")
    while y1 - y0 > TALLEST_LINE * text_height:
        first, last = y0 + round(FIRST_CUT * text_height), y0 + round(LAST_CUT * text_height)
        last = min(last, y1 - round(LEAST_LINE * text_height))
        smooth = smoothed[first:last]
        # among near-equal valleys the one a line's height below the top is the likelier
        drift = np.abs(np.arange(len(smooth)) + first - y0 - LINE_PITCH * text_height) / text_height
        cut = first + int(np.argmin(smooth + drift * 0.15 * profile[y0:y1].mean()))
        parts += _cut_solid(profile, y0, cut, text_height)
        y0 = cut
    return [*parts, *_cut_solid(profile, y0, y1, text_height)]


def _cut_solid(profile: np.ndarray, y0: int, y1: int, text_height: float) -> list[tuple[int, int]]:
    """Two lines without white between them; one line is left as it is, since its middle is full of ink."""
    first, last = y0 + round(LEAST_LINE * text_height), y1 - round(LEAST_LINE * text_height)
    if y1 - y0 <= TWO_LINES * text_height or last <= first:
        return [(y0, y1)]
    cut = first + int(np.argmin(profile[first:last]))
    deep = profile[cut] <= VALLEY * profile[y0:y1].mean()
    return [(y0, cut), (cut, y1)] if deep else [(y0, y1)]


def _merge_low(parts: list[tuple[int, int]], text_height: float) -> list[tuple[int, int]]:
    """Tone marks, dots and tails that stand apart join the line that they are nearest to."""
    merged = list(parts)
    index = 0
    while index < len(merged):
        y0, y1 = merged[index]
        below = merged[index + 1] if index + 1 < len(merged) else None
        if below is not None and below[0] - y1 <= LOST_ROW * text_height and below[1] - y0 <= ONE_LINE * text_height:
            merged[index : index + 2] = [(y0, below[1])]  # a scanner or a fax lost a row of pixels
            continue
        if y1 - y0 >= LOWEST_LINE * text_height:
            index += 1
            continue
        gaps = {}
        if index:
            gaps[index - 1] = y0 - merged[index - 1][1]
        if index + 1 < len(merged):
            gaps[index + 1] = merged[index + 1][0] - y1
        near = [n for n in sorted(gaps, key=lambda n: (gaps[n], -n)) if gaps[n] <= MERGE_GAP * text_height]
        near = [n for n in near if max(y1, merged[n][1]) - min(y0, merged[n][0]) <= TALLEST_LINE * text_height]
        if not near:
            index += 1
            continue
        other = near[0]
        joined = (min(y0, merged[other][0]), max(y1, merged[other][1]))
        merged[min(index, other) : max(index, other) + 1] = [joined]
        index = max(min(index, other) - 1, 0)
    return merged


def _assign(boxes: np.ndarray, rows: list[tuple[int, int]]) -> tuple[InkLine, ...]:
    """Bounding box of each line's components; a component goes to the line it overlaps most."""
    starts, ends = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    overlap = np.minimum(boxes[:, 3:4], ends) - np.maximum(boxes[:, 1:2], starts)
    owner = overlap.argmax(axis=1)
    lines = []
    for i, (y0, y1) in enumerate(rows):
        mine = boxes[owner == i]
        if len(mine):
            # a component that spans two lines is bounded by its own line's span
            top, bottom = max(int(mine[:, 1].min()), y0 - 2), min(int(mine[:, 3].max()), y1 + 2)
            if bottom <= top:  # what no line's span reaches stands by itself
                top, bottom = int(mine[:, 1].min()), int(mine[:, 3].max())
            across = boxes[overlap[:, i] > 0.3 * (y1 - y0)]
            x0, x1 = int(mine[:, 0].min()), int(mine[:, 2].max())
            if len(across):
                x0, x1 = min(x0, int(across[:, 0].min())), max(x1, int(across[:, 2].max()))
            lines.append(InkLine(x0, max(top, 0), x1, bottom))
    return tuple(lines)


def _touching(boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    height, width = shape
    result: np.ndarray = (boxes[:, 0] <= 0) | (boxes[:, 1] <= 0) | (boxes[:, 2] >= width) | (boxes[:, 3] >= height)
    return result
