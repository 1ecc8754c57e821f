"""Rows -> a table with their columns, the fastest way each database has."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from extractor.export.columns import Row, as_float
from extractor.export.database import tables

BATCH = 2000  # rows that are sent at a time
NULL = "\x01"  # of COPY: without a backslash, so that a backslash in a line tells that it needs escaping
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\x01": "\\x01"})


def load_rows(connection: Connection, table: str, rows: Iterable[Row], rest: Sequence[tuple[str, Any]] = ()) -> int:
    """Add rows to a table; how many there were. `rest`: further columns that are the same in all."""
    columns = ", ".join((*tables.NAMES, *(name for name, _ in rest)))
    tail, count = tuple(value for _, value in rest), 0
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * (len(tables.NAMES) + len(rest)))
        for batch in in_batches((with_number(row) + tail for row in rows), BATCH):
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", batch)
            count += len(batch)
    else:
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN (NULL E'\\x01')") as copy:
            for batch in in_batches((copy_line(row + tail) for row in rows), BATCH):
                copy.write("".join(batch))  # lines of our own: the driver's take three times as long
                count += len(batch)
    cursor.close()
    return count


def copy_line(row: Row) -> str:
    """A row as a line of PostgreSQL's COPY in text format."""
    line = "\t".join([item if item.__class__ is str else NULL if item is None else str(item) for item in row])
    if "\\" in line or "\n" in line or "\r" in line or line.count("\t") >= len(row) or _has_mark(line, row):
        texts = (item.translate(ESCAPES) if isinstance(item, str) else item for item in row)
        line = "\t".join([NULL if item is None else str(item) for item in texts])
    return line + "\n"


def _has_mark(line: str, row: Row) -> bool:
    return line.count(NULL) != row.count(None)


def in_batches(source: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size`."""
    rest = iter(source)
    while batch := list(itertools.islice(rest, size)):
        yield batch


def with_number(row: Row) -> Row:
    """A row whose number is as SQLite keeps it."""
    at = tables.VALUE_AT
    return row if row[at] is None else (*row[:at], _number(row[at]), *row[at + 1 :])


def _number(number: Decimal) -> int | float | str:
    """As SQLite keeps it best: a number with more digits than it holds stays text."""
    if number == number.to_integral_value() and abs(number) < 2**63:
        return int(number)
    near = as_float(number)
    return format(number, "f") if near is None else near
