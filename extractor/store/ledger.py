"""The ledger of bulk runs: which documents wait, run, are done or failed; every attempt is counted before it starts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, update

from extractor.store.clock import now
from extractor.store.opening import Store, write_again
from extractor.store.schema import bulk_document, bulk_path
from extractor.writing import fold_name

MOST_FAULTS = 2  # attempts that a document may end itself; then it is quarantined
MOST_LOST = 8  # attempts ended from outside: so many by chance is unlikely, so the document is what kills its runner
OPEN_STATES = ("waiting", "running")
ENDED_STATES = ("done", "partial", "failed", "quarantined")


@dataclass(frozen=True, slots=True)
class Found:
    """A document as it lies in the archive. `target`: of its JSON, relative and without suffix."""

    sha256: str
    name: str
    path: str
    size: int
    target: str
    box: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A claimed document. `token` ends the attempt; `skip`: pages that are left out, with the reason."""

    found: Found
    token: str
    number: int
    skip: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    """How a document ended. `state`: done, partial or failed."""

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
    """Why an attempt ended without a result. `own`: by the document, not from outside; `page`: that was being read."""

    code: str
    message: str
    own: bool = True
    page: int | None = None


def enter(store: Store, found: Iterable[Found], stamps: Iterable[tuple[str, str, str]] = ()) -> int:
    """Enter documents that the ledger does not have; how many were new. `stamps`: (path, sha256, stamp)."""
    given, marks = tuple(found), tuple(stamps)

    def change(connection: Connection) -> int:
        have = {row.sha256: row.path for row in connection.execute(select(bulk_document))}
        there = {(one.sha256, one.path) for one in given}
        taken = {fold_name(PurePath(target)) for target in connection.execute(select(bulk_document.c.target)).scalars()}
        position = connection.execute(select(func.coalesce(func.max(bulk_document.c.position), 0))).scalar_one()
        rows: list[dict[str, Any]] = []
        for one in given:
            if one.sha256 in have:
                if (one.sha256, have[one.sha256]) not in there:  # the archive was moved
                    where = bulk_document.c.sha256 == one.sha256
                    connection.execute(update(bulk_document).where(where).values(path=one.path, name=one.name))
                continue
            have[one.sha256] = one.path
            target = free_target(one, taken)
            taken.add(fold_name(PurePath(target)))
            rows.append(_entry(one, target, position + len(rows) + 1))
        if rows:
            connection.execute(insert(bulk_document), rows)
        _keep_stamps(connection, marks)
        return len(rows)

    return write_again(store, change)


def free_target(one: Found, taken: Collection[str]) -> str:
    """The name of its JSON, with the start of the hash where another document has it. `taken`: folded names."""
    if fold_name(PurePath(one.target)) not in taken:
        return one.target
    named = f"{one.target}-{one.sha256[:8]}"
    return named if fold_name(PurePath(named)) not in taken else f"{one.target}-{one.sha256}"


def _entry(one: Found, target: str, position: int) -> dict[str, Any]:
    return {
        "sha256": one.sha256,
        "position": position,
        "name": one.name,
        "path": one.path,
        "target": target,
        "box": one.box,
        "folder": one.folder,
        "size": one.size,
        "state": "waiting",
        "attempts": 0,
        "faults": 0,
        "lost": 0,
        "skip": "[]",
    }


def _keep_stamps(connection: Connection, stamps: Iterable[tuple[str, str, str]]) -> None:
    known = {row.path: (row.sha256, row.stamp) for row in connection.execute(select(bulk_path))}
    for path, sha256, stamp in {one[0]: one for one in stamps}.values():
        if path not in known:
            connection.execute(insert(bulk_path), {"path": path, "sha256": sha256, "stamp": stamp})
        elif known[path] != (sha256, stamp):
            where = bulk_path.c.path == path
            connection.execute(update(bulk_path).where(where).values(sha256=sha256, stamp=stamp))


