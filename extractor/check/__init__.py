"""Values -> findings: the catalogue's rules, arithmetic, ranges, units, completeness; and what arithmetic confirms."""

from extractor.check.cell import CheckedCell, Stranger, find_cells, find_strangers
from extractor.check.checks import check_rules
from extractor.check.evidence import confirm_by_rules, rank_by_rules
from extractor.check.history import Aside, find_aside, find_habit, on_scale, word_aside
from extractor.check.rules import rules_with

__all__ = [
    "Aside",
    "CheckedCell",
    "Stranger",
    "check_rules",
    "confirm_by_rules",
    "find_aside",
    "find_cells",
    "find_habit",
    "find_strangers",
    "on_scale",
    "rank_by_rules",
    "rules_with",
    "word_aside",
]
