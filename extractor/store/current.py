"""A document in the store -> its cells with what stands for each now: the machine's word, or a person's."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, select
from sqlalchemy import text as sql

from extractor.store.records import CurrentCell, Settled, StoredCell, Task
from extractor.store.schema import cell, document, task

JSON_FIELDS = ("reasons", "alternatives", "readings", "continued")
NOTHING = "[]"


def read_cells(connection: Connection, document_id: int, keys: Collection[str] = ()) -> tuple[CurrentCell, ...]:
    """Cells of the current extraction in the order of print; only `keys` where some are given."""
    query = _cells_of(document_id)
    if keys:
        query = query.where(cell.c.key.in_(list(keys)))
    settled = read_settled(connection, document_id, keys)
    rows = connection.execute(query.order_by(cell.c.position, cell.c.id))
    cells = [as_cell(row) for row in rows]
    held = _held_by_findings(connection, document_id) if any(one.by_finding for one in cells) else frozenset()
    return tuple(CurrentCell(one, settled.get(one.key), freed=one.by_finding and one.key not in held) for one in cells)


def _held_by_findings(connection: Connection, document_id: int) -> frozenset[str]:
    """Fields that an error which nobody has settled touches."""
    query = sql(
        "SELECT f.cells FROM finding f WHERE f.document_id = :document AND f.gone_at IS NULL AND f.severity = 'error'"
        " AND NOT EXISTS (SELECT 1 FROM settled s WHERE s.document_id = f.document_id AND s.key = f.key)"
    )
    found = connection.execute(query, {"document": document_id}).scalars()
    return frozenset(f"{one['code']}/{one['field']}" for cells in found for one in json.loads(cells))


def read_settled(connection: Connection, document_id: int, keys: Collection[str] = ()) -> dict[str, Settled]:
    """The decision that stands, by key."""
    query = "SELECT * FROM settled WHERE document_id = :document"
    found = {}
    if len(keys) == 1:
        rows = connection.execute(sql(query + " AND key = :key"), {"document": document_id, "key": next(iter(keys))})
    else:
        rows = connection.execute(sql(query), {"document": document_id})
    for row in rows:
        found[row.key] = as_settled(row)
    return {key: one for key, one in found.items() if not keys or key in keys}


def as_settled(row: Row[Any]) -> Settled:
    """A row of `settled` or `decision` -> its record."""
    published = json.loads(row.published) if row.published else None
    return Settled(
        row.seq,
        row.kind,
        json.loads(row.after),
        published,
        row.user_name,
        row.at,
        row.why,
        json.loads(row.before),
        row.extraction_id,
    )


def as_cell(row: Row[Any]) -> StoredCell:
    """A row of `cell` -> its record."""
    tree = row._mapping
    plain: dict[str, Any] = {name: tree[name] for name in _PLAIN}
    lists: dict[str, Any] = {name: _list(tree[name]) for name in JSON_FIELDS}
    return StoredCell(**plain, **lists, box=_box(tree["box"]), row_box=_box(tree["row_box"]))


def cell_row(one: StoredCell, extraction_id: int) -> dict[str, Any]:
    """A record -> its row of `cell`."""
    tree = {name: getattr(one, name) for name in _PLAIN}
    for name in (*JSON_FIELDS, "box", "row_box"):
        part = getattr(one, name)
        tree[name] = None if part is None else json.dumps(part, ensure_ascii=False) if part else NOTHING
    return tree | {"extraction_id": extraction_id}


def as_task(row: Row[Any]) -> Task:
    """A row of `task` -> its record."""
    tree = row._mapping
    names = [name for name in Task.__dataclass_fields__ if name != "reasons"]
    return Task(**{name: tree[name] for name in names}, reasons=tuple(tree["reasons"].split()))


def open_tasks(connection: Connection, document_id: int) -> tuple[Task, ...]:
    """What is left to look at in a document, in the order of print."""
    query = (
        select(task)
        .where(task.c.document_id == document_id, task.c.state != "done")
        .order_by(task.c.position, task.c.page, task.c.key)
    )
    return tuple(as_task(row) for row in connection.execute(query))


def _cells_of(document_id: int) -> Select[Any]:
    joined = and_(document.c.id == cell.c.document_id, document.c.extraction_id == cell.c.extraction_id)
    return select(cell).join(document, joined).where(document.c.id == document_id)


def _list(text: str) -> tuple[Any, ...]:
    return () if text == NOTHING else tuple(json.loads(text))


def _box(text: str | None) -> Any:
    return None if text is None else tuple(json.loads(text))


def _names(columns: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in columns if name not in (*JSON_FIELDS, "box", "row_box"))


_PLAIN = _names(StoredCell.__dataclass_fields__)
