"""PageImage -> Grids: ruled tables first; what is not ruled is found from the alignment of its text."""

from __future__ import annotations

from extractor.grid.aligned import find_aligned
from extractor.grid.lattice import find_lattices
from extractor.grid.rulings import find_rulings
from extractor.records import Grid, PageImage


def find_grids(page: PageImage) -> tuple[Grid, ...]:
    """Every table on the page, top to bottom."""
    rulings = find_rulings(page.gray, page.dpi, page.text_height)
    ruled = find_lattices(rulings, page.number, page.text_height)
    if ruled:
        return ruled
    return find_aligned(page, rulings, ruled)
