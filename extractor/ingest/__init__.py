"""A file -> Source: sniffed, within limits, repaired where a repair is safe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.ingest.bundle import pack_images, read_name, unpack_images

if TYPE_CHECKING:
    from extractor.ingest.source import open_bytes, open_source, read_file
else:

    def __getattr__(name: str) -> object:
        """What opens files brings libraries along: whoever only looks for images does without."""
        if name not in __all__:
            raise AttributeError(name)
        from extractor.ingest import source

        return getattr(source, name)


__all__ = ["open_bytes", "open_source", "pack_images", "read_file", "read_name", "unpack_images"]
