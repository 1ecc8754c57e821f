"""An export's run and what it wrote -> the store, so that every number can be traced to where it went."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from extractor.store.clock import now
from extractor.store.exports import published, published_run, store_identity
from extractor.store.opening import Store

BATCH = 10_000
Tree = dict[str, Any]
Item = tuple[str, int, int | None, str, str | None]  # observation, revision, document, published or withdrawn, content
Content = tuple[str, str, str | None, int | None]  # observation, published or withdrawn, content, document


@dataclass(frozen=True, slots=True)
class Published:
    """One revision of an observation that went somewhere, or was withdrawn there."""

    observation_id: str
    revision: int
    action: str
    target: str
    at: str
    run: str
    document_id: int | None = None
    content: str | None = None


def find_identity(connection: Connection) -> str:
    """What the store is known by elsewhere."""
    name: str = connection.execute(select(store_identity.c.name)).scalar_one()
    return name


def begin_run(store: Store, target: str, kind: str) -> str:
    """Note that an export starts; its id."""
    run = uuid.uuid4().hex
    with store.write() as connection:
        row = {"id": run, "target": target, "kind": kind, "state": "started", "started_at": now()}
        connection.execute(insert(published_run), row | {"inserted": 0, "changed": 0, "withdrawn": 0})
    return run


def open_runs(store: Store, target: str) -> tuple[str, ...]:
    """Exports to a target that have started and of which nothing more is known, the oldest first."""
    query = select(published_run.c.id).where(published_run.c.target == target, published_run.c.state == "started")
    with store.read() as connection:
        return tuple(connection.execute(query.order_by(published_run.c.started_at)).scalars())


def end_run(
    store: Store,
    run: str,
    items: Iterable[Item] = (),
    *,
    state: str = "done",
    inserted: int = 0,
    changed: int = 0,
    withdrawn: int = 0,
) -> None:
    """Note how it ended, and what it wrote."""
    source = iter(items)
    with store.write() as connection:
        ended = (
            published_run.c.id == run,
            published_run.c.state != "done",
        )  # one taken for lost may still have come through
        values = {"inserted": inserted, "changed": changed, "withdrawn": withdrawn}
        done = connection.execute(update(published_run).where(*ended).values(state=state, ended_at=now(), **values))
        if done.rowcount == 0:  # another one found it meanwhile
            return
        mark = "?" if store.address.is_sqlite else "%s"
        columns = "run_id, observation_id, revision, document_id, action, content"
        write = f"INSERT INTO published ({columns}) VALUES ({', '.join([mark] * 6)})"
        while batch := list(itertools.islice(source, BATCH)):  # tuples: a million dictionaries take three times as long
            connection.exec_driver_sql(write, [(run, *item) for item in batch])


def _row(
    run: str, key: str, revision: int, document_id: int | None, action: str, content: str | None
) -> dict[str, Any]:
    row = {"run_id": run, "observation_id": key, "revision": revision, "document_id": document_id}
    return row | {"action": action, "content": content}


def note_items(store: Store, run: str, items: Iterable[Item]) -> None:
    """Note what a run is about to write; of two words on one observation the last."""
    rows = {item[0]: _row(run, *item) for item in items}
    if rows:
        with store.write() as connection:
            connection.execute(insert(published), list(rows.values()))


def list_contents(connection: Connection, target: str, run: str | None = None) -> Iterator[Content]:
    """What was written to a target, the oldest first, or what a run was about to write."""
    query = select(published).join(published_run, published_run.c.id == published.c.run_id)
    if run is None:
        query = query.where(published_run.c.target == target, published_run.c.state == "done")
    else:
        query = query.where(published_run.c.id == run)
    for row in connection.execute(query.order_by(published_run.c.started_at, published.c.observation_id)):
        yield row.observation_id, row.action, row.content, row.document_id


def forget_run(store: Store, run: str) -> None:
    """An export that had nothing to write leaves no trace."""
    with store.write() as connection:
        connection.execute(published.delete().where(published.c.run_id == run))
        connection.execute(published_run.delete().where(published_run.c.id == run, published_run.c.state != "done"))


def list_published(connection: Connection, observation_id: str) -> tuple[Published, ...]:
    """Where an observation went, the oldest first."""
    query = (
        select(published, published_run.c.target, published_run.c.started_at)
        .join(published_run, published_run.c.id == published.c.run_id)
        .where(published.c.observation_id == observation_id)
        .where(published.c.run_id.in_(select(published_run.c.id)))
        .order_by(published_run.c.started_at, published.c.run_id)
    )
    return tuple(
        Published(
            row.observation_id,
            row.revision,
            row.action,
            row.target,
            row.started_at,
            row.run_id,
            row.document_id,
            row.content,
        )
        for row in connection.execute(query)
    )
