"""Rows -> JSON Lines: an object a row with every column, numbers in their shortest decimal form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from extractor.export.columns import NAMES, Row, plain_fraction, plain_number
from extractor.export.formats.stream import open_text

KEYS = tuple(f"{json.dumps(name)}: " for name in NAMES)
_QUOTE = json.JSONEncoder(ensure_ascii=False).encode


def write_jsonl(rows: Iterable[Row], target: Path) -> None:
    """Write all rows."""
    with open_text(target) as file:
        for row in rows:
            file.write(json_line(row))


def json_line(row: Row) -> str:
    """A row as its line."""
    return "{" + ", ".join([key + _scalar(item) for key, item in zip(KEYS, row, strict=True)]) + "}\n"


def _scalar(item: Any) -> str:
    if item is None:
        return "null"
    if item.__class__ is str:
        return _QUOTE(item)
    if item.__class__ is int:
        return str(item)
    return plain_fraction(item) if item.__class__ is float else plain_number(item)
