"""Ink of a page -> its first reading: every cell once, by the cheapest engine."""

from __future__ import annotations

from extractor.reading.engines import Engine
from extractor.records import CellInk, CellText, GridText, PageInk, PageText, Reading


def read_first(page: PageInk, engine: Engine) -> PageText:
    """All cells of the page's grids, read in one batch (a batch never mixes pages)."""
    cells = [cell for grid in page.grids for cell in grid.cells]
    lines = [line for cell in cells for line in cell.lines]
    readings = iter(engine.read(lines))
    texts = iter([_text(cell, [next(readings) for _ in cell.lines]) for cell in cells])
    grids = tuple(GridText(grid, tuple(next(texts) for _ in grid.cells)) for grid in page.grids)
    return PageText(page.number, page.origin, grids, page.loose)


def _text(cell: CellInk, readings: list[Reading]) -> CellText:
    if cell.words is not None:
        return CellText(cell, " ".join(cell.words.split()), 1.0)
    text = " ".join(reading.text for reading in readings if reading.text)
    return CellText(cell, text, min((r.confidence for r in readings), default=1.0), tuple(readings))
