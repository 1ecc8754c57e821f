"""Ink of a page -> its first reading: every cell once, by the cheapest engine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from extractor.reading.engines import Engine
from extractor.reading.spaces import with_spaces
from extractor.records import Box, CellInk, CellText, GridText, PageInk, PageText, Reading, TextLine


def read_first(page: PageInk, engine: Engine, before: PageText | None = None) -> PageText:
    """All cells of the page's grids, read in one batch (a batch never mixes pages).

    `before`: an earlier look at the page; lines that it cut out alike keep their readings.
    """
    cells = [cell for grid in page.grids for cell in grid.cells]
    lines = [line for cell in cells for line in cell.lines]
    seen = _by_box(before)
    known = [_known_reading(line, seen) for line in lines]
    new = [line for line, reading in zip(lines, known, strict=True) if reading is None]
    rest = (with_spaces(reading, line) for reading, line in zip(engine.read(new), new, strict=True))
    readings = iter([next(rest) if reading is None else reading for reading in known])
    texts = iter([_text(cell, [next(readings) for _ in cell.lines]) for cell in cells])
    grids = tuple(GridText(grid, tuple(next(texts) for _ in grid.cells)) for grid in page.grids)
    return PageText(page.number, page.origin, grids, page.loose)


def _by_box(page: PageText | None) -> dict[Box, tuple[TextLine, Reading]]:
    cells = () if page is None else [cell for grid in page.grids for cell in grid.cells]
    return {line.box: (line, read) for cell in cells for line, read in zip(cell.ink.lines, cell.lines, strict=False)}


def _known_reading(line: TextLine, known: Mapping[Box, tuple[TextLine, Reading]]) -> Reading | None:
    """The reading of the same pixels."""
    if line.box not in known:
        return None
    other, reading = known[line.box]
    return reading if line.inner == other.inner and np.array_equal(line.raw, other.raw) else None


def _text(cell: CellInk, readings: list[Reading]) -> CellText:
    if cell.words is not None:
        return CellText(cell, " ".join(cell.words.split()), 1.0)
    text = " ".join(reading.text for reading in readings if reading.text)
    return CellText(cell, text, min((r.confidence for r in readings), default=1.0), tuple(readings))
