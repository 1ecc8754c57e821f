"""Rulings -> without the upright lines that a fax or a scanner draws over a whole page."""

from __future__ import annotations

from dataclasses import replace

from extractor.grid.line import collinear, inked
from extractor.grid.rulings import Rulings

LEAST_ROWS = 3  # level rulings that tell where the tables are
EDGE = 0.015  # of the page's height: how near its head and its foot a streak comes
BEYOND = 3.0  # text heights that it goes on above and below all level rulings
DRAWN = 0.6  # share of the page's height that is seen of it


def without_streaks(rulings: Rulings) -> Rulings:
    """The rulings that are not drawn from one end of the page to the other, past all that is ruled level."""
    rows = [row.position for row in rulings.rows]
    height, beyond = len(rulings.pooled) * rulings.factor, BEYOND * rulings.text_height
    if len(rows) < LEAST_ROWS or min(rows) < beyond or max(rows) > height - beyond:
        return rulings
    streaks = {
        segment
        for line in collinear(list(rulings.columns), rulings.text_height)
        if line.start <= EDGE * height and line.end >= (1 - EDGE) * height and inked(line) >= DRAWN * height
        for segment in line.segments
    }
    return replace(rulings, columns=tuple(s for s in rulings.columns if s not in streaks)) if streaks else rulings
