"""A store -> the observations of all reports that stand, one by one, in little memory."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, not_, or_, select, text
from sqlalchemy import text as sql

from extractor.export.records import EVERYTHING, Observation, Wanted
from extractor.export.weigh import About, Part, Sheet, weigh_document
from extractor.store import Settled, Store
from extractor.store.current import as_settled
from extractor.store.schema import cell, document, mute
from extractor.value import parse_period

BATCH = 25  # documents that are read at a time
PARTS = (
    cell.c.extraction_id,
    cell.c.key,
    cell.c.code,
    cell.c.field,
    cell.c.measure,
    cell.c.label,
    cell.c.unit,
    cell.c.type,
    cell.c.state,
    cell.c.raw,
    cell.c.number,
    cell.c.text,
    cell.c.confidence,
    cell.c.status,
    cell.c.reasons,
    cell.c.page,
    cell.c.box,
    cell.c.row_box,
)
TWICE = (
    "SELECT organisation_code, period, catalogue FROM document WHERE active AND organisation_code IS NOT NULL"
    " AND period IS NOT NULL AND catalogue IS NOT NULL"
    " GROUP BY organisation_code, period, catalogue HAVING count(*) > 1"
)
SETTLED = "SELECT * FROM settled WHERE document_id IN :ids"
ERRORS = (
    "SELECT f.document_id, f.rule, f.key, f.cells FROM finding f WHERE f.document_id IN :ids AND f.gone_at IS NULL"
    " AND f.severity = 'error'"
    " AND NOT EXISTS (SELECT 1 FROM settled s WHERE s.document_id = f.document_id AND s.key = f.key)"
)
DECIDED = (
    "SELECT document_id, key, count(*) AS n FROM decision WHERE document_id IN :ids AND final GROUP BY document_id, key"
)
EXTRACTED = (
    "SELECT e.document_id, count(*) AS n FROM extraction e JOIN document d ON d.id = e.document_id"
    " WHERE d.id IN :ids AND e.id <= d.extraction_id GROUP BY e.document_id"
)


def read_observations(store: Store, wanted: Wanted = EVERYTHING) -> Iterator[Observation]:
    """Observations by organisation, period and order of print, from one state of the store."""
    with snapshot(store) as connection:
        yield from list_observations(connection, wanted)


@contextmanager
def snapshot(store: Store) -> Iterator[Connection]:
    """A connection that sees one state of the store however long it reads."""
    if store.address.is_sqlite:
        with store.read() as connection:
            yield connection
        return
    with store.engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def list_observations(connection: Connection, wanted: Wanted = EVERYTHING) -> Iterator[Observation]:
    """The same on an open connection."""
    for observations in list_by_document(connection, wanted):
        yield from observations


def list_by_document(connection: Connection, wanted: Wanted = EVERYTHING) -> Iterator[tuple[Observation, ...]]:
    """The same, the observations of a document at a time; documents without any are left out."""
    for sheaf in list_sheaves(connection, wanted):
        yield sheaf.observations


@dataclass(frozen=True, slots=True)
class Sheaf:
    """The observations of one document. `errors`: rules of its open error findings, wherever they point."""

    observations: tuple[Observation, ...]
    errors: frozenset[str]


def list_sheaves(connection: Connection, wanted: Wanted = EVERYTHING) -> Iterator[Sheaf]:
    """The same with what is wrong in the document."""
    disputed = frozenset(tuple(row) for row in connection.execute(sql(TWICE)))
    for ids in _in_batches(_find_documents(connection, wanted), BATCH):
        for sheet, parts in _read_batch(connection, ids, disputed):
            observations = weigh_document(connection, sheet, parts)
            if wanted.code is not None:
                observations = tuple(one for one in observations if one.code == wanted.code)
            if observations:
                yield Sheaf(observations, frozenset(rule for rules in sheet.held.values() for rule in rules))


def _find_documents(connection: Connection, wanted: Wanted) -> list[int]:
    """Ids of documents that stand and were read, by organisation and period."""
    query = select(document.c.id, document.c.organisation_code, document.c.period).where(
        document.c.active, document.c.extraction_id.is_not(None), document.c.catalogue.is_not(None)
    )
    equal = {
        document.c.organisation_code: wanted.organisation,
        document.c.period: wanted.period,
        document.c.catalogue: wanted.form,
        document.c.id: wanted.document_id,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    rows = connection.execute(query).all()
    return [row.id for row in sorted(rows, key=lambda row: (row[1] or "~", row[2] or "~", row[0]))]


def _in_batches(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])


def _read_batch(
    connection: Connection, ids: list[int], disputed: frozenset[tuple[Any, ...]]
) -> Iterator[tuple[Sheet, tuple[Part, ...]]]:
    names = [document.c[name] for name in About._fields]
    abouts = {row.id: About(*row) for row in connection.execute(select(*names).where(document.c.id.in_(ids)))}
    settled: dict[int, dict[str, Settled]] = defaultdict(dict)
    for row in _of(connection, SETTLED, ids):
        settled[row.document_id][row.key] = as_settled(row)
    held = _read_held(connection, ids, abouts)
    decided: dict[int, Counter[str]] = defaultdict(Counter)
    for row in _of(connection, DECIDED, ids):
        decided[row.document_id][row.key] = row.n
    extracted = {row.document_id: row.n for row in _of(connection, EXTRACTED, ids)}
    touched = [
        abouts[one].extraction_id for one, said in settled.items() if any(map(_speaks_of_rows, said, said.values()))
    ]
    parts = _read_parts(connection, [row.extraction_id for row in abouts.values()], touched)
    for one in ids:
        about = abouts[one]
        span: dict[str, Any] = dict((parse_period(about.period) if about.period else None) or ())
        sheet = Sheet(
            about,
            (span.get("from"), span.get("to"), span.get("kind")),
            settled[one],
            held.get(one, {}),
            decided[one],
            extracted.get(one, 1),
            twice=(about.organisation_code, about.period, about.catalogue) in disputed,
        )
        yield sheet, tuple(parts[about.extraction_id])


def _of(connection: Connection, query: str, ids: list[int]) -> Iterable[Row[Any]]:
    return connection.execute(text(query).bindparams(bindparam("ids", expanding=True)), {"ids": ids})


def _read_held(connection: Connection, ids: list[int], abouts: dict[int, About]) -> dict[int, dict[str, list[str]]]:
    """Rules of error findings that nobody has settled, by document and field that they touch."""
    muted = {
        (row.catalogue, row.catalogue_version, f"finding/{row.rule}/{row.cells}")
        for row in connection.execute(select(mute).where(mute.c.revoked_at.is_(None)))
    }
    held: dict[int, dict[str, list[str]]] = {}
    for row in _of(connection, ERRORS, ids):
        about = abouts[row.document_id]
        if (about.catalogue, about.catalogue_version, row.key) in muted:
            continue
        by_key = held.setdefault(row.document_id, {})
        for one in json.loads(row.cells) or [{"code": "", "field": "page"}]:
            by_key.setdefault(f"{one['code']}/{one['field']}", []).append(row.rule)
    return held


def _speaks_of_rows(key: str, one: Settled) -> bool:
    return one.kind == "matched" or key.endswith(("/row", "/note"))


def _read_parts(connection: Connection, extractions: list[int], touched: list[int]) -> dict[int, list[Part]]:
    """What observations are made of, by extraction and in the order of print.

    Empty notes and rows that are certainly printed are left out, but for extractions of whose rows people spoke.
    """
    printed = and_(cell.c.state == "matched", cell.c.status == "accepted", cell.c.extraction_id.not_in(touched))
    query = (
        select(*PARTS)
        .where(
            cell.c.extraction_id.in_(extractions),
            or_(
                and_(cell.c.field == "value", cell.c.type != "header"),
                and_(cell.c.field == "row", not_(printed)),
                and_(cell.c.field == "note", or_(cell.c.state != "blank", cell.c.extraction_id.in_(touched))),
            ),
        )
        .order_by(cell.c.extraction_id, cell.c.position, cell.c.id)
    )
    found: dict[int, list[Part]] = defaultdict(list)
    cursor = connection.execute(query).cursor  # plain columns: the driver's own rows are what is meant
    for row in cursor.fetchall() if cursor is not None else ():
        found[row[0]].append(Part._make(row))
    return found
