"""Tasks -> cards: all that a person needs in sight to settle each in a second."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, select

from extractor.check import rules_with
from extractor.records import Catalogue
from extractor.store import CurrentCell, StoredCell, Task, form_of, read_cells, read_findings, read_settled
from extractor.store.schema import decision, document
from extractor.store.tasks import STRETCHES, stretch_of
from extractor.store.versions import Rival, list_rivals
from extractor.web.entry import is_number_entry
from extractor.web.wording import say, show_word, tell_reasons

NEIGHBOURS = 2  # rows above and below
CANDIDATES = 5
ALTERNATIVES = 5
NUMBERED = ("head/report_number", "head/report_date", "head/organisation")  # what tells versions apart
HIDDEN = ("blind", "entry")  # purposes that show no reading


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with everything that its cards show. `about`: its row in the store."""

    about: Any
    catalogue: Catalogue | None
    cells: Mapping[str, CurrentCell]
    findings: tuple[dict[str, Any], ...]
    proposals: Mapping[str, tuple[str, dict[str, Any]]]
    rivals: tuple[Rival, ...]


def read_sheet(connection: Connection, document_id: int) -> Sheet:
    """A document for its cards."""
    about = connection.execute(select(document).where(document.c.id == document_id)).one()
    return Sheet(
        about,
        form_of(connection, document_id),
        {one.cell.key: one for one in read_cells(connection, document_id)},
        read_findings(connection, document_id),
        _proposals(connection, about),
        tuple(one for one in list_rivals(connection, document_id) if one.active),
    )


