"""A filter and a place to go on from -> the next observations or documents, in an order that no change upsets."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from extractor.errors import UsageError
from extractor.export import Observation, Wanted, list_observations
from extractor.store.clock import FORMAT
from extractor.store.schema import decision, document, extraction, file, mute

MOST_DOCUMENTS = 100  # looked through for one page: a rare value must not keep the server busy
MARGIN = timedelta(minutes=5)  # findings follow decisions; what changed a little earlier is told again
LAST = "\uffff"  # after every code of a document
Place = tuple[int, str, str]  # document, code, measure
START: Place = (0, "", "")


@dataclass(frozen=True, slots=True)
class Choice:
    """What a client asks for; None: everything."""

    organisation: str | None = None
    period: str | None = None
    form: str | None = None
    indicator: str | None = None
    status: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    document: int | None = None
    since: datetime | None = None


def pack_place(place: Place) -> str:
    """Where to go on, as the `cursor` of a link."""
    return base64.urlsafe_b64encode(json.dumps(place, ensure_ascii=False).encode()).decode().rstrip("=")


def read_place(cursor: str) -> Place:
    """Raises UsageError where it is none of ours."""
    try:
        document_id, code, measure = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place: Place = (int(document_id), str(code), str(measure))
    except (ValueError, TypeError, OverflowError) as error:
        raise UsageError("that cursor was not given by this server", "follow the next link as it is") from error
    if not 0 <= place[0] < 2**31:
        raise UsageError("that cursor was not given by this server", "follow the next link as it is")
    return place


def list_page(
    connection: Connection, chosen: Choice, after: Place, limit: int
) -> tuple[tuple[Observation, ...], Place | None]:
    """Observations by document, code and measure, and where to go on; None: that was all."""
    found: list[Observation] = []
    ids = _documents(connection, chosen, after[0])
    for at, document_id in enumerate(ids):
        if at == MOST_DOCUMENTS:
            return tuple(found), (ids[at - 1], LAST, LAST)
        for one in _of_document(connection, chosen, document_id, after):
            if len(found) == limit:
                last = found[-1]
                return tuple(found), (last.document_id, last.code, last.measure)
            found.append(one)
    return tuple(found), None


def _documents(connection: Connection, chosen: Choice, first: int) -> list[int]:
    query = select(document.c.id).where(
        document.c.id >= first, document.c.active, document.c.extraction_id.is_not(None)
    )
    equal = {
        document.c.organisation_code: chosen.organisation,
        document.c.period: chosen.period,
        document.c.catalogue: chosen.form,
        document.c.id: chosen.document,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    ids = list(connection.execute(query.order_by(document.c.id)).scalars())
    if chosen.since is None:
        return ids
    changed, least = read_changed(connection), _text(chosen.since)
    return [one for one in ids if changed.get(one, "") >= least]


def _of_document(connection: Connection, chosen: Choice, document_id: int, after: Place) -> Iterator[Observation]:
    everything = list_observations(connection, Wanted(document_id=document_id, code=chosen.indicator))
    for one in sorted(everything, key=lambda one: (one.code, one.measure)):
        if (one.document_id, one.code, one.measure) > after and _is_wanted(one, chosen):
            yield one


def _is_wanted(one: Observation, chosen: Choice) -> bool:
    return one.status in (chosen.status or (one.status,)) and one.review in (chosen.review or (one.review,))


def _text(moment: datetime) -> str:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return (moment.astimezone(UTC) - MARGIN).strftime(FORMAT)
    except OverflowError:
        return ""


def read_changed(connection: Connection) -> dict[int, str]:
    """When each document, or another scan of its report, was last extracted or decided on."""
    read = select(document.c.id, document.c.report_id, document.c.catalogue, document.c.added_at, extraction.c.at)
    rows = connection.execute(read.outerjoin(extraction, extraction.c.id == document.c.extraction_id)).all()
    said = select(decision.c.document_id, func.max(decision.c.at)).group_by(decision.c.document_id)
    decided: dict[int | None, str] = {row[0]: row[1] for row in connection.execute(said)}
    muted = select(mute.c.catalogue, func.max(mute.c.at), func.max(mute.c.revoked_at)).group_by(mute.c.catalogue)
    forms = {row[0]: max(row[1], row[2] or "") for row in connection.execute(muted)}
    own = {row.id: max(row.at or row.added_at, decided.get(row.id, ""), forms.get(row.catalogue, "")) for row in rows}
    reports: dict[int, str] = {}
    for row in rows:
        if row.report_id is not None:
            reports[row.report_id] = max(reports.get(row.report_id, ""), own[row.id])
    return {row.id: reports.get(row.report_id, own[row.id]) for row in rows}


def list_documents(
    connection: Connection, chosen: Choice, after: int, limit: int
) -> tuple[tuple[dict[str, Any], ...], int | None]:
    """Documents by number, those too that do not stand any more."""
    query = (
        select(document, file.c.page_count, extraction.c.accepted, extraction.c.value_cells)
        .join(file, file.c.sha256 == document.c.sha256)
        .outerjoin(extraction, extraction.c.id == document.c.extraction_id)
        .where(document.c.id > after)
    )
    equal = {
        document.c.organisation_code: chosen.organisation,
        document.c.period: chosen.period,
        document.c.catalogue: chosen.form,
        document.c.id: chosen.document,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    changed, least = read_changed(connection), _text(chosen.since) if chosen.since else ""
    found: list[dict[str, Any]] = []
    for row in connection.execute(query.order_by(document.c.id)):
        if changed[row.id] >= least:
            if len(found) == limit:
                return tuple(found), found[-1]["document"]
            found.append(_as_document(row, changed[row.id]))
    return tuple(found), None


def _as_document(row: Any, changed: str) -> dict[str, Any]:
    return {
        "document": row.id,
        "sha256": row.sha256,
        "source_name": row.name,
        "page_count": row.page_count,
        "organisation_code": row.organisation_code,
        "organisation": row.organisation,
        "period": row.period,
        "form": row.catalogue,
        "form_version": row.catalogue_version,
        "outcome": row.outcome,
        "version": row.version,
        "active": row.active,
        "accepted": row.accepted,
        "value_cells": row.value_cells,
        "changed_at": changed,
    }
