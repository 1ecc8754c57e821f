"""A grid and the page's print -> which of its print the grid cuts: a border that was guessed through a merged cell."""

from __future__ import annotations

from collections.abc import Sequence

from extractor.grid.gutters import crosses
from extractor.grid.phrases import Phrase
from extractor.records import Grid

LEAST_LETTERS = 3  # fewer may be dots of a ruling
INSIDE = 0.3  # share of a phrase's height from its top and its foot: a border there lies in its letters


def count_cuts(grid: Grid, phrases: Sequence[Phrase], text_height: float) -> int:
    """How many phrases a border between two cells runs through, across or along."""
    return sum(
        _is_cut(grid, phrase, text_height) for phrase in phrases if phrase.full and phrase.n_letters >= LEAST_LETTERS
    )


def _is_cut(grid: Grid, phrase: Phrase, text_height: float) -> bool:
    middle, margin = (phrase.y0 + phrase.y1) / 2, INSIDE * (phrase.y1 - phrase.y0)
    centre = (phrase.x0 + phrase.x1) / 2
    for cell in grid.cells:
        x0, y0, x1, y1 = cell.box
        if y0 < middle < y1 and any(crosses(phrase, x, text_height) for x in (x0, x1) if grid.box[0] < x < grid.box[2]):
            return True
        if x0 < centre < x1 and any(phrase.y0 + margin < y < phrase.y1 - margin for y in (y0, y1)):
            return True
    return False
