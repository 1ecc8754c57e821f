"""Rows -> CSV (UTF-8, commas, RFC 4180), in which no text can be taken for a formula by a spreadsheet program."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from extractor.export.columns import KINDS, NAMES, Row, plain_fraction, plain_number
from extractor.export.formats.stream import open_text

FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
)  # what such programs take for a formula's start
MARK = "'"


def write_csv(rows: Iterable[Row], target: Path) -> None:
    """Write a header and all rows. Texts are escaped by `escape`, numbers are not."""
    with open_text(target) as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerows(map(_as_text, rows))


def escape(text: str) -> str:
    """Text with an apostrophe before it where it begins like a formula, or with an apostrophe: `unescape` is exact."""
    return MARK + text if text[:1] in _GUARDED else text


def unescape(text: str) -> str:
    """What was escaped, as it was."""
    return text[1:] if text.startswith(MARK) else text


def _as_text(row: Row) -> list[str]:
    return [_cell(item, kind) for item, kind in zip(row, KINDS, strict=True)]


def _cell(item: Any, kind: str) -> str:
    if item is None:
        return ""
    if kind == "text":
        return MARK + item if item[:1] in _GUARDED else item
    return plain_number(item) if kind == "number" else str(item) if kind == "integer" else plain_fraction(item)


_GUARDED = frozenset((*FORMULA, MARK))
