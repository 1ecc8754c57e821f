"""Waiting documents of the ledger -> all of them ended, by slots side by side; whatever breaks off, none is lost."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from extractor import __version__
from extractor.bulk.document import NOT_THERE, Order, read_whole
from extractor.bulk.slot import WORK, Ended, Halt, Slot
from extractor.errors import DocumentError, ExtractorError, UsageError
from extractor.report import MadeWith, failed_document
from extractor.store import (
    BEAT_SECONDS,
    Attempt,
    Done,
    Fault,
    Holder,
    Shelf,
    Store,
    StoreError,
    claim,
    enter_run,
    fail,
    finish,
    give_back,
    keep_document,
    list_states,
    wait_until_alive,
)
from extractor.writing import write_document

GRACE_SECONDS = 6.0  # that running documents get to end after an interrupt
IDLE_SECONDS = 0.5
QUARANTINED = "look at it alone: extractor extract; then extractor bulk --again quarantined"

Answer = TypeVar("Answer")
Event = Callable[[str, Mapping[str, object]], None]


class Halted(UsageError):
    """The run can't go on: a full disk, a store that is gone. Running it again goes on."""

    code = "halted"


@dataclass(slots=True)
class Run:
    """One run on this machine. `documents`: sha256 of those that it is about; `event(name, facts)`: what happens."""

    store: Store
    order: Order
    documents: Collection[str]
    event: Event
    work: str = WORK
    stopping: threading.Event = field(default_factory=threading.Event)
    broken_off: threading.Event = field(default_factory=threading.Event)
    halt: Halt | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

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
            self._patiently(holder.end)
        if self.halt is not None:
            raise Halted(self.halt.message, self.halt.advice or "then run the same command again: it goes on")

    def _attend(self, holder: Holder, threads: list[threading.Thread]) -> None:
        next_beat = time.monotonic() + BEAT_SECONDS
        while any(thread.is_alive() for thread in threads) and not self.stopping.is_set():
            time.sleep(IDLE_SECONDS / 2)
            self.event("tick", {})
            if time.monotonic() >= next_beat:
                self._patiently(holder.beat)
                next_beat = time.monotonic() + BEAT_SECONDS

    def _wind_up(self, threads: list[threading.Thread]) -> None:
        """Let running documents end for a while, then break them off."""
        end = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0) if self.stopping.is_set() else None)
        self.broken_off.set()
        for thread in threads:
            thread.join()

    def _serve(self, holder: Holder) -> None:
        """A slot's thread."""
        slot = Slot(self.order, self.work)
        try:
            while not self.stopping.is_set():
                attempt, waiting = self._next(holder)
                if attempt is not None:
                    self._do(slot, attempt)
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
        self._check_room()
        with self._lock:
            states = self._patiently(self._read_states)
            for sha256, state in states.items():
                if state == "waiting":
                    attempt = self._patiently(lambda sha256=sha256: claim(self.store, holder.id, sha256))  # type: ignore[misc]
                    if attempt is not None:
                        return attempt, True
        return None, "running" in states.values()

    def _read_states(self) -> dict[str, str]:
        with self.store.read() as connection:
            return list_states(connection, self.documents)

    def _do(self, slot: Slot, attempt: Attempt) -> None:
        facts = {"input": attempt.found.path, "sha256": attempt.found.sha256, "attempt": attempt.number}
        self.event("start", facts)

        def tell(stage: str, page: int) -> None:
            self.event("at", facts | {"stage": stage, "page": page})

        ended = slot.run(attempt, self.broken_off, tell)
        self._settle(attempt, ended, facts)

    def _settle(self, attempt: Attempt, ended: Ended, facts: dict[str, object]) -> None:
        if isinstance(ended, Done):
            self._patiently(lambda: finish(self.store, attempt, ended))
            told: dict[str, object] = {"pages": ended.pages, "accepted": ended.accepted, "values": ended.value_cells}
            told |= {"cpu_seconds": round(ended.cpu_seconds, 2), "code": ended.code, "message": ended.message}
            self.event(ended.state, facts | told)
        elif isinstance(ended, Fault):
            state = self._patiently(lambda: fail(self.store, attempt, ended, QUARANTINED))
            if state == "quarantined":
                self._keep_failed(attempt, ended)
            name = "again" if state == "waiting" else str(state)
            self.event(name, facts | {"code": ended.code, "message": ended.message})
        else:
            self._patiently(lambda: give_back(self.store, attempt))
            self.event("given-back", facts)
            if isinstance(ended, Halt):
                self._stop(ended)

    def _keep_failed(self, attempt: Attempt, fault: Fault) -> None:
        """A quarantined document has its failed JSON too, and its place in the store."""
        error = DocumentError(fault.message, QUARANTINED)
        error.code = fault.code
        found = attempt.found
        document = failed_document(found.name, found.sha256, error, MadeWith(extractor=__version__))
        if self.order.out is not None:
            write_document(document, Path(self.order.out) / f"{found.target}.json")
        if self.order.keep and fault.code not in NOT_THERE:
            shelf = Shelf(found.path, found.box, found.folder)
            keep_document(self.store, read_whole(found), document, None, self.order.settings, shelf=shelf)

    def _stop(self, halt: Halt) -> None:
        self.halt = self.halt or halt
        self.stopping.set()

    def _check_room(self) -> None:
        least = self.order.settings.bulk.free_mb << 20
        for folder in {self.store.files, *([Path(self.order.out)] if self.order.out else [])}:
            if shutil.disk_usage(folder).free < least:
                raise Halted(f"the disk of {folder} is almost full", "make room, then run the same command again")

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the store, and wait for it where it does not answer. Raises Halted."""
        try:
            return ask()
        except StoreError as error:
            self.event("store-waits", {"message": error.message})
            if not wait_until_alive(self.store, self.order.settings.bulk.store_seconds):
                raise Halted(error.message, error.advice) from error
            return ask()
