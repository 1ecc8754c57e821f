"""Rows -> the table that they are staged in, the fastest way each database has."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from extractor.export.columns import Row, as_float
from extractor.export.database import tables

BATCH = 2000  # rows that are sent at a time
NULL = "\x01"  # of COPY: without a backslash, so that a backslash in a line tells that it needs escaping
COPY = f"COPY staged ({tables.ALL}) FROM STDIN (NULL E'\\x01')"
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x01": "\\x01"})


def load_rows(connection: Connection, rows: Iterable[Row]) -> None:
    """Fill the table `staged`."""
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(tables.NAMES))
        for batch in _in_batches(map(_with_number, rows)):
            cursor.executemany(f"INSERT INTO staged ({tables.ALL}) VALUES ({places})", batch)
    else:
        with cursor.copy(COPY) as copy:  # lines of our own: the driver's take three times as long
            for lines in _in_batches(map(copy_line, rows)):
                copy.write("".join(lines))
    cursor.close()


def copy_line(row: Row) -> str:
    """A row as a line of PostgreSQL's COPY in text format."""
    line = "\t".join([item if item.__class__ is str else NULL if item is None else str(item) for item in row])
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(row) or _has_mark(line, row):
        texts = (item.translate(ESCAPES) if isinstance(item, str) else item for item in row)
        line = "\t".join([NULL if item is None else str(item) for item in texts])
    return line + "\n"


def _has_mark(line: str, row: Row) -> bool:
    return line.count(NULL) != row.count(None)


def _in_batches(source: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(source)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch


def _with_number(row: Row) -> Row:
    at = tables.VALUE_AT
    return row if row[at] is None else (*row[:at], _number(row[at]), *row[at + 1 :])


def _number(number: Decimal) -> int | float | str:
    """As SQLite keeps it best: a number with more digits than it holds stays text."""
    if number == number.to_integral_value() and abs(number) < 2**63:
        return int(number)
    near = as_float(number)
    return format(number, "f") if near is None else near
