"""A person's choice among the scans of one report -> which of them stands; and scans that must be made again."""

from __future__ import annotations

import json
from dataclasses import replace

from sqlalchemy import select, update

from extractor.errors import UsageError
from extractor.store.decide import decide_within
from extractor.store.opening import Store
from extractor.store.place import VERSION_KEY, ask_for_version
from extractor.store.records import Decided, NewDecision
from extractor.store.schema import document

VERSIONS = ("draft", "signed", "replaced")


def activate(store: Store, new: NewDecision) -> Decided:
    """Let a document stand for its report, and the others be replaced. Raises UsageError."""
    with store.write() as connection:
        about = connection.execute(select(document).where(document.c.id == new.document_id)).one_or_none()
        if about is None or about.report_id is None:
            raise UsageError("the document has no report yet", "settle its organisation and period first")
        kept = decide_within(connection, replace(new, key=VERSION_KEY, kind="activated", after={"active": about.id}))
        if not kept.repeated:
            same = document.c.report_id == about.report_id
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
