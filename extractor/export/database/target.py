"""A database's address -> an open target, its tables brought to the schema of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, OperationalError

from extractor.errors import ExtractorError, UsageError
from extractor.store.address import Address, parse_address

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
LOCK = 860147  # advisory, one a database: exports into it go one after the other
CACHE_KB = 64 * 1024  # of SQLite: ids come in no order, and every page of an index is met again and again
BUSY_SECONDS = 300  # an export waits for another one


class ExportError(ExtractorError):
    """The target can't be used as it is, or is not as a plan has it."""

    code = "export"


@dataclass(frozen=True, slots=True)
class Target:
    """A database that is exported to. `schema`: of its tables, None: the default one."""

    address: Address
    engine: Engine
    schema: str | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is the embedded database."""
        return self.address.is_sqlite

    @property
    def name(self) -> str:
        """What it is known by in the store and in plans."""
        url = self.address.url.set(drivername=self.address.url.get_backend_name())
        return url.render_as_string(hide_password=True) + (f"#{self.schema}" if self.schema else "")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, alone: no other export comes between. It is undone unless it is committed."""
        with told(), self.engine.connect() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            try:
                yield connection
            finally:
                connection.rollback()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def open_target(given: str, schema: str | None = None, *, own: bool = True) -> Target:
    """Open a database; `own`: with tables of ours, made or upgraded where needed. Raises UsageError, ExportError.

    `given`: a file name for SQLite, or postgresql://user@host/name; `schema`: of PostgreSQL, made where it is missing.
    """
    address = parse_address(given)
    if schema is not None and (address.is_sqlite or not schema.isidentifier()):
        raise UsageError(f"there is no schema {schema} in that target", "give --schema NAME with PostgreSQL only")
    target = Target(address, _make_engine(address, schema), schema)
    with ExitStack() as undo:
        undo.callback(target.close)  # where it can't be used the caller has nothing to close
        if own:
            with told():
                _upgrade(target)
        undo.pop_all()
    return target


def _make_engine(address: Address, schema: str | None) -> Engine:
    if address.is_sqlite:
        Path(str(address.url.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address.url, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _set_up_sqlite)
        return engine
    options = {"connect_args": {"options": f"-c search_path={schema}"}} if schema else {}
    try:
        return create_engine(address.url, **options)
    except ModuleNotFoundError as error:
        raise UsageError("PostgreSQL needs its driver", "run pip install 'extractor-baocao[postgres]'") from error


def _set_up_sqlite(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001
    connection.isolation_level = None  # transactions begin where we say
    for pragma in ("synchronous=FULL", f"cache_size=-{CACHE_KB}", f"temp.cache_size=-{CACHE_KB}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _upgrade(target: Target) -> None:
    if target.schema:
        with target.engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{target.schema}"'))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = target.engine
    config.attributes["lock"] = LOCK
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise ExportError(
            f"the tables of the target are of a version that this program does not know: {error}",
            "export with the version of extractor that made them, or a newer one; nothing was changed",
        ) from error


@contextmanager
def told() -> Iterator[None]:
    """Faults of the database as errors with advice."""
    try:
        yield
    except OperationalError as error:
        raise ExportError(
            f"the target does not answer: {error.orig}", "check its address, its server and its disk; then run it again"
        ) from error
    except DBAPIError as error:
        raise ExportError(
            f"the target refused: {error.orig}", "check the rights of the user there; nothing was changed"
        ) from error
