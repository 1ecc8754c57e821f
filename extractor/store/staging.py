"""A store's address -> an empty place beside it, where another store is made that may take its place at once."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy import text as sql

from extractor.store.address import Address
from extractor.store.clock import now
from extractor.store.opening import Store, make_engine
from extractor.store.schema import metadata

LOCK = 860147  # of PostgreSQL: one program a time works beside a store
SQLITE_PARTS = ("", "-wal", "-shm", "-journal")


@contextmanager
def stage(address: Address, name: str) -> Iterator[Store]:
    """An empty store beside another: a hidden file, or a schema of the same database. Removed at the end."""
    if address.is_sqlite:
        path = database_path(address)
        beside = replace(address, url=address.url.set(database=str(path.with_name(f".{path.name}.{name}"))))
        _remove(database_path(beside))
        store = Store(beside, make_engine(beside))
        try:
            yield store
        finally:
            store.close()
            _remove(database_path(beside))
        return
    schema = f"extractor_{name}"
    plain = make_engine(address)
    store = Store(address, create_engine(address.url, connect_args={"options": f"-csearch_path={schema}"}))
    try:
        with plain.connect() as lock:
            lock.execute(sql("SELECT pg_advisory_lock(:number)"), {"number": LOCK})
            lock.execute(sql(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
            lock.execute(sql(f'CREATE SCHEMA "{schema}"'))
            lock.commit()
            try:
                yield store
            finally:
                store.close()
                lock.execute(sql(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
                lock.commit()
    finally:
        plain.dispose()


def take_place(staged: Store, address: Address) -> str | None:
    """Let what was made beside a store be the store. The one before is kept: its new name, or None where none was."""
    if not address.is_sqlite:
        return _change_schema(staged, address)
    path, made = database_path(address), database_path(staged.address)
    staged.close()
    with sqlite3.connect(made) as link:
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.execute("PRAGMA journal_mode=DELETE")
    link.close()
    _flush(made)
    before = None
    if path.exists():
        with sqlite3.connect(path) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        link.close()
        before = _free_name(path)
        for part in SQLITE_PARTS:
            with suppress(FileNotFoundError):
                os.replace(f"{path}{part}", f"{before}{part}")
    os.replace(made, path)
    _flush(path.parent)
    return None if before is None else str(before)


def database_path(address: Address) -> Path:
    """The file of an SQLite store."""
    return Path(str(address.url.database))


def _remove(path: Path) -> None:
    for part in SQLITE_PARTS:
        Path(f"{path}{part}").unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(path: Path) -> Path:
    number = 0
    while (found := path.with_name(f"{path.name}.before{f'.{number}' if number else ''}")).exists():
        number += 1
    return found


def _change_schema(staged: Store, address: Address) -> str | None:
    """In one transaction, so that at any moment one of the two is there, whole."""
    engine = make_engine(address)
    with staged.engine.connect() as link:
        made = str(link.execute(sql("SELECT current_schema()")).scalar_one())
    staged.engine.dispose()
    before = None
    with engine.begin() as link:
        home = str(link.execute(sql("SELECT current_schema()")).scalar_one())
        if "document" in inspect(link).get_table_names():
            before = "before_" + "".join(filter(str.isdigit, now()))[:14]
            link.execute(sql(f'CREATE SCHEMA "{before}"'))
            _move(link, home, before, _names_in(link, made) | {*metadata.tables})
        _move(link, made, home, _names_in(link, made))
    engine.dispose()
    return before


def _names_in(link: Connection, schema: str) -> set[str]:
    look = inspect(link)
    functions = sql("SELECT proname FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)")
    found = link.execute(functions, {"schema": schema}).scalars()
    return {*look.get_table_names(schema=schema), *look.get_view_names(schema=schema), *found}


def _move(link: Connection, source: str, target: str, names: set[str]) -> None:
    """A store's tables, views and functions from one schema to another; nothing else that lies there."""
    look = inspect(link)
    functions = sql("SELECT proname FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace)")
    kinds = {
        "TABLE": look.get_table_names(schema=source),
        "VIEW": look.get_view_names(schema=source),
        "FUNCTION": list(link.execute(functions, {"schema": source}).scalars()),
    }
    for kind, found in kinds.items():
        for name in set(found) & names:
            link.execute(sql(f'ALTER {kind} "{source}"."{name}" SET SCHEMA "{target}"'))
