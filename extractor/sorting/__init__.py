"""Pages of a file, read at first sight -> the reports that they make: borders, order, doubles, strangers, gaps."""

from extractor.sorting.clues import Clues, find_clues
from extractor.sorting.copies import Codes, merge_copies
from extractor.sorting.sheaves import Sheaf, sort_pages

__all__ = ["Clues", "Codes", "Sheaf", "find_clues", "merge_copies", "sort_pages"]
