"""A run over a Dask cluster: the scheduler hands documents to workers; which are done, the ledger alone says."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from extractor.bulk.member import About, Outcome, Plan, break_off, describe, leave, turn
from extractor.bulk.order import Order
from extractor.bulk.queue import IDLE_SECONDS, Queue
from extractor.bulk.run import GRACE_SECONDS, LAST_SECONDS, in_time
from extractor.bulk.slot import WORK, Halt
from extractor.bulk.turn import GO_ON, Event, Halted, Turns, is_there
from extractor.errors import UsageError
from extractor.store import BEAT_SECONDS, Holder, Store, StoreError, enter_run, list_open, list_runs

CONNECT_SECONDS = 20
AHEAD = 2  # documents per thread that the scheduler has in hand
NO_WORKERS_SECONDS = 300.0
MOST_ERRORS = 5  # in a row, other than workers that died


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
    _refused: UsageError | None = None
    _turns: Turns = field(init=False)
    _errors: int = 0
    _running: dict[Any, str] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._turns = Turns(self.store, self.order, self.event)

    def go(self) -> None:
        """Until all documents have ended, or `stopping` is set. Raises Halted, UsageError."""
        thread = threading.Thread(target=self._serve, daemon=True)  # a dead scheduler may keep it waiting for long
        thread.start()
        while thread.is_alive() and not self.stopping.is_set():
            self.stopping.wait(IDLE_SECONDS / 2)
        end = time.monotonic() + GRACE_SECONDS + LAST_SECONDS
        while thread.is_alive() and (time.monotonic() < end or self.halt is not None):
            thread.join(IDLE_SECONDS)
        if self._refused is not None:
            raise self._refused
        if self.halt is not None:
            raise Halted(self.halt.message, self.halt.advice or GO_ON)

    def _serve(self) -> None:
        fault: Halt | None = Halt("the run ended by a fault of this program", "please report it; " + GO_ON)
        try:
            self._run()
            fault = None
        except Halted as error:
            fault = Halt(error.message, error.advice)
        except UsageError as error:
            self._refused, fault = error, None
        except OSError as error:  # what Dask raises where the scheduler does not answer
            fault = Halt(f"the scheduler {self.address} does not answer: {error}", "start it, " + GO_ON)
        finally:
            self._stop(fault)

    def _run(self) -> None:
        client = self._connect()
        try:
            self._check(client)
            holder, over = self._turns.ask(lambda: enter_run(self.store, "bulk")), threading.Event()
            beating = threading.Thread(target=self._beat, args=(holder, over), daemon=True)
            beating.start()
            try:
                self._hand_out(client, holder)
            finally:
                with contextlib.suppress(OSError):
                    self._wind_up(client, holder)
                over.set()
                in_time(holder.end, beating)
        finally:
            client.close(timeout=2)

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
        own = describe(self.order, ())
        for address, about in client.run(describe, self.order, tuple(folders), on_error="return").items():
            self._check_worker(address, about, own)

    def _check_worker(self, address: str, about: About | Exception, own: About) -> None:
        if isinstance(about, Exception):
            raise UsageError(f"the worker {address} can't run this program: {about}", "install the same version there")
        if about.version != own.version:
            raise UsageError(
                f"the worker {address} runs version {about.version}, this is {own.version}", "install the same one"
            )
        if about.versions != own.versions:
            raise UsageError(
                f"the worker {address} would read otherwise: {about.versions}, this machine: {own.versions}",
                "install the same engines, models and forms there",
            )
        if about.fault is not None:
            raise UsageError(f"the worker {address} {about.fault}", "share the folder by the same path")
        if self.store.address.is_sqlite and about.host != own.host:
            raise UsageError("an SQLite store can't be used from several machines", "use PostgreSQL")

    def _hand_out(self, client: Any, holder: Holder) -> None:
        plan = Plan(holder.id, self.order, self.work)
        queue = Queue(self._turns, holder.id, self.documents)
        last_seen = time.monotonic()
        while not self.stopping.is_set():
            self._turns.check_room()
            threads = sum(client.nthreads().values())
            last_seen = time.monotonic() if threads else last_seen
            if time.monotonic() - last_seen > NO_WORKERS_SECONDS:
                raise Halted(f"the scheduler {self.address} has had no workers for a while", "start some; " + GO_ON)
            handed = set(self._running.values())
            while len(self._running) < AHEAD * threads and (sha256 := queue.draw(handed)) is not None:
                self._submit(client, plan, sha256)
            if not self._running and queue.is_over():
                return
            self._collect()
            self.event("tick", {})

    def _beat(self, holder: Holder, over: threading.Event) -> None:
        while not over.wait(BEAT_SECONDS):
            with contextlib.suppress(StoreError):
                holder.beat()
                self._tell_places()

    def _tell_places(self) -> None:
        """What all workers do, as their beats told the ledger."""
        with self.store.read() as connection:
            running, runs = list_open(connection, ("running",)), {one.id: one for one in list_runs(connection)}
        places = []
        for one in running:
            run = runs.get(one.run_id or "")
            if run is not None and one.sha256 in self.documents:
                slot = f"{str(run.host).split('/')[0]}:{run.pid}"
                places.append({"slot": slot, "input": one.path, "stage": one.stage or "", "page": one.page or 0})
        self.event("places", {"places": places})

    def _submit(self, client: Any, plan: Plan, sha256: str) -> None:
        seen = next((root for root in self.order.roots if is_there(root)), None)
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
                    self._errors = 0
                elif future.status == "error":
                    self._take_error(future.exception())
            if done:
                return
            time.sleep(IDLE_SECONDS / 10)

    def _take_error(self, error: BaseException) -> None:
        """A worker that died costs an attempt, which the ledger counts; one that can't run the program is of no use."""
        self._errors += type(error).__name__ != "KilledWorker"
        if self._errors >= MOST_ERRORS:
            self._stop(Halt(f"a worker can't run this program: {error}", "install the same version there; " + GO_ON))

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
                self._wait(LAST_SECONDS)
            client.run(leave, holder.id, on_error="ignore")

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        with contextlib.suppress(StoreError):
            while self._is_running() and time.monotonic() < end:
                time.sleep(IDLE_SECONDS / 2)
                self.event("tick", {})

    def _is_running(self) -> bool:
        with self.store.read() as connection:
            return any(one.sha256 in self.documents for one in list_open(connection, ("running",)))

    def _stop(self, halt: Halt | None) -> None:
        if halt is not None and not self.stopping.is_set():  # else it is being stopped, and that is hindered
            self.halt = halt
            self.stopping.set()