def read_stamps(connection: Connection) -> dict[str, tuple[str, str]]:
    """Path -> (stamp, sha256) of all files that were looked at."""
    return {row.path: (row.stamp, row.sha256) for row in connection.execute(select(bulk_path))}


def claim(store: Store, run_id: str, sha256: str) -> Attempt | None:
    """Take a waiting document; its attempt is counted. None: another one has it, or it is done."""

    def change(connection: Connection) -> Attempt | None:
        where = (bulk_document.c.sha256 == sha256, bulk_document.c.state == "waiting")
        row = connection.execute(select(bulk_document).where(*where).with_for_update()).one_or_none()
        return None if row is None else _start(connection, row, run_id)

    return write_again(store, change)


def _start(connection: Connection, row: Row[Any], run_id: str) -> Attempt:
    token = secrets.token_hex(8)
    connection.execute(
        update(bulk_document)
        .where(bulk_document.c.sha256 == row.sha256)
        .values(state="running", run_id=run_id, token=token, attempts=row.attempts + 1, started_at=now())
    )
    skip = tuple((int(page), str(why)) for page, why in json.loads(row.skip))
    return Attempt(_found(row), token, row.attempts + 1, skip)


def _found(row: Row[Any]) -> Found:
    return Found(row.sha256, row.name, row.path, row.size, row.target, row.box, row.folder)


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
    held = select(bulk_document).where(bulk_document.c.state == "running", bulk_document.c.run_id.in_(run_ids))
    count = 0
    for row in connection.execute(held.with_for_update()).all():
        fault = Fault("runner-died", "the process that ran it ended without a word", own=False)
        values = _after(row, fault, "try it alone: extractor extract")
        connection.execute(update(bulk_document).where(bulk_document.c.sha256 == row.sha256).values(**values))
        count += 1
    return count


def put_again(store: Store, states: Collection[str], *, versions: str | None = None, only: Collection[str]) -> int:
    """Ended documents wait again: those in `states`, or (`versions`) those that other versions did; how many."""

    def change(connection: Connection) -> int:
        asked: ColumnElement[bool] = bulk_document.c.state.in_(states)
        if versions is not None:
            older = bulk_document.c.state.in_(("done", "partial", "failed")) & (bulk_document.c.versions != versions)
            asked = or_(asked, older)
        found = connection.execute(select(bulk_document.c.sha256).where(asked)).scalars().all()
        again = [sha256 for sha256 in found if sha256 in only]
        for sha256 in again:
            where = bulk_document.c.sha256 == sha256
            fresh = {"state": "waiting", "faults": 0, "lost": 0, "skip": "[]", "code": None, "message": None}
            connection.execute(update(bulk_document).where(where).values(**fresh))
        return len(again)

    return write_again(store, change)


def list_states(connection: Connection, only: Collection[str] | None = None) -> dict[str, str]:
    """Sha256 -> state, in the order of work: those that ended an attempt come last, so that good ones don't wait."""
    query = select(bulk_document.c.sha256, bulk_document.c.state)
    rows = connection.execute(query.order_by(bulk_document.c.faults, bulk_document.c.position))
    return {row.sha256: row.state for row in rows if only is None or row.sha256 in only}


def list_paths(connection: Connection) -> dict[str, str]:
    """Sha256 -> path of every document."""
    return {row.sha256: row.path for row in connection.execute(select(bulk_document.c.sha256, bulk_document.c.path))}


def read_entries(connection: Connection) -> tuple[Row[Any], ...]:
    """Whole rows of the ledger, in its order."""
    return tuple(connection.execute(select(bulk_document).order_by(bulk_document.c.position)))


def list_doubles(connection: Connection) -> tuple[tuple[str, ...], ...]:
    """Paths that hold the same bytes, a tuple each."""
    groups: dict[str, list[str]] = {}
    for row in connection.execute(select(bulk_path).order_by(bulk_path.c.path)):
        groups.setdefault(row.sha256, []).append(row.path)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
