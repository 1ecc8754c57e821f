"""What should be in their table and what was written there last -> what differs."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

SCHEMA = """
CREATE TABLE wanted (id TEXT PRIMARY KEY, key TEXT NOT NULL, content TEXT NOT NULL, document INTEGER) WITHOUT ROWID;
CREATE TABLE base (id TEXT PRIMARY KEY, key TEXT NOT NULL, content TEXT NOT NULL, document INTEGER) WITHOUT ROWID;
"""
# what goes comes before what comes, since a key may go from one observation to another
DIFFERENCES = """
SELECT b.id, 'withdraw', b.content, NULL, b.document FROM base b LEFT JOIN wanted w ON w.id = b.id
WHERE w.id IS NULL OR w.key <> b.key
UNION ALL
SELECT w.id, CASE WHEN b.id IS NULL OR b.key <> w.key THEN 'insert' ELSE 'change' END,
  CASE WHEN b.key = w.key THEN b.content END, w.content, w.document
FROM wanted w LEFT JOIN base b ON b.id = w.id WHERE b.id IS NULL OR b.content <> w.content
ORDER BY 2 DESC, 1"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One row to be written: withdraw, insert or change."""

    id: str
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    document_id: int | None


class Work:
    """Rows as text: `content` is JSON of what the map makes of an observation, with what it is about."""

    def __init__(self, link: sqlite3.Connection) -> None:
        self._link = link

    def want(self, rows: Iterable[tuple[str, str, str, int]]) -> None:
        """(id, key, content, document) of all that should be there."""
        self._link.executemany("INSERT INTO wanted VALUES (?, ?, ?, ?)", rows)

    def have(self, rows: Iterable[tuple[str, str, str, int | None]]) -> None:
        """The same of what was written, the latest last; an empty content: withdrawn."""
        for row in rows:
            if row[2]:
                self._link.execute("INSERT OR REPLACE INTO base VALUES (?, ?, ?, ?)", row)
            else:
                self._link.execute("DELETE FROM base WHERE id = ?", row[:1])

    def twice(self) -> tuple[str, int] | None:
        """A key that two observations have."""
        query = "SELECT key, COUNT(*) FROM wanted GROUP BY key HAVING COUNT(*) > 1 LIMIT 1"
        found: tuple[str, int] | None = self._link.execute(query).fetchone()
        return found

    def differences(self) -> Iterator[Difference]:
        """What differs: first what goes."""
        for key, action, before, after, document_id in self._link.execute(DIFFERENCES):
            yield Difference(key, action, before and json.loads(before), after and json.loads(after), document_id)


@contextmanager
def make_work() -> Iterator[Work]:
    """An empty one in a temporary file, gone afterwards."""
    link = sqlite3.connect("", isolation_level=None)  # a nameless database: on disk where it grows
    try:
        link.executescript(SCHEMA)
        link.execute("BEGIN")
        yield Work(link)
    finally:
        link.close()
