"""A page of black and white only -> the round stamps on it, whose rims such a copy leaves in pieces.

Slopes of single pixels point anywhere, so that print outvotes a broken rim: what looks like print is left out, and a
circle is a rim where ink lies on it that has white on both sides.
"""

from __future__ import annotations

import cv2
import numpy as np

from extractor.page.discs import MAX_STAMPS, MM_PER_INCH, RADII, WORK_DPI, Disc, find_edges, vote
from extractor.pixels import find_pieces, straight_strokes

FINE_DPI = 150.0  # rims are followed on a page reduced to about this resolution
INK_BELOW = 150
RULING = (5.0, 3.6)  # text heights: longer straight strokes, level and upright, are rulings
LARGE = (1.6, 2.5)  # text heights: shorter and longer side of what is larger than any letter
SMALL = 0.3  # text heights: narrower or lower than letters
DENSEST, DENSEST_ARC = 0.6, 0.3  # share of its box that a piece of a rim covers; one as large as letters
LEAST_ARC = 0.5  # text heights
LEAST_VOTES = 0.08  # share of a full rim's edges that point at a centre, for it to be looked at
ASIDE, STEP = 8, 2  # pixels, and steps, around where the votes are by which the centre may be off
OFF = 16  # pixels by which the radius may be
NEAREST = 6  # centres with most ink at one distance, which are looked at
NEARLY = 0.5  # of what a rim shows: where less is seen nothing better is near
DIRECTIONS = 240
SLANTED = 0.17  # sine and cosine of the directions that are looked at: rulings are neither
BESIDE = (0.4, 0.55)  # mm on both sides of a rim where there is white
LEAST_RIM = 0.33  # share of the directions in which the rim is seen; print has 0.3, where most of it is in a circle


def find_rims(gray: np.ndarray, dpi: float, text_height: float) -> tuple[Disc, ...]:
    """Round stamps on a page of black and white, uint8 (H, W), however straightened."""
    scale = max(round(dpi / FINE_DPI), 1)
    small = cv2.erode(gray, np.ones((scale, scale), np.uint8))[::scale, ::scale]
    ink = (small < INK_BELOW).view(np.uint8)
    unit, fine = text_height / scale, dpi / scale
    rest = cv2.subtract(ink, cv2.max(*straight_strokes(ink, round(RULING[0] * unit), round(RULING[1] * unit))))
    curved = _without_print(rest, unit)
    factor = max(round(fine / WORK_DPI), 1)
    sought = np.where(curved, np.uint8(0), np.uint8(255))
    reduced = cv2.resize(sought, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    radii = np.arange(*(round(mm * fine / factor / MM_PER_INCH) for mm in RADII))
    seen, at = vote(reduced.shape, find_edges(reduced), radii, LEAST_VOTES)
    points = np.argwhere(curved)[:, ::-1]
    found = []
    for _ in range(MAX_STAMPS):
        y, x = divmod(int(seen.argmax()), seen.shape[1])
        if seen[y, x] < LEAST_VOTES:
            break
        circles = _fit(points, (x * factor, y * factor), int(radii[at[y, x]] * factor))
        share, best = max((_share_seen(rest, circle, fine), circle) for circle in circles)
        if share >= NEARLY * LEAST_RIM:
            share, best = max((_share_seen(rest, circle, fine), circle) for circle in _around(best))
        if share >= LEAST_RIM:
            cx, cy, radius = _outermost(rest, best, int(RADII[1] * fine / MM_PER_INCH), fine)
            found.append(Disc(float(cx * scale), float(cy * scale), float(radius * scale), 0.0))
        reach = int(radii[0] / 2)
        seen[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach] = 0
    return tuple(found)


Circle = tuple[int, int, int]  # x, y of the centre and radius, in pixels


def _without_print(ink: np.ndarray, unit: float) -> np.ndarray:
    """Mask of the pieces of ink that may be of a rim: larger or smaller than letters, or as thin as an arc."""
    labels, stats, _ = find_pieces(ink)
    width, height, area = (stats[:, n] for n in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
    shorter, longer, density = np.minimum(width, height), np.maximum(width, height), area / (width * height)
    kept = (shorter > LARGE[0] * unit) | (longer > LARGE[1] * unit) | (shorter < SMALL * unit)
    kept |= (density < DENSEST_ARC) & (longer > LEAST_ARC * unit)
    kept &= density < DENSEST
    kept |= (longer < SMALL * unit) & (area > 1)
    kept[0] = False
    mask: np.ndarray = kept[labels]
    return mask


def _fit(points: np.ndarray, centre: tuple[int, int], radius: int) -> list[Circle]:
    """The circles near this one on which most of the points x, y (n, 2) lie."""
    aside = np.arange(-ASIDE, ASIDE + 1, STEP)
    centres = np.stack(np.meshgrid(centre[0] + aside, centre[1] + aside), axis=-1).reshape(-1, 2)
    off = np.hypot(*(points - centre).T) - radius
    near = points[np.abs(off) < OFF]
    distances = np.hypot(*(near[None] - centres[:, None]).transpose(2, 0, 1)) - radius + OFF
    bins = np.clip(np.rint(distances).astype(np.int64), 0, 2 * OFF)
    counts = np.stack([np.bincount(row, minlength=2 * OFF + 1) for row in bins])
    counts = counts[:, :-2] + counts[:, 1:-1] + counts[:, 2:]
    best = np.argsort(counts.max(axis=1))[-NEAREST:]
    return [(int(x), int(y), radius - OFF + 1 + int(counts[n].argmax())) for n in best for x, y in [centres[n]]]


def _outermost(ink: np.ndarray, found: Circle, largest: int, dpi: float) -> Circle:
    """Of the rims around this one's centre the outermost."""
    outer = ((*found[:2], radius) for radius in range(largest, found[2] + STEP, -STEP))
    return next((circle for circle in outer if _share_seen(ink, circle, dpi) >= LEAST_RIM), found)


def _around(circle: Circle) -> list[Circle]:
    x, y, radius = circle
    near = (-1, 0, 1)
    return [(x + dx, y + dy, radius + dr) for dx in near for dy in near for dr in near]


def _share_seen(ink: np.ndarray, circle: Circle, dpi: float) -> float:
    """Share of the slanted directions in which ink, uint8 (H, W), lies on a circle and none close beside it."""
    turns = np.linspace(0, 2 * np.pi, DIRECTIONS, endpoint=False)
    turns = turns[np.minimum(np.abs(np.cos(turns)), np.abs(np.sin(turns))) > SLANTED]
    x, y, radius = circle
    beside = [sign * mm * dpi / MM_PER_INCH for sign in (1, -1) for mm in BESIDE]
    inked = [_inked(ink, (x, y), radius + off, turns) for off in (-1, 0, 1, *beside)]
    seen = np.any(inked[:3], axis=0) & ~np.any(inked[3:], axis=0)
    return float(seen.mean())


def _inked(ink: np.ndarray, centre: tuple[int, int], radius: float, turns: np.ndarray) -> np.ndarray:
    """In which directions ink lies at a distance from a centre; beyond the page's sides there is none."""
    xs = np.rint(centre[0] + radius * np.cos(turns)).astype(np.int64)
    ys = np.rint(centre[1] + radius * np.sin(turns)).astype(np.int64)
    inside = (xs >= 0) & (ys >= 0) & (xs < ink.shape[1]) & (ys < ink.shape[0])
    found = np.zeros(len(turns), bool)
    found[inside] = ink[ys[inside], xs[inside]] > 0
    return found
