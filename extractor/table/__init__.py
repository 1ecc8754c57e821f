"""Grids of all pages -> logical tables: column roles, headers, rows cut by page breaks."""

from extractor.table.assemble import find_tables, rejoin_rows

__all__ = ["find_tables", "rejoin_rows"]
