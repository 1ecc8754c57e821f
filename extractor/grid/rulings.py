"""A straight page -> its horizontal and vertical rulings as segments.

Lengths are measured in text heights, so that one set of thresholds serves every resolution and font size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from extractor.pixels import find_pieces, find_runs, find_strokes, is_black_and_white, open_grey_rows, open_rows

WORK_DPI = 160.0  # rulings are found on a page reduced to about this resolution
INK_BELOW = 175  # hairlines are greyer than print; show-through is lighter still
MIN_ROW_STROKE = 2.6  # text heights: longer than a dash, shorter than the narrowest STT column
MIN_COLUMN_STROKE = 1.55  # text heights: taller than any letter, lower than a one-line row
MAX_GAP = 0.45  # text heights: a dotted or broken ruling has gaps this wide
MAX_THICKNESS = 0.4  # text heights: thicker is a bar, a photo or a scanner edge
AREA = 0.6  # text heights: what is darker over such a square is a shaded cell, a bar or a hole, no ruling
BLOT = 100  # grey level of such a square that is a blot rather than a shade
SAME_BLOT = 0.15  # text heights: how far beside a ruling's place a blot's ragged edge may lie
DOT_WINDOW = 0.5  # text heights: holds a dot and a gap of a dotted ruling
RIDGE_SIDE = 0.16  # text heights beside a ruling where there must be paper
MIN_RIDGE_LENGTH = 4.0  # text heights: letters of neighbouring tight rows that happen to stand in line are shorter
DOT = 0.22  # text heights: no dot of a dotted ruling is larger
DOTS_AMONG = 6.0  # text heights along which dots are counted
DOT_BELOW = 205  # straightening greys a dot of a pixel or two
LEAST_DOTS = 6  # so many dots in line over that length are a ruling: points over and below letters are fewer,
BY_CHANCE = 8.0  # or by so many standard deviations more than dirt on the page puts there by chance
LONELY_DOTS = 3  # times as many as stand beside them: specks and halftones have neighbours on all sides
LOST_DOTS = 2.5  # text heights of a dotted ruling that may be lost
MIN_RIDGE = 16  # grey levels by which a ruling is darker, on average, than its sides
CROSSING = 0.12  # text heights on both sides of a ruling's place that a letter there inks
CLOSE = (0.22, 0.34)  # text heights beside an upright ruling that cells leave white
COURSE_PIECES = 7  # a ruling's course is followed through so many pieces
DRIFT = 0.12  # text heights by which a ruling may leave its line
MIN_PIECES = 4  # a stretch is looked at in at least so many pieces
WHOLE_SIDE = 0.95  # share of a side that must be inked, without bridged gaps, where nothing else tells it from a letter
LOWEST_ROW, HIGHEST_TIGHT = 0.8, 2.0  # text heights of a row that is no higher than its letters
MAX_COMPANY = 0.55  # share of a ruling's sides that may be inked: more is a line of text


@dataclass(frozen=True, slots=True)
class Segment:
    """A stroke: at `position` across its direction, from `start` to `end` along it (pixels of the page).

    `drift`: by how much the position grows from start to end; a page is never quite straight.
    """

    position: float
    start: float
    end: float
    thickness: float
    drift: float = 0.0

    @property
    def length(self) -> float:
        """Pixels from start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Rulings:
    """Segments of a page, in its pixels, and the reduced grey page uint8 (h, w) on which they were found.

    `solid`: bool (h, w), where ink is thicker than any ruling or letter: blots, bars, holes.
    """

    rows: tuple[Segment, ...]
    columns: tuple[Segment, ...]
    pooled: np.ndarray
    factor: int
    text_height: float
    solid: np.ndarray

    def faint_share(self, position: float, start: float, end: float, *, vertical: bool) -> float:
        """Share of a stretch along which the page is darker than beside it: a dotted, broken or overprinted ruling.

        Letters don't reach the stretch's ends; where the ends show nothing, the share is 0.
        """
        height = self.text_height / self.factor
        image = self.pooled if vertical else self.pooled.T
        side, drift = max(round(RIDGE_SIDE * height), 2), max(round(DRIFT * height), 1)
        middle, a, b = (round(value / self.factor) for value in (position, start, end))
        low = middle - side - drift
        stretch = image[max(a + 1, 0) : max(b - 1, 0), max(low, 0) : middle + side + drift + 1]
        if low < 0 or stretch.shape[1] < 2 * (side + drift) + 1 or len(stretch) < 4:
            return 0.0
        pieces = max(round(len(stretch) / (DOT_WINDOW * height)), MIN_PIECES)
        means = np.array([part.mean(axis=0) for part in np.array_split(stretch.astype(np.float32), pieces)])
        count = 2 * drift + 1
        ridge = np.minimum(means[:, :count], means[:, 2 * side : 2 * side + count]) - means[:, side : side + count]
        inked = ridge >= MIN_RIDGE
        inked &= inked[0] & inked[-1]
        return float(inked.mean(axis=0).max())

    def hidden_share(self, position: float, start: float, end: float, *, vertical: bool) -> float:
        """Share of a stretch that lies under a blot, which hides whether it is ruled."""
        image = self.solid if vertical else self.solid.T
        middle, a, b = (round(value / self.factor) for value in (position, start, end))
        reach = max(round(SAME_BLOT * self.text_height / self.factor), 1)
        stretch = image[max(a, 0) : max(b, 0), max(middle - reach, 0) : middle + reach + 1]
        return float(stretch.any(axis=1).mean()) if stretch.size else 0.0

    def is_whole(self, position: float, start: float, end: float) -> bool:
        """Whether ink runs along an upright stretch without a gap: between two rulings no letter touches both."""
        middle, a, b = (round(value / self.factor) for value in (position, start, end))
        stretch = self.pooled[a : b + 1, max(middle - 1, 0) : middle + 2]
        return bool(stretch.size and (stretch < INK_BELOW).any(axis=1).mean() >= WHOLE_SIDE)

    def is_crossed(self, position: float, start: float, end: float, *, vertical: bool) -> bool:
        """Whether ink on one side of a stretch goes on on its other side: letters stand where a ruling would be."""
        image = self.pooled if vertical else self.pooled.T
        reach = max(round(CROSSING * self.text_height / self.factor), 2)
        middle, a, b = (round(value / self.factor) for value in (position, start, end))
        band = image[max(a + reach, 0) : max(b - reach, 0), max(middle - reach, 0) : middle + reach + 1] < INK_BELOW
        return bool(band.all(axis=1).any()) if band.size else False

    def crowded_share(self, position: float, start: float, end: float) -> float:
        """Share of an upright stretch with ink close beside it, on the emptier side: a scratch runs through text."""
        height = self.text_height / self.factor
        middle, a, b = (round(value / self.factor) for value in (position, start, end))
        near, far = max(round(CLOSE[0] * height), 2), max(round(CLOSE[1] * height), 3)
        bands = [self.pooled[a:b, max(middle + sign * near, 0) : middle + sign * far : sign] for sign in (1, -1)]
        inked = [(band < INK_BELOW).any(axis=1) for band in bands if band.size]
        return float(min(side.mean() for side in inked)) if inked else 0.0


