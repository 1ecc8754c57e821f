"""Value columns and their header words -> which is the catalogue's main measure, and rows that put it first."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractor.reading import Engine, read_cells
from extractor.records import CellText, Row

LIKE = 80  # rapidfuzz ratio from which a header word names the catalogue's main measure


def read_measures(
    headers: Sequence[CellText | None], engines: Mapping[str, Engine], words: frozenset[str]
) -> tuple[str, ...]:
    """Names of the value columns as their headers print them, "" where none does."""
    read = read_cells([(header,) if header is not None else () for header in headers], engines, words)
    return tuple(field.raw for field in read)


def main_measure(names: Sequence[str], wanted: Sequence[str]) -> str:
    """The name of the main value column."""
    return names[_main(names, wanted)] if names else ""


def with_main_measure(rows: tuple[Row, ...], names: Sequence[str], wanted: Sequence[str]) -> tuple[Row, ...]:
    """Rows whose `value` is the catalogue's main measure, else the leftmost; the others keep their order."""
    main = _main(names, wanted)
    return tuple(_put_first(row, names, main) for row in rows) if main else rows


def _main(names: Sequence[str], wanted: Sequence[str]) -> int:
    for want in wanted:
        likeness = [fuzz.ratio(_fold(name), _fold(want)) for name in names]
        if likeness and max(likeness) >= LIKE:
            return likeness.index(max(likeness))
    return 0


def _put_first(row: Row, names: Sequence[str], main: int) -> Row:
    fields = [row.value, *(field for _, field in row.others)]
    if main >= len(fields):
        return row
    order = [main, *(i for i in range(len(fields)) if i != main)]
    others = tuple((names[i] if i < len(names) else f"{i + 1}", fields[i]) for i in order[1:])
    return replace(row, value=fields[main], others=others)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
