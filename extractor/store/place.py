"""A document's head, as settled or read -> the report that it is a version of."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from extractor.store.clock import now
from extractor.store.current import read_cells, read_settled
from extractor.store.schema import document, report, task
from extractor.store.tasks import rank_of

VERSION_ERROR = 200.0  # all values of a report may come from the wrong version
VERSION_KEY = "version"


def place_document(connection: Connection, document_id: int) -> int | None:
    """Put a document under its report, or under none while its head is uncertain; the report's id.

    Where another active document has the same organisation, period and form, which of them stands becomes a task of
    both, whatever their numbers: two numbers are a corrected report, or one that was misread.
    """
    about = connection.execute(select(document).where(document.c.id == document_id)).one()
    head = {one.cell.field: one for one in read_cells(connection, document_id, HEAD_KEYS)}
    words = {name: (one.word.get("text") if one.certain else None) for name, one in head.items()}
    organisation = head.get("organisation")
    code = organisation.word.get("code", organisation.cell.code) if organisation else None
    values = {
        "organisation_code": code if words.get("organisation") else None,
        "organisation": words.get("organisation"),
        "period": words.get("period"),
        "report_id": None,
    }
    if values["organisation_code"] and values["period"] and about.catalogue:
        values["report_id"] = _find_report(connection, values, about.catalogue, words.get("report_number") or "")
    connection.execute(update(document).where(document.c.id == document_id).values(**values))
    year = (values["period"] or "")[:4] or None
    connection.execute(
        update(task)
        .where(task.c.document_id == document_id)
        .values(organisation_code=values["organisation_code"], year=year, catalogue=about.catalogue)
    )
    for one in {about.report_id, values["report_id"]} - {None}:
        ask_for_version(connection, one)
    return values["report_id"]


def of_one_report(report_id: int) -> ColumnElement[bool]:
    """The condition of documents that say the same: of its organisation, period and form, whatever their number."""
    this, other = report.alias(), report.alias()
    same = (this.c[name] == other.c[name] for name in ("organisation_code", "period", "form"))
    return document.c.report_id.in_(select(other.c.id).join(this, and_(*same)).where(this.c.id == report_id))


def ask_for_version(connection: Connection, report_id: int) -> None:
    """Two active documents that say the same: a task of each of them; else none."""
    query = select(document.c.id, document.c.active).where(of_one_report(report_id))
    documents = connection.execute(query).all()
    active = [one.id for one in documents if one.active]
    everyone = [one.id for one in documents]
    connection.execute(delete(task).where(task.c.document_id.in_(everyone), task.c.kind == "version"))
    if len(active) < 2:
        return
    about = {row.id: row for row in connection.execute(select(document).where(document.c.id.in_(active)))}
    for one in active:
        row = {
            "document_id": one,
            "key": VERSION_KEY,
            "kind": "version",
            "state": "open",
            "rank": rank_of(VERSION_ERROR),
            "page": 0,
            "position": 0,
            "reasons": " two-active-versions ",
            "entries": 1,
            "updated_at": now(),
            "organisation_code": about[one].organisation_code,
            "year": (about[one].period or "")[:4] or None,
            "catalogue": about[one].catalogue,
        }
        connection.execute(insert(task), row)


def _find_report(connection: Connection, values: dict[str, str | int | None], form: str, number: str) -> int:
    where = {
        "organisation_code": values["organisation_code"],
        "period": values["period"],
        "form": form,
        "number": number,
    }
    found = connection.execute(
        select(report.c.id).where(*(report.c[name] == value for name, value in where.items()))
    ).scalar_one_or_none()
    if found is not None:
        return int(found)
    row = where | {"organisation": values["organisation"]}
    return int(connection.execute(insert(report).returning(report.c.id), row).scalar_one())


HEAD_KEYS = ("head/organisation", "head/period", "head/report_number")


def has_orders(connection: Connection, document_id: int) -> bool:
    """Whether people said something of a document that a fresh reading does not know: rows, head, repairs."""
    settled = read_settled(connection, document_id)
    return any(one.kind in ("matched", "repair") or key in HEAD_KEYS for key, one in settled.items())
