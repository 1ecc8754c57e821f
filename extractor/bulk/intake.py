"""Files at rest in watched folders -> documents of the ledger that a lasting run takes up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row

from extractor.bulk.arrivals import Arrivals, take
from extractor.bulk.deliver import Wanted, deliver, is_there
from extractor.bulk.run import Run
from extractor.store import ENDED_STATES, OPEN_STATES, Found, enter, list_states, read_entries, read_stamps


@dataclass(slots=True)
class Intake:
    """Of one run. `known`: path -> (stamp, sha256) of files that the ledger has."""

    run: Run
    arrivals: Arrivals
    known: dict[str, tuple[str, str]] = field(default_factory=dict)
    _is_first: bool = True
    _gone: bool = False
    _undelivered: dict[str, Found] = field(default_factory=dict)

    def take_in(self) -> int:
        """Look once; how many documents there are to do more than before. Raises Halted."""
        if self._is_away():
            return 0
        more = self._resume() if self._is_first else 0
        for path, sha256 in list(self.run.turns.apart.items()):
            self.known[path] = (self.known[path][0], sha256)
        taken, stamps = [], []
        for arrival in self.arrivals.find(self.known):
            found = take(arrival)
            if found is not None:
                taken.append(found)
                stamps.append((found.path, found.sha256, arrival.stamp))
            if self.run.stopping.is_set():
                break
        if taken:
            more += self._enter(taken, stamps)
        self._deliver()
        return more

    def _is_away(self) -> bool:
        gone = [str(folder) for folder in self.arrivals.folders if self.run.turns.is_root_gone(str(folder))]
        if gone and not self._gone:
            self.run.event("folder-waits", {"input": gone[0], "message": "the folder is gone: waiting for it"})
        self._gone = bool(gone)
        return self._gone

    def _resume(self) -> int:
        """What an earlier watch has entered and not ended."""
        self._is_first = False
        stamps, states = self.run.turns.ask(self._read)
        folders = self.arrivals.folders
        self.known = {
            path: known for path, known in stamps.items() if any(Path(path).is_relative_to(one) for one in folders)
        }
        waiting = {sha256 for _, sha256 in self.known.values() if states.get(sha256) in OPEN_STATES}
        return self._add(waiting)

    def _read(self) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
        with self.run.store.read() as connection:
            return read_stamps(connection), list_states(connection)

    def _enter(self, taken: list[Found], stamps: list[tuple[str, str, str]]) -> int:
        entered = self.run.turns.ask(lambda: enter(self.run.store, taken, stamps))
        for found, (path, sha256, stamp) in zip(taken, stamps, strict=True):
            self.known[path] = (stamp, sha256)
            if sha256 not in entered.new:
                self._undelivered[entered.targets[path]] = found
        return self._add({one.sha256 for one in taken})

    def _add(self, documents: set[str]) -> int:
        mine = self.run.documents
        assert isinstance(mine, set)
        before = len(mine)
        mine |= documents
        return len(mine) - before

    def _read_entries(self, wanted: set[str]) -> list[Row[Any]]:
        with self.run.store.read() as connection:
            return [row for row in read_entries(connection, wanted) if row.state in ENDED_STATES]

    def _deliver(self) -> None:
        """JSON of files whose bytes were known, once their document has ended."""
        out = self.run.order.out
        if not self._undelivered or out is None:
            return
        wanted = {one.sha256 for one in self._undelivered.values()}
        rows = {row.sha256: row for row in self.run.turns.ask(lambda: self._read_entries(wanted))}
        for target, found in list(self._undelivered.items()):
            row = rows.get(found.sha256)
            if row is not None:
                del self._undelivered[target]
                wish = [Wanted(found.path, target, row)]
                if not is_there(Path(out), wish[0]):
                    self.run.turns.ask(lambda wish=wish: deliver(self.run.store, self.run.order, wish))  # type: ignore[misc]
