"""All rows of a store -> another store of the same schema, of either kind; and a digest of what a store holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, MetaData, Table, delete, func, insert, inspect, select
from sqlalchemy import text as sql

VERSION_TABLE = "store_version"  # each store's migrations keep their own
AT_ONCE = 1000  # rows: of cells about a megabyte
Columns = Mapping[str, tuple[str, ...]]


def read_tables(connection: Connection) -> tuple[Table, ...]:
    """The tables as the database has them, whatever its schema: those that are referred to first."""
    metadata = MetaData()
    metadata.reflect(bind=connection, views=False)
    return tuple(table for table in metadata.sorted_tables if table.name != VERSION_TABLE)


def read_columns(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Names of columns by table."""
    return {table.name: tuple(column.name for column in table.columns) for table in read_tables(connection)}


def copy_rows(source: Connection, target: Connection) -> dict[str, int]:
    """Copy everything into a store that migrations have just made; how many rows each table has."""
    counts = {}
    for table in read_tables(source):
        if target.execute(select(func.count()).select_from(table)).scalar_one():
            target.execute(delete(table))  # what migrations put there
        rows = source.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(select(table))
        counts[table.name] = 0
        for some in rows.mappings().partitions(AT_ONCE):
            target.execute(insert(table), [dict(row) for row in some])
            counts[table.name] += len(some)
        _set_sequence(target, table)
    return counts


def _set_sequence(target: Connection, table: Table) -> None:
    """PostgreSQL counts ids by itself: it goes on behind the copied ones."""
    if target.dialect.name != "postgresql" or "id" not in table.c:
        return
    column = target.execute(sql("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'}).scalar()
    last = target.execute(select(func.max(table.c.id))).scalar()
    if column is not None and last is not None:
        target.execute(sql("SELECT setval(:sequence, :last)"), {"sequence": column, "last": last})


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows by table."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in read_tables(connection)
    }


def digest_rows(connection: Connection, columns: Columns | None = None) -> dict[str, str]:
    """A digest of each table's rows, the same in both databases; only of some columns where they are given."""
    found = {}
    for table in read_tables(connection):
        names = [column.name for column in table.columns]
        if columns is not None:
            names = [name for name in names if name in columns.get(table.name, ())]
        if names:
            found[table.name] = _digest(connection, table, names)
    return found


def _digest(connection: Connection, table: Table, names: list[str]) -> str:
    """Of rows in any order: databases sort texts differently."""
    total = 0
    query = select(*(table.c[name] for name in sorted(names)))
    rows = connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE).execute(query)
    for row in rows:
        plain = [bytes(item) if isinstance(item, memoryview) else item for item in row]
        total += int.from_bytes(hashlib.sha256(repr(plain).encode()).digest(), "big")
    return f"{total % 2**256:064x}"


def list_objects(connection: Connection) -> dict[str, Any]:
    """Tables, views and triggers: what migrations forward and back must leave as it was."""
    look = inspect(connection)
    if connection.dialect.name == "sqlite":
        triggers = connection.execute(sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    else:
        triggers = (
            connection.execute(
                sql(
                    "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                    " WHERE NOT tgisinternal AND c.relnamespace = current_schema()::regnamespace"
                )
            )
            .scalars()
            .all()
        )
    columns = {name: sorted(columns) for name, columns in read_columns(connection).items()}
    indexes = {name: sorted(str(one["name"]) for one in look.get_indexes(name)) for name in columns}
    return {
        "columns": columns,
        "indexes": indexes,
        "views": sorted(look.get_view_names()),
        "triggers": sorted(triggers),
    }
