"""Lines of ink in a doubtful value cell -> the same without the strokes of a pen that pass through its figures.

On a page of black and white, or where a pen is as dark as the print, a stroke is told from figures by its course: it
is thin, and goes on further than any part of a figure does. Where it passes through one, its course is known from both
sides, and the figure's ink stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from extractor.pixels import find_runs
from extractor.reading.lines import INK_BELOW
from extractor.records import TextLine

THIN = 2.2  # thicknesses of the pen's stroke that it is high at most where it runs aslant
LONG, TALL = 1.3, 1.6  # text heights from which a level or an upright stroke is longer than a figure is wide or high
SLOPE_ALONG = 0.4  # text heights at a stroke's end that tell where it goes
HIDDEN = 0.9  # text heights of a stroke within a figure's ink
CORNER = 0.25  # the same where it may turn
AIM = 0.3  # share of the hidden length by which a stroke may miss its aim
BEND = 0.8  # growth per length by which its direction may change within a figure
MOST_CHAINS = 300  # more are a screen's dots, of which each may go on in many others
INKED = 0.9  # share of its hidden course that is inked


@dataclass(frozen=True, slots=True)
class _Chain:
    """Thin runs of ink from column to column: from `start` on, (top, bottom) of each, bottom exclusive."""

    start: int
    runs: np.ndarray

    @property
    def end(self) -> int:
        """Column behind the last run."""
        return self.start + len(self.runs)

    def middle(self, n: int) -> float:
        return float(self.runs[n].mean() - 0.5)

    def slope(self, columns: int, *, at_end: bool) -> float:
        """Rows per column over the outermost columns."""
        part = self.runs[-columns:] if at_end else self.runs[:columns]
        return float((part[-1].mean() - part[0].mean()) / max(len(part) - 1, 1))


def without_strokes(line: TextLine) -> TextLine | None:
    """The line without what is thin and longer than parts of figures; None where there is nothing such."""
    ink = (line.clean < INK_BELOW).view(np.uint8)
    pen = _strokes(ink, line.text_height, LONG)
    pen |= _strokes(np.ascontiguousarray(ink.T), line.text_height, TALL).T
    if not pen.any():
        return None
    # soft edges belong to the stroke that they surround, but what stays keeps its own
    rest = cv2.dilate(ink & ~pen, np.ones((3, 3), np.uint8))
    edges = cv2.dilate(pen, np.ones((3, 3), np.uint8)) & ~rest
    pixels = np.where((pen | edges) > 0, np.uint8(255), line.clean)
    return replace(line, raw=pixels, clean=pixels)


def _strokes(ink: np.ndarray, text_height: float, long: float) -> np.ndarray:
    """Mask of the ink, 0 and 1 (h, w), of strokes that run more from column to column than from row to row."""
    thickness = _thickness(ink)
    chains = _chains(ink, max(THIN * thickness, 3.0))
    found = np.zeros_like(ink)
    if len(chains) > MOST_CHAINS:
        return found
    joined = _join(chains, ink, text_height, thickness)
    for members in joined:
        if members[-1].end - members[0].start >= long * text_height:
            for chain in members:
                for n, (top, bottom) in enumerate(chain.runs):
                    found[top:bottom, chain.start + n] = 1
    return found


def _thickness(ink: np.ndarray) -> float:
    """Pixels that strokes of the ink are thick."""
    distance = cv2.distanceTransform(ink, cv2.DIST_L2, 3)
    ridge = distance[(distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))]
    return float(2 * np.quantile(ridge, 0.8)) if ridge.size else 1.0


def _chains(ink: np.ndarray, thin: float) -> list[_Chain]:
    """Runs no higher than `thin` that go on from column to column, each in one chain."""
    done: list[_Chain] = []
    growing: list[tuple[int, list[np.ndarray]]] = []
    for x in range(ink.shape[1]):
        runs = [run for run in find_runs(ink[:, x]) if run[1] - run[0] <= thin]
        still: list[tuple[int, list[np.ndarray]]] = []
        taken: set[int] = set()
        for start, members in growing:
            top, bottom = members[-1]
            near = [
                (abs(float(run.sum() - top - bottom)), n)
                for n, run in enumerate(runs)
                if n not in taken and run[0] <= bottom and run[1] >= top
            ]
            if near:
                n = min(near)[1]
                taken.add(n)
                still.append((start, [*members, runs[n]]))
            else:
                done.append(_Chain(start, np.array(members)))
        growing = still + [(x, [run]) for n, run in enumerate(runs) if n not in taken]
    done += [_Chain(start, np.array(members)) for start, members in growing]
    return sorted(done, key=lambda chain: chain.start)


def _join(chains: Sequence[_Chain], ink: np.ndarray, text_height: float, thickness: float) -> list[list[_Chain]]:
    """Chains of one stroke, each list left to right: those that another one's end aims at, through ink."""
    follower: dict[int, int] = {}
    pairs = sorted(_pairs(chains, ink, text_height, thickness))
    taken: set[int] = set()
    for _, a, b in pairs:
        if a not in follower and b not in taken:
            follower[a] = b
            taken.add(b)
    joined = []
    for first in range(len(chains)):
        if first not in taken:
            members, n = [first], first
            while n in follower:
                n = follower[n]
                members.append(n)
            joined.append([chains[n] for n in members])
    return joined


def _pairs(
    chains: Sequence[_Chain], ink: np.ndarray, text_height: float, thickness: float
) -> Iterator[tuple[float, int, int]]:
    """(how far apart they are, numbers of two chains of which one may go on in the other)."""
    along = max(round(SLOPE_ALONG * text_height), 2)
    ends = [(chain.middle(-1), chain.slope(along, at_end=True)) for chain in chains]
    starts = [(chain.middle(0), chain.slope(along, at_end=False)) for chain in chains]
    for a, left in enumerate(chains):
        for b, right in enumerate(chains):
            gap = right.start - left.end
            if not 0 <= gap <= HIDDEN * text_height or a == b:
                continue
            (y0, ending), (y1, beginning) = ends[a], starts[b]
            slopes = ending, beginning
            steps = gap + 1
            miss = max(abs(y0 + slopes[0] * steps - y1), abs(y1 - slopes[1] * steps - y0))
            straight = abs(slopes[0] - slopes[1]) <= BEND and miss <= thickness + AIM * steps
            corner = gap <= CORNER * text_height and abs(y1 - y0) <= CORNER * text_height + thickness
            if not (straight or corner):
                continue
            xs = np.arange(left.end, right.start)
            ys = np.clip(np.rint(y0 + (y1 - y0) * (xs - left.end + 1) / steps), 0, len(ink) - 1).astype(int)
            if not len(xs) or ink[ys, xs].mean() >= INKED:
                yield gap + miss, a, b
