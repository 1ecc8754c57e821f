"""Colour or grey pixels -> evened grey without coloured ink, and where that ink lay."""

from __future__ import annotations

import cv2
import numpy as np

from extractor.pixels import find_pieces

SEED_CHROMA = 40  # channel spread from which fainter colour around it is lifted too, on a noisy scan
LEAST_SEED = 16  # the same on a scan without colour noise
NOISE_PERCENTILE, NOISE_FACTOR = 97, 2.0  # coloured ink covers less of a page than the rest
RESIDUE = (0.1, 0.5)  # optical density left of lifted ink: all of it, none of it
MIN_FRINGE = 14  # channel spread of the soft edges of coloured strokes
MIN_LIFT = 35  # grey levels by which lifting must lighten a pixel to count as coloured ink
NEAR = 15  # quarter pixels: around strong colour, fainter colour is the same ink
FULL_DENSITY = 2.0  # optical density from which a channel is black
MIN_SPREAD = 0.1  # optical density between channels from which a pixel tells of its ink
LIGHTER = 0.7  # share of the page that is darker than what tells its paper's colour
COLOURED_SHARE, LEAST_STROKE = 2e-4, 3  # fewer coloured pixels are noise, unless as many of those sampled are together
WIDEST_WRITING = 10.0  # text heights: wider red strokes are a stamp or a coloured table, not one number beside another
TALLEST_WRITING, TALLEST_RED = 2.6, 5.0  # text heights: taller strokes are a signature; red ones, of two rows, a stamp
BRIDGE, RED_BRIDGE = 0.45, 1.2  # text heights between pieces of one stamp, by colour
FRINGE = 0.3  # text heights around a stamp's strokes
NO_INK, RED, OTHER = range(3)
LIGHTEST_DOT = 190  # grey level of a screen's soft dots
LARGEST_DOT = 0.17  # text heights: larger is a full stop, or a letter
LEAST_DOTS = 3000  # a page has fewer specks, full stops and tone marks
LEAST_GRAINS = 300  # of them on a page, one pixel in four counted
GRAIN_DOTS = 40.0  # in a square text height: specks are far fewer
FINE_DOT = 2.0  # pixels: a shade of such dots is scattered, and they touch each other at their corners
SCREEN_CELL = 0.7  # text heights: dots are counted over three such squares each way
SAME_DOT = 1.7  # times the usual dot's area, up to which a dot is the screen's
SCREEN_DOTS = 6.0  # dots on a square text height from which they are a shade
HUES = (RED, OTHER)
INKED = 0.75  # of the light around it: what is darker is ink
PLACES = 24, 16  # a page's rows and columns of places: what colour rules each of those with print
LEAST_PLACES, MOST_PLACES = 48, 0.7  # with print, more than a stamp and a signature take; share of them that one rules
LEAST_INK, ITS_INK = 0.004, 0.6  # share of a place that is ink; share of its ink that is of the colour that rules it
INK_SCALE = 2  # coloured ink is told apart on a page of half the size
SAMPLED = 4  # one pixel in so many each way tells how coloured a page is
PAPER_SCALE = 8  # the paper is estimated on a thumbnail this much smaller
EDGE_DARK = 110  # scanner shadow and black borders are darker than this on the thumbnail
BLACK = 40  # no print can be seen on paper so dark
DEEP = 60  # the same beside a sharp edge: a shadow on paper is lighter
PRINT_CONTRAST = 0.12  # of the light around it: what print takes away
PRINT_SHARE = 0.15  # of a dark area: how much of it has print, where it is paper
SHARP = 0.6  # of the paper outside: how dark a scanner's edge is just inside
SIDES = 0.05  # of a side of the page: how far a scanner's black edge may reach
INK_SHARE = 0.15  # this share of the non-paper pixels, darkest first, is solid print
MIN_PAPER = np.uint8(60)  # darker "paper" is a dark picture, not paper to divide by
LIGHTEST_INK = 200  # fainter print than this cannot be told from paper
PAPER_LEVEL = 225  # on the evened page, lighter is paper


