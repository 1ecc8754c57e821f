"""A report's JSON and readings -> rows of the store, beside everything that people settled before."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from extractor.settings import Settings
from extractor.store.cells import Tree, list_cells
from extractor.store.clock import now
from extractor.store.codec import pack_json, parse_document
from extractor.store.current import cell_row, read_settled
from extractor.store.files import keep_original
from extractor.store.move import move_decisions
from extractor.store.opening import Store, write_again
from extractor.store.place import ask_for_version, place_document
from extractor.store.questions import find_conflicts, find_lost, tell_lost
from extractor.store.records import Settled, StoredCell, Task
from extractor.store.schema import cell, document, extraction, file, finding, mute, page, task
from extractor.store.tasks import finding_key, list_tasks

ASKED_FIELDS = ("value", "row", "note")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where the paper stands and where its file was: box and folder of the archive, path of the input."""

    path: str | None = None
    box: str | None = None
    folder: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which report of a file it is: 0 the whole file, else from 1 with its pages."""

    number: int = 0
    first_page: int | None = None
    last_page: int | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What people are asked. `fields`: of indicators; `critical`: codes that two people must enter.

    `second_share`: share of other values, drawn by hash, that two people must enter too.
    """

    fields: tuple[str, ...] = ASKED_FIELDS
    critical: tuple[str, ...] = ()
    second_share: float = 0.0


def asking_of(settings: Settings) -> Asking:
    """What the settings ask of people."""
    review = settings.review
    return Asking(review.fields, review.critical, review.second_share)


NO_DOCUMENT = 0
WHOLE, NO_SHELF, USUAL = Part(), Shelf(), Asking()


def save_report(
    store: Store,
    data: bytes,
    text: str,
    readings: bytes | None,
    *,
    part: Part = WHOLE,
    shelf: Shelf = NO_SHELF,
    cause: str = "extract",
    asking: Asking = USUAL,
) -> int:
    """Keep a file, the JSON that was written of it and what was read (`codec.pack_report`); the document's id.

    The same JSON again changes nothing. What people settled stays; a reading that has changed under it is a task.
    """
    sha256 = keep_original(store.files, data)
    written = parse_written(text)

    def save(connection: Connection) -> int:
        _save_file(connection, sha256, written.tree, len(data))
        document_id = _find_document(connection, sha256, written.tree, part, shelf)
        save_extraction(connection, document_id, written, readings, cause=cause, asking=asking)
        return document_id

    return write_again(store, save)


@dataclass(frozen=True, slots=True)
class Written:
    """A written JSON taken apart before a transaction holds up others. `rows`: of `cell`, of no document yet."""

    tree: Tree
    packed: bytes
    cells: tuple[StoredCell, ...]
    rows: tuple[dict[str, Any], ...]


def parse_written(text: str) -> Written:
    """All of a JSON that can be made ready without the store."""
    tree = parse_document(text)
    cells = list_cells(tree, NO_DOCUMENT)
    return Written(tree, pack_json(text), cells, tuple(cell_row(one, 0) for one in cells))


def save_extraction(
    connection: Connection,
    document_id: int,
    written: Written,
    readings: bytes | None,
    *,
    cause: str,
    asking: Asking = USUAL,
) -> int:
    """One more JSON of a document, from now on its current one; the current extraction's id.

    A failed one is kept, but does not take the place of one that was read.
    """
    tree, packed = written.tree, written.packed
    old = connection.execute(
        select(extraction.c.id, extraction.c.json, extraction.c.outcome)
        .join(document, document.c.extraction_id == extraction.c.id)
        .where(document.c.id == document_id)
    ).one_or_none()
    cells = tuple(replace(one, document_id=document_id) for one in written.cells)
    if old is not None and old.json == packed:
        sync_tasks(connection, document_id, cells, _standing_findings(connection, document_id), asking)
        return int(old.id)
    new_id = _insert_extraction(connection, document_id, tree, packed, readings, cause)
    if old is not None and tree["outcome"] == "failed" != old.outcome:
        return int(old.id)
    if cells:
        about = {"extraction_id": new_id, "document_id": document_id}
        connection.execute(insert(cell), [row | about for row in written.rows])
    _save_pages(connection, document_id, tree)
    findings = [
        *_save_findings(connection, document_id, new_id, tree),
        *_standing_findings(connection, document_id, "archive"),
    ]
    connection.execute(update(document).where(document.c.id == document_id).values(**_about(tree, new_id)))
    move_decisions(connection, document_id, cells)
    lost = find_lost({one.key for one in cells}, read_settled(connection, document_id))
    if lost:
        findings.append(finding_row(tell_lost(lost), document_id, new_id, "settled"))
        connection.execute(insert(finding), findings[-1:])
    place_document(connection, document_id)
    asked = () if tree["outcome"] == "failed" else cells  # nothing on a failed one's pages can be settled
    sync_tasks(connection, document_id, asked, findings, asking)
    return new_id


