"""A run over a Dask cluster: the scheduler hands documents to workers; which are done, the ledger alone says."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor import __version__
from extractor.bulk.document import Order
from extractor.bulk.member import Outcome, Plan, break_off, describe, leave, turn
from extractor.bulk.run import GO_ON, GRACE_SECONDS, IDLE_SECONDS
from extractor.bulk.slot import WORK, Halt
from extractor.bulk.turn import Event, Halted, Turns
from extractor.errors import UsageError
from extractor.store import BEAT_SECONDS, Holder, Store, enter_run, list_paths, list_states

CONNECT_SECONDS = 20
AHEAD = 2  # documents per thread that the scheduler has in hand
NO_WORKERS_SECONDS = 300.0


@dataclass(slots=True)
class ClusterRun:
    """One run by the workers of a cluster. `address`: of the scheduler, tcp://host:port."""

    store: Store
    order: Order
    documents: Collection[str]
    event: Event
    address: str
    work: str = WORK
    stopping: threading.Event = field(default_factory=threading.Event)
    halt: Halt | None = None
    _turns: Turns = field(init=False)
    _running: dict[Any, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._turns = Turns(self.store, self.order, self.event)

    def go(self) -> None:
        """Until all documents have ended, or `stopping` is set. Raises Halted, UsageError."""
        client = self._connect()
        try:
            self._check(client)
            holder = enter_run(self.store, "bulk")
            try:
                self._hand_out(client, holder)
            except OSError as error:  # what Dask raises where the scheduler does not answer
                self._stop(Halt(f"the scheduler {self.address} does not answer: {error}", "start it; " + GO_ON))
            finally:
                self._wind_up(client, holder)
        finally:
            client.close(timeout=2)
        if self.halt is not None:
            raise Halted(self.halt.message, self.halt.advice or GO_ON)

    def _connect(self) -> Any:
        try:
            from distributed import Client
        except ModuleNotFoundError as error:
            raise UsageError("--cluster needs Dask", "run pip install 'extractor-baocao[cluster]'") from error
        try:
            return Client(self.address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise UsageError(
                f"no scheduler answers at {self.address}", "start dask scheduler, and give its tcp:// address"
            ) from error

    def _check(self, client: Any) -> None:
        """Workers of another version, or that don't see what this machine sees, are refused before anything starts."""
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            raise UsageError(
                f"the scheduler {self.address} has no workers", "start dask worker on the machines"
            ) from error
        folders = [str(self.store.files)] if self.order.keep else []
        folders += [self.order.out] if self.order.out else []
        for address, about in client.run(describe, tuple(folders)).items():
            if about.version != __version__:
                raise UsageError(
                    f"the worker {address} runs version {about.version}, this is {__version__}", "install the same one"
                )
            if about.fault is not None:
                raise UsageError(f"the worker {address} {about.fault}", "share the folder by the same path")
            if self.store.address.is_sqlite and about.host != socket.gethostname():
                raise UsageError("an SQLite store can't be used from several machines", "use PostgreSQL")

    def _hand_out(self, client: Any, holder: Holder) -> None:
        plan = Plan(holder.id, self.order, self.work)
        paths = self._turns.ask(self._read_paths)
        next_beat = last_seen = time.monotonic()
        while not self.stopping.is_set():
            self._turns.check_room()
            if time.monotonic() >= next_beat:
                self._turns.ask(holder.beat)
                next_beat = time.monotonic() + BEAT_SECONDS
            threads = sum(client.nthreads().values())
            last_seen = time.monotonic() if threads else last_seen
            if time.monotonic() - last_seen > NO_WORKERS_SECONDS:
                raise Halted(f"the scheduler {self.address} has had no workers for a while", "start some; " + GO_ON)
            states = self._turns.ask(self._read_states)
            handed = set(self._running.values())
            waiting = [sha256 for sha256, state in states.items() if state == "waiting" and sha256 not in handed]
            for sha256 in waiting[: max(AHEAD * threads - len(self._running), 0)]:
                self._submit(client, plan, sha256, paths.get(sha256))
            if not self._running and not waiting and "running" not in states.values():
                return
            self._collect()
            self.event("tick", {})

    def _submit(self, client: Any, plan: Plan, sha256: str, path: str | None) -> None:
        folder = Path(path).parent if path else None
        seen = str(folder) if folder is not None and folder.is_dir() else None
        key = f"document-{sha256[:12]}-{next(self._numbers)}"
        self._running[client.submit(turn, plan, sha256, seen, key=key, pure=False)] = sha256

    def _collect(self) -> None:
        """Take what has ended. A document whose worker died is taken back by the ledger, so nothing is done here."""
        end = time.monotonic() + IDLE_SECONDS
        while time.monotonic() < end and not self.stopping.is_set():
            done = [future for future in self._running if future.done()]
            for future in done:
                del self._running[future]
                if future.status == "finished":
                    self._tell(future.result())
            if done:
                return
            time.sleep(IDLE_SECONDS / 10)

    def _tell(self, outcome: Outcome) -> None:
        for name, facts in outcome.told:
            self.event(name, facts)
        self._stop(outcome.halt)

    def _wind_up(self, client: Any, holder: Holder) -> None:
        """Let running documents end for a while, then break them off; the workers leave."""
        if client.status == "running":
            if self.stopping.is_set():
                client.cancel(list(self._running))  # what runs goes on, and ends in the ledger
                self._wait(GRACE_SECONDS)
                client.run(break_off, holder.id, on_error="ignore")
                self._wait(GRACE_SECONDS / 3)
            client.run(leave, holder.id, on_error="ignore")
        self._turns.ask(holder.end)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while "running" in self._turns.ask(self._read_states).values() and time.monotonic() < end:
            time.sleep(IDLE_SECONDS / 2)

    def _stop(self, halt: Halt | None) -> None:
        if halt is not None:
            self.halt = self.halt or halt
            self.stopping.set()

    def _read_states(self) -> dict[str, str]:
        with self.store.read() as connection:
            return list_states(connection, self.documents)

    def _read_paths(self) -> dict[str, str]:
        with self.store.read() as connection:
            return list_paths(connection)
