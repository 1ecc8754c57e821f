"""What a person draws or orders on a page -> the table as it should have been read; only that part is read again."""

from extractor.repair.drawn import read_row, read_turned_page
from extractor.repair.edits import RepairError, Repairs, apply_repairs, find_row
from extractor.repair.orders import Order, parse_order

__all__ = [
    "Order",
    "RepairError",
    "Repairs",
    "apply_repairs",
    "find_row",
    "parse_order",
    "read_row",
    "read_turned_page",
]
