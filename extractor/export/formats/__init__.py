"""Rows of observations -> files. One module a format; each writes a stream of rows in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from extractor.export.columns import Row
from extractor.export.formats.csv import write_csv
from extractor.export.formats.jsonl import write_jsonl
from extractor.export.formats.parquet import write_parquet
from extractor.export.formats.xlsx import write_xlsx

Format = Literal["jsonl", "csv", "xlsx", "parquet"]
WRITERS: dict[str, Callable[[Iterable[Row], Path], None]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "xlsx": write_xlsx,
    "parquet": write_parquet,
}

__all__ = ["WRITERS", "Format", "write_csv", "write_jsonl", "write_parquet", "write_xlsx"]
