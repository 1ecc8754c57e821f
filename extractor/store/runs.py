"""Processes that hold documents of the ledger: entered, kept alive by a beat, and told when they are gone."""

from __future__ import annotations

import os
import secrets
import socket
import time
from dataclasses import dataclass, field

import psutil
from sqlalchemy import Connection, insert, select, update

from extractor.store.clock import now
from extractor.store.ledger import take_back
from extractor.store.opening import Store, write_again
from extractor.store.schema import bulk_run

BEAT_SECONDS = 5.0
DEAD_AFTER = 60.0  # seconds without a beat on another machine; by our own clock, since theirs may be wrong
SAME_BIRTH = 2.0  # seconds that a set clock may move a process's birth


@dataclass(slots=True)
class Holder:
    """This process in the ledger. Others are watched: `seen` keeps when each beat was first seen."""

    store: Store
    id: str
    seen: dict[str, tuple[int, float]] = field(default_factory=dict)

    def beat(self) -> int:
        """Say that this process lives, and take back what dead ones hold; how many documents."""
        return write_again(self.store, self._beat)

    def _beat(self, connection: Connection) -> int:
        connection.execute(update(bulk_run).where(bulk_run.c.id == self.id).values(beat=bulk_run.c.beat + 1))
        rows = connection.execute(select(bulk_run).where(bulk_run.c.ended_at.is_(None), bulk_run.c.id != self.id)).all()
        dead = []
        for row in rows:
            if row.host == socket.gethostname():
                alive = is_alive(row.pid, row.born)
            else:
                beat, since = self.seen.get(row.id, (-1, 0.0))
                if beat != row.beat:
                    beat, since = row.beat, time.monotonic()
                self.seen[row.id] = (beat, since)
                alive = time.monotonic() - since < DEAD_AFTER
            if not alive:
                dead.append(row.id)
        if not dead:
            return 0
        connection.execute(update(bulk_run).where(bulk_run.c.id.in_(dead)).values(ended_at=now()))
        return take_back(connection, dead)

    def end(self) -> None:
        """This process holds nothing any more."""
        with self.store.write() as connection:
            connection.execute(update(bulk_run).where(bulk_run.c.id == self.id).values(ended_at=now()))


def enter_run(store: Store, purpose: str) -> Holder:
    """Enter this process, and take back what dead ones hold."""
    holder = Holder(store, secrets.token_hex(8))
    row = {
        "id": holder.id,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "born": born(os.getpid()),
        "purpose": purpose,
        "beat": 0,
        "started_at": now(),
    }

    def change(connection: Connection) -> None:
        connection.execute(insert(bulk_run), row)

    write_again(store, change)
    holder.beat()
    return holder


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
