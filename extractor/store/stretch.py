"""A person's word on a stretch of rows that are not printed -> a decision on each of them, and back."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from extractor.store.current import read_cells
from extractor.store.decide import decide_within
from extractor.store.opening import Store
from extractor.store.records import Decided, NewDecision
from extractor.store.schema import decision
from extractor.store.tasks import stretch_of


def decide_stretch(store: Store, new: NewDecision) -> Decided:
    """Keep that a stretch is not printed: for itself and for each of its rows that nobody has settled."""
    with store.write() as connection:
        kept = decide_within(connection, new)
        if not kept.repeated:
            cells = read_cells(connection, new.document_id)
            settled = {one.cell.key for one in cells if one.settled}
            for row in stretch_of(new.key, [one.cell for one in cells]):
                if row.key not in settled:
                    one = replace(new, request=f"{new.request}/{row.code}", key=row.key, lease=None, seconds=None)
                    decide_within(connection, one)
        return kept


def undo_stretch(store: Store, new: NewDecision, request: str) -> Decided:
    """Take a decision back; where it was on a stretch, those on its rows too."""
    with store.write() as connection:
        for seq, key in _rows_of(connection, request):
            decide_within(connection, replace(new, request=f"{new.request}/{key}", key=key, undoes=seq, seen=seq))
        return decide_within(connection, new)


def _rows_of(connection: Connection, request: str) -> list[tuple[int, str]]:
    query = select(decision.c.seq, decision.c.key).where(decision.c.request.startswith(f"{request}/", autoescape=True))
    return [(row.seq, row.key) for row in connection.execute(query)]