def split_colour(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """(luminance, grey without coloured ink, RED and OTHER where coloured ink lies or None); arrays (H, W)."""
    if pixels.ndim == 2:
        return pixels, pixels, None
    sample = cv2.resize(pixels, None, fx=1 / SAMPLED, fy=1 / SAMPLED, interpolation=cv2.INTER_NEAREST)
    balance = _find_balance(sample)
    if balance is not None:
        pixels, sample = cv2.LUT(pixels, balance), cv2.LUT(sample, balance)
    one, two, three = (sample[:, :, channel] for channel in range(3))
    spread = np.maximum(np.maximum(one, two), three) - np.minimum(np.minimum(one, two), three)
    seed = _seed_chroma(spread)
    if not _has_colour(spread > seed):
        gray = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        return gray, gray, None
    blue, green, red = cv2.split(pixels)
    lightest = cv2.max(cv2.max(blue, green), red)
    darkest = cv2.min(cv2.min(blue, green), red)
    chroma = cv2.subtract(lightest, darkest)
    near = cv2.dilate((spread > seed).astype(np.uint8), np.ones((NEAR, NEAR), np.uint8))
    near = cv2.resize(near, chroma.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    gray = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    reddish = cv2.subtract(red, cv2.max(green, blue)) > chroma // 2
    coloured = near & (chroma > MIN_FRINGE)
    for hue in (reddish, ~reddish):
        if _is_print(gray, coloured & hue):
            coloured &= ~hue
            lightest = np.where(hue, gray, lightest)
    lifted = _lift_colour(pixels, coloured, lightest)
    # whatever was lifted is known to have lain there: a faint pen's figures must not turn into blank cells
    mask = cv2.subtract(lifted, gray) > MIN_LIFT
    hues = np.where(reddish, np.uint8(RED), np.uint8(OTHER))
    hues[~mask] = NO_INK
    return gray, lifted, hues


def _has_colour(coloured: np.ndarray) -> bool:
    """Whether a mask of coloured pixels is more than noise: many, or together as in one figure that a pen wrote."""
    if coloured.mean() >= COLOURED_SHARE:
        return True
    return bool(coloured.any()) and int(find_pieces(coloured)[1][1:, cv2.CC_STAT_AREA].max()) >= LEAST_STROKE


def _find_balance(sample: np.ndarray) -> np.ndarray | None:
    """Table (1, 256, 3) by which a page's paper becomes grey: tinted paper is no coloured ink. None: it is grey.

    Paper is what is lightest, a desk is not.
    """
    small = cv2.resize(sample, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).reshape(-1, 3)
    light = small.sum(axis=1, dtype=np.uint16)
    darker = np.cumsum(np.bincount(light))
    light_ones = small[light >= np.searchsorted(darker, LIGHTER * len(small))]
    paper = np.maximum(np.median(light_ones, axis=0), MIN_PAPER)
    if paper.max() - paper.min() <= LEAST_SEED:
        return None
    levels = np.arange(256)[:, None] * (paper.max() / paper)
    table: np.ndarray = np.clip(levels, 0, 255).astype(np.uint8)[None]
    return table


def _is_print(gray: np.ndarray, coloured: np.ndarray) -> bool:
    """Whether ink of one colour is what a page is printed in: nearly all of its ink, in more places than a stamp."""
    small = gray[::4, ::4]
    ink = small < INKED * cv2.dilate(small, np.ones((15, 15), np.uint8))
    whole, own = (
        cv2.resize(mask.astype(np.float32), PLACES[::-1], interpolation=cv2.INTER_AREA)
        for mask in (ink, ink & coloured[::4, ::4])
    )
    printed = whole > LEAST_INK
    ruled = own[printed] > ITS_INK * whole[printed]
    return len(ruled) >= LEAST_PLACES and bool(ruled.mean() >= MOST_PLACES)


def _seed_chroma(spread: np.ndarray) -> float:
    """The channel spread that this page's scanner does not give to paper and black print, but a faint pen does."""
    return float(np.clip(NOISE_FACTOR * np.percentile(spread, NOISE_PERCENTILE) + LEAST_SEED, LEAST_SEED, SEED_CHROMA))


def _lift_colour(pixels: np.ndarray, region: np.ndarray, lightest: np.ndarray) -> np.ndarray:
    """`lightest` (H, W), but in `region` what the page would be without the coloured ink.

    Inks multiply (Beer-Lambert): density = black + colour. What a coloured ink takes from the channel that it absorbs
    least is a fixed part of what it takes from the others; measured on the ink itself, it tells the black below it.
    """
    ys, xs = np.nonzero(region)
    small = cv2.resize(pixels, None, fx=1 / PAPER_SCALE, fy=1 / PAPER_SCALE, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), 11)
    height, width = paper.shape[:2]
    white = paper[np.minimum(ys // PAPER_SCALE, height - 1), np.minimum(xs // PAPER_SCALE, width - 1)]
    white = np.maximum(white, MIN_PAPER).astype(np.float32)
    # near black the logarithm of a channel's last few levels is noise
    density = np.clip(np.log((white + 1) / (pixels[ys, xs] + np.float32(1))), 0, FULL_DENSITY)
    least = density.min(axis=1)
    spread = density.max(axis=1) - least
    channel = density.argmin(axis=1)
    for hue in range(3):
        inked = (channel == hue) & (spread > MIN_SPREAD)
        if inked.any():
            least[inked] -= float(np.median(least[inked] / spread[inked])) * spread[inked]
    # what is left of a stroke's edge, where a JPEG has blurred the colour, is far lighter than print
    black = least * np.clip((least - RESIDUE[0]) / (RESIDUE[1] - RESIDUE[0]), 0, 1)
    lifted = lightest.copy()
    lifted[ys, xs] = white.max(axis=1) * np.exp(-black)
    return lifted


def split_ink(red: np.ndarray, other: np.ndarray, text_height: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Masks of coloured ink (H, W) -> (stamps, signatures, writing of a cell's size).

    Letters within the bounds of a stamp belong to it. Offices stamp in red and write in other colours, so red ink is
    joined to a stamp from further off.
    """
    red_stamp, red_pen = _split_hue(red, text_height, RED_BRIDGE, (WIDEST_WRITING, TALLEST_RED))
    # the soft edges of a stamp's strokes, and where it crosses print, lose their hue
    side = max(round(FRINGE * text_height), 3)
    fringe = cv2.dilate(red_stamp.astype(np.uint8), np.ones((side, side), np.uint8)) > 0
    signature, other_pen = _split_hue(other & ~fringe, text_height, BRIDGE, (np.inf, TALLEST_WRITING))
    return red_stamp | (other & fringe), signature, red_pen | other_pen


def _split_hue(
    coloured: np.ndarray, text_height: float, reach: float, largest: tuple[float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """(ink of components wider or taller than the `largest` writing, the rest)."""
    small = coloured[::INK_SCALE, ::INK_SCALE].astype(np.uint8)
    if not small.any():
        return coloured, coloured
    # a stamp is cut up by the rulings and letters that it crosses
    bridge = max(round(reach * text_height / INK_SCALE), 3)
    joined = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((bridge, bridge), np.uint8))
    labels, stats, _ = find_pieces(joined)
    unit = text_height / INK_SCALE
    width, height = (most * unit for most in largest)
    large = (stats[:, cv2.CC_STAT_WIDTH] > width) | (stats[:, cv2.CC_STAT_HEIGHT] > height)
    large[0] = False
    stamp = large.copy()
    boxes = stats[:, :4]
    for x, y, w, h in boxes[large]:
        middle_x, middle_y = boxes[:, 0] + boxes[:, 2] / 2, boxes[:, 1] + boxes[:, 3] / 2
        stamp |= (middle_x >= x) & (middle_x <= x + w) & (middle_y >= y) & (middle_y <= y + h)
    stamp[0] = False
    halo = cv2.dilate(stamp[labels].astype(np.uint8), np.ones((bridge, bridge), np.uint8))
    grown = cv2.resize(halo, coloured.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return coloured & grown, coloured & ~grown


def has_dots(gray: np.ndarray) -> bool:
    """Whether an evened page has so many pieces of ink that they may be a screen's dots."""
    _, stats, _ = find_pieces(gray[::2, ::2] < LIGHTEST_DOT)
    return len(stats) > LEAST_DOTS or (stats[:, cv2.CC_STAT_AREA] <= FINE_DOT).sum() > LEAST_GRAINS


def lift_screen(gray: np.ndarray, text_height: float) -> np.ndarray:
    """Without the dots of halftone screens, gray uint8 (H, W): many equal dots together are a shade."""
    labels, dots, areas, centres = _find_dots(gray, text_height)
    if len(dots) < LEAST_GRAINS:
        return gray
    side = SCREEN_CELL * text_height
    cells = np.zeros((int(gray.shape[0] / side) + 1, int(gray.shape[1] / side) + 1), np.float32)
    rows, columns = (centres[:, 1] / side).astype(int), (centres[:, 0] / side).astype(int)
    np.add.at(cells, (rows, columns), 1.0)
    density = cv2.blur(cells, (3, 3)) / SCREEN_CELL**2
    # print on the shade leaves fewer dots between its letters
    grain, dense = (
        cv2.morphologyEx((density >= least).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        for least in (GRAIN_DOTS, SCREEN_DOTS)
    )
    if grain.any() and np.median(areas[grain[rows, columns] > 0]) <= FINE_DOT:
        return _lift_grain(gray, cv2.resize(grain, None, fx=side, fy=side, interpolation=cv2.INTER_NEAREST))
    shade = dense[rows, columns] > 0
    if not shade.any() or len(dots) < LEAST_DOTS:
        return gray
    # a full stop or the dot of an i is larger than the screen's
    lifted = np.zeros(int(labels.max()) + 1, np.uint8)
    lifted[dots[shade & (areas <= SAME_DOT * np.median(areas[shade]))]] = 1
    fringe = cv2.dilate(lifted[labels], np.ones((3, 3), np.uint8))
    return np.where(fringe > 0, np.uint8(255), gray)


def _lift_grain(gray: np.ndarray, shade: np.ndarray) -> np.ndarray:
    """Without single pixels of a shade and the threads that they make of each other; print is two pixels thick.

    `shade`: 1 where they lie, uint8, the page's size or a little more.
    """
    ink = (gray < LIGHTEST_DOT).astype(np.uint8)
    solid = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    grain = cv2.subtract(ink, cv2.dilate(solid, np.ones((3, 3), np.uint8))) & shade[: gray.shape[0], : gray.shape[1]]
    return np.where(grain > 0, np.uint8(255), gray)


def _find_dots(gray: np.ndarray, text_height: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(labels of all ink; of its dots: labels, areas, centres x, y)."""
    labels, stats, centres = find_pieces(gray < LIGHTEST_DOT)
    dot = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]) <= LARGEST_DOT * text_height
    dot[0] = False
    found = np.flatnonzero(dot)
    return labels, found, stats[found, cv2.CC_STAT_AREA], centres[found]


def even_light(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Divide by the local paper, whiten scanner edges, stretch the ink to black: uint8 (H, W), paper at 255.

    With where it was whitened, bool on a thumbnail of the page, or None: print there is lost. Paper is what is left
    when all that is darker and narrower than a few letters is filled, so that shades and shadows keep their sides.
    """
    small = cv2.resize(gray, None, fx=1 / PAPER_SCALE, fy=1 / PAPER_SCALE, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), 5)
    edge = _dark_edge(small)
    paper = np.maximum(paper, MIN_PAPER)
    whole = cv2.resize(paper, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    evened = cv2.divide(gray, whole, scale=255)
    if edge is not None:
        evened[cv2.resize(edge, gray.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0] = 255
    return _stretch(evened), None if edge is None else edge > 0


def _dark_edge(small: np.ndarray) -> np.ndarray | None:
    """Mask of dark areas that touch the page's border and are too thick to be rulings."""
    lightest = cv2.dilate(small, np.ones((3, 3), np.uint8))
    labels, stats, _ = find_pieces(lightest < EDGE_DARK)
    height, width = small.shape
    mask = np.zeros_like(small)
    for label in range(1, len(stats)):
        x, y, w, h, area = stats[label]
        if (x <= 1 or y <= 1 or x + w >= width - 1 or y + h >= height - 1) and area > 12:
            dark = labels == label
            # light that fades leaves paper dark, and there is print on it
            sharp = _ends_sharply(small, dark)
            deep = _at_border(dark & (lightest < (DEEP if sharp else BLACK)))
            mask[dark if sharp and not _has_print(small, dark & ~deep) else deep] = 255
    return cv2.dilate(mask, np.ones((5, 5), np.uint8)) if mask.any() else None


def _at_border(dark: np.ndarray) -> np.ndarray:
    """The pieces of a mask that touch the page's border: print in a shadow is as dark, but stands by itself."""
    labels, _, _ = find_pieces(dark)
    touching = np.unique(
        np.concatenate((labels[:2].ravel(), labels[-2:].ravel(), labels[:, :2].ravel(), labels[:, -2:].ravel()))
    )
    return dark & np.isin(labels, touching)


def _has_print(small: np.ndarray, dark: np.ndarray) -> bool:
    """Whether a dark area is paper in a shadow: print takes light away in many places of it, its sides left aside."""
    inside = cv2.erode(dark.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not inside.any():
        return False
    light = cv2.dilate(small, np.ones((5, 5), np.uint8))
    return bool((small[inside] < (1 - PRINT_CONTRAST) * light[inside]).mean() > PRINT_SHARE)


def _ends_sharply(small: np.ndarray, dark: np.ndarray) -> bool:
    """Whether paper is far lighter just outside a dark area than the area is just inside, as at a scanner's edge."""
    area = dark.astype(np.uint8)
    near, far = (cv2.dilate(area, np.ones((side, side), np.uint8)) > 0 for side in (3, 9))
    inside = dark & (cv2.erode(area, np.ones((7, 7), np.uint8)) == 0)
    outside = far & ~near
    if not inside.any() or not outside.any():
        return True
    return float(np.median(small[inside])) < SHARP * float(np.percentile(small[outside], 75))


def _stretch(evened: np.ndarray) -> np.ndarray:
    level = ink_level(evened)
    table = np.clip((np.arange(256) - level) * 255.0 / max(250 - level, 1), 0, 255).astype(np.uint8)
    return cv2.LUT(evened, table)


def ink_level(evened: np.ndarray) -> int:
    """Grey level of solid print: the darkest share of what isn't paper, a scanner's black at the sides left aside."""
    down, aside = (round(SIDES * side) for side in evened.shape)
    sample = np.ascontiguousarray(evened[down : evened.shape[0] - down : 2, aside : evened.shape[1] - aside : 2])
    histogram = cv2.calcHist([sample], [0], None, [256], [0, 256]).ravel()[:PAPER_LEVEL].astype(np.int64)
    total = int(histogram.sum())
    if total == 0:
        return 0
    # print is the dark part of non-paper; strokes' soft edges and show-through are the rest
    level = int(np.searchsorted(np.cumsum(histogram), total * INK_SHARE))
    return min(level, LIGHTEST_INK)