def sync_tasks(
    connection: Connection,
    document_id: int,
    cells: Iterable[StoredCell],
    findings: Iterable[dict[str, Any]],
    asking: Asking = USUAL,
) -> None:
    """Make a document's tasks again from what is read and settled; leases and postponements of those that stay hold."""
    cells = tuple(cells)
    settled = read_settled(connection, document_id)
    muted = muted_findings(connection, document_id)
    wanted = {
        one.key: one
        for one in list_tasks(
            _without_settled_rows(cells, settled), findings, asking.fields, asking.critical, asking.second_share
        )
        if one.key not in settled and one.key not in muted
    }
    wanted |= {one.key: one for one in find_conflicts(cells, settled)}
    have = {row.key: row for row in connection.execute(select(task).where(task.c.document_id == document_id))}
    numbers = {one.key: one.number for one in cells}
    about = connection.execute(select(document).where(document.c.id == document_id)).one()
    keys = {
        "catalogue": about.catalogue,
        "organisation_code": about.organisation_code,
        "year": (about.period or "")[:4] or None,
    }
    new = []
    for key, one in wanted.items():
        row = task_row(one, numbers.get(key)) | keys
        old = have.get(key)
        if old is None:
            new.append(row)
            continue
        row["state"] = "open" if old.state == "done" else old.state
        row["kind"] = old.kind if old.kind == "adjudicate" and old.state != "done" else one.kind
        if all(getattr(old, name) == value for name, value in row.items() if name != "updated_at"):
            continue
        connection.execute(update(task).where(task.c.id == old.id).values(**row))
    if new:
        connection.execute(insert(task), new)
    own = {"version"}  # made by other hands than these
    gone = [row.id for key, row in have.items() if key not in wanted and row.kind not in own and row.state != "done"]
    if gone:
        connection.execute(delete(task).where(task.c.id.in_(gone)))


def _without_settled_rows(cells: Iterable[StoredCell], settled: Mapping[str, Settled]) -> list[StoredCell]:
    """Without rows that people said are not printed: a stretch around them asks for the others only."""
    return [one for one in cells if one.field != "row" or one.state != "absent" or one.key not in settled]


def _standing_findings(connection: Connection, document_id: int, source: str | None = None) -> list[dict[str, Any]]:
    where = [finding.c.document_id == document_id, finding.c.gone_at.is_(None)]
    if source is not None:
        where.append(finding.c.source == source)
    return [dict(row) for row in connection.execute(select(finding).where(*where)).mappings()]


def _save_file(connection: Connection, sha256: str, tree: Tree, size: int) -> None:
    if connection.execute(select(file.c.sha256).where(file.c.sha256 == sha256)).first() is None:
        about = tree["document"]
        values = {"name": about["source_name"], "media_type": about["media_type"], "page_count": about["page_count"]}
        connection.execute(insert(file), {"sha256": sha256, "size": size, "added_at": now(), **values})


def _find_document(connection: Connection, sha256: str, tree: Tree, part: Part, shelf: Shelf) -> int:
    where = (document.c.sha256 == sha256, document.c.part == part.number)
    found = connection.execute(select(document.c.id).where(*where)).scalar_one_or_none()
    shelved = {"path": shelf.path, "box": shelf.box, "folder": shelf.folder}
    if found is not None:
        if tree["outcome"] != "failed":
            _take_back(connection, int(found))
        known = {name: value for name, value in shelved.items() if value is not None and name != "path"}
        if known:
            connection.execute(update(document).where(document.c.id == found).values(**known))
        return int(found)
    row = {
        "sha256": sha256,
        "part": part.number,
        "first_page": part.first_page,
        "last_page": part.last_page,
        "name": tree["document"]["source_name"],
        "version": "signed",
        "active": True,
        "outcome": tree["outcome"],
        "added_at": now(),
        **shelved,
    }
    return int(connection.execute(insert(document).returning(document.c.id), row).scalar_one())


def _take_back(connection: Connection, document_id: int) -> None:
    """A document that was retired because its file was divided otherwise stands again, unless a person retired it."""
    retired = (document.c.id == document_id, document.c.active.is_(False), document.c.version == "signed")
    if "version-of" in read_settled(connection, document_id, ("version-of",)):
        return
    row = connection.execute(
        update(document).where(*retired).values(active=True).returning(document.c.report_id)
    ).first()
    if row is not None and row.report_id is not None:
        ask_for_version(connection, row.report_id)


