"""A file -> Source: sniffed, within limits, repaired where a repair is safe."""

from extractor.ingest.bundle import pack_images, read_name, unpack_images
from extractor.ingest.source import open_bytes, open_source, read_file

__all__ = ["open_bytes", "open_source", "pack_images", "read_file", "read_name", "unpack_images"]
