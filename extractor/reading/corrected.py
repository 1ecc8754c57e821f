"""Red ink that was lifted off a cell -> whether a person wrote it, though it is not what a stamp leaves."""

from __future__ import annotations

import numpy as np

from extractor.records import PageImage

LEAST = 0.03  # square text heights of red ink in a cell: less is a smudge
EDGE = 0.15  # text heights from the cell's sides, which a stamp's strokes run over
LEVEL, ACROSS = 0.6, 0.9  # text heights that a line through a row takes at most; share of the cell that it runs across


def is_corrected(page: PageImage, box: tuple[int, int, int, int]) -> bool:
    """Whether what was lifted as a stamp's ink lies wholly within a cell, or runs level across it.

    A number that is crossed out in red has another one beside it, and a row may be crossed out by one line; a stamp is
    larger than a cell. `box`: inside of the cell in pixels.
    """
    if page.stamp is None:
        return False
    x0, y0, x1, y1 = box
    ink = page.stamp[y0:y1, x0:x1]
    if ink.sum() < LEAST * page.text_height**2:
        return False
    edge = max(round(EDGE * page.text_height), 1)
    if ink[edge:-edge, edge:-edge].sum() == ink.sum():
        return True
    rows = np.flatnonzero(ink.any(axis=1))
    level = rows[-1] - rows[0] < LEVEL * page.text_height and rows[0] >= edge and rows[-1] < len(ink) - edge
    return bool(level and ink.any(axis=0).mean() >= ACROSS)