@dataclass(frozen=True, slots=True)
class Way:
    """A reduced page along one direction: its pixels, its ink as 0 and 1, and the straight strokes of it.

    `length`: pixels from which a stroke is a ruling.
    """

    pooled: np.ndarray
    ink: np.ndarray
    straight: np.ndarray
    length: int


@dataclass(frozen=True, slots=True)
class ReducedPage:
    """What rulings are sought on; `level` and `upright`: what is the same for solid and dotted ones. See `Rulings`.

    `crisp`: uint8 (h, w), the page on which dots are sought.
    """

    level: Way
    upright: Way
    crisp: np.ndarray
    factor: int
    text_height: float
    solid: np.ndarray


def reduce_page(gray: np.ndarray, dpi: float, text_height: float) -> ReducedPage:
    """An evened page, gray uint8 (H, W), reduced to where its rulings are sought."""
    factor = max(round(dpi / WORK_DPI), 1)
    height = text_height / factor
    crisp, solid = _lighten_areas(_darkest(gray, factor), height)
    # strokes of a fax step from pixel to pixel, which shrinking mends on larger pages
    pooled = _soften(crisp) if factor == 1 and is_black_and_white(gray) else crisp
    level = _way(pooled, height, MIN_ROW_STROKE)
    return ReducedPage(level, _way(cv2.transpose(pooled), height, MIN_COLUMN_STROKE), crisp, factor, text_height, solid)


