"""A claimed document -> run in a slot, and its end written to the ledger, patiently where the store is slow."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from extractor import __version__
from extractor.bulk.document import NOT_THERE, Order, read_whole
from extractor.bulk.slot import Ended, Halt, Slot
from extractor.errors import DocumentError, UsageError
from extractor.report import MadeWith, failed_document
from extractor.store import (
    Attempt,
    Done,
    Fault,
    Shelf,
    Store,
    StoreError,
    fail,
    finish,
    give_back,
    keep_document,
    wait_until_alive,
)
from extractor.writing import write_document

QUARANTINED = "look at it alone: extractor extract; then extractor bulk --again quarantined"

Answer = TypeVar("Answer")
Event = Callable[[str, Mapping[str, object]], None]


class Halted(UsageError):
    """The run can't go on: a full disk, a store that is gone. Running it again goes on."""

    code = "halted"


@dataclass(slots=True)
class Turns:
    """Documents one at a time, for whoever holds a slot. `event(name, facts)`: what happens."""

    store: Store
    order: Order
    event: Event
    broken_off: threading.Event = field(default_factory=threading.Event)

    def run(self, slot: Slot, attempt: Attempt) -> Halt | None:
        """To whatever end; a Halt where the run can't go on. Raises Halted."""
        facts = {"input": attempt.found.path, "sha256": attempt.found.sha256, "attempt": attempt.number}
        self.event("start", facts)

        def tell(stage: str, page: int) -> None:
            self.event("at", facts | {"stage": stage, "page": page})

        return self._settle(attempt, slot.run(attempt, self.broken_off, tell), facts)

    def _settle(self, attempt: Attempt, ended: Ended, facts: dict[str, object]) -> Halt | None:
        if isinstance(ended, Done):
            self.ask(lambda: finish(self.store, attempt, ended))
            told: dict[str, object] = {"pages": ended.pages, "accepted": ended.accepted, "values": ended.value_cells}
            told |= {"cpu_seconds": round(ended.cpu_seconds, 2), "code": ended.code, "message": ended.message}
            self.event(ended.state, facts | told)
            return None
        if isinstance(ended, Fault):
            state = self.ask(lambda: fail(self.store, attempt, ended, QUARANTINED))
            if state == "quarantined":
                self._keep_failed(attempt, ended)
            name = "again" if state == "waiting" else str(state)
            self.event(name, facts | {"code": ended.code, "message": ended.message})
            return None
        self.ask(lambda: give_back(self.store, attempt))
        self.event("given-back", facts)
        return ended if isinstance(ended, Halt) else None

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

    def check_room(self) -> None:
        """Raises Halted where a disk is almost full."""
        least = self.order.settings.bulk.free_mb << 20
        for folder in {self.store.files, *([Path(self.order.out)] if self.order.out else [])}:
            if shutil.disk_usage(folder).free < least:
                raise Halted(f"the disk of {folder} is almost full", "make room, then run the same command again")

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Ask the store, and wait for it where it does not answer. Raises Halted."""
        try:
            return question()
        except StoreError as error:
            self.event("store-waits", {"message": error.message})
            if not wait_until_alive(self.store, self.order.settings.bulk.store_seconds):
                raise Halted(error.message, error.advice) from error
            return question()
