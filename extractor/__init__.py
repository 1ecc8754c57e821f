"""Scanned administrative reports -> structured JSON in which every cell carries a confidence.

The stages, in order: ingest, page, grid, reading, table, indicator, value, check, trust, report.
"""

__version__ = "0.1.0"
