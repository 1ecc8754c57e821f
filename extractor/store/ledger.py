"""The ledger of bulk runs: which documents wait, run, are done or failed; every attempt is counted before it starts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, or_, select, update

from extractor.store.clock import now
from extractor.store.entering import APART, Found
from extractor.store.opening import Store, write_again
from extractor.store.schema import bulk_document, bulk_path, document

MOST_FAULTS = 2  # attempts that a document may end itself; then it is quarantined
MOST_LOST = 30  # attempts ended from outside: so many are no chance, so the document is what kills its runner
OPEN_STATES = ("waiting", "running")
ENDED_STATES = ("done", "partial", "failed", "quarantined")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A claimed document. `token` ends the attempt; `skip`: pages that are left out, with the reason."""

    found: Found
    token: str
    number: int
    skip: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Open:
    """A document that waits or runs. `stage` and `page`: what is being done, as of the last beat."""

    sha256: str
    state: str
    path: str
    run_id: str | None
    token: str | None
    stage: str | None
    page: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """How a document ended. `state`: done, partial or failed; apart, where it was several and is none."""

    state: str
    versions: str
    pages: int | None = None
    reports: int = 0
    accepted: int = 0
    value_cells: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    code: str | None = None
    message: str | None = None
    advice: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an attempt ended without a result. `own`: by the document, not from outside; `page`: that was being read.

    `said`: what the process wrote at its end.
    """

    code: str
    message: str
    own: bool = True
    page: int | None = None
    said: str = ""


def new_token() -> str:
    """Of an attempt."""
    return secrets.token_hex(8)


def claim(store: Store, run_id: str, sha256: str, token: str = "") -> Attempt | None:
    """Take a waiting document; its attempt is counted. None: another one has it, or it is done."""

    def change(connection: Connection) -> Attempt | None:
        where = (bulk_document.c.sha256 == sha256, bulk_document.c.state == "waiting")
        row = connection.execute(select(bulk_document).where(*where).with_for_update()).one_or_none()
        return None if row is None else _start(connection, row, run_id, token or new_token())

    return write_again(store, change)


def _start(connection: Connection, row: Row[Any], run_id: str, token: str) -> Attempt:
    values = {"state": "running", "run_id": run_id, "token": token, "attempts": row.attempts + 1, "started_at": now()}
    fresh = {"stage": None, "page": None}
    connection.execute(update(bulk_document).where(bulk_document.c.sha256 == row.sha256).values(**values, **fresh))
    skip = tuple((int(page), str(why)) for page, why in json.loads(row.skip))
    return Attempt(_found(row), token, row.attempts + 1, skip)


def _found(row: Row[Any]) -> Found:
    return Found(row.sha256, row.name, row.path, row.size, row.target, row.box, row.folder, row.images)


def finish(store: Store, attempt: Attempt, done: Done) -> bool:
    """End an attempt with its result; False where another one has taken the document over."""
    values = {
        "state": done.state,
        "token": None,
        "ended_at": now(),
        "pages": done.pages,
        "reports": done.reports,
        "accepted": done.accepted,
        "value_cells": done.value_cells,
        "seconds": done.seconds,
        "cpu_seconds": done.cpu_seconds,
        "code": done.code,
        "message": done.message,
        "advice": done.advice,
        "versions": done.versions,
    }
    return _end(store, attempt, lambda row: values) is not None  # noqa: ARG005


def set_apart(store: Store, attempt: Attempt) -> bool:
    """The images of a folder are documents of their own: as one it leaves the ledger, which knows that by its path."""

    def change(connection: Connection) -> bool:
        own = bulk_document.c.sha256 == attempt.found.sha256
        gone = connection.execute(delete(bulk_document).where(own, bulk_document.c.token == attempt.token)).rowcount
        if gone:
            held = update(bulk_path).where(bulk_path.c.sha256 == attempt.found.sha256)
            connection.execute(held.values(sha256=APART + attempt.found.sha256))
        return bool(gone)

    return write_again(store, change)


def give_back(store: Store, attempt: Attempt) -> bool:
    """End an attempt that was broken off on purpose: the document waits again as if it had not been tried."""
    return (
        _end(store, attempt, lambda row: {"state": "waiting", "token": None, "attempts": row.attempts - 1}) is not None
    )


def fail(store: Store, attempt: Attempt, fault: Fault, advice: str = "") -> str | None:
    """End an attempt without a result; the document's new state: waiting or quarantined. None: taken over."""
    return _end(store, attempt, lambda row: _after(row, fault, advice))


def _end(store: Store, attempt: Attempt, values_of: Callable[[Row[Any]], dict[str, Any]]) -> str | None:
    """Change the row of an attempt that still holds it; the new state."""

    def change(connection: Connection) -> str | None:
        where = (bulk_document.c.sha256 == attempt.found.sha256, bulk_document.c.token == attempt.token)
        row = connection.execute(select(bulk_document).where(*where).with_for_update()).one_or_none()
        if row is None:
            return None
        values = values_of(row)
        connection.execute(update(bulk_document).where(*where).values(**values))
        return str(values["state"])

    return write_again(store, change)


