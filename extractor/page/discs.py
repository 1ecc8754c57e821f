"""An evened grey page -> the round stamps on it, by the slopes of their rims, which point at one centre."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

WORK_DPI = 60.0  # circles are sought on a page reduced to about this resolution
RADII = (13.0, 24.0)  # mm: a stamp's rim
MM_PER_INCH = 25.4
LEAST_SLOPE = 60.0  # Sobel response of an edge
LEVEL = 0.1  # part of an edge's slope along the page's sides, below which it is a ruling's
SECTORS = 60  # a rim is seen in so many directions
LEAST_VOTES = 0.24  # share of a full rim's edges that point at a centre, for it to be looked at
BESIDE = 0.7  # share of them that the radii beside a rim's own are given at least
LEAST_RIM = 0.5  # share of the directions in which the rim is seen
ALIGNED = 0.9  # cosine between an edge's slope and the radius, from which the edge may be the rim's
LEAST_ALIGNED, SURELY_ALIGNED = 0.35, 0.5  # share of the edges along a circle that are its rim's; print has 0.29
RIM_REACH = 2.5  # pixels of the reduced page on both sides of a rim
RING = 0.965, 1.035  # of the radius: where the rim lies
DARK_SHARE = 0.4  # print and rulings darken fewer directions
MAX_STAMPS = 4
GREY_RIM = 70  # grey level from which a rim is lighter than print, which is black on the stretched page


@dataclass(frozen=True, slots=True)
class Disc:
    """A round stamp in pixels of the page; `level`: grey level of its rim, 0 black."""

    x: float
    y: float
    radius: float
    level: float

    @property
    def is_grey(self) -> bool:
        """Whether its ink is paler than print, so that it can be lifted."""
        return self.level >= GREY_RIM


def find_discs(gray: np.ndarray, dpi: float) -> tuple[Disc, ...]:
    """Round stamps on a page, gray uint8 (H, W): circles whose edges point at one centre, whole or in parts."""
    factor = max(round(dpi / WORK_DPI), 1)
    small = cv2.resize(gray, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA)
    unit = dpi / factor / MM_PER_INCH
    radii = np.arange(round(RADII[0] * unit), round(RADII[1] * unit) + 1)
    edges = find_edges(small)
    seen, at = vote(small.shape, edges, radii)
    found: list[Disc] = []
    for _ in range(MAX_STAMPS):
        y, x = divmod(int(seen.argmax()), seen.shape[1])
        if seen[y, x] < LEAST_VOTES:
            break
        radius = _outer_radius(edges, (float(x), float(y)), radii, int(at[y, x]))
        if radius is not None:
            centre = (float(x * factor), float(y * factor))
            found.append(Disc(*centre, radius * factor, _darkness(gray, centre, radius * factor)))
        reach = int(radii[0] / 2)
        seen[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach] = 0
    return tuple(found)


Edges = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def find_edges(small: np.ndarray) -> Edges:
    """(y, x, unit slope x, unit slope y) of edge pixels."""
    smooth = cv2.GaussianBlur(small, (3, 3), 0)
    gx, gy = cv2.Sobel(smooth, cv2.CV_32F, 1, 0), cv2.Sobel(smooth, cv2.CV_32F, 0, 1)
    size = cv2.magnitude(gx, gy)
    ys, xs = np.nonzero(size > LEAST_SLOPE)
    length = size[ys, xs]
    return ys, xs, gx[ys, xs] / length, gy[ys, xs] / length


def vote(
    shape: tuple[int, ...], edges: Edges, radii: np.ndarray, least: float = LEAST_VOTES
) -> tuple[np.ndarray, np.ndarray]:
    """(share of a full rim seen around each pixel, 0 where it is less than `least`, index of the radius)."""
    ys, xs, dx, dy = edges
    slanted = np.minimum(np.abs(dx), np.abs(dy)) > LEVEL  # rulings are neither
    height, width = shape
    margin = 2 * (int(radii[-1]) // 2 + 1)  # even, so that halves are rounded as without it
    high, wide = height + 2 * margin, width + 2 * margin
    cx, dx = (xs[slanted] + margin).astype(np.float64), dx[slanted].astype(np.float64)
    cy, dy = (ys[slanted] + margin).astype(np.float64), dy[slanted].astype(np.float64)
    best, at = np.zeros(shape, np.float32), np.zeros(shape, np.uint8)
    tops = np.zeros(len(radii) + 1)
    # most of the edges of a rim point at nearly one place by the radii beside its own, too
    for index in (*range(0, len(radii), 2), *range(1, len(radii), 2)):
        if index % 2 and max(tops[index - 1], tops[index + 1]) < BESIDE * least:
            continue
        radius = radii[index]
        # a rim is dark, so that on its outer edge the page grows lighter away from the centre
        where = (np.rint(cy - radius * dy) * wide + np.rint(cx - radius * dx)).astype(np.int64)
        whole = np.bincount(where, minlength=high * wide).reshape(high, wide)
        # the edges of one rim are far fewer than 16 bits can count
        votes = whole[margin:-margin, margin:-margin].astype(np.uint16)
        votes = cv2.boxFilter(votes, -1, (5, 5), normalize=False)
        around = np.float32(2 * np.pi * radius)
        tops[index] = votes.max() / around
        if tops[index] < least:
            continue
        share = votes / around
        better = share > best
        best[better], at[better] = share[better], index
    return best, at


def _outer_radius(edges: Edges, centre: tuple[float, float], radii: np.ndarray, found: int) -> float | None:
    """Of the rims around a centre the outermost, by the one that was found; None where that is no rim."""
    own = _seen_radius(edges, centre, float(radii[found]), LEAST_ALIGNED)
    if own is None:
        return None
    outer = (_seen_radius(edges, centre, float(radius), SURELY_ALIGNED) for radius in radii[:found:-1])
    return next((radius for radius in outer if radius is not None), own)


def _seen_radius(edges: Edges, centre: tuple[float, float], radius: float, least: float) -> float | None:
    """The rim at about this radius where enough of it is seen, and at least so large a share of the edges there."""
    ys, xs, dx, dy = edges
    rx, ry = xs - centre[0], ys - centre[1]
    distance = np.hypot(rx, ry)
    near = np.abs(distance - radius) <= RIM_REACH
    towards = np.abs(rx[near] * dx[near] + ry[near] * dy[near]) / distance[near]
    rim = towards > ALIGNED
    turns = np.floor((np.arctan2(ry[near], rx[near])[rim] + np.pi) / (2 * np.pi) * SECTORS).astype(int)
    if len(np.unique(turns)) < LEAST_RIM * SECTORS or rim.mean() < least:
        return None
    return float(np.median(distance[near][rim]))


def _darkness(gray: np.ndarray, centre: tuple[float, float], radius: float) -> float:
    """Grey level of a stamp's ink: the darkest of its rim in each direction, and of those a usual one."""
    turns = np.linspace(0, 2 * np.pi, 4 * SECTORS, endpoint=False)[:, None]
    reach = radius * np.linspace(*RING, max(round((RING[1] - RING[0]) * radius), 3))[None, :]
    ys = np.clip(np.rint(centre[1] + reach * np.sin(turns)).astype(int), 0, gray.shape[0] - 1)
    xs = np.clip(np.rint(centre[0] + reach * np.cos(turns)).astype(int), 0, gray.shape[1] - 1)
    return float(np.quantile(gray[ys, xs].min(axis=1), DARK_SHARE))
