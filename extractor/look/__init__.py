"""The store -> pages for people who don't read JSON: a province, a district, and where a number comes from."""

from extractor.look.evidence import Evidence, check_original, read_evidence
from extractor.look.find import find_observation
from extractor.look.gather import Overview, gather
from extractor.look.pages import write_pages
from extractor.look.sheet import show_blind, show_sheet, style_hash

__all__ = [
    "Evidence",
    "Overview",
    "check_original",
    "find_observation",
    "gather",
    "read_evidence",
    "show_blind",
    "show_sheet",
    "style_hash",
    "write_pages",
]
