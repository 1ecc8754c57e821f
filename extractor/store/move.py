"""Settled fields whose row is another indicator's now -> the decisions go with the printed cell they were made on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from extractor.store.current import as_cell, read_settled
from extractor.store.decide import decide_within
from extractor.store.records import NewDecision, Settled, StoredCell
from extractor.store.schema import cell

SAME_PLACE = 0.5  # overlap of two boxes over the smaller one
MOVED = ("value", "unit", "note")


@dataclass(frozen=True, slots=True)
class Move:
    """A decision and the two fields between which it goes."""

    settled: Settled
    origin: StoredCell
    target: StoredCell


def move_decisions(connection: Connection, document_id: int, cells: Sequence[StoredCell]) -> None:
    """Undo what was settled for a key and settle the same for the key that the printed cell has now."""
    settled = read_settled(connection, document_id)
    for move in find_moves(connection, settled, cells):
        old = move.settled
        undo = NewDecision(
            f"moved-from-{old.seq}",
            document_id,
            move.origin.key,
            "undo",
            old.user,
            {},
            old.seq,
            "moved",
            undoes=old.seq,
        )
        decide_within(connection, undo)
        why = f"moved with its row from {move.origin.key}, decision {old.seq}. {old.why}".strip()
        again = NewDecision(
            f"moved-{old.seq}",
            document_id,
            move.target.key,
            old.kind,
            old.user,
            old.after,
            0,
            "moved",
            why,
            published=old.published,
        )
        decide_within(connection, again)


def find_moves(connection: Connection, settled: dict[str, Settled], cells: Sequence[StoredCell]) -> tuple[Move, ...]:
    """Decisions whose printed cell has another key among `cells` than the one they were made under."""
    now = {one.key: one for one in cells}
    moves = []
    origins = find_origins(connection, settled)
    for key, decided in settled.items():
        origin = origins.get(key)
        if origin is None or origin.field not in MOVED or origin.box is None:
            continue
        if key in now and is_same_place(origin, now[key]):
            continue
        target = next((one for one in cells if one.key != key and is_same_place(origin, one)), None)
        if target is not None and target.key not in settled:  # what is settled there already is not overruled
            moves.append(Move(decided, origin, target))
    return tuple(moves)


def find_origin(connection: Connection, decided: Settled, key: str) -> StoredCell | None:
    """The cell that a person looked at."""
    return find_origins(connection, {key: decided}).get(key)


def find_origins(connection: Connection, settled: Mapping[str, Settled]) -> dict[str, StoredCell]:
    """The cells that people looked at, by key of the decision."""
    found: dict[str, StoredCell] = {}
    for seen in {decided.extraction_id for decided in settled.values()} - {None}:
        keys = [key for key, decided in settled.items() if decided.extraction_id == seen]
        rows = connection.execute(select(cell).where(cell.c.extraction_id == seen, cell.c.key.in_(keys)))
        found |= {row.key: as_cell(row) for row in rows}
    return found


def is_same_place(one: StoredCell, other: StoredCell) -> bool:
    """Whether two readings are of the same printed cell."""
    if one.field != other.field or one.measure != other.measure or one.page != other.page:
        return False
    if one.box is None or other.box is None:
        return False
    width = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    height = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    if width <= 0 or height <= 0:
        return False
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one.box, other.box)]
    return width * height >= SAME_PLACE * min(areas)
