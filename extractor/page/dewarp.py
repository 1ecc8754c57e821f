"""A deskewed page whose rulings still bend or fan out -> the mesh that makes them straight and square.

The rulings themselves are the ruler: each long horizontal one gives the vertical offset along its length, each long
vertical one the horizontal offset; between rulings the offsets are interpolated. This undoes perspective, curl and
folds alike, without a model of the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from extractor.page.geometry import Mesh
from extractor.pixels import find_strokes, open_rows

HALF = 2  # rulings are traced on a page of half the size
STEP = 32  # pixels between mesh samples
MIN_STROKE_IN_CHARS = 1.6  # straight strokes shorter than this are letters
MIN_RULING_SHARE = 0.25  # of the page's width or height: a ruling long enough to measure the sheet
MAX_SLOPE = 0.12  # steeper links between strokes join different rulings
MIN_BEND = 0.08  # text heights: less is not worth resampling the page
POLYNOMIAL_DEGREE = 4  # a curl and a fold
WHOLE, LEAST_WHOLE = 0.75, 2  # of the table's width, that a whole ruling is long; so many tell how the sheet lies
STRETCHED = 0.75, 1.3  # of its length, that a part of a sheet has at least and at most
MAX_LINK_IN_CHARS = 3.0  # gap that a broken ruling may have


@dataclass(frozen=True, slots=True)
class Curve:
    """A traced ruling as samples: `t` along it, `v` across it (pixels of the half-size page)."""

    t: np.ndarray
    v: np.ndarray


def find_mesh(gray: np.ndarray, text_height: float) -> Mesh | None:
    """The mesh that straightens the page's rulings, or None where they are straight already (or too few)."""
    small = cv2.resize(gray, None, fx=1 / HALF, fy=1 / HALF, interpolation=cv2.INTER_AREA)
    ink = (small < 150).view(np.uint8)
    height_in_small = text_height / HALF
    rows = trace_rulings(ink, height_in_small)
    columns = trace_rulings(cv2.transpose(ink), height_in_small)
    if len(rows) < 2:
        return None
    if max(_bend(rows), _bend(columns)) < MIN_BEND * text_height:
        return None
    across, down = (_samples(side) for side in (gray.shape[1], gray.shape[0]))
    x, y = np.meshgrid(across, down)
    dy = _offsets(rows, across, down)
    dx = _offsets(columns, down, across).T if len(columns) >= 2 else np.zeros_like(dy)
    return Mesh((x + dx).astype(np.float32), (y + dy).astype(np.float32), STEP)


def _samples(side: int) -> np.ndarray:
    return (np.arange(-(-side // STEP) + 2) - 0.5) * STEP - 0.5


def _bend(curves: list[Curve]) -> float:
    """How far rulings stray from level, full-size pixels: the 90th percentile over their samples."""
    strays = [np.abs(curve.v - np.median(curve.v)) for curve in curves]
    return float(np.percentile(np.concatenate(strays), 90)) * HALF if strays else 0.0


def apply_mesh(layers: list[np.ndarray], mesh: Mesh) -> list[np.ndarray]:
    """Resample (H, W) layers of one page through the mesh; outside is white."""
    height, width = layers[0].shape
    size = (mesh.x.shape[1] * STEP, mesh.x.shape[0] * STEP)
    inside = np.s_[STEP : STEP + height, STEP : STEP + width]
    map_x, map_y = (cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)[inside] for part in (mesh.x, mesh.y))
    return [
        cv2.remap(layer, map_x, map_y, cv2.INTER_LINEAR, borderValue=255) if int(layer.min()) < 255 else layer
        for layer in layers
    ]


def trace_rulings(ink: np.ndarray, text_height: float) -> list[Curve]:
    """Long, nearly horizontal rulings of a uint8 ink mask (1 = ink); broken strokes are linked."""
    length = max(int(text_height * MIN_STROKE_IN_CHARS), 9)
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))  # keeps a sloping hairline in one run
    strokes = open_rows(thick, length)
    pieces = _pieces(strokes, text_height)
    chains = _link(pieces, MAX_LINK_IN_CHARS * text_height)
    least = MIN_RULING_SHARE * ink.shape[1]
    return [curve for chain in chains if (curve := _merge(chain)).t[-1] - curve.t[0] >= least]


def _pieces(strokes: np.ndarray, text_height: float) -> list[Curve]:
    kept, labels, stats = find_strokes(strokes)
    pieces = []
    for label in range(1, len(stats)):
        x, top, w, h, area = stats[label]
        if w < 2 * text_height or area / w > 0.45 * text_height:  # short, or a bar rather than a line
            continue
        region = labels[top : top + h, x : x + w] == label
        weight = region.sum(axis=0)
        v = (region * np.arange(h)[:, None]).sum(axis=0) / np.maximum(weight, 1) + kept[top]
        keep = weight > 0
        pieces.append(Curve(np.arange(x, x + w, dtype=np.float64)[keep], v[keep]))
    return sorted(pieces, key=lambda piece: piece.t[0])


