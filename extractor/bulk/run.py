"""Waiting documents of the ledger -> all of them ended, by slots side by side; whatever breaks off, none is lost."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from extractor.bulk.document import Order
from extractor.bulk.slot import WORK, Halt, Slot
from extractor.bulk.turn import Event, Halted, Turns
from extractor.errors import ExtractorError
from extractor.store import BEAT_SECONDS, Attempt, Holder, Store, claim, enter_run, list_states

GRACE_SECONDS = 6.0  # that running documents get to end after an interrupt
IDLE_SECONDS = 0.5
GO_ON = "then run the same command again: it goes on"


@dataclass(slots=True)
class Run:
    """One run on this machine. `documents`: sha256 of those that it is about; `event(name, facts)`: what happens."""

    store: Store
    order: Order
    documents: Collection[str]
    event: Event
    work: str = WORK
    stopping: threading.Event = field(default_factory=threading.Event)
    halt: Halt | None = None
    _turns: Turns = field(init=False)
    _queue: deque[str] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._turns = Turns(self.store, self.order, self.event)

    def go(self, slots: int) -> None:
        """Until all documents have ended, or `stopping` is set. Raises Halted."""
        holder = enter_run(self.store, "bulk")
        threads = [threading.Thread(target=self._serve, args=(holder,)) for _ in range(slots)]
        for thread in threads:
            thread.start()
        attended = False
        try:
            self._attend(holder, threads)
            attended = True
        finally:
            if not attended:
                self.stopping.set()
            self._wind_up(threads)
            self._turns.ask(holder.end)
        if self.halt is not None:
            raise Halted(self.halt.message, self.halt.advice or GO_ON)

    def _attend(self, holder: Holder, threads: list[threading.Thread]) -> None:
        next_beat = time.monotonic() + BEAT_SECONDS
        while any(thread.is_alive() for thread in threads) and not self.stopping.is_set():
            time.sleep(IDLE_SECONDS / 2)
            self.event("tick", {})
            if time.monotonic() >= next_beat:
                self._turns.ask(holder.beat)
                next_beat = time.monotonic() + BEAT_SECONDS

    def _wind_up(self, threads: list[threading.Thread]) -> None:
        """Let running documents end for a while, then break them off."""
        end = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0) if self.stopping.is_set() else None)
        self._turns.broken_off.set()
        for thread in threads:
            thread.join()

    def _serve(self, holder: Holder) -> None:
        """A slot's thread."""
        slot = Slot(self.order, self.work)
        try:
            while not self.stopping.is_set():
                attempt, waiting = self._next(holder)
                if attempt is not None:
                    self._stop(self._turns.run(slot, attempt))
                elif not waiting:
                    return
                else:
                    time.sleep(IDLE_SECONDS)
        except ExtractorError as error:
            self._stop(Halt(error.message, error.advice))
        except OSError as error:  # the disk of the JSON files
            self._stop(Halt(str(error), "check the disk, then run the same command again"))
        finally:
            slot.close()

    def _next(self, holder: Holder) -> tuple[Attempt | None, bool]:
        """(a claimed document, whether any may still come)."""
        self._turns.check_room()
        with self._lock:
            going_on = True
            if not self._queue:
                states = self._turns.ask(self._read_states)
                self._queue.extend(sha256 for sha256, state in states.items() if state == "waiting")
                going_on = bool(self._queue) or "running" in states.values()
            while self._queue:
                sha256 = self._queue.popleft()
                attempt = self._turns.ask(lambda sha256=sha256: claim(self.store, holder.id, sha256))  # type: ignore[misc]
                if attempt is not None:
                    return attempt, True
        return None, going_on

    def _read_states(self) -> dict[str, str]:
        with self.store.read() as connection:
            return list_states(connection, self.documents)

    def _stop(self, halt: Halt | None) -> None:
        if halt is not None:
            self.halt = self.halt or halt
            self.stopping.set()
