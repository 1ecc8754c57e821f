"""Value columns and their header words -> which is the catalogue's main measure, and rows that put it first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractor.reading import Engine, read_cells
from extractor.records import CellText, Row

LIKE = 80  # rapidfuzz ratio from which a header word names the catalogue's main measure
HEADER_DEPTH = 3  # rows at the top of a table that may be a header that was not told from content
BESIDE = re.compile(
    r"(?:so |muc )?(?:ke hoach|luy ke|cong don|cung ky|so voi|so sanh|ty le|du kien|uoc|tang|giam)\b"
    r"|(?:so lieu |ket qua |thuc hien )?(?:ky|nam|quy|thang|6 thang|9 thang) truoc\b"
)  # what stands beside a report's own figures for comparison
PLAIN = re.compile(r"so luong(?: ?[/,] ?ty le)?|so lieu|ket qua")  # what the form itself calls its values
OWN = re.compile(r"\b(?:ky|nam|quy|thang) nay\b")
YEAR = re.compile(r"\b(?:nam|quy|thang)\b.*\b(20\d\d)\b")
UNNAMED = 0.4  # certainty of rows with several value columns, none of which names the main measure


def read_measures(
    headers: Sequence[CellText | None], engines: Mapping[str, Engine], words: frozenset[str]
) -> tuple[str, ...]:
    """Names of the value columns as their headers print them, "" where none does."""
    read = read_cells([(header,) if header is not None else () for header in headers], engines, words)
    return tuple(field.raw for field in read)


def find_measures(names: tuple[str, ...], rows: Sequence[Row], wanted: Sequence[str]) -> tuple[str, ...]:
    """The names, or where none could be read those that stand in the first rows: a shaded header is taken for one."""
    if any(names) or len(names) < 2:
        return names
    for row in rows[:HEADER_DEPTH]:
        found = tuple(field.raw for field in (row.value, *(field for _, field in row.others)))[: len(names)]
        if len(found) == len(names) and _main(found, wanted) is not None:
            return found
    return names


def main_measure(names: Sequence[str], wanted: Sequence[str]) -> str:
    """The name of the main value column."""
    return names[_main(names, wanted) or 0] if names else ""


def with_main_measure(
    rows: tuple[Row, ...], names: Sequence[str], wanted: Sequence[str], further: Sequence[str] = ()
) -> tuple[Row, ...]:
    """Rows whose `value` is the catalogue's main measure; the others keep their order.

    Where no column is named so it is the leftmost, which is a guess: nothing of such a row is certain.
    `further`: names of the columns without a role, which follow those of values.
    """
    main = _main(names, wanted)
    if main is None and len(names) > 1:
        rows = tuple(
            replace(row, grid_certainty=min(row.grid_certainty, UNNAMED)) if row.others else row for row in rows
        )
    shown = _distinct([*(names or ("",)), *further])
    return tuple(_put_first(row, shown, main or 0) for row in rows)


def _main(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    for want in wanted:
        likeness = [fuzz.ratio(_fold(name), _fold(want)) for name in names]
        if likeness and max(likeness) >= LIKE:
            return likeness.index(max(likeness))
    return _told_by_others(list(map(_fold, names)))


def _told_by_others(names: Sequence[str]) -> int | None:
    """The column of the report's own period by what the others are: its plan, the one before, its sum so far."""
    if not all(any(map(str.isalpha, name)) for name in names):
        return None
    own = [i for i, name in enumerate(names) if not BESIDE.match(name)]
    this = [i for i in own if OWN.search(names[i])]
    years = [int(found[1]) for i in own if (found := YEAR.search(names[i]))]
    if len(this) == 1:
        return this[0]
    if len(own) > 1 and len(set(years)) == len(own):
        return own[years.index(max(years))]
    plain = own if len(own) == 1 else [i for i in own if PLAIN.fullmatch(names[i])]
    return plain[0] if len(plain) == 1 < len(names) else None


def _distinct(names: Sequence[str]) -> list[str]:
    """A name for each column that no column before it has: of one without a name its place."""
    shown: list[str] = []
    for place, name in enumerate(names, start=1):
        shown.append(f"{name} ({place})" if name and name in shown else name or f"{place}")
    return shown


def _put_first(row: Row, names: Sequence[str], main: int) -> Row:
    fields = [row.value, *(field for _, field in row.others)]
    main = main if main < len(fields) else 0
    order = [main, *(i for i in range(len(fields)) if i != main)]
    others = tuple((names[i] if i < len(names) else f"{i + 1}", fields[i]) for i in order[1:])
    return replace(row, value=fields[main], others=others)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
