"""Scanned administrative reports -> structured JSON in which every cell carries a confidence.

The stages, in order: ingest, page, grid, reading, table, indicator, value, check, trust, report.

>>> from extractor import extract
>>> document = extract("bao-cao-319.pdf")
>>> document.to_dict()["indicators"][0]["value"]["number"]
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from extractor.errors import DocumentError, ExtractorError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from extractor.report import Document, TablesDocument
    from extractor.settings import Settings, load_settings

__version__ = "0.1.0"

__all__ = [
    "Document",
    "DocumentError",
    "ExtractorError",
    "Settings",
    "TablesDocument",
    "UsageError",
    "__version__",
    "extract",
    "extract_tables",
    "load_settings",
]

# with the names above that cost an import of pydantic: loaded when first asked for, so that `--help` stays quick
_LAZY = {
    "Document": "extractor.report",
    "TablesDocument": "extractor.report",
    "Settings": "extractor.settings",
    "load_settings": "extractor.settings",
}


def extract(
    path: str | os.PathLike[str], *, catalogue: str | Path | None = None, settings: Settings | None = None
) -> Document:
    """One report -> its Document.

    `catalogue`: the name of a shipped catalogue or a catalogue folder; without it the report's own is recognised.
    Raises DocumentError where the file cannot be extracted, UsageError where the call is wrong.
    """
    from pathlib import Path

    from extractor import pipeline

    return pipeline.extract(Path(path), catalogue=catalogue, settings=settings)


def extract_tables(path: str | os.PathLike[str], *, settings: Settings | None = None) -> TablesDocument:
    """Every table of any document, with no catalogue. Raises DocumentError where the file cannot be read."""
    from pathlib import Path

    from extractor import pipeline

    return pipeline.extract_tables(Path(path), settings=settings)


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_LAZY[name]), name)
