"""PageImage -> the grids of the tables printed on it."""

from extractor.grid.find import NO_GUIDE, find_grids, find_guide, has_same_columns, is_unlike, usual_guide
from extractor.grid.parting import part_columns

__all__ = ["NO_GUIDE", "find_grids", "find_guide", "has_same_columns", "is_unlike", "part_columns", "usual_guide"]
