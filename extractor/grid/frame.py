"""Rulings of a page without a ruled grid -> where on it the table lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.grid.gutters import SHIFT
from extractor.grid.line import collinear, inked
from extractor.grid.rulings import Rulings
from extractor.records import Box, Grid, Guide, PageImage

LEAST_WIDTH = 0.35  # of the page's width: how long a ruling is that frames a table
LEAST_RULINGS = 4
FEWEST_RULINGS = 3  # above and below the head, and below the last row
WHOLE = 0.9  # share of the rulings that have both ends, where none is lost
LEAST_TRACE = 2.0  # text heights: a shorter upright stroke is a letter
SAME_END = 1.5  # text heights between the ends of a table's rulings
FRAMED = 0.8  # of a table's width: how much of it a ruling covers that frames rows of it


def rulings_outside(rulings: Rulings, taken: Sequence[Grid], text_height: float) -> Rulings:
    """Without the rulings of tables that are found: they frame no other."""

    def is_free(middle: float) -> bool:
        return not any(g.box[1] - text_height / 2 <= middle <= g.box[3] + text_height / 2 for g in taken)

    return replace(
        rulings,
        rows=tuple(r for r in rulings.rows if is_free(r.position)),
        columns=tuple(s for s in rulings.columns if is_free((s.start + s.end) / 2)),
    )


def find_level_frame(rulings: Rulings, page: PageImage, least: int = LEAST_RULINGS) -> Box:
    """Where level rulings of one width, at least so many, frame a table; the whole page where there are too few."""
    height, width = page.gray.shape
    wide = [line for line in collinear(list(rulings.rows), page.text_height) if inked(line) > LEAST_WIDTH * width]
    if not wide:
        return 0.0, 0.0, width, height
    longest = max(wide, key=inked)
    near = SAME_END * page.text_height
    left, right = longest.start - near, longest.end + near
    inside = [line for line in wide if left < line.start and line.end < right]
    frame = [r for r in inside if r.start < left + 2 * near and right - 2 * near < r.end]
    if len(frame) < least:
        return 0.0, 0.0, width, height
    if len(frame) < WHOLE * len(inside):
        # where others lost an end, the first and the last may be lost
        return left, 0.0, right, height
    return left, frame[0].position, right, frame[-1].position


def find_upright_frame(rulings: Rulings, page: PageImage, guide: Guide) -> Box:
    """From the first to the last trace of the upright rulings that the guide tells of; signatures stand below."""
    near = SHIFT * page.gray.shape[1]
    traces = [s for s in rulings.columns if any(abs(s.position - x) < near for x in guide.borders)]
    tall = [s for s in traces if s.length > LEAST_TRACE * page.text_height]
    if not tall:
        return 0.0, 0.0, 0.0, 0.0
    margin = SAME_END * page.text_height
    return (
        guide.borders[0] - near,
        min(s.start for s in tall) - margin,
        guide.borders[-1] + near,
        max(s.end for s in tall) + margin,
    )


def find_framed(rulings: Rulings, left: float, right: float, text_height: float) -> tuple[float, float]:
    """Tops of the first and the last level ruling over the columns of another page; zeros where there are not two."""
    level = collinear(list(rulings.rows), text_height)
    framing = [line.position for line in level if line.covered(left, right) >= FRAMED]
    return (min(framing), max(framing)) if len(framing) > 1 else (0.0, 0.0)
