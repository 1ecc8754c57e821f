"""A worker of a cluster: claims the documents that it is given in the ledger and runs them in slots of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from extractor import __version__
from extractor.bulk.order import Order
from extractor.bulk.slot import WORK, Halt, Slot
from extractor.bulk.turn import Turns
from extractor.bulk.versions import ask_versions
from extractor.errors import ExtractorError
from extractor.store import BEAT_SECONDS, Holder, Store, StoreError, drop_lost, enter_run, has_ended, open_store

Told = tuple[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is the same for all documents of a run. `run_id`: of the process that asked for it, in the ledger."""

    run_id: str
    order: Order
    work: str = WORK
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a document: what happened, and whether the run can't go on."""

    told: tuple[Told, ...] = ()
    halt: Halt | None = None


@dataclass(frozen=True, slots=True)
class About:
    """A worker as the run sees it before it starts. `versions`: of what results depend on."""

    host: str
    version: str
    versions: str
    fault: str | None


@dataclass(slots=True)
class Member:
    """This worker's part in one run."""

    plan: Plan
    store: Store
    holder: Holder
    broken_off: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    turns: Turns = field(init=False)
    _idle: list[Slot] = field(default_factory=list)
    _busy: int = 0
    _made: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.turns = Turns(self.store, self.plan.order, lambda *_: None, self.broken_off)

    def turn(self, sha256: str) -> Outcome:
        """Claim a document and run it; nothing happens where another one has it."""
        told: list[Told] = []

        def event(name: str, facts: Mapping[str, object]) -> None:
            if name != "at":
                told.append((name, dict(facts) | {"worker": socket.gethostname()}))

        turns = replace(self.turns, event=event)  # all share what is known to run here
        slot = self._take()
        try:
            turns.check_room()
            attempt = None if self.broken_off.is_set() else turns.claim(self.holder.id, sha256)
            halt = turns.run(slot, attempt) if attempt is not None else None
        except ExtractorError as error:
            halt = Halt(error.message, error.advice)
        except OSError as error:
            halt = Halt(str(error), "check the disk, then run the same command again")
        finally:
            self._put(slot)
        return Outcome(tuple(told), halt)

    def _take(self) -> Slot:
        with self._lock:
            self._busy += 1
            self._made += not self._idle
            return self._idle.pop() if self._idle else Slot(self.plan.order, self.plan.work, self._made)

    def _put(self, slot: Slot) -> None:
        with self._lock:
            self._busy -= 1
            self._idle.append(slot)

    def attend(self) -> None:
        """Beat until the run has ended and nothing of it runs here."""
        over = False
        while not (over and not self._busy):
            self.ended.wait(BEAT_SECONDS if not over else BEAT_SECONDS / 20)
            try:
                self.holder.beat(self.turns.at)
                drop_lost(self.store, self.holder.id, frozenset(self.turns.tokens))
                with self.store.read() as connection:
                    over = self.ended.is_set() or has_ended(connection, self.plan.run_id)
            except StoreError:
                over = self.ended.is_set()  # documents that run wait for the store themselves
        with _lock:
            _members.pop(self.plan.run_id, None)
        for slot in self._idle:
            slot.close()
        with contextlib.suppress(StoreError):  # told by its silence
            self.holder.end()
        self.store.close()


_members: dict[str, Member] = {}
_lock = threading.Lock()


def turn(plan: Plan, sha256: str, folder: str | None) -> Outcome:
    """Run one document on this worker. `folder`: that must be seen here, since whoever asks sees it."""
    if plan.version != __version__:
        return Outcome(
            halt=Halt(f"the worker on {socket.gethostname()} runs version {__version__}, not {plan.version}")
        )
    if folder is not None and not Path(folder).is_dir():
        return Outcome(
            halt=Halt(f"the worker on {socket.gethostname()} does not see {folder}", "share it by that path")
        )
    try:
        member = _find_member(plan)
    except ExtractorError as error:
        return Outcome(halt=Halt(error.message, error.advice))
    return member.turn(sha256)


def _find_member(plan: Plan) -> Member:
    with _lock:
        if plan.run_id not in _members:
            given = plan.order.settings.store.files
            store = open_store(plan.order.store, files=Path(given) if given else None, create=False)
            member = Member(plan, store, enter_run(store, "worker"))
            _members[plan.run_id] = member
            threading.Thread(target=member.attend, daemon=True).start()
        return _members[plan.run_id]


def break_off(run_id: str) -> None:
    """Give back what this worker runs of a run."""
    member = _members.get(run_id)
    if member is not None:
        member.broken_off.set()


def leave(run_id: str) -> None:
    """The run is over."""
    member = _members.get(run_id)
    if member is not None:
        member.ended.set()


def describe(order: Order, folders: tuple[str, ...]) -> About:
    """This worker, and which of some folders it does not see."""
    missing = [folder for folder in folders if not Path(folder).is_dir()]
    fault = f"does not see {missing[0]}" if missing else None
    versions = ask_versions(order)
    return About(socket.gethostname(), __version__, versions, fault)
