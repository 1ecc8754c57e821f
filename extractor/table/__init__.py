"""Grids of all pages -> logical tables: column roles, headers, rows cut by page breaks."""

from extractor.table.assemble import find_tables, rejoin_rows
from extractor.table.columns import boundaries, fit_columns

__all__ = ["boundaries", "find_tables", "fit_columns", "rejoin_rows"]
