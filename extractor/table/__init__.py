"""Grids of all pages -> logical tables: column roles, headers, rows cut by page breaks."""

from extractor.table.assemble import find_tables, rejoin_rows
from extractor.table.caption import find_caption
from extractor.table.columns import boundaries, fit_columns
from extractor.table.header import fold, role_of

__all__ = ["boundaries", "find_caption", "find_tables", "fit_columns", "fold", "rejoin_rows", "role_of"]
