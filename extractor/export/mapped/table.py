"""A table that the province has -> its rows by key as text, and rows written there, read back to be sure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, MetaData, Table, and_, delete, insert, or_, select, update
from sqlalchemy.exc import NoSuchTableError

from extractor.errors import UsageError
from extractor.export.columns import plain_fraction, plain_number
from extractor.export.database.target import ExportError
from extractor.export.mapped.map import Map

Texts = dict[str, str | None]
CONVERTERS: Mapping[type, Callable[[str], Any]] = {
    int: int,
    float: float,
    Decimal: Decimal,
    bool: lambda text: text.lower() in ("1", "true", "t"),
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
}


class TheirTable:
    """Needs rights to read, insert, update and delete rows only."""

    def __init__(self, connection: Connection, map_: Map) -> None:
        schema, _, name = map_.table.rpartition(".")
        try:
            self._table = Table(name, MetaData(), schema=schema or None, autoload_with=connection)
        except NoSuchTableError as error:
            raise UsageError(f"the target has no table {map_.table}", "check the mapping file") from error
        missing = [column for column in map_.columns if column not in self._table.c]
        if missing:
            raise UsageError(f"{map_.table} has no column {missing[0]}", "check the mapping file")
        self._connection, self._map = connection, map_

    def read(self, keys: Iterable[Texts]) -> dict[tuple[str | None, ...], Texts]:
        """Rows that are there, by key. Raises ExportError where a key names two."""
        wanted = list(keys)
        if not wanted:
            return {}
        columns = [self._table.c[name] for name in self._map.columns]
        found: dict[tuple[str | None, ...], Texts] = {}
        for row in self._connection.execute(select(*columns).where(or_(*map(self._where, wanted)))):
            texts = {name: _text(value) for name, value in zip(self._map.columns, row, strict=True)}
            key = self.key_of(texts)
            if key in found:
                raise ExportError(f"{self._map.table} has two rows of {key}", "the map's key must name one row")
            found[key] = texts
        return found

    def list_with(self, values: Texts) -> Iterator[Texts]:
        """All rows that have these values."""
        columns = [self._table.c[name] for name in self._map.columns]
        same = (self._table.c[name] == value for name, value in self._typed(values).items())
        for row in self._connection.execute(select(*columns).where(*same), execution_options={"yield_per": 5000}):
            yield {name: _text(value) for name, value in zip(self._map.columns, row, strict=True)}

    def key_of(self, row: Texts) -> tuple[str | None, ...]:
        """What a row is known by."""
        return tuple(row[name] for name in self._map.key)

    def add(self, rows: Sequence[Texts]) -> None:
        """New rows."""
        self._connection.execute(insert(self._table), [self._typed(row) for row in rows])
        self._check(rows)

    def change(self, rows: Sequence[Texts]) -> None:
        """The columns beside the key."""
        for row in rows:
            values = {name: value for name, value in self._typed(row).items() if name not in self._map.key}
            self._connection.execute(update(self._table).where(self._where(row)).values(values))
        self._check(rows)

    def remove(self, rows: Sequence[Texts]) -> None:
        """Rows that stand no longer."""
        for row in rows:
            self._connection.execute(delete(self._table).where(self._where(row)))

    def _check(self, rows: Sequence[Texts]) -> None:
        """A column that rounds or cuts what it is given would make a silent error."""
        there = self.read(rows)
        for row in rows:
            stored = there.get(self.key_of(row), {})
            for name, value in row.items():
                if stored.get(name) != _stripped(value):
                    raise ExportError(
                        f"{self._map.table}.{name} keeps {stored.get(name)!r} for {value!r}; nothing was changed",
                        "map it to a column that has room for it",
                    )

    def _where(self, row: Texts) -> sa.ColumnElement[bool]:
        typed = self._typed({name: row[name] for name in self._map.key})
        return and_(*(self._table.c[name] == value for name, value in typed.items()))

    def _typed(self, row: Texts) -> dict[str, Any]:
        return {name: self._convert(name, value) for name, value in row.items()}

    def _convert(self, name: str, value: str | None) -> Any:
        if value is None:
            return None
        try:
            kind = self._table.c[name].type.python_type
            return CONVERTERS[kind](value) if kind in CONVERTERS else value
        except (ValueError, ArithmeticError, NotImplementedError) as error:
            raise ExportError(
                f"{self._map.table}.{name} has no room for {value!r}", "correct the mapping file"
            ) from error


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, float):
        return plain_fraction(value)
    return value.isoformat() if isinstance(value, date) else _stripped(str(value))


def _stripped(text: str | None) -> str | None:
    return None if text is None else text.rstrip(" ")  # a column of fixed width fills with spaces
