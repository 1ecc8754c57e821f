"""The store -> a table that the province has already, whose columns and codes a file names."""

from extractor.export.mapped.map import Map, read_map
from extractor.export.mapped.run import MappedOutcome, export_mapped

__all__ = ["Map", "MappedOutcome", "export_mapped", "read_map"]
