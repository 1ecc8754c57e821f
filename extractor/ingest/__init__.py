"""A file -> Source: sniffed, within limits, repaired where a repair is safe."""

from extractor.ingest.source import open_bytes, open_source, read_file

__all__ = ["open_bytes", "open_source", "read_file"]