def keep_only(store: Store, sha256: str, parts: Collection[int]) -> None:
    """Documents of a file that was divided otherwise before are not active any more, and nobody is asked of them."""

    def change(connection: Connection) -> None:
        others = (document.c.sha256 == sha256, document.c.part.not_in(parts))
        gone = connection.execute(select(document.c.id, document.c.report_id).where(*others, document.c.active)).all()
        for row in gone:
            connection.execute(update(document).where(document.c.id == row.id).values(active=False))
            connection.execute(delete(task).where(task.c.document_id == row.id, task.c.state != "done"))
            if row.report_id is not None:
                ask_for_version(connection, row.report_id)

    write_again(store, change)


def _insert_extraction(
    connection: Connection, document_id: int, tree: Tree, packed: bytes, readings: bytes | None, cause: str
) -> int:
    printed = [one["value"] for one in tree["indicators"] if one["row"]["state"] == "matched"]
    values = [value for value in printed if value["type"] != "header"]
    row = {
        "document_id": document_id,
        "at": now(),
        "cause": cause,
        "outcome": tree["outcome"],
        "error_code": tree["error"]["code"] if tree["error"] else None,
        "accepted": sum(value["status"] == "accepted" for value in values),
        "value_cells": len(values),
        "made_with": json.dumps(tree["made_with"], ensure_ascii=False, sort_keys=True),
        "json": packed,
        "readings": readings,
    }
    return int(connection.execute(insert(extraction).returning(extraction.c.id), row).scalar_one())


def _save_pages(connection: Connection, document_id: int, tree: Tree) -> None:
    rows = connection.execute(select(page.c.number, page.c.state).where(page.c.document_id == document_id))
    have: dict[int, str] = {row.number: row.state for row in rows}
    lost = {one["page"] for one in tree["findings"] if one["rule"] == "unread-page"}
    about = connection.execute(select(document).where(document.c.id == document_id)).one()
    numbers = range(about.first_page or 1, (about.last_page or tree["document"]["page_count"] or 0) + 1)
    states = {number: "unread" if number in lost else "read" for number in numbers}
    new = [
        {"document_id": document_id, "number": one, "state": states[one], "turned": 0} for one in {*numbers} - {*have}
    ]
    if new:
        connection.execute(insert(page), new)
    for number, state in states.items():
        if have.get(number) not in (None, "left-out", state):
            where = (page.c.document_id == document_id, page.c.number == number)
            connection.execute(update(page).where(*where).values(state=state))


def _save_findings(connection: Connection, document_id: int, extraction_id: int, tree: Tree) -> list[dict[str, Any]]:
    gone = (finding.c.document_id == document_id, finding.c.source != "archive", finding.c.gone_at.is_(None))
    connection.execute(update(finding).where(*gone).values(gone_at=now()))
    rows = [finding_row(one, document_id, extraction_id) for one in tree["findings"]]
    if rows:
        connection.execute(insert(finding), rows)
    return rows


def finding_row(one: Tree, document_id: int, extraction_id: int | None, source: str = "report") -> dict[str, Any]:
    """A finding as written -> its row."""
    return {
        "document_id": document_id,
        "extraction_id": extraction_id,
        "key": finding_key(one["rule"], one["cells"], one["page"]),
        "source": source,
        "rule": one["rule"],
        "kind": one["kind"],
        "severity": one["severity"],
        "cells": json.dumps(one["cells"], ensure_ascii=False),
        "page": one["page"],
        "message_vi": one["message"]["vi"],
        "message_en": one["message"]["en"],
    }


def _about(tree: Tree, extraction_id: int) -> dict[str, Any]:
    about = tree["document"]
    catalogue = about["catalogue"] or {}
    return {
        "extraction_id": extraction_id,
        "outcome": tree["outcome"],
        "catalogue": catalogue.get("name"),
        "catalogue_version": catalogue.get("version"),
    }


def task_row(one: Task, reading: str | None) -> dict[str, Any]:
    """A task -> its row, open."""
    return {
        "document_id": one.document_id,
        "key": one.key,
        "kind": one.kind,
        "state": "open",
        "rank": one.rank,
        "page": one.page,
        "position": one.position,
        "severity": one.severity,
        "reasons": f" {' '.join(one.reasons)} ",
        "indicator": one.indicator,
        "reading": reading,
        "entries": one.entries,
        "updated_at": now(),
    }


def muted_findings(connection: Connection, document_id: int) -> frozenset[str]:
    """Findings that were settled once for the version of the form."""
    query = (
        select(mute.c.rule, mute.c.cells)
        .join(
            document,
            (document.c.catalogue == mute.c.catalogue) & (document.c.catalogue_version == mute.c.catalogue_version),
        )
        .where(document.c.id == document_id, mute.c.revoked_at.is_(None))
    )
    return frozenset(f"finding/{rule}/{cells}" for rule, cells in connection.execute(query))
