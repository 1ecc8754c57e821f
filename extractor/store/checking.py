"""What stands in a document now -> its findings, as far as settled values change them, and the tasks that they make."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from extractor.check import CheckedCell, check_rules
from extractor.records import Catalogue, Finding, Head, HeadField
from extractor.store.archive import compare_document
from extractor.store.clock import now
from extractor.store.current import read_cells
from extractor.store.forms import form_of
from extractor.store.opening import Store
from extractor.store.records import CurrentCell
from extractor.store.save import finding_row, muted_findings, task_row
from extractor.store.schema import document, finding, task
from extractor.store.tasks import NO_TASK_FINDING, finding_key, finding_task
from extractor.value import parse_note, parse_period

BY_VALUES = ("arithmetic", "range", "completeness")  # kinds of findings that a settled value can make or mend
UNCERTAIN = ("ambiguous-number", "not-a-value")


def recheck(store: Store, document_id: int) -> None:
    """Bring a document's findings and their tasks in line with what people settled, and with the archive."""
    with store.write() as connection:
        recheck_within(connection, document_id)
    compare_document(store, document_id)


def recheck_within(connection: Connection, document_id: int) -> None:
    """The same as part of a larger transaction."""
    form = form_of(connection, document_id)
    if form is None:
        return
    about = connection.execute(select(document).where(document.c.id == document_id)).one()
    cells = read_cells(connection, document_id)
    found = {_key(one): one for one in check_cells(cells, form) if one.kind in BY_VALUES}
    _update(connection, document_id, found, about)


def check_cells(
    cells: Iterable[CurrentCell], catalogue: Catalogue, instead: Mapping[str, Decimal | None] | None = None
) -> tuple[Finding, ...]:
    """Findings on what stands. `instead`: numbers by code as they would be; None: blank."""
    by_key = {one.cell.key: one for one in cells}
    checked = {
        one.cell.code: _checked(one, by_key)
        for one in by_key.values()
        if one.cell.field == "value" and one.cell.measure is None and one.cell.code and one.cell.state in _PRINTED
    }
    for code, number in (instead or {}).items():
        checked[code] = CheckedCell(code, "blank" if number is None else "read", number)
    return check_rules(checked, catalogue, _head(by_key))


_PRINTED = ("read", "blank", "illegible")


def _checked(one: CurrentCell, by_key: Mapping[str, CurrentCell]) -> CheckedCell:
    code, word = str(one.cell.code), one.word
    unit, note = by_key.get(f"{code}/unit"), by_key.get(f"{code}/note")
    number = None if word.get("number") is None else Decimal(word["number"])
    note_raw = (note.word.get("text") or note.word.get("raw") or "") if note else ""
    doubtful = one.settled is None and any(reason in UNCERTAIN for reason in one.cell.reasons)
    return CheckedCell(
        code,
        word["state"],
        number,
        one.certain and not doubtful,
        one.cell.page,
        word.get("raw") or "",
        one.settled is None and "ambiguous-number" in one.cell.reasons,
        (unit.word.get("raw") or "") if unit else "",
        unit.word.get("text") if unit else None,
        note=parse_note(note_raw),
    )


def _head(by_key: Mapping[str, CurrentCell]) -> Head:
    def field(name: str) -> HeadField:
        one = by_key.get(f"head/{name}")
        if one is None:
            return HeadField(None, None, 0.0, None)
        text, extra = one.word.get("text"), ()
        if name == "organisation":
            return HeadField(one.cell.raw, text, 1.0, None, (("code", one.word.get("code", one.cell.code)),))
        found = parse_period(text) if name == "period" and text else None
        return HeadField(one.cell.raw, text, 1.0, None, found or extra)

    return Head(field("organisation"), field("report_number"), field("report_date"), field("period"))


def _key(one: Finding) -> str:
    return finding_key(one.rule, [{"code": code, "field": name} for code, name in one.cells], one.page)


def _update(connection: Connection, document_id: int, found: dict[str, Finding], about: Any) -> None:
    where = (finding.c.document_id == document_id, finding.c.source != "archive", finding.c.gone_at.is_(None))
    stored = {row.key: row for row in connection.execute(select(finding).where(*where, finding.c.kind.in_(BY_VALUES)))}
    gone = [key for key in stored if key not in found]
    if gone:
        connection.execute(update(finding).where(*where, finding.c.key.in_(gone)).values(gone_at=now()))
        unsettled = (task.c.document_id == document_id, task.c.key.in_(gone), task.c.state != "done")
        connection.execute(delete(task).where(*unsettled))
    muted = muted_findings(connection, document_id)
    for key, one in found.items():
        old = stored.get(key)
        if old is not None and (old.message_vi, old.severity) == (one.message_vi, one.severity):
            continue
        if old is not None:
            words = {"message_vi": one.message_vi, "message_en": one.message_en, "severity": one.severity}
            connection.execute(update(finding).where(finding.c.id == old.id).values(**words, source="settled"))
            continue
        row = finding_row(_tree(one), document_id, about.extraction_id, "settled")
        connection.execute(insert(finding), row)
        have = connection.execute(select(task.c.id).where(task.c.document_id == document_id, task.c.key == key)).first()
        if have is None and key not in muted and one.severity != NO_TASK_FINDING:
            keys = {
                "catalogue": about.catalogue,
                "organisation_code": about.organisation_code,
                "year": (about.period or "")[:4] or None,
            }
            connection.execute(insert(task), task_row(finding_task(row), None) | keys)


def _tree(one: Finding) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "kind": one.kind,
        "severity": one.severity,
        "cells": [{"code": code, "field": name} for code, name in one.cells],
        "page": one.page,
        "message": {"vi": one.message_vi, "en": one.message_en},
    }


def read_findings(connection: Connection, document_id: int) -> tuple[dict[str, Any], ...]:
    """Findings that hold, gravest first, with their cells as a list."""
    order = {"error": 0, "warning": 1, "info": 2}
    query = select(finding).where(finding.c.document_id == document_id, finding.c.gone_at.is_(None))
    rows = [dict(row._mapping) | {"cells": json.loads(row.cells)} for row in connection.execute(query)]
    return tuple(sorted(rows, key=lambda row: (order[row["severity"]], row["id"])))
