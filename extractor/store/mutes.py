"""A defect that a form's template carries into each report -> settled once for the form's version, revocably."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, distinct, func, insert, select, update

from extractor.errors import UsageError
from extractor.store.clock import now
from extractor.store.decide import decide_within
from extractor.store.opening import Store
from extractor.store.records import NewDecision
from extractor.store.save import task_row
from extractor.store.schema import document, finding, mute, task
from extractor.store.tasks import finding_task

MUTABLE = ("unit", "format", "structure")  # differing values and contradictions are never muted
OF_VALUES = ("HEADER-VALUE", "BLOCK-COPIED", "DECISION-WITHOUT-ROW")  # in truth about what this one report says


@dataclass(frozen=True, slots=True)
class Recurring:
    """A finding that several reports of one form version share. `muted`: id of the standing mute."""

    catalogue: str
    version: str
    rule: str
    cells: str
    reports: int
    message_vi: str
    message_en: str
    muted: int | None
    why: str = ""
    user: str = ""


def is_mutable(kind: str, rule: str) -> bool:
    """Whether a finding speaks of the form's template, not of a report's values."""
    return kind in MUTABLE and rule not in OF_VALUES


def list_recurring(connection: Connection, least: int = 1) -> tuple[Recurring, ...]:
    """Findings that can be settled for a form version, the most frequent first."""
    query = (
        select(
            document.c.catalogue,
            document.c.catalogue_version,
            finding.c.key,
            finding.c.rule,
            func.count(distinct(document.c.id)),
            func.max(finding.c.message_vi),
            func.max(finding.c.message_en),
            func.max(finding.c.kind),
        )
        .join(document, document.c.id == finding.c.document_id)
        .where(finding.c.gone_at.is_(None), finding.c.kind.in_(MUTABLE), finding.c.severity != "info")
        .group_by(document.c.catalogue, document.c.catalogue_version, finding.c.key, finding.c.rule)
        .having(func.count(distinct(document.c.id)) >= least)
        .order_by(func.count(distinct(document.c.id)).desc(), finding.c.key)
    )
    standing = {
        (row.catalogue, row.catalogue_version, row.rule, row.cells): row
        for row in connection.execute(select(mute).where(mute.c.revoked_at.is_(None)))
    }
    found = []
    for catalogue, version, key, rule, reports, vi, en, kind in connection.execute(query):
        if is_mutable(kind, rule):
            cells = key.removeprefix(f"finding/{rule}/")
            row = standing.get((catalogue, version, rule, cells))
            said: dict[str, Any] = {"why": row.why, "user": row.user_name} if row else {}
            found.append(Recurring(catalogue, version, rule, cells, reports, vi, en, row.id if row else None, **said))
    return tuple(found)


def mute_finding(
    store: Store, user: str, request: str, *, catalogue: str, version: str, rule: str, cells: str, why: str
) -> None:
    """Settle a finding for all reports of a form version. Raises UsageError."""
    if not why.strip():
        raise UsageError("nothing says why", "write what is wrong in the template")
    with store.write() as connection:
        key = f"finding/{rule}/{cells}"
        kinds = set(connection.execute(select(finding.c.kind).where(finding.c.key == key).distinct()).scalars())
        if not kinds or not all(is_mutable(kind, rule) for kind in kinds):
            raise UsageError("this finding speaks of values", "settle it in each report")
        after = {"catalogue": catalogue, "version": version, "rule": rule, "cells": cells}
        kept = decide_within(connection, NewDecision(request, 0, f"mute/{key}", "muted", user, after, why=why))
        if kept.repeated:
            return
        row = {"catalogue": catalogue, "catalogue_version": version, "rule": rule, "cells": cells, "why": why}
        connection.execute(insert(mute), row | {"user_name": user, "at": now()})
        connection.execute(delete(task).where(*_tasks(catalogue, version, key)))


def revoke_mute(store: Store, user: str, request: str, mute_id: int) -> None:
    """Take a mute back; its findings are asked about again. Raises UsageError."""
    with store.write() as connection:
        row = connection.execute(select(mute).where(mute.c.id == mute_id, mute.c.revoked_at.is_(None))).one_or_none()
        if row is None:
            raise UsageError("that is not muted", "load the page again")
        key = f"finding/{row.rule}/{row.cells}"
        after = {"revoked": mute_id}
        if decide_within(connection, NewDecision(request, 0, f"mute/{key}", "muted", user, after)).repeated:
            return
        connection.execute(update(mute).where(mute.c.id == mute_id).values(revoked_by=user, revoked_at=now()))
        query = (
            select(finding, document.c.catalogue, document.c.organisation_code, document.c.period)
            .join(document, document.c.id == finding.c.document_id)
            .where(document.c.catalogue == row.catalogue, document.c.catalogue_version == row.catalogue_version)
            .where(finding.c.key == key, finding.c.gone_at.is_(None))
        )
        have = set(connection.execute(select(task.c.document_id).where(task.c.key == key)).scalars())
        for one in connection.execute(query).mappings():
            if one["document_id"] not in have:
                keys = {name: one[name] for name in ("catalogue", "organisation_code")}
                keys["year"] = (one["period"] or "")[:4] or None
                connection.execute(insert(task), task_row(finding_task(dict(one)), None) | keys)


def _tasks(catalogue: str, version: str, key: str) -> tuple[Any, ...]:
    of_form = select(document.c.id).where(document.c.catalogue == catalogue, document.c.catalogue_version == version)
    return task.c.document_id.in_(of_form), task.c.key == key, task.c.state != "done"