def _proposals(connection: Connection, about: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    """What people settled on other scans of the same report, and who."""
    if about.report_id is None:
        return {}
    others = select(document.c.id).where(document.c.report_id == about.report_id, document.c.id != about.id)
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for other in connection.execute(others).scalars():
        for key, settled in read_settled(connection, other).items():
            if settled.after.get("state"):
                found[key] = settled.user, settled.after
    return found


def make_card(sheet: Sheet, task: Task, purpose: str, language: str) -> dict[str, Any]:
    """A card as the page and its script get it."""
    current = sheet.cells.get(task.key)
    hidden = purpose in HIDDEN
    card: dict[str, Any] = {
        "document": task.document_id,
        "key": task.key,
        "kind": task.kind,
        "purpose": purpose,
        "token": task.lease_token,
        "seen": current.settled.seq if current and current.settled else 0,
        "extraction": sheet.about.extraction_id,
        "name": sheet.about.name,
        "organisation": sheet.about.organisation or "",
        "period": sheet.about.period or "",
        "entry": entry_of(task, current),
        "field": current.cell.field if current else task.kind,
        "hidden": hidden,
        "severity": task.severity,
    }
    if current is not None:
        card |= _cell_parts(sheet, task, current, language, hidden=hidden)
    else:
        card |= _plain_parts(sheet, task, language)
    card["choices"] = _choices(sheet, task, current, language) if not hidden else []
    return card


def entry_of(task: Task, current: CurrentCell | None) -> str:
    """How a card is answered: number, text, row, head, absent, version or settle."""
    if task.kind in ("finding", "unread", "version") or current is None:
        return {"version": "version", "absent": "absent"}.get(task.kind, "settle")
    if current.cell.type == "head":
        return "head"
    if current.cell.field in ("row", "stranger"):
        return "row"
    return "number" if is_number_entry(current.cell) else "text"


def _cell_parts(sheet: Sheet, task: Task, current: CurrentCell, language: str, *, hidden: bool) -> dict[str, Any]:
    cell = current.cell
    messages = {one["rule"]: one[f"message_{language}"] for one in sheet.findings if _touches(one, cell)}
    reasons = tell_reasons(cell, task.reasons, messages, language) if not hidden else ()
    if current.settled and task.kind == "conflict":
        reasons = (
            say(
                language,
                "reason.conflict",
                settled=show_word(current.word, cell.type, language),
                user=current.settled.user,
                read=show_word(cell.word, cell.type, language),
            ),
        )
    label = say(language, f"head.{cell.field}") if cell.type == "head" else cell.label
    return {
        "code": cell.code,
        "label": label,
        "label_raw": cell.label_raw if cell.label_raw != cell.label else None,
        "column": cell.measure or say(language, f"column.{cell.field}"),
        "unit": cell.unit or "",
        "type": cell.type,
        "word": None if hidden else cell.word,
        "shown": "" if hidden else show_word(cell.word, cell.type, language),
        "reasons": reasons or ((say(language, "reason.blind"),) if hidden else ()),
        "confidence": cell.confidence,
        "page": cell.page,
        "box": cell.box,
        "rows": neighbours(sheet, cell, language, hidden=hidden),
        "related": _related(sheet, cell, language) if not hidden else [],
    }


def _plain_parts(sheet: Sheet, task: Task, language: str) -> dict[str, Any]:
    """A finding, a stretch of unread rows or a choice of versions: its cells and what is said of it."""
    found = next((one for one in sheet.findings if one["key"] == task.key), None)
    cells: list[CurrentCell] = []
    if found is not None:
        cells = [sheet.cells[key] for key in _keys(found) if key in sheet.cells]
    elif task.kind in STRETCHES:
        cells = [sheet.cells[row.key] for row in stretch_of(task.key, [one.cell for one in sheet.cells.values()])]
    elif task.kind == "version":
        cells = [sheet.cells[key] for key in NUMBERED if key in sheet.cells]
    first = next((one.cell for one in cells if one.cell.page), None)
    stretch = task.key.partition("/")[2] if task.kind in STRETCHES else ""
    label = found[f"message_{language}"] if found else say(language, f"task.{task.kind}", stretch=stretch)
    return {
        "code": task.indicator,
        "label": label,
        "label_raw": None,
        "column": say(language, f"task.{task.kind}", stretch=stretch) if found else "",
        "unit": "",
        "type": None,
        "word": None,
        "shown": "",
        "reasons": (),
        "confidence": None,
        "page": first.page if first else (found["page"] if found else None),
        "box": first.box if first else None,
        "rows": [_rival(one, task, language) for one in sheet.rivals] if task.kind == "version" else [],
        "related": [] if task.kind == "version" else [_line(one, language) for one in cells],
    }


def _rival(one: Rival, task: Task, language: str) -> dict[str, Any]:
    """A document that says the same, as a line beside the card."""
    here = one.id == task.document_id
    shown = "" if here else say(language, "version.differs", count=one.differs)
    return {"code": one.number or "–", "label": one.name, "shown": shown, "certain": True, "here": here}


def _keys(found: Mapping[str, Any]) -> list[str]:
    return [f"{one['code']}/{one['field']}" for one in found["cells"]]


def _touches(found: Mapping[str, Any], cell: StoredCell) -> bool:
    return cell.key in _keys(found)


def _line(one: CurrentCell, language: str) -> dict[str, Any]:
    return {
        "key": one.cell.key,
        "code": one.cell.code,
        "label": one.cell.label,
        "field": say(language, f"column.{one.cell.field}"),
        "shown": show_word(one.word, one.cell.type, language),
        "certain": one.certain,
        "page": one.cell.page,
        "box": one.cell.box,
    }


def neighbours(sheet: Sheet, cell: StoredCell, language: str, *, hidden: bool) -> list[dict[str, Any]]:
    """The rows printed around a cell, with their values; `hidden`: but for the cell's own."""
    rows = [one for one in sheet.cells.values() if one.cell.field == "value" and one.cell.measure == cell.measure]
    near = [one for one in rows if abs(one.cell.position - cell.position) <= NEIGHBOURS]
    lines = [_line(one, language) | {"here": one.cell.position == cell.position} for one in near]
    return [line | {"shown": "?"} if hidden and line["here"] else line for line in lines]


def _related(sheet: Sheet, cell: StoredCell, language: str) -> list[dict[str, Any]]:
    """Cells of the rules that this one is part of, and whether they hold."""
    if sheet.catalogue is None or cell.code is None or cell.field != "value":
        return []
    messages = {one["rule"]: one[f"message_{language}"] for one in sheet.findings}
    related = []
    for rule, codes in rules_with(sheet.catalogue, cell.code):
        others = [sheet.cells[f"{code}/value"] for code in codes if f"{code}/value" in sheet.cells]
        lines = [_line(one, language) for one in others]
        related.append({"rule": rule, "message": messages.get(rule), "cells": lines})
    return related


def _choices(sheet: Sheet, task: Task, current: CurrentCell | None, language: str) -> list[dict[str, Any]]:
    """What one key chooses: other readings, other indicators, organisations."""
    if current is None:
        found = next((one for one in sheet.findings if one["key"] == task.key), None)
        keys = [key for key in _keys(found) if key in sheet.cells] if found else []
        lines = [_line(sheet.cells[key], language) for key in keys]
        return [{"open": one["key"], "shown": f"{one['code']}: {one['shown']}"[:60]} for one in lines][:ALTERNATIVES]
    cell = current.cell
    if cell.field in ("row", "stranger"):
        return [{"code": code, "shown": f"{code} {label}"} for code, label in candidates(sheet, cell)]
    others: list[dict[str, Any]] = []
    if task.kind == "conflict" and current.settled:
        word = current.word
        others.append(
            {"text": word.get("raw") or word.get("number") or "", "shown": show_word(word, cell.type, language)}
        )
    if task.key in sheet.proposals:
        who, word = sheet.proposals[task.key]
        shown = say(language, "choice.earlier", shown=show_word(word, cell.type, language), user=who)
        others.append({"text": word.get("raw") or word.get("text") or word.get("number") or "", "shown": shown})
    for one in cell.alternatives:
        if "raw" in one:
            word = {"state": "read", "raw": one["raw"], "number": one.get("number"), "text": None}
            others.append({"text": one["raw"], "shown": show_word(word, cell.type, language)})
    if is_number_entry(cell):
        known = {one["text"] for one in others} | {cell.raw}
        texts = dict.fromkeys(str(one["raw"]) for one in cell.readings if one["raw"])
        others += [{"text": text, "shown": text} for text in texts if text not in known]
    return others[:ALTERNATIVES]


def candidates(sheet: Sheet, cell: StoredCell) -> list[tuple[str, str]]:
    """Indicators that a printed row may be: those named by the machine, then the nearest wordings."""
    if sheet.catalogue is None:
        return []
    labels = {one.code: one.label for one in sheet.catalogue.indicators}
    named = [str(one["code"]) for one in cell.alternatives if one.get("code") in labels]
    wording = cell.label_raw or cell.label
    near = process.extract(wording, labels, scorer=fuzz.token_set_ratio, limit=CANDIDATES + 2)
    codes = dict.fromkeys([*named, *([cell.code] if cell.code else []), *(code for _, _, code in near)])
    return [(code, labels[code]) for code in codes][:CANDIDATES]


def entries_of(connection: Connection, task: Task, kind: str | None, language: str) -> list[str]:
    """For who settles a difference: both entries, without names and in the order of their values."""
    query = select(decision.c.after).where(
        decision.c.document_id == task.document_id,
        decision.c.key == task.key,
        decision.c.final.is_(False),
        decision.c.purpose != "gold",
    )
    words = [json.loads(after) for after in connection.execute(query).scalars()]
    return sorted({show_word(word, kind, language) for word in words})


def purpose_of(task: Task) -> str:
    """What a task is answered for."""
    if task.kind == "adjudicate":
        return "adjudication"
    if task.entries > 1:
        return "entry"
    return "blind" if "blind-check" in task.reasons else "review"


def ahead(sheets: Mapping[int, Sheet], cards: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Pages whose pictures the cards will ask for."""
    return [(sheets[card["document"]].about.sha256, card["page"]) for card in cards if card["page"]]
