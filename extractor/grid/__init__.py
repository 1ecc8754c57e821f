"""PageImage -> the grids of the tables printed on it."""

from extractor.grid.find import find_grids, find_guide, is_unlike
from extractor.grid.parting import part_columns
from extractor.grid.usual import NO_GUIDE, has_same_columns, lay, usual_guide

__all__ = [
    "NO_GUIDE",
    "find_grids",
    "find_guide",
    "has_same_columns",
    "is_unlike",
    "lay",
    "part_columns",
    "usual_guide",
]
