"""An address -> an open store, its schema checked; and the store brought to the schema of this version."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from extractor.errors import ExtractorError, UsageError
from extractor.store.address import Address, parse_address

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
BUSY_SECONDS = 30
Result = TypeVar("Result")
RETRIED = ("40001", "40P01")  # SQLSTATE of a failed serialisation and of a deadlock
TRIES = 6  # of a transaction that another one made fail: serialisation, deadlock, a lock


class StoreError(ExtractorError):
    """The store can't be used as it is: not there, locked, of another version."""

    code = "store"


class StoreFull(StoreError):
    """There is no room left where the store is."""

    code = "store-full"


@dataclass(frozen=True, slots=True)
class Store:
    """An open store. `read()` and `write()` give connections; `write()` is one transaction, committed at its end."""

    address: Address
    engine: Engine

    @property
    def files(self) -> Path:
        """Folder of the originals and of pictures made from them."""
        return self.address.files

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one state of the store."""
        with _told(), self.engine.connect() as connection:
            if self.address.is_sqlite:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction; SQLite lets one in at a time, PostgreSQL locks rows."""
        with _told(), self.engine.connect() as connection:
            if self.address.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.commit()
            finally:
                connection.rollback()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def write_again(store: Store, change: Callable[[Connection], Result]) -> Result:
    """A change as one transaction, tried again where another came between: the same row made twice, a deadlock."""
    for tries_left in reversed(range(TRIES)):
        try:
            with store.write() as connection:
                return change(connection)
        except (IntegrityError, OperationalError, StoreError) as error:
            cause = error if isinstance(error, DBAPIError) else error.__cause__
            again = (
                isinstance(cause, IntegrityError) or getattr(getattr(cause, "orig", None), "sqlstate", "") in RETRIED
            )
            if not (again and tries_left):
                raise
    raise AssertionError("unreachable")


def open_store(given: str, *, files: Path | None = None, create: bool = True) -> Store:
    """Open a store, made where it is new (`create`). Raises UsageError, StoreError."""
    address = parse_address(given, files)
    if address.is_sqlite:
        _check_path(Path(str(address.url.database)), create=create)
    store = Store(address, make_engine(address))
    with ExitStack() as undo:
        undo.callback(store.close)  # where it can't be used the caller has nothing to close
        with _told():
            _check_schema(store, given, create=create)
        address.files.mkdir(parents=True, exist_ok=True)
        undo.pop_all()
    return store


def _check_schema(store: Store, given: str, *, create: bool) -> None:
    """Of this version, made where there is none."""
    have, want = find_revision(store), newest_revision()
    if have is None and not create:
        raise StoreError(f"{given} holds no store yet", "run extractor extract --store or bulk first")
    if have is None:
        upgrade_store(store)
    elif have != want:
        raise StoreError(
            f"the store is at schema {have}, this version needs {want}",
            f"run extractor upgrade --store {given}",
        )


def open_for_upgrade(given: str, files: Path | None = None) -> Store:
    """Open a store whatever its schema is. Raises UsageError where there is none."""
    address = parse_address(given, files)
    if address.is_sqlite:
        _check_path(Path(str(address.url.database)), create=False)
    return Store(address, make_engine(address))


def newest_revision() -> str:
    """The schema of this version: the number of the last migration."""
    return max(path.name[1:5] for path in (MIGRATIONS / "versions").glob("m[0-9]*.py"))


def find_revision(store: Store) -> str | None:
    """The schema that a store has; None: it is empty. Raises StoreError on somebody else's database."""
    with store.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        revision = None
        if "store_version" in tables:
            revision = connection.execute(text("SELECT version_num FROM store_version")).scalar_one_or_none()
        if revision is None and {"document", "decision", "cell"} & tables:
            raise StoreError("the database holds tables of something else", "give a database of its own to the store")
    return revision


def upgrade_store(store: Store, revision: str = "head") -> None:
    """Bring the schema to a revision, forward or back."""
    from alembic import command  # with every migration, of which an open store needs none
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = store.engine
    have = find_revision(store)
    script = ScriptDirectory.from_config(config)
    target = script.get_current_head() if revision == "head" else revision
    below = () if have is None else script.iterate_revisions(have, "base")
    older = target in {"base", *(one.revision for one in below)}
    (command.downgrade if older and have != target else command.upgrade)(config, str(target))


def _check_path(path: Path, *, create: bool) -> None:
    if path.is_dir():
        raise UsageError(f"{path} is a folder", "give a file name such as kho.db")
    if not path.exists() and not create:
        raise UsageError(f"there is no store {path}", "check the path, or make one by extractor extract --store")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {path.parent} can't be made: {error.strerror}", "give another --store") from error


def make_engine(address: Address) -> Engine:
    """Connections to a database. Raises UsageError where its driver is not installed."""
    if not address.is_sqlite:
        try:
            return create_engine(address.url, pool_pre_ping=True, pool_size=10, max_overflow=20)
        except ModuleNotFoundError as error:
            raise UsageError("PostgreSQL needs its driver", "run pip install 'extractor-baocao[postgres]'") from error
    engine = create_engine(
        address.url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=10, max_overflow=30
    )
    event.listen(engine, "connect", _set_up_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, record: Any) -> None:  # noqa: ARG001
    connection.isolation_level = None  # transactions begin where we say: a late upgrade of a lock would fail at once
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}").close()


@contextmanager
def _told() -> Iterator[None]:
    """Faults of the database as errors with advice."""
    try:
        yield
    except OperationalError as error:
        if (
            getattr(error.orig, "sqlite_errorname", "") == "SQLITE_FULL"
            or getattr(error.orig, "sqlstate", "") == "53100"
        ):
            raise StoreFull("the disk of the store is full", "make room, then run the same command again") from error
        raise StoreError(
            f"the store does not answer: {error.orig}", "check that its disk or server is there"
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise StoreError(f"the store broke off: {error.orig}", "check that its server is there") from error
        raise


def is_alive(store: Store) -> bool:
    """Whether the store answers."""
    try:
        with store.read() as connection:
            connection.execute(text("SELECT 1"))
    except StoreError:
        return False
    return True


def wait_until_alive(store: Store, seconds: float) -> bool:
    """Whether the store answers within some seconds."""
    end = time.monotonic() + seconds
    while not is_alive(store):
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True
