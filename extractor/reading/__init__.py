"""Grids -> what is printed in their cells: lines of ink, and what several engines read in them."""

from extractor.reading.careful import read_rows
from extractor.reading.engines import ENGINES, Engine, load_engines
from extractor.reading.first import read_first
from extractor.reading.ink import find_ink
from extractor.reading.layer import is_true_layer
from extractor.reading.parted import find_lost_borders, part_cells
from extractor.reading.printed import read_cells, read_lines

__all__ = [
    "ENGINES",
    "Engine",
    "find_ink",
    "find_lost_borders",
    "is_true_layer",
    "load_engines",
    "part_cells",
    "read_cells",
    "read_first",
    "read_lines",
    "read_rows",
]
