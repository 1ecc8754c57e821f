"""A store -> whether it is what it was, and how many of its published values are wrong at most."""

from extractor.audit.draw import Drawn, Item, draw_items, write_draw
from extractor.audit.exports import check_exports
from extractor.audit.mapped import check_mapped
from extractor.audit.result import Result, Stratum, read_result
from extractor.audit.verify import Checked, Defect, check_cells_kept, check_decisions, check_originals

__all__ = [
    "Checked",
    "Defect",
    "Drawn",
    "Item",
    "Result",
    "Stratum",
    "check_cells_kept",
    "check_decisions",
    "check_exports",
    "check_mapped",
    "check_originals",
    "draw_items",
    "read_result",
    "write_draw",
]