def _way(pooled: np.ndarray, text_height: float, least: float) -> Way:
    ink = (pooled < INK_BELOW).view(np.uint8)
    length = max(round(least * text_height), 6)
    return Way(pooled, ink, open_rows(ink, max(round(0.9 * length), 5)), length)


def find_rulings(page: ReducedPage, *, dotted: bool = False) -> Rulings:
    """Rulings of a page. `dotted`: also those that are only darker on average."""
    pooled, factor = page.level.pooled, page.factor
    height = page.text_height / factor
    dots = _find_dots(page.crisp, height) if dotted else None
    turned = None if dots is None else tuple(centres[:, ::-1] for centres in dots)
    rows = _strokes(page.level, height, factor, dots)
    columns = _strokes(page.upright, height, factor, turned)
    columns += _sides_of_tight_rows(pooled, rows, columns, page.text_height, factor)
    return Rulings(rows, columns, pooled, factor, page.text_height, page.solid)


def _soften(gray: np.ndarray) -> np.ndarray:
    """Each pixel as the mean of it and its left neighbour; OpenCV 5.0 blackens the last columns with such a kernel."""
    soft = gray.copy()
    soft[:, 1:] = cv2.addWeighted(gray[:, 1:], 0.5, gray[:, :-1], 0.5, 0)
    return soft


def _darkest(gray: np.ndarray, factor: int) -> np.ndarray:
    """Shrink by an integer, keeping the darkest pixel of each block: a hairline survives."""
    if factor == 1:
        return gray
    height, width = (side - side % factor for side in gray.shape)
    rows = gray[:height:factor, :width]
    for dy in range(1, factor):
        rows = cv2.min(rows, gray[dy:height:factor, :width])
    out = rows[:, ::factor]
    for dx in range(1, factor):
        out = cv2.min(out, rows[:, dx::factor])
    return out


