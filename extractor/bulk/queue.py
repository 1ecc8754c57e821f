"""The ledger's waiting documents -> one after another, in the order of work; read again when they run out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from extractor.bulk.turn import Turns
from extractor.store import Open, drop_lost, list_open

LONGER = 20.0  # times what reading the ledger took is what the next reading waits for
IDLE_SECONDS = 0.5


@dataclass(slots=True)
class Queue:
    """Of one run. `documents`: sha256 of those that it is about; `open`: of those that waited or ran when last read."""

    turns: Turns
    run_id: str
    documents: Collection[str]
    open: tuple[Open, ...] = ()
    _waiting: deque[str] = field(default_factory=deque)
    _next_reading: float = 0.0

    def draw(self, without: Collection[str] = ()) -> str | None:
        """The next document that seems to wait; None: there is none now. `without`: that are in other hands."""
        if not self._waiting and time.monotonic() >= self._next_reading:
            self._read(without)
        return self._waiting.popleft() if self._waiting else None

    def is_over(self) -> bool:
        """Whether nothing waited or ran when the ledger was last read."""
        return not self._waiting and not self.open

    def _read(self, without: Collection[str]) -> None:
        began = time.monotonic()
        tokens = frozenset(self.turns.tokens)
        self.open = tuple(one for one in self.turns.ask(self._list) if one.sha256 in self.documents)
        if any(self._is_lost(one, tokens) for one in self.open):
            self.turns.ask(lambda: drop_lost(self.turns.store, self.run_id, tokens))
        self._waiting.extend(one.sha256 for one in self.open if one.state == "waiting" and one.sha256 not in without)
        now = time.monotonic()
        self._next_reading = now + max(IDLE_SECONDS, LONGER * (now - began))

    def _is_lost(self, one: Open, tokens: Collection[str]) -> bool:
        return one.state == "running" and one.run_id == self.run_id and one.token not in tokens

    def _list(self) -> tuple[Open, ...]:
        with self.turns.store.read() as connection:
            return list_open(connection)
