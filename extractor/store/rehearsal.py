"""A filled store -> its migrations tried forward and back on a copy: nothing gets lost, and nothing is left over."""

from __future__ import annotations

from dataclasses import dataclass

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from extractor.store.copying import copy_rows, count_rows, digest_rows, list_objects, read_columns
from extractor.store.decide import check_chain
from extractor.store.opening import MIGRATIONS, Store, StoreError, find_revision, upgrade_store
from extractor.store.staging import stage


@dataclass(frozen=True, slots=True)
class Step:
    """One way that was tried: from a schema to another and back. `rows`: that were compared."""

    start: str
    end: str
    rows: int


def list_revisions() -> tuple[str, ...]:
    """All schemas, the oldest first."""
    return tuple(one.revision for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions())[::-1]


def rehearse(store: Store) -> tuple[Step, ...]:
    """On a copy: from the store's schema to the newest and back, then to each older one and forward again.

    Raises StoreError that names what was lost or left over.
    """
    have = find_revision(store)
    if have is None:
        raise StoreError("there is no store to rehearse on", "check the address")
    known = list_revisions()
    ways = [(have, known[-1]), *((have, older) for older in known[: known.index(have)][::-1])]
    return tuple(_go_and_come_back(store, start, end) for start, end in ways if start != end) or (Step(have, have, 0),)


def _go_and_come_back(store: Store, start: str, end: str) -> Step:
    with stage(store.address, "rehearsal") as copy:
        upgrade_store(copy, end)
        with copy.read() as connection:
            theirs = read_columns(connection)
        upgrade_store(copy, start)
        with store.read() as source, copy.write() as target:
            copy_rows(source, target)
        with copy.read() as connection:
            mine = read_columns(connection)
            common = {name: tuple({*mine[name]} & {*theirs[name]}) for name in {*mine} & {*theirs}}
            kept = common if start > end else mine  # what a later schema adds cannot come back from an earlier one
            before, objects = digest_rows(connection, kept), list_objects(connection)
            rows = sum(count_rows(connection).values())
        upgrade_store(copy, end)
        with copy.read() as connection:
            _check(connection, f"at {end}")
        upgrade_store(copy, start)
        with copy.read() as connection:
            _check(connection, f"back at {start}")
            for name, digest in digest_rows(connection, kept).items():
                if before[name] != digest:
                    raise StoreError(f"from {start} to {end} and back rows of {name} changed", REPORT)
            if list_objects(connection) != objects:
                raise StoreError(f"from {start} to {end} and back something is left over or missing", REPORT)
    return Step(start, end, rows)


REPORT = "the store itself is untouched; please report it with this message"


def _check(connection: Connection, where: str) -> None:
    """Decisions are chained and cannot be changed; what is referred to is there."""
    wrong = check_chain(connection)
    if wrong is not None:
        raise StoreError(f"{where}: {wrong}", REPORT)
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StoreError(f"{where}: a row refers to one that is not there", REPORT)
    if not list_objects(connection)["triggers"]:
        raise StoreError(f"{where}: nothing keeps decisions from being changed", REPORT)
