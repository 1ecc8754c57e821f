"""Processes that hold documents of the ledger: entered, kept alive by a beat, and told when they are gone."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, Row, insert, select, update

from extractor.store.clock import now
from extractor.store.ledger import note_places, take_back
from extractor.store.opening import Store, write_again
from extractor.store.schema import bulk_document, bulk_run

BEAT_SECONDS = 5.0
DEAD_AFTER = 60.0  # seconds without a beat on another machine; by our own clock, since theirs may be wrong
NOTHING: Mapping[str, tuple[str, int]] = {}
SAME_BIRTH = 2.0  # seconds that a set clock may move a process's birth


@dataclass(slots=True)
class Holder:
    """This process in the ledger. Others are watched: `seen` keeps when each beat was first seen."""

    store: Store
    id: str
    seen: dict[str, tuple[int, float]] = field(default_factory=dict)

    def beat(self, at: Mapping[str, tuple[str, int]] = NOTHING) -> int:
        """Say that this process lives, and take back what dead ones hold; how many documents.

        `at`: what is being done with its own, sha256 -> (stage, page).
        """
        return write_again(self.store, lambda connection: self._beat(connection, dict(at)))

    def _beat(self, connection: Connection, at: Mapping[str, tuple[str, int]]) -> int:
        connection.execute(update(bulk_run).where(bulk_run.c.id == self.id).values(beat=bulk_run.c.beat + 1))
        note_places(connection, self.id, at)
        rows = connection.execute(select(bulk_run).where(bulk_run.c.ended_at.is_(None), bulk_run.c.id != self.id)).all()
        dead = []
        for row in rows:
            if row.host == name_machine():
                alive = is_alive(row.pid, row.born)
            else:
                beat, since = self.seen.get(row.id, (-1, 0.0))
                if beat != row.beat:
                    beat, since = row.beat, time.monotonic()
                self.seen[row.id] = (beat, since)
                alive = time.monotonic() - since < DEAD_AFTER
            if not alive:
                dead.append(row.id)
        if dead:
            connection.execute(update(bulk_run).where(bulk_run.c.id.in_(dead)).values(ended_at=now()))
        return take_back(connection, [*dead, *_ended_with_documents(connection)])

    def end(self) -> None:
        """This process holds nothing any more."""
        with self.store.write() as connection:
            connection.execute(update(bulk_run).where(bulk_run.c.id == self.id).values(ended_at=now()))


def _ended_with_documents(connection: Connection) -> list[str]:
    """Processes that ended before they could give back what they held, since the store was away."""
    held = select(bulk_document.c.run_id).where(bulk_document.c.state == "running")
    ended = select(bulk_run.c.id).where(bulk_run.c.ended_at.is_not(None), bulk_run.c.id.in_(held))
    return list(connection.execute(ended).scalars())


def enter_run(store: Store, purpose: str, folders: tuple[str, ...] = ()) -> Holder:
    """Enter this process, and take back what dead ones hold. `folders`: that it watches."""
    holder = Holder(store, secrets.token_hex(8))
    row = {
        "id": holder.id,
        "host": name_machine(),
        "pid": os.getpid(),
        "born": born(os.getpid()),
        "purpose": purpose,
        "beat": 0,
        "started_at": now(),
        "folders": json.dumps(folders) if folders else None,
    }

    def change(connection: Connection) -> None:
        connection.execute(insert(bulk_run), row)

    write_again(store, change)
    holder.beat()
    return holder


def list_runs(connection: Connection) -> tuple[Row[Any], ...]:
    """Processes that have not ended, as far as the ledger knows."""
    return tuple(
        connection.execute(select(bulk_run).where(bulk_run.c.ended_at.is_(None)).order_by(bulk_run.c.started_at))
    )


def list_watched(store: Store) -> tuple[str, ...]:
    """Folders that living processes watch; of one on another machine it must be seen that it beats."""
    with store.read() as connection:
        first = [row for row in list_runs(connection) if row.purpose == "watch"]
    here = [row for row in first if row.host == name_machine() and is_alive(row.pid, row.born)]
    there = {row.id: row.beat for row in first if row.host != name_machine()}
    if there:
        time.sleep(BEAT_SECONDS * 1.5)
        with store.read() as connection:
            here += [row for row in list_runs(connection) if there.get(row.id, row.beat) != row.beat]
    return tuple(folder for row in here for folder in json.loads(row.folders or "[]"))


@cache
def name_machine() -> str:
    """This machine since it was started, and the space of its process numbers: two may have the same host name."""
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8])
        parts.append(os.readlink("/proc/self/ns/pid").strip("pid:[]"))
    return "/".join(parts)


def has_ended(connection: Connection, run_id: str) -> bool:
    """Whether a process has ended, or was found dead."""
    ended = connection.execute(select(bulk_run.c.ended_at).where(bulk_run.c.id == run_id)).one_or_none()
    return ended is None or ended.ended_at is not None


def born(pid: int) -> str:
    """When a process was started; empty where there is none."""
    try:
        return f"{psutil.Process(pid).create_time():.1f}"
    except psutil.Error:
        return ""


def is_alive(pid: int, born_at: str) -> bool:
    """Whether a process of this machine still runs, and is the one that was meant."""
    found = born(pid)
    return bool(found and born_at) and abs(float(found) - float(born_at)) < SAME_BIRTH
