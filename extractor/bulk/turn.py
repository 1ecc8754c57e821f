"""A claimed document -> run in a slot, and its end written to the ledger, patiently where store or folder are away."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from extractor import __version__
from extractor.bulk.order import NOT_THERE, Order, read_whole
from extractor.bulk.slot import Away, Ended, Halt, Slot
from extractor.errors import DocumentError, UsageError
from extractor.store import (
    APART,
    Attempt,
    Done,
    Fault,
    Found,
    Shelf,
    Store,
    StoreError,
    StoreFull,
    claim,
    fail,
    finish,
    give_back,
    new_token,
    set_apart,
)
from extractor.writing import write_document

if TYPE_CHECKING:
    from extractor.report import Document

QUARANTINED = "look at it alone: extractor extract; then extractor bulk --again quarantined"
GO_ON = "then run the same command again: it goes on"
ASK_SECONDS = 0.5  # between two questions to a store that does not answer
MOST_AWAY = 3  # times in a row that a child does not reach a store that this process reaches

Answer = TypeVar("Answer")
Event = Callable[[str, Mapping[str, object]], None]


class Halted(UsageError):
    """The run can't go on: a full disk, a store that is gone. Running it again goes on."""

    code = "halted"


@dataclass(slots=True)
class Turns:
    """Documents one at a time, for whoever holds a slot. `event(name, facts)`: what happens.

    `tokens`: of attempts that are running here; `at`: sha256 -> (stage, page) of their documents; `apart`: folders
    whose images turned out to be documents of their own, and what the ledger has for them.
    `root_seconds`: how long a folder of the inputs may be gone.
    """

    store: Store
    order: Order
    event: Event
    broken_off: threading.Event = field(default_factory=threading.Event)
    root_seconds: float | None = None
    tokens: set[str] = field(default_factory=set)
    at: dict[str, tuple[str, int]] = field(default_factory=dict)
    apart: dict[str, str] = field(default_factory=dict)
    _away: dict[int, int] = field(default_factory=dict)
    _mounted: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self._mounted = frozenset(root for root in self.order.roots if os.path.ismount(root))

    def claim(self, run_id: str, sha256: str) -> Attempt | None:
        """Take a document; None: another one has it, or it is done. Raises Halted."""
        token = new_token()
        self.tokens.add(token)
        attempt = None
        try:
            attempt = self.ask(lambda: claim(self.store, run_id, sha256, token))
        finally:
            if attempt is None:
                self.tokens.discard(token)
        return attempt

    def run(self, slot: Slot, attempt: Attempt) -> Halt | None:
        """To whatever end; a Halt where the run can't go on. Raises Halted."""
        found = attempt.found
        facts = {"input": found.path, "sha256": found.sha256, "attempt": attempt.number, "slot": slot.number}
        self.event("start", facts)

        def tell(stage: str, page: int) -> None:
            self.at[found.sha256] = (stage, page)
            self.event("at", facts | {"stage": stage, "page": page})

        try:
            return self._settle(attempt, slot.run(attempt, self.broken_off, tell), facts, slot.number)
        finally:
            self.tokens.discard(attempt.token)
            self.at.pop(found.sha256, None)

    def _settle(self, attempt: Attempt, ended: Ended, facts: dict[str, object], slot: int) -> Halt | None:
        if isinstance(ended, Done):
            self._away.pop(slot, None)
            self._finish(attempt, ended, facts)
            return None
        if isinstance(ended, Fault) and not (ended.code in NOT_THERE and self.is_root_gone(attempt.found.path)):
            self._fail(attempt, ended, facts)
            return None
        self.ask(lambda: give_back(self.store, attempt))
        self.event("given-back", facts)
        if isinstance(ended, Halt):
            return ended
        if isinstance(ended, Fault):
            return self._wait_for_root(attempt.found.path)
        if isinstance(ended, Away):
            self._away[slot] = self._away.get(slot, 0) + 1
            return Halt(ended.message, ended.advice) if self._away[slot] >= MOST_AWAY else None
        return None

    def _finish(self, attempt: Attempt, done: Done, facts: dict[str, object]) -> None:
        if done.state == "apart":
            self.ask(lambda: set_apart(self.store, attempt))
            self.apart[attempt.found.path] = APART + attempt.found.sha256
            self.event("apart", facts | {"message": "its images are documents of their own"})
            return
        self.ask(lambda: finish(self.store, attempt, done))
        told: dict[str, object] = {"pages": done.pages, "accepted": done.accepted, "values": done.value_cells}
        told |= {"seconds": round(done.seconds, 2), "cpu_seconds": round(done.cpu_seconds, 2)}
        self.event(done.state, facts | told | {"code": done.code, "message": done.message})

    def _fail(self, attempt: Attempt, fault: Fault, facts: dict[str, object]) -> None:
        state = self.ask(lambda: fail(self.store, attempt, fault, QUARANTINED))
        if state is None:
            return  # another one took it over, and will tell
        if state == "quarantined":
            self._keep_failed(attempt, fault)
        told = {"code": fault.code, "message": fault.message} | ({"said": fault.said} if fault.said else {})
        self.event("again" if state == "waiting" else state, facts | told)

    def _keep_failed(self, attempt: Attempt, fault: Fault) -> None:
        """A quarantined document has its failed JSON too, and its place in the store."""
        from extractor.store import keep_document

        found = attempt.found
        document = write_failed(found, fault.code, fault.message, QUARANTINED)
        if self.order.out is not None:
            write_document(document, Path(self.order.out) / f"{found.target}.json")
        if self.order.keep and fault.code not in NOT_THERE:
            shelf = Shelf(found.path, found.box, found.folder)
            try:
                data = read_whole(found, self.order.settings.ingest)
            except DocumentError:
                return  # it is gone meanwhile: what the ledger says of it is all there is
            self.ask(lambda: keep_document(self.store, data, document, None, self.order.settings, shelf=shelf))

    def check_room(self) -> None:
        """Raises Halted where a disk is almost full."""
        least = self.order.settings.bulk.free_mb << 20
        folders = [self.store.files, Path(tempfile.gettempdir()), *([Path(self.order.out)] if self.order.out else [])]
        for folder in folders:
            if shutil.disk_usage(folder).free < least:
                raise Halted(f"the disk of {folder} is almost full", "make room, " + GO_ON)

    def is_root_gone(self, path: str) -> bool:
        """Whether the folder that was given and that a file is in is gone itself: not mounted, or a share is away."""
        for root in self.order.roots:
            if Path(path).is_relative_to(root) and not is_there(
                root, self._mounted, empty=self.root_seconds is not None
            ):
                return True
        return False

    def _wait_for_root(self, path: str) -> Halt | None:
        patience = self.root_seconds if self.root_seconds is not None else self.order.settings.bulk.store_seconds
        end = time.monotonic() + patience
        self.event("folder-waits", {"input": path, "message": "the folder it is in is gone"})
        while self.is_root_gone(path):
            if time.monotonic() > end:
                return Halt(f"the folder of {path} is gone", "bring it back, " + GO_ON)
            if self.broken_off.wait(ASK_SECONDS):
                return None
        return None

    def ask(self, question: Callable[[], Answer]) -> Answer:
        """Ask the store, and wait for it where it does not answer. Raises Halted."""
        end, told = time.monotonic() + self.order.settings.bulk.store_seconds, False
        while True:
            try:
                return question()
            except StoreFull as error:
                raise Halted(error.message, error.advice) from error
            except StoreError as error:
                if time.monotonic() > end or self.broken_off.is_set():
                    raise Halted(error.message, error.advice + ", " + GO_ON) from error
                if not told:
                    self.event("store-waits", {"message": error.message})
                    told = True
                self.broken_off.wait(ASK_SECONDS)


def is_there(folder: str, mounted: Collection[str] = (), *, empty: bool = False) -> bool:
    """Whether a folder is there: an empty one may stand where nothing is mounted, unless it may be `empty`.

    `mounted`: folders on which something was mounted before.
    """
    if folder in mounted and not os.path.ismount(folder):
        return False
    if empty:
        return os.path.isdir(folder)
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False


def write_failed(found: Found, code: str, message: str, advice: str) -> Document:
    """What is written of a document that could not be read."""
    from extractor.report import MadeWith, failed_document

    error = DocumentError(message, advice)
    error.code = code
    return failed_document(found.name, found.sha256, error, MadeWith(extractor=__version__))
