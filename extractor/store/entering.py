"""Files of an archive -> the ledger: new documents, files that moved or hold other bytes now, a name for each JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from extractor.store.opening import Store, write_again
from extractor.store.schema import bulk_document, bulk_path
from extractor.writing import fold_name

HASH_CHARS = 8
OF_PART = re.compile(r"(.+)-p\d+-\d+")
REPLACED = "replaced-file"
APART = "apart:"  # before the sha256 of a folder whose images are documents of their own
Stamp = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """A document as it lies in the archive. `target`: of its JSON, relative and without suffix.

    `images`: of a folder, that are its pages; 0: it is a file.
    """

    sha256: str
    name: str
    path: str
    size: int
    target: str
    box: str | None = None
    folder: str | None = None
    images: int = 0


@dataclass(frozen=True, slots=True)
class Entered:
    """What entering files changed, by sha256. `changed`: documents whose file holds other bytes now.

    `targets`: of the JSON of each path that was given.
    """

    new: tuple[str, ...]
    changed: tuple[str, ...]
    targets: dict[str, str]


@dataclass(slots=True)
class _Entry:
    path: str
    name: str
    target: str
    state: str
    code: str | None = None
    found: Found | None = None  # of one that is new


@dataclass(slots=True)
class _Place:
    sha256: str
    stamp: str
    target: str | None


def enter(store: Store, found: Iterable[Found], stamps: Iterable[Stamp] = ()) -> Entered:
    """Enter files; those that the ledger has stay as they are. `stamps`: (path, sha256, stamp)."""
    given, marks = tuple(found), tuple(stamps)

    def change(connection: Connection) -> Entered:
        draft = _draft(connection, given, marks)
        draft.write(connection)
        return draft.outcome()

    return write_again(store, change)


def plan_entering(connection: Connection, found: Iterable[Found], stamps: Iterable[Stamp] = ()) -> Entered:
    """What `enter` would change."""
    return _draft(connection, tuple(found), tuple(stamps)).outcome()


def _draft(connection: Connection, given: tuple[Found, ...], marks: tuple[Stamp, ...]) -> _Draft:
    draft = _Draft()
    draft.read(connection)
    stamps = {path: stamp for path, _, stamp in marks}
    draft.given = {(one.sha256, one.path) for one in given}
    for one in given:
        draft.add(one, stamps.get(one.path, ""))
    return draft


@dataclass(slots=True)
class _Draft:
    """The ledger as it will be. `taken`: folded name of a JSON -> the document that it is of."""

    documents: dict[str, _Entry] = field(default_factory=dict)
    paths: dict[str, _Place] = field(default_factory=dict)
    taken: dict[str, str] = field(default_factory=dict)
    given: set[tuple[str, str]] = field(default_factory=set)
    new: list[str] = field(default_factory=list)
    touched: dict[str, None] = field(default_factory=dict)
    changed: dict[str, None] = field(default_factory=dict)
    places: dict[str, tuple[str, str | None]] = field(default_factory=dict)  # of touched paths, as they were
    targets: dict[str, str] = field(default_factory=dict)
    _last: int = 0
    _paths_of: dict[str, set[str]] | None = None

    def read(self, connection: Connection) -> None:
        """The ledger as it is."""
        about = (bulk_document.c[name] for name in ("sha256", "path", "name", "target", "state", "code"))
        for sha256, *rest in connection.execute(select(*about)):
            self.documents[sha256] = _Entry(*rest)
            self.taken[_fold(rest[2])] = sha256
        for path, sha256, stamp, target in connection.execute(
            select(bulk_path.c.path, bulk_path.c.sha256, bulk_path.c.stamp, bulk_path.c.target)
        ):
            self.paths[path] = _Place(sha256, stamp, target)
            if target is not None:
                self.taken.setdefault(_fold(target), sha256)
        self._last = connection.execute(select(func.coalesce(func.max(bulk_document.c.position), 0))).scalar_one()

    def add(self, one: Found, stamp: str) -> None:
        """One file."""
        entry, place = self.documents.get(one.sha256), self.paths.get(one.path)
        if place is not None and place.sha256 == one.sha256 and entry is not None:
            own = place.target or (entry.target if entry.path == one.path else None)
            target = own if own is not None and self.taken.get(_fold(own)) == one.sha256 else self._name(one)
        else:
            if place is not None:
                self._leave(one.path, place)
            target = self._name(one)
        self.taken[_fold(target)] = one.sha256
        self.targets[one.path] = target
        self._place(one, stamp, target)
        if entry is None:
            self.documents[one.sha256] = _Entry(one.path, one.name, target, "waiting", found=one)
            self.new.append(one.sha256)
        elif entry.path == one.path or (one.sha256, entry.path) not in self.given:  # else it is a double of that path
            self._move(one, entry, target)

    def _place(self, one: Found, stamp: str, target: str) -> None:
        old = self.paths.get(one.path)
        stamp = stamp or (old.stamp if old is not None and old.sha256 == one.sha256 else "")
        if old is None or (old.sha256, old.stamp, old.target) != (one.sha256, stamp, target):
            self.places.setdefault(one.path, ("", None) if old is None else (old.sha256, old.target))
            self.paths[one.path] = _Place(one.sha256, stamp, target)
            if self._paths_of is not None:
                self._paths_of.setdefault(one.sha256, set()).add(one.path)

    def _move(self, one: Found, entry: _Entry, target: str) -> None:
        if (entry.path, entry.name, entry.target) != (one.path, one.name, target):
            entry.path, entry.name, entry.target = one.path, one.name, target
            self.touched[one.sha256] = None
        if entry.code == REPLACED:
            entry.state, entry.code = "waiting", None
            self.touched[one.sha256] = None

    def _leave(self, path: str, place: _Place) -> None:
        """The path holds other bytes now: what it held lies elsewhere too, or is gone."""
        entry = self.documents.get(place.sha256)
        if entry is None:
            return
        self.changed[place.sha256] = None
        self.touched[place.sha256] = None
        rest = self._others(place.sha256, path)
        target = place.target or (entry.target if entry.path == path else None)
        if target is not None and all(self.paths[other].target != target for other in rest):
            self.taken.pop(_fold(target), None)
        if rest and entry.path == path:
            entry.path = rest[0]
            entry.target = self.paths[rest[0]].target or self._free(entry.target, place.sha256)
        elif not rest:
            entry.target = self._free(f"{entry.target}-{place.sha256[:HASH_CHARS]}", place.sha256)
            if entry.state == "waiting":
                entry.state, entry.code = "failed", REPLACED
        self.taken[_fold(entry.target)] = place.sha256

    def _others(self, sha256: str, path: str) -> list[str]:
        if self._paths_of is None:
            self._paths_of = {}
            for known, place in self.paths.items():
                self._paths_of.setdefault(place.sha256, set()).add(known)
        self._paths_of[sha256].discard(path)
        return sorted(self._paths_of[sha256])

    def _name(self, one: Found) -> str:
        return self._free(one.target, one.sha256)

    def _free(self, target: str, sha256: str) -> str:
        """The name, with the start of the hash where another document has it."""
        for name in (target, f"{target}-{sha256[:HASH_CHARS]}"):
            part = OF_PART.fullmatch(name)  # a file with several reports has such names for its JSON
            whole = self.taken.get(_fold(part[1]), sha256) if part else sha256
            if self.taken.get(_fold(name), sha256) == sha256 == whole:
                return name
        return f"{target}-{sha256}"

    def outcome(self) -> Entered:
        """What changes."""
        return Entered(tuple(self.new), tuple(self.changed), self.targets)

    def write(self, connection: Connection) -> None:
        """Into the ledger."""
        self._write_touched(connection)
        rows = []
        for position, sha256 in enumerate(self.new, self._last + 1):
            rows.append(_row(sha256, self.documents[sha256], position))
        if rows:
            connection.execute(insert(bulk_document), rows)
        fresh: list[dict[str, Any]] = []
        old: list[dict[str, Any]] = []
        for path, (before, _) in self.places.items():
            place = self.paths[path]
            values = {"sha256": place.sha256, "stamp": place.stamp, "target": place.target}
            (old if before else fresh).append(values | {"path" if not before else "at": path})
        if fresh:
            connection.execute(insert(bulk_path), fresh)
        if old:
            connection.execute(update(bulk_path).where(bulk_path.c.path == bindparam("at")), old)

    def _write_touched(self, connection: Connection) -> None:
        touched = self.touched.keys() - set(self.new)
        if not touched:
            return
        of = update(bulk_document).where(bulk_document.c.sha256 == bindparam("of"))
        connection.execute(of, [{"of": sha256, "target": f"?{sha256}"} for sha256 in touched])  # names may be swapped
        rows = []
        for sha256 in touched:
            entry = self.documents[sha256]
            rows.append({"of": sha256, "path": entry.path, "name": entry.name, "target": entry.target})
        connection.execute(of, rows)
        _write_replaced(connection, [(sha256, self.documents[sha256]) for sha256 in touched])


def _write_replaced(connection: Connection, touched: Iterable[tuple[str, _Entry]]) -> None:
    """Waiting documents whose file was replaced have failed, those whose file is back wait again."""
    for sha256, entry in touched:
        here = bulk_document.c.sha256 == sha256
        if entry.code == REPLACED:
            told = {"message": "its file was replaced before it was read", "advice": "put it back under another name"}
            values: dict[str, Any] = {"state": "failed", "code": REPLACED, **told}
            connection.execute(update(bulk_document).where(here, bulk_document.c.state == "waiting").values(**values))
        else:
            back = {"state": "waiting", "code": None, "message": None, "advice": None}
            connection.execute(update(bulk_document).where(here, bulk_document.c.code == REPLACED).values(**back))


def _row(sha256: str, entry: _Entry, position: int) -> dict[str, Any]:
    assert entry.found is not None
    return {
        "sha256": sha256,
        "position": position,
        "name": entry.name,
        "path": entry.path,
        "target": entry.target,
        "box": entry.found.box,
        "folder": entry.found.folder,
        "size": entry.found.size,
        "images": entry.found.images,
        "state": entry.state,
        "attempts": 0,
        "faults": 0,
        "lost": 0,
        "skip": "[]",
    }


def read_stamps(connection: Connection) -> dict[str, tuple[str, str]]:
    """Path -> (stamp, sha256) of all files that were looked at."""
    query = select(bulk_path.c.path, bulk_path.c.stamp, bulk_path.c.sha256)
    return {path: (stamp, sha256) for path, stamp, sha256 in connection.execute(query)}


def list_doubles(connection: Connection) -> tuple[tuple[str, ...], ...]:
    """Paths that hold the same bytes, a tuple each."""
    often = select(bulk_path.c.sha256).group_by(bulk_path.c.sha256).having(func.count() > 1)
    groups: dict[str, list[str]] = {}
    query = select(bulk_path.c.sha256, bulk_path.c.path).where(bulk_path.c.sha256.in_(often))
    for sha256, path in connection.execute(query.order_by(bulk_path.c.path)):
        groups.setdefault(sha256, []).append(path)
    return tuple(tuple(group) for group in groups.values())


def _fold(target: str) -> str:
    return fold_name(PurePath(target))
