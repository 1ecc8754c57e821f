"""What a drawn page is, and the resolutions at which pages are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from extractor.records import Word

POINTS_PER_INCH = 72.0
MIN_DPI, MAX_DPI = 100.0, 320.0  # below: enlarged by PDFium for the engines; above: no engine reads better
A4_INCHES = 8.27
LEAST_PAPER, MOST_PAPER = 5.0, 17.0  # inches of a sheet's short side, from A5 to A2: others are no sizes of paper


@dataclass(frozen=True, slots=True)
class Sheet:
    """`pixels`: uint8 (H, W) or BGR (H, W, 3) as a viewer shows the page; `words`: boxes in these pixels.

    `notes`: what is odd about the page, as in `PageImage`.
    """

    number: int
    pixels: np.ndarray
    dpi: float
    words: tuple[Word, ...]
    notes: tuple[str, ...] = ()


class PageReader(Protocol):
    """An opened file whose pages can be drawn."""

    def draw(self, number: int, *, trust_layer: bool = True) -> Sheet:
        """Page `number` (from 1). Raises UnreadableFile or TooLarge for this page alone."""
        ...


def is_paper(short_side: float) -> bool:
    """Whether a sheet with this short side, in inches, may be paper."""
    return LEAST_PAPER <= short_side <= MOST_PAPER
