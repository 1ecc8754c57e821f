"""What somebody calls a number -> the observation: its id, or ORGANISATION/PERIOD/CODE, as it stands now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from extractor.errors import UsageError
from extractor.export import MAIN, Observation, Wanted, homeless_id, list_observations, observation_id
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
    query = select(
        document.c.id,
        document.c.organisation_code,
        document.c.period,
        document.c.catalogue,
        document.c.sha256,
        document.c.part,
        document.c.extraction_id,
    ).where(document.c.active, document.c.extraction_id.is_not(None), document.c.catalogue.is_not(None))
    rows = connection.execute(query.order_by(document.c.id)).all()
    first = {row.catalogue: row for row in reversed(rows)}
    usual = {form: _fields(connection, row.extraction_id) for form, row in first.items()}
    for row in rows:  # most ids are of fields that every report of the form has: no cell needs to be read for them
        if named in _ids(row, usual[row.catalogue]):
            yield from _pick(connection, row, named)
    for row in rows:
        if named in _ids(row, _fields(connection, row.extraction_id)):
            yield from _pick(connection, row, named)


@lru_cache(maxsize=64)
def _fields_of(rows: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((code, key.removeprefix(f"{code}/value").removeprefix("/") or MAIN) for code, key in rows)


def _fields(connection: Connection, extraction_id: int) -> tuple[tuple[str, str], ...]:
    """Codes and measures of an extraction."""
    where = (cell.c.extraction_id == extraction_id, cell.c.field == "value", cell.c.code.is_not(None))
    return _fields_of(
        tuple((row.code, row.key) for row in connection.execute(select(cell.c.code, cell.c.key).where(*where)))
    )


def _ids(row: Row[Any], fields: Iterable[tuple[str, str]]) -> set[str]:
    found = {homeless_id(row.sha256, row.part, code, measure) for code, measure in fields}
    if row.organisation_code and row.period:
        found |= {observation_id(row.organisation_code, row.period, row.catalogue, *field) for field in fields}
    return found


def _pick(connection: Connection, row: Row[Any], named: str) -> Iterator[Observation]:
    return (one for one in list_observations(connection, Wanted(document_id=row.id)) if one.id == named)
