"""Grids -> what is printed in their cells: lines of ink, and what several engines read in them."""

from extractor.reading.consensus import settle_number, settle_text
from extractor.reading.engines import ENGINES, Engine, load_engines
from extractor.reading.ink import find_ink

__all__ = ["ENGINES", "Engine", "find_ink", "load_engines", "settle_number", "settle_text"]
