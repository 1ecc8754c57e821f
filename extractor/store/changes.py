"""A report's JSON before and after it was judged again, and what people settled -> all that would be different."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from extractor.store.again import Again
from extractor.store.cells import list_cells
from extractor.store.codec import parse_document
from extractor.store.current import read_settled
from extractor.store.move import find_moves
from extractor.store.questions import find_conflicts, find_lost
from extractor.store.records import Settled, StoredCell
from extractor.store.save import NO_DOCUMENT, Written
from extractor.store.schema import document

WORD = ("state", "number", "text")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A field whose word or status changes; None: it is not there. A row's text is its code, its place page and box."""

    key: str
    code: str | None
    field: str
    before: StoredCell | None
    after: StoredCell | None

    @property
    def kind(self) -> str:
        """What changes first of all: row, value (any other word), accepted or review (newly)."""
        if self.field in ("row", "stranger"):
            return "row" if self._differs else self._status
        return "value" if self._differs else self._status

    @property
    def newly(self) -> str | None:
        """The status that the field had not before."""
        old = None if self.before is None else self.before.status
        return self.after.status if self.after is not None and self.after.status != old else None

    @property
    def _differs(self) -> bool:
        return self.before is None or self.after is None or _word(self.before) != _word(self.after)

    @property
    def _status(self) -> str:
        return self.newly or "confidence"


@dataclass(frozen=True, slots=True)
class Question:
    """A decision that the change touches. `key`: where it was made; `now`: the other field that it goes to, or None."""

    seq: int
    key: str
    user: str
    settled: Mapping[str, Any]
    reads: Mapping[str, Any] | None
    now: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different in one document.

    `findings_new`, `findings_gone`: as the JSON has them; `moved`: decisions that go along with their printed row;
    `conflicts`: decisions under which the reading changes; `lost`: decisions whose row is no indicator's any more;
    `failed`: numbers of repairs that can't be done any more.
    """

    document_id: int
    name: str
    form_before: str | None
    form_after: str | None
    cells: tuple[CellChange, ...] = ()
    confidences: int = 0
    findings_new: tuple[Mapping[str, Any], ...] = ()
    findings_gone: tuple[Mapping[str, Any], ...] = ()
    moved: tuple[Question, ...] = ()
    conflicts: tuple[Question, ...] = ()
    lost: tuple[Question, ...] = ()
    failed: tuple[int, ...] = ()


def find_changes(connection: Connection, again: Again, written: Written) -> Changes:
    """Compare what was judged again with what the store holds."""
    before = parse_document(again.before)
    old_cells = list_cells(before, NO_DOCUMENT)
    old = {one.key: one for one in old_cells}
    new = {one.key: one for one in written.cells}
    settled = read_settled(connection, again.document_id)
    moves = find_moves(connection, settled, written.cells)
    stay = {key: one for key, one in settled.items() if key not in {move.origin.key for move in moves}}
    known = {task.key for task in find_conflicts(old_cells, settled)}
    conflicts = [task.key for task in find_conflicts(written.cells, stay) if task.key not in known]
    lost = find_lost(new, stay).keys() - find_lost(old, settled).keys()
    cells, confidences = _compare(old, new)
    was, now = ({one["id"]: one for one in tree["findings"]} for tree in (before, written.tree))
    name = connection.execute(select(document.c.name).where(document.c.id == again.document_id)).scalar_one()
    return Changes(
        again.document_id,
        name,
        before["made_with"]["catalogue"],
        written.tree["made_with"]["catalogue"],
        cells,
        confidences,
        tuple(one for key, one in now.items() if key not in was),
        tuple(one for key, one in was.items() if key not in now),
        tuple(_question(move.origin.key, move.settled, move.target, move.target.key) for move in moves),
        tuple(_question(key, stay[key], new[key]) for key in conflicts),
        tuple(_question(key, stay[key], None) for key in sorted(lost)),
        again.failed,
    )


def _compare(old: Mapping[str, StoredCell], new: Mapping[str, StoredCell]) -> tuple[tuple[CellChange, ...], int]:
    """The changes in the order of print, and how many fields have another confidence only."""
    changes, confidences = [], 0
    for key in dict.fromkeys((*new, *old)):
        before, after = old.get(key), new.get(key)
        one = after or before
        assert one is not None
        said = [None if one is None else (_word(one), one.status) for one in (before, after)]
        if before is not None and after is not None and said[0] == said[1]:
            confidences += before.confidence != after.confidence
            continue
        changes.append(CellChange(key, one.code, one.field, before, after))
    return tuple(changes), confidences


def _word(one: StoredCell) -> tuple[Any, ...]:
    place = (one.page, one.box) if one.field == "row" else ()
    return (*(getattr(one, name) for name in WORD), *place)


def _question(key: str, decided: Settled, cell: StoredCell | None, now: str | None = None) -> Question:
    return Question(decided.seq, key, decided.user, decided.after, None if cell is None else cell.word, now)


def changed_keys(changes: Sequence[CellChange], kind: str) -> tuple[str, ...]:
    """Keys of the fields whose change is of a kind: row, value, accepted, review."""
    if kind in ("accepted", "review"):
        return tuple(one.key for one in changes if one.newly == kind)
    return tuple(one.key for one in changes if one.kind == kind)
