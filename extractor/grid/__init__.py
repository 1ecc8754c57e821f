"""PageImage -> the grids of the tables printed on it."""

from extractor.grid.find import find_grids

__all__ = ["find_grids"]