def _lighten_areas(pooled: np.ndarray, text_height: float) -> tuple[np.ndarray, np.ndarray]:
    """(the page relative to what is around each stroke: shaded cells become paper, bars and holes vanish; blots)."""
    size = max(round(AREA * text_height), 5)
    around = cv2.morphologyEx(pooled, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    # one more on both sides, or a blot of pure black would stay one
    return cv2.divide(cv2.add(pooled, 1), cv2.add(around, 1), scale=255), around < BLOT


def _strokes(way: Way, text_height: float, factor: int, dots: tuple[np.ndarray, ...] | None) -> tuple[Segment, ...]:
    """Segments along the x axis of a grey page. `dots`: see `_find_dots`, where dotted rulings are sought too."""
    ink, length, solid = way.ink, way.length, way.straight
    gap = max(round(MAX_GAP * text_height), 2)
    if dots is not None:
        solid = solid | _ridges(way.pooled, text_height, length)
        for centres in dots:
            _add_chains(solid, centres, text_height)
    runs = open_rows(solid, length, gap=gap)
    # a ruling that steps by a pixel stays one component
    joined = cv2.dilate(runs, np.ones((3, 1), np.uint8))
    kept, labels, stats = find_strokes(joined)
    found = []
    for label in range(1, len(stats)):
        x, top, w, h, _ = stats[label]
        y = int(kept[top])
        region = (labels[top : top + h, x : x + w] == label) & (runs[y : y + h, x : x + w] > 0)
        found += _split_bundle(ink, region, x, y, text_height, length)
    return tuple(
        Segment(s.position * factor, s.start * factor, s.end * factor, s.thickness * factor, s.drift * factor)
        for s in found
    )


def _sides_of_tight_rows(
    pooled: np.ndarray, rows: Sequence[Segment], columns: Sequence[Segment], text_height: float, factor: int
) -> tuple[Segment, ...]:
    """Upright rulings of a row that stands alone, lower than the strokes that are sought: a header at a page's foot."""
    found = []
    for above, below in pairwise(sorted(rows, key=lambda row: row.position)):
        height, start, end = below.position - above.position, max(above.start, below.start), min(above.end, below.end)
        if not LOWEST_ROW <= height / text_height <= HIGHEST_TIGHT or end - start < height:
            continue
        middle = (above.position + below.position) / 2
        if any(c.start <= middle <= c.end and start <= c.position <= end for c in columns):
            continue
        top, bottom, left, right = (round(x / factor) for x in (above.position, below.position, start, end))
        left = max(left - 2, 0)
        inked = (pooled[top : bottom + 1, left : right + 3] < INK_BELOW).mean(axis=0) >= WHOLE_SIDE
        for a, b in find_runs(inked):
            if (b - a) * factor <= MAX_THICKNESS * text_height:
                x = (left + (a + b - 1) / 2) * factor
                found.append(Segment(x, above.position, below.position, float((b - a) * factor)))
    return tuple(found)


def _ridges(pooled: np.ndarray, text_height: float, length: int) -> np.ndarray:
    """Mask of rows that stay darker along `length` pixels than the rows on both sides: dotted and broken rulings.

    A line of text is as dark over its whole height, so it makes no ridge; letters above each other leave gaps.
    """
    dark = cv2.bitwise_not(pooled)
    length = max(length, round(MIN_RIDGE_LENGTH * text_height))
    window = max(round(DOT_WINDOW * text_height), 5) | 1
    kept = open_grey_rows(cv2.blur(dark, (window, 1)), length)
    mean = cv2.blur(dark, (length | 1, 1))
    side = max(round(RIDGE_SIDE * text_height), 2)
    beside = np.zeros_like(mean)
    beside[:-side] = mean[side:]
    beside[side:] = cv2.max(beside[side:], mean[:-side])
    noise = int(np.percentile(mean[::8, ::8], 25))
    mask = (cv2.subtract(kept, beside) >= max(MIN_RIDGE, noise)) & (kept >= cv2.add(beside, beside))
    return mask.view(np.uint8)


def _find_dots(pooled: np.ndarray, text_height: float) -> tuple[np.ndarray, ...]:
    """Centres x, y (n, 2) of components no larger than a dot; of black ink, and of all ink but the faintest."""
    largest = max(round(DOT * text_height), 2)
    found = []
    for below in (INK_BELOW, DOT_BELOW):
        _, stats, centres = find_pieces(pooled < below)
        small = (stats[:, cv2.CC_STAT_WIDTH] <= largest) & (stats[:, cv2.CC_STAT_HEIGHT] <= largest)
        small[0] = False
        found.append(np.rint(centres[small]).astype(np.int64))
    return tuple(found)


def _add_chains(mask: np.ndarray, centres: np.ndarray, text_height: float) -> None:
    """Set in the mask (0 and 1) the stretches along which dots stand in line, with nothing like it beside them.

    What is left of a ruling of whose dots a bitonal or screened copy lost many makes no ridge.
    """
    height, width = mask.shape
    among = round(DOTS_AMONG * text_height) | 1
    by_chance = len(centres) * among * 3 / (height * width)
    least = max(LEAST_DOTS, by_chance + BY_CHANCE * by_chance**0.5)
    if _in_line(centres, width, among // 2, 1).max(initial=0) < least:
        return
    side = max(round(RIDGE_SIDE * text_height), 2) + 1
    # a pixel beside a dot sees no more dots than that dot does in a window that is larger by a pixel all around
    rows = np.unique(centres[_in_line(centres, width, among // 2 + 1, 2) >= least, 1])
    for band in np.split(rows, np.flatnonzero(np.diff(rows) > 2 * side + 4) + 1):
        top, bottom = max(int(band[0]) - 1, 0), min(int(band[-1]) + 2, height)
        above, below = max(top - side - 1, 0), min(bottom + side + 1, height)
        near = centres[(centres[:, 1] >= above) & (centres[:, 1] < below)]
        dots = np.zeros((below - above, width), np.float32)
        dots[near[:, 1] - above, near[:, 0]] = 1
        mask[top:bottom] |= _chains(dots, least, among, side, text_height)[top - above : bottom - above]


def _chains(dots: np.ndarray, least: float, among: int, side: int, text_height: float) -> np.ndarray:
    """Mask of the stretches in a band of the page; `dots`: 1 where a dot is, float32 (h, w)."""
    count = cv2.boxFilter(dots, -1, (among, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
    beside = np.zeros_like(count)
    beside[:-side] = count[side:]
    beside[side:] = cv2.max(beside[side:], count[:-side])
    lined = ((count >= least) & (count >= LONELY_DOTS * beside)).view(np.uint8)
    own = cv2.dilate(dots.astype(np.uint8), np.ones((3, 3), np.uint8)) & lined
    return cv2.morphologyEx(own, cv2.MORPH_CLOSE, np.ones((1, max(round(LOST_DOTS * text_height), 2)), np.uint8))


def _in_line(centres: np.ndarray, width: int, reach: int, rows: int) -> np.ndarray:
    """Of each dot, how many stand within `reach` pixels and so many rows on both sides of it.

    Counted without windows over the whole page, since most pages have no dots in line.
    """
    x, y = centres.T
    stride = width + 2 * reach + 2
    keys = np.sort(y * stride + x)
    counts = np.zeros(len(x), np.int64)
    for row in range(-rows, rows + 1):
        middle = (y + row) * stride + x
        last = np.searchsorted(keys, middle + reach, "right")
        counts += last - np.searchsorted(keys, middle - reach, "left")
    return counts


def _split_bundle(
    ink: np.ndarray, region: np.ndarray, x: int, y: int, text_height: float, length: int
) -> list[Segment]:
    """Segments of one component; a component thicker than a ruling is cut into its dense rows."""
    height, width = region.shape
    thickness = region.sum() / max(region.any(axis=0).sum(), 1)
    if width < length or thickness > MAX_THICKNESS * text_height:
        return []
    if _in_company(ink, y, height, x, width, text_height):
        return []
    position, drift = _course(region)
    return [Segment(y + position, float(x), float(x + width), float(thickness), drift)]


def _course(region: np.ndarray) -> tuple[float, float]:
    """(position, growth of the position from start to end) of a component; what touches the ruling does not count."""
    count = min(COURSE_PIECES, max(region.shape[1] // (4 * len(region)), 1))
    peaks = [_peak(piece.sum(axis=1)) for piece in np.array_split(region, count, axis=1)]
    slopes = [(peaks[j] - peaks[i]) / (j - i) for i in range(count) for j in range(i + 1, count)]
    slope = median(slopes) if slopes else 0.0
    middle = median(peak - slope * (i - (count - 1) / 2) for i, peak in enumerate(peaks))
    return middle, slope * count


def _peak(mass: np.ndarray) -> float:
    """Centre of the densest rows of a mask."""
    densest = int(np.argmax(np.convolve(mass, np.ones(3), mode="same")))
    near = np.arange(max(densest - 2, 0), min(densest + 3, len(mass)))
    return float((mass[near] * near).sum() / max(mass[near].sum(), 1))


def _in_company(ink: np.ndarray, y: int, height: int, x: int, width: int, text_height: float) -> bool:
    """True where both sides of a stroke are inked along most of it: it was part of a line of text or a picture."""
    reach = max(round(0.12 * text_height), 2)
    above = ink[max(y - 1 - reach, 0) : max(y - 1, 0), x : x + width]
    below = ink[y + height + 1 : y + height + 1 + reach, x : x + width]
    shares = [band.any(axis=0).mean() if band.size else 0.0 for band in (above, below)]
    return bool(min(shares) > MAX_COMPANY or max(shares) > 0.9)
