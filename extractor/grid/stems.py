"""Rulings -> without upright strokes that are letters standing above each other in tight rows.

Where rows of one line begin with the same words, stems and the level rulings between them make one upright line.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from extractor.grid.rulings import INK_BELOW, Rulings, Segment
from extractor.pixels import find_runs

LEAST_SHARE = 0.35  # share of a row's height along which a stroke must go to be looked at there
LEAST_ROW = 0.8  # text heights: a lower stretch between two level rulings is a double ruling
RULED = 0.12  # text heights: half of a level ruling's thickness
CLEAR = 0.22  # text heights of white between a letter and the rulings above and below it
STEM = 0.5  # text heights: a letter's stem is at least so tall, and no dot of a ruling is


def without_stems(rulings: Rulings) -> Rulings:
    """The rulings that are not letters by their ink between level rulings."""
    return replace(rulings, columns=tuple(s for s in rulings.columns if not _are_stems(s, rulings)))


def _are_stems(segment: Segment, rulings: Rulings) -> bool:
    """Whether the stroke, in each row that it passes, is one stem that keeps clear of the rulings on both sides."""
    near, least = CLEAR * rulings.text_height, LEAST_ROW * rulings.text_height
    rows = sorted(r.position for r in rulings.rows if r.start - near <= segment.position <= r.end + near)
    passed = [
        (top, bottom)
        for top, bottom in pairwise(rows)
        if bottom - top >= least and min(bottom, segment.end) - max(top, segment.start) >= LEAST_SHARE * (bottom - top)
    ]
    return bool(passed) and all(_is_stem(segment.position, top, bottom, rulings) for top, bottom in passed)


def _is_stem(position: float, top: float, bottom: float, rulings: Rulings) -> bool:
    height = rulings.text_height / rulings.factor
    ruled, clear = max(round(RULED * height), 2), CLEAR * height
    x, a, b = (round(value / rulings.factor) for value in (position, top, bottom))
    stretch = rulings.pooled[a + ruled : b - ruled + 1, max(x - 1, 0) : x + 2]
    inked = np.asarray((stretch < INK_BELOW).any(axis=1))
    runs = find_runs(inked)
    if not len(runs):
        return False
    longest = (runs[:, 1] - runs[:, 0]).max()
    return bool(runs[0, 0] >= clear and len(inked) - runs[-1, 1] >= clear and longest >= STEM * height)