def _link(pieces: list[Curve], reach: float) -> list[list[Curve]]:
    """Pieces of one ruling each, left to right: a piece goes on the chain that ends nearest before it."""
    chains: list[list[Curve]] = []
    ends: list[tuple[float, float]] = []  # of each chain: how far it goes, and at what height
    for piece in pieces:
        start, height = float(piece.t[0]), float(piece.v[:8].mean())
        best, best_gap = None, reach
        for n, (end, level) in enumerate(ends):
            gap = start - end
            if -4 <= gap < best_gap and abs(height - level) <= MAX_SLOPE * max(gap, 0) + 2.5:
                best, best_gap = n, gap
        last = float(piece.t[-1]), float(piece.v[-8:].mean())
        if best is None:
            chains.append([piece])
            ends.append(last)
        else:
            chains[best].append(piece)
            ends[best] = last
    return chains


def _merge(chain: list[Curve]) -> Curve:
    return Curve(np.concatenate([piece.t for piece in chain]), np.concatenate([piece.v for piece in chain]))


def _offsets(curves: list[Curve], along: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Offsets (len(across), len(along)) in full-size pixels: straight position -> traced position.

    A ruling stays in place where it passes the middle of all of them, so that all that do agree on how the sheet lies.
    What a merged cell or a lost stretch cut short does not pass it: such a ruling has its place by the others, and goes
    on as they do beyond its ends.
    """
    ends = np.quantile([curve.t[0] for curve in curves], 0.1), np.quantile([curve.t[-1] for curve in curves], 0.9)
    middle = float(sum(ends)) / 2
    through = [curve for curve in curves if curve.t[0] <= middle <= curve.t[-1]]
    # how a ruling goes on far beyond its end is a guess where there are others to follow
    long = [curve for curve in through if curve.t[-1] - curve.t[0] >= WHOLE * (ends[1] - ends[0])]
    whole = long if len(long) >= LEAST_WHOLE else through
    if len(whole) < LEAST_WHOLE:
        anchors = np.array([float(np.median(curve.v)) for curve in curves])
        return _interpolated(
            anchors, np.array([_fit(curve, along / HALF) for curve in curves]) - anchors[:, None], across
        )
    anchors = np.array([float(_fit(curve, np.array([middle]))[0]) for curve in whole])
    order = np.argsort(anchors, kind="stable")
    anchors = anchors[order]
    shifts = np.array([_fit(whole[n], along / HALF) for n in order]) - anchors[:, None]
    short = [curve for curve in curves if all(curve is not other for other in whole)]
    placed = [_placed(curve, along / HALF, anchors, shifts) for curve in short]
    every = np.concatenate((anchors, np.array([anchor for anchor, _ in placed])))
    offsets = _interpolated(every, np.array([*shifts, *(shift for _, shift in placed)]), across)
    # no sheet is squeezed or stretched as much: what was taken for a short ruling is none
    distances = np.diff(across[:, None] + offsets, axis=0) / np.diff(across)[:, None]
    if distances.min() < STRETCHED[0] or distances.max() > STRETCHED[1]:
        return _interpolated(anchors, shifts, across)
    return offsets


def _placed(curve: Curve, along: np.ndarray, anchors: np.ndarray, shifts: np.ndarray) -> tuple[float, np.ndarray]:
    """(where a short ruling would pass the middle, how far it strays from there (len(along),)).

    `anchors`, `shifts`: the same of the whole ones, in order.
    """
    at = np.clip(along, curve.t[0], curve.t[-1])
    own = _fit(curve, at)
    inside = np.flatnonzero(along == at)
    n = int(inside[len(inside) // 2]) if len(inside) else int(np.abs(along - at).argmin())
    anchor = float(own[n] - np.interp(own[n], np.maximum.accumulate(anchors + shifts[:, n]), shifts[:, n]))
    others = np.array([np.interp(anchor, anchors, column) for column in shifts.T])
    return anchor, own - anchor + others - np.interp(at, along, others)


def _interpolated(anchors: np.ndarray, shifts: np.ndarray, across: np.ndarray) -> np.ndarray:
    """Offsets (len(across), n) in full-size pixels from where rulings stay and how they stray (m, n), half-size."""
    order = np.argsort(anchors, kind="stable")
    return np.array([np.interp(across, anchors[order] * HALF, column) for column in (shifts[order] * HALF).T]).T


def _fit(curve: Curve, t: np.ndarray) -> np.ndarray:
    """A robust polynomial through the samples; beyond their ends it goes on with the ruling's mean slope."""
    sample = slice(None, None, max(len(curve.t) // 400, 1))
    x, y = curve.t[sample], curve.v[sample]
    centre, scale = (x[0] + x[-1]) / 2, max((x[-1] - x[0]) / 2, 1.0)
    u = (x - centre) / scale
    weight = np.ones_like(u)
    for _ in range(3):
        coefficients = np.polynomial.polynomial.polyfit(u, y, POLYNOMIAL_DEGREE, w=weight)
        error = np.abs(np.polynomial.polynomial.polyval(u, coefficients) - y)
        weight = 1.0 / (1.0 + error**2)
    s = (t - centre) / scale
    inside = np.clip(s, -1.0, 1.0)
    value: np.ndarray = np.polynomial.polynomial.polyval(inside, coefficients)
    ends = np.polynomial.polynomial.polyval(np.array([-1.0, 1.0]), coefficients)
    return value + (s - inside) * (ends[1] - ends[0]) / 2
