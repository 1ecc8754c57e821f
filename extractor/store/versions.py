"""A person's choice among the scans of one report -> which of them stands; and scans that must be made again."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from sqlalchemy import Connection, and_, func, or_, select, update

from extractor.errors import UsageError
from extractor.store.decide import decide_within
from extractor.store.opening import Store
from extractor.store.place import VERSION_KEY, ask_for_version, of_one_report
from extractor.store.records import Decided, NewDecision
from extractor.store.schema import cell, document, report

VERSIONS = ("draft", "signed", "replaced")


@dataclass(frozen=True, slots=True)
class Rival:
    """A document of an organisation, period and form. `differs`: in how many values from the one compared with."""

    id: int
    name: str
    number: str
    version: str
    active: bool
    differs: int


def list_rivals(connection: Connection, document_id: int) -> tuple[Rival, ...]:
    """All documents that say the same as one, itself too, compared with it; none while its head is uncertain."""
    about = connection.execute(select(document).where(document.c.id == document_id)).one()
    if about.report_id is None:
        return ()
    mine, theirs = cell.alias(), cell.alias()
    same = and_(mine.c.key == theirs.c.key, mine.c.extraction_id == about.extraction_id, mine.c.field == "value")
    other = or_(
        mine.c.state.is_distinct_from(theirs.c.state),
        func.coalesce(mine.c.number, mine.c.raw).is_distinct_from(func.coalesce(theirs.c.number, theirs.c.raw)),
    )
    differing = select(func.count()).select_from(mine).join(theirs, same)
    query = (
        select(document, report.c.number)
        .join(report, report.c.id == document.c.report_id)
        .where(of_one_report(about.report_id))
    )
    rivals = []
    for row in connection.execute(query.order_by(document.c.id)):
        counted = differing.where(theirs.c.extraction_id == row.extraction_id, other)
        differs = connection.execute(counted).scalar_one() if row.id != document_id else 0
        rivals.append(Rival(row.id, row.name, row.number, row.version, row.active, differs))
    return tuple(rivals)


def activate(store: Store, new: NewDecision) -> Decided:
    """Let a document stand for its organisation, period and form, and the others be replaced. Raises UsageError."""
    with store.write() as connection:
        about = connection.execute(select(document).where(document.c.id == new.document_id)).one_or_none()
        if about is None or about.report_id is None:
            raise UsageError("the document has no report yet", "settle its organisation and period first")
        kept = decide_within(connection, replace(new, key=VERSION_KEY, kind="activated", after={"active": about.id}))
        if not kept.repeated:
            same = of_one_report(about.report_id)
            connection.execute(update(document).where(same).values(active=document.c.id == about.id))
            others = (same, document.c.id != about.id, document.c.version == "signed")
            connection.execute(update(document).where(*others).values(version="replaced"))
            connection.execute(update(document).where(document.c.id == about.id).values(version="signed"))
            ask_for_version(connection, about.report_id)
        return kept


def set_version(store: Store, new: NewDecision, version: str, *, active: bool) -> Decided:
    """Say what a document is: draft, signed or replaced, and whether it stands. Raises UsageError."""
    if version not in VERSIONS:
        raise UsageError(f"{version} is no version", f"use one of {', '.join(VERSIONS)}")
    with store.write() as connection:
        after = {"version": version, "active": active}
        kept = decide_within(connection, replace(new, key="version-of", kind="activated", after=after))
        if not kept.repeated:
            changed = update(document).where(document.c.id == new.document_id).returning(document.c.report_id)
            report_id = connection.execute(changed.values(version=version, active=active)).scalar_one()
            if report_id is not None:
                ask_for_version(connection, report_id)
        return kept


def ask_rescan(store: Store, document_id: int, reason: str, pages: tuple[int, ...]) -> None:
    """Put a document on the list of what must be scanned again; an empty reason takes it off."""
    values = {"rescan_reason": reason or None, "rescan_pages": json.dumps(pages) if reason else None}
    with store.write() as connection:
        connection.execute(update(document).where(document.c.id == document_id).values(values))
