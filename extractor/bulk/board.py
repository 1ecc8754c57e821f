"""What happens in a run -> how it stands: ended documents, pages a minute, time left, what each slot does."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from extractor.store import ENDED_STATES

WINDOW_SECONDS = 600.0  # of which the present speed is the mean
LEAST_ENDED = 3  # documents before a time is foretold


@dataclass(frozen=True, slots=True)
class Place:
    """What a slot does. `since`: of a monotonic clock."""

    name: str
    stage: str
    page: int
    attempt: int
    since: float


@dataclass(slots=True)
class Board:
    """The sum of all events. `total`: documents of this run that had not ended when it began."""

    total: int
    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    pages: int = 0
    accepted: int = 0
    values: int = 0
    places: dict[str, Place | None] = field(default_factory=dict)
    trouble: str = ""
    began: float = field(default_factory=time.monotonic)
    _ended: deque[tuple[float, int]] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, name: str, facts: Mapping[str, object]) -> None:
        """One event."""
        with self._lock:
            if name in ENDED_STATES:
                self._end(name, facts)
            elif name in ("start", "at"):
                self._move(facts)
            elif name in ("rests", "given-back", "again", "apart"):
                self.places[str(facts.get("slot", ""))] = None
            elif name == "places":
                self._move_all(facts["places"])
            if name in ("store-waits", "folder-waits"):
                self.trouble = str(facts["message"])
            elif name != "tick":
                self.trouble = ""

    def _end(self, name: str, facts: Mapping[str, object]) -> None:
        now, pages = time.monotonic(), _number(facts, "pages")
        self.counts[name] += 1
        self.pages += pages
        self.accepted += _number(facts, "accepted")
        self.values += _number(facts, "values")
        if facts.get("code"):
            self.reasons[str(facts["code"])] += 1
        self.places[str(facts.get("slot", ""))] = None
        self._ended.append((now, pages))
        while self._ended[0][0] < now - WINDOW_SECONDS:
            self._ended.popleft()

    def _move(self, facts: Mapping[str, object]) -> None:
        slot, name = str(facts.get("slot", "")), PurePath(str(facts["input"])).name
        stage, page = str(facts.get("stage", "open")), _number(facts, "page")
        old = self.places.get(slot)
        if old is None or (old.name, old.stage, old.page) != (name, stage, page):
            self.places[slot] = Place(name, stage, page, _number(facts, "attempt"), time.monotonic())

    def _move_all(self, places: object) -> None:
        assert isinstance(places, list)
        for slot in self.places.keys() - {place["slot"] for place in places}:
            del self.places[slot]
        for place in places:
            self._move(place)

    @property
    def ended(self) -> int:
        """Documents."""
        return sum(self.counts.values())

    def pages_a_minute(self) -> float:
        """Over the last minutes."""
        seconds = min(time.monotonic() - self.began, WINDOW_SECONDS)
        with self._lock:
            return 60 * sum(pages for _, pages in self._ended) / max(seconds, 1.0)

    def seconds_left(self) -> float | None:
        """At the present speed; None: not known yet."""
        with self._lock:
            if len(self._ended) < LEAST_ENDED:
                return None
            seconds = min(time.monotonic() - self.began, WINDOW_SECONDS)
            return max(self.total - self.ended, 0) * seconds / len(self._ended)

    def share_accepted(self) -> float:
        """Of the values read."""
        return self.accepted / max(self.values, 1)


def _number(facts: Mapping[str, object], name: str) -> int:
    return int(str(facts.get(name) or 0))