def _after(row: Row[Any], fault: Fault, advice: str) -> dict[str, Any]:
    """What a fault makes of a row: it is tried again, without the page that ended the attempt, or quarantined."""
    faults, lost = row.faults + fault.own, row.lost + (not fault.own)
    over = faults >= MOST_FAULTS or lost >= MOST_LOST
    skip = json.loads(row.skip)
    if fault.own and fault.page is not None:
        skip = [*skip, [fault.page, fault.code]]
    return {
        "state": "quarantined" if over else "waiting",
        "token": None,
        "faults": faults,
        "lost": lost,
        "skip": json.dumps(skip),
        "code": fault.code,
        "message": fault.message,
        "advice": advice,
        "ended_at": now(),
    }


def take_back(connection: Connection, run_ids: Collection[str]) -> int:
    """Documents held by processes that are gone wait again; how many. The attempt stays counted, as lost."""
    if not run_ids:
        return 0
    held = select(bulk_document).where(bulk_document.c.state == "running", bulk_document.c.run_id.in_(run_ids))
    count = 0
    for row in connection.execute(held.with_for_update()).all():
        fault = Fault("runner-died", "the process that ran it ended without a word", own=False)
        values = _after(row, fault, "try it alone: extractor extract")
        connection.execute(update(bulk_document).where(bulk_document.c.sha256 == row.sha256).values(**values))
        count += 1
    return count


def drop_lost(store: Store, run_id: str, tokens: Collection[str]) -> int:
    """Documents that a process holds without knowing it wait again: the answer to its claim was lost; how many.

    `tokens`: of the attempts that it does run.
    """

    def change(connection: Connection) -> int:
        held = (bulk_document.c.run_id == run_id, bulk_document.c.state == "running")
        lost = update(bulk_document).where(*held, bulk_document.c.token.not_in(tokens))
        values = {"state": "waiting", "token": None, "attempts": bulk_document.c.attempts - 1}
        return int(connection.execute(lost.values(**values)).rowcount)

    return write_again(store, change)


def list_again(
    connection: Connection, states: Collection[str], *, versions: str | None = None, only: Collection[str]
) -> tuple[str, ...]:
    """Ended documents in `states`, and (`versions`) those that other versions did."""
    asked: ColumnElement[bool] = bulk_document.c.state.in_(states)
    if versions is not None:
        older = bulk_document.c.state.in_(("done", "partial", "failed")) & (bulk_document.c.versions != versions)
        asked = or_(asked, older)
    found = connection.execute(select(bulk_document.c.sha256).where(asked)).scalars()
    return tuple(sha256 for sha256 in found if sha256 in only)


def note_places(connection: Connection, run_id: str, at: Mapping[str, tuple[str, int]]) -> None:
    """What is being done with the documents that a process runs: sha256 -> (stage, page)."""
    for sha256, (stage, page) in at.items():
        mine = (bulk_document.c.sha256 == sha256, bulk_document.c.run_id == run_id, bulk_document.c.state == "running")
        connection.execute(update(bulk_document).where(*mine).values(stage=stage, page=page or None))


def put_again(store: Store, documents: Collection[str]) -> int:
    """Ended documents wait again as if they were new; how many."""
    ended = bulk_document.c.state.in_(ENDED_STATES)

    def change(connection: Connection) -> int:
        again = [{"of": sha256} for sha256 in documents]
        fresh = {"state": "waiting", "faults": 0, "lost": 0, "skip": "[]", "code": None, "message": None}
        if again:
            where = (bulk_document.c.sha256 == bindparam("of"), ended)
            connection.execute(update(bulk_document).where(*where).values(**fresh), again)
        return len(again)

    return write_again(store, change)


def list_states(connection: Connection, only: Collection[str] | None = None) -> dict[str, str]:
    """Sha256 -> state of documents."""
    rows = connection.execute(select(bulk_document.c.sha256, bulk_document.c.state))
    return {sha256: state for sha256, state in rows if only is None or sha256 in only}


def list_open(connection: Connection, states: Collection[str] = OPEN_STATES) -> tuple[Open, ...]:
    """Documents that wait or run, in the order of work: good ones don't wait for those that ended an attempt."""
    query = select(*(bulk_document.c[name] for name in ("sha256", "state", "path", "run_id", "token", "stage", "page")))
    query = query.where(bulk_document.c.state.in_(states))
    rows = connection.execute(query.order_by(bulk_document.c.faults, bulk_document.c.lost, bulk_document.c.position))
    return tuple(Open(*row) for row in rows)


def read_entries(connection: Connection, only: Collection[str] | None = None) -> tuple[Row[Any], ...]:
    """Whole rows of the ledger, in its order."""
    rows = connection.execute(select(bulk_document).order_by(bulk_document.c.position))
    return tuple(row for row in rows if only is None or row.sha256 in only)


def shelve(store: Store, found: Collection[Found]) -> int:
    """Give documents that the ledger has the shelfmarks that were found for them; of how many they changed.

    Of a document that lies at several paths, those of the path that it was read at hold.
    """

    def change(connection: Connection) -> int:
        marks = (bulk_document.c.sha256, bulk_document.c.path, bulk_document.c.box, bulk_document.c.folder)
        entries = {row.sha256: row for row in connection.execute(select(*marks))}
        changed = 0
        for one in found:
            entry, told = entries.get(one.sha256), {"box": one.box, "folder": one.folder}
            if entry is None or entry.path != one.path:
                continue
            values = {name: mark for name, mark in told.items() if mark and mark != getattr(entry, name)}
            changed += bool(values)
            for table in (bulk_document, document) if values else ():
                connection.execute(update(table).where(table.c.sha256 == one.sha256).values(**values))
        return changed

    return write_again(store, change)
