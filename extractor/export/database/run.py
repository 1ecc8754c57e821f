"""A store and a target -> the target in line with the store, and the store told what went there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from extractor.export.database.merge import Changes, fill, is_new, keep_link, keep_series, list_written, merge, stage
from extractor.export.database.series import list_series
from extractor.export.database.target import Target
from extractor.export.files import Count, Unsettled, choose
from extractor.store import Store
from extractor.store.published import begin_run, end_run, find_identity, forget_run, open_runs

KIND = "database"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an export did, or what a plan would do."""

    changes: Changes
    count: Count


def export_to(
    store: Store,
    target: Target,
    unsettled: Unsettled = "mark",
    *,
    link: str | None = None,
    approve: Callable[[Connection, Changes, str], None] | None = None,
) -> Outcome:
    """Publish all that stands, withdraw what does not any more. Raises ExportError.

    `approve` sees what is staged before anything is done, and raises where it must not be.
    """
    with store.read() as connection:
        name = find_identity(connection)
    find_lost(store, target)
    run, count = begin_run(store, target.name, KIND), Count()
    sent = False
    try:
        with target.write() as connection:
            observations = choose(store, count, unsettled=unsettled)
            if approve is None and is_new(connection):
                changes = fill(connection, observations, run, name)
            else:
                changes = stage(connection, observations, name)
                if approve is not None:
                    approve(connection, changes, name)
                merge(connection, changes, run, name)
            with store.read() as reading:
                keep_series(connection, list_series(reading))
            keep_link(connection, link)
            sent = True
            connection.commit()
    finally:
        if not sent:
            forget_run(store, run)
    if changes.total:
        _record(store, target, run, changes)
    else:
        forget_run(store, run)
    return Outcome(changes, count)


def look_at(
    store: Store, target: Target, unsettled: Unsettled, look: Callable[[Connection, Changes, str], None]
) -> Outcome:
    """What an export would do, shown to `look`; nothing is done."""
    with store.read() as connection:
        name = find_identity(connection)
    count = Count()
    with target.write() as connection:
        changes = stage(connection, choose(store, count, unsettled=unsettled), name)
        look(connection, changes, name)
    return Outcome(changes, count)


def find_lost(store: Store, target: Target) -> None:
    """Runs that were killed: those that reached the target are entered in the store, the others are lost."""
    for run in open_runs(store, target.name):
        with target.write() as connection:  # waits for one that still writes
            query = text("SELECT inserted, changed, withdrawn FROM export_run WHERE id = :run")
            row = connection.execute(query, {"run": run}).one_or_none()
        if row is None:
            end_run(store, run, state="lost")
        else:
            _record(store, target, run, Changes(*row))


def _record(store: Store, target: Target, run: str, changes: Changes) -> None:
    def items(connection: Connection) -> Iterator[tuple[str, int, int | None, str, str | None]]:
        for key, revision, document_id, action in list_written(connection, run):
            yield key, revision, document_id, action, None

    with target.engine.connect() as connection:
        end_run(
            store,
            run,
            items(connection),
            inserted=changes.inserts,
            changed=changes.changes,
            withdrawn=changes.withdrawals,
        )
