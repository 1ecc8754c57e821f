"""What somebody calls a number -> the observation: its id, or ORGANISATION/PERIOD/CODE, as it stands now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from extractor.errors import UsageError
from extractor.export import MAIN, Observation, Wanted, list_observations
from extractor.export.records import identify_within
from extractor.store.published import list_published
from extractor.store.schema import cell, document

ID = re.compile(r"[0-9a-f]{32}")
PLACE = re.compile(
    r"(?P<office>[^/]+)/(?P<period>\d{4}(?:-\d\d-01/P9M|-[SQ]?\d{1,2})?)/(?P<code>[^/]+)(?:/(?P<measure>.+))?"
)


def find_observation(connection: Connection, named: str) -> Observation:
    """Raises UsageError where there is none."""
    found = next(iter(_by_id(connection, named) if ID.fullmatch(named) else _by_place(connection, named)), None)
    if found is None and (sent := list_published(connection, named)):
        raise UsageError(
            f"observation {named} stands no more: document {sent[-1].document_id} said it, {sent[-1].action} at "
            f"{sent[-1].at} in {sent[-1].target}",
            "its organisation, period or row was corrected; look at the document in the review application",
        )
    if found is None:
        raise UsageError(
            f"the store has no observation {named}",
            "give an OBS_ID of an export, or ORGANISATION/PERIOD/CODE as in 949/2022/III.6.4",
        )
    return found


def _by_place(connection: Connection, named: str) -> Iterator[Observation]:
    match = PLACE.fullmatch(named)
    if match is not None:
        wanted = Wanted(organisation=match["office"], period=match["period"], code=match["code"])
        for one in list_observations(connection, wanted):
            if one.measure == (match["measure"] or MAIN):
                yield one


def _by_id(connection: Connection, named: str) -> Iterator[Observation]:
    """By the log of exports, else by making the ids of all that stands: they follow corrections, so none is kept."""
    for sent in reversed(list_published(connection, named)):
        if sent.document_id is not None:
            yield from _pick(connection, sent.document_id, named)
    rows = connection.execute(select(*ABOUT).where(*STANDS).order_by(document.c.id)).all()
    first = {row.catalogue: row.extraction_id for row in reversed(rows)}
    usual = {form: _fields(connection, extraction_id) for form, extraction_id in first.items()}
    for row in rows:  # most ids are of fields that every report of the form has: no cell needs to be read for them
        if _has(row, usual[row.catalogue], named):
            yield from _pick(connection, row.id, named)
    for row, fields in _with_others(connection, rows, usual):
        if _has(row, fields, named):
            yield from _pick(connection, row.id, named)


ABOUT = (
    document.c.id,
    document.c.organisation_code,
    document.c.period,
    document.c.catalogue,
    document.c.sha256,
    document.c.part,
    document.c.extraction_id,
)
STANDS = (document.c.active, document.c.extraction_id.is_not(None), document.c.catalogue.is_not(None))
VALUES = (cell.c.field == "value", cell.c.code.is_not(None))
Fields = tuple[tuple[str, str], ...]  # codes and measures


def _fields(connection: Connection, extraction_id: int) -> Fields:
    query = select(cell.c.code, cell.c.key).where(cell.c.extraction_id == extraction_id, *VALUES)
    return tuple(_field(code, key) for code, key in connection.execute(query))


def _field(code: str, key: str) -> tuple[str, str]:
    return code, key.removeprefix(f"{code}/value").removeprefix("/") or MAIN


def _with_others(
    connection: Connection, rows: Iterable[Row[Any]], usual: Mapping[str, Fields]
) -> Iterator[tuple[Row[Any], Fields]]:
    """Documents that have fields which the first of their form does not have, with these."""
    known = {(form, field) for form, fields in usual.items() for field in fields}
    by_extraction = {row.extraction_id: row for row in rows}
    others: dict[int, list[tuple[str, str]]] = defaultdict(list)
    query = select(cell.c.extraction_id, cell.c.code, cell.c.key).where(*VALUES)
    for extraction_id, code, key in connection.execute(query, execution_options={"yield_per": 10_000}):
        row = by_extraction.get(extraction_id)
        if row is not None and (row.catalogue, field := _field(code, key)) not in known:
            others[extraction_id].append(field)
    return ((by_extraction[one], tuple(fields)) for one, fields in others.items())


def _has(row: Row[Any], fields: Fields, named: str) -> bool:
    """Whether an id is that of one of a document's fields, as its report's or as one that is not known to be one."""
    makers = [identify_within(row.sha256, row.part)]
    if row.organisation_code and row.period:
        makers.append(identify_within(row.organisation_code, row.period, row.catalogue))
    return any(make(*field) == named for make in makers for field in fields)


def _pick(connection: Connection, document_id: int, named: str) -> Iterator[Observation]:
    return (one for one in list_observations(connection, Wanted(document_id=document_id)) if one.id == named)
