"""Waiting documents of the ledger -> all of them ended, by slots side by side; whatever breaks off, none is lost."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from extractor.bulk.order import Order
from extractor.bulk.queue import IDLE_SECONDS, Queue
from extractor.bulk.slot import WORK, Halt, Slot
from extractor.bulk.turn import GO_ON, Event, Halted, Turns
from extractor.errors import ExtractorError
from extractor.store import BEAT_SECONDS, Attempt, Holder, Store, StoreError, enter_run

GRACE_SECONDS = 6.0  # that running documents get to end after an interrupt
LAST_SECONDS = 2.5  # then to give them back, which a store may hinder
REST_SECONDS = 30.0  # without work after which a slot's process ends


@dataclass(slots=True)
class Run:
    """One run on this machine. `documents`: sha256 of those that it is about; `event(name, facts)`: what happens.

    `lasting`: more documents may come, so that it ends only when it is stopped.
    """

    store: Store
    order: Order
    documents: Collection[str]
    event: Event
    work: str = WORK
    lasting: bool = False
    purpose: str = "bulk"
    folders: tuple[str, ...] = ()
    stopping: threading.Event = field(default_factory=threading.Event)
    halt: Halt | None = None
    turns: Turns = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.turns = Turns(self.store, self.order, self.event)

    def go(self, slots: int) -> None:
        """Until all documents have ended, or `stopping` is set. Raises Halted."""
        holder = self.turns.ask(lambda: enter_run(self.store, self.purpose, self.folders))
        queue = Queue(self.turns, holder.id, self.documents)
        over = threading.Event()
        beating = threading.Thread(target=self._beat, args=(holder, over), daemon=True)
        threads = [threading.Thread(target=self._serve, args=(queue, n), daemon=True) for n in range(1, slots + 1)]
        for thread in (beating, *threads):
            thread.start()
        try:
            while any(thread.is_alive() for thread in threads) and not self.stopping.is_set():
                self.stopping.wait(IDLE_SECONDS / 2)
                self.event("tick", {})
        finally:
            self._wind_up(threads)
            over.set()
            in_time(holder.end, beating)
        if self.halt is not None:
            raise Halted(self.halt.message, self.halt.advice or GO_ON)

    def _beat(self, holder: Holder, over: threading.Event) -> None:
        """In a thread of its own: a store that does not answer must not keep the run from being interrupted."""
        while not over.wait(BEAT_SECONDS):
            with contextlib.suppress(StoreError):
                holder.beat(self.turns.at)

    def _wind_up(self, threads: list[threading.Thread]) -> None:
        """Let running documents end for a while, then break them off. What can't be given back, the next run takes."""
        if any(thread.is_alive() for thread in threads):
            self.stopping.set()
        end = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            while thread.is_alive() and time.monotonic() < end:
                thread.join(IDLE_SECONDS / 2)
                self.event("tick", {})
        self.turns.broken_off.set()
        end = time.monotonic() + LAST_SECONDS
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0))

    def _serve(self, queue: Queue, number: int) -> None:
        """A slot's thread."""
        slot = Slot(self.order, self.work, number)
        rested = time.monotonic()
        fault: Halt | None = Halt("a slot ended by a fault of this program", "please report it; " + GO_ON)
        try:
            while not self.stopping.is_set():
                attempt = self._next(queue)
                if attempt is not None:
                    self._stop(self.turns.run(slot, attempt))
                    rested = time.monotonic()
                elif queue.is_over() and not self.lasting:
                    break
                else:
                    self.event("rests", {"slot": number})
                    self.stopping.wait(IDLE_SECONDS)
                    if time.monotonic() - rested > REST_SECONDS:
                        slot.close()
            fault = None
        except ExtractorError as error:
            fault = Halt(error.message, error.advice)
        except OSError as error:  # the disk of the JSON files
            fault = Halt(str(error), "check the disk, " + GO_ON)
        finally:
            self._stop(fault)
            slot.close()

    def _next(self, queue: Queue) -> Attempt | None:
        """A claimed document."""
        self.turns.check_room()
        with self._lock:
            while (sha256 := queue.draw()) is not None:
                attempt = self.turns.claim(queue.run_id, sha256)
                if attempt is not None:
                    return attempt
        return None

    def _stop(self, halt: Halt | None) -> None:
        if halt is not None and not self.stopping.is_set():  # else it is being stopped, and that is hindered
            self.halt = halt
            self.stopping.set()


def in_time(end: Callable[[], None], *also: threading.Thread) -> None:
    """Do something that a store may hinder, but don't wait for long; nor for threads that use the store as well."""

    def do() -> None:
        with contextlib.suppress(StoreError):
            end()

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    until = time.monotonic() + 1.0
    for one in (thread, *also):
        one.join(max(until - time.monotonic(), 0))
