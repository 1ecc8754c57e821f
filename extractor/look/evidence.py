"""An observation -> everything that the store knows of it: readings, rules, versions, decisions, exports."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from extractor.check import rules_with
from extractor.errors import CatalogueError
from extractor.export import MAIN, Observation
from extractor.store import CurrentCell, Store, form_of, read_cells, read_findings
from extractor.store.decide import hash_decision
from extractor.store.files import original_path, read_original
from extractor.store.published import Published, list_published
from extractor.store.schema import cell, decision, document, extraction, file, task

HEAD_KEYS = ("head/organisation", "head/period")


@dataclass(frozen=True, slots=True)
class Said:
    """A decision. `intact`: its hash is that of its content; `undone`: another took it back."""

    seq: int
    key: str
    kind: str
    user: str
    at: str
    why: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    published: Mapping[str, Any] | None
    final: bool
    undone: bool
    hash: str
    prev_hash: str
    intact: bool


@dataclass(frozen=True, slots=True)
class Version:
    """What an extraction made of the field. `current`: it is the one that stands."""

    id: int
    at: str
    cause: str
    word: Mapping[str, Any]
    confidence: float
    status: str
    made_with: Mapping[str, Any]
    current: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that compares the value with others. `message`: of its finding, where it does not hold."""

    id: str
    description: str
    cells: tuple[CurrentCell, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a number comes from. `original`: kept, missing or changed."""

    observation: Observation
    current: CurrentCell | None
    row: CurrentCell | None
    head: tuple[CurrentCell, ...]
    source: Mapping[str, Any]
    original: str
    rules: tuple[Rule, ...]
    findings: tuple[Mapping[str, Any], ...]
    versions: tuple[Version, ...]
    decisions: tuple[Said, ...]
    siblings: tuple[tuple[str, str, bool], ...]
    exports: tuple[Published, ...]


def key_of(one: Observation) -> str:
    """The stored cell that an observation is of."""
    return f"{one.code}/value" if one.measure == MAIN else f"{one.code}/value/{one.measure}"


def read_evidence(store: Store, connection: Connection, one: Observation) -> Evidence:
    """All of it, from one state of the store."""
    key = key_of(one)
    cells = {cell.cell.key: cell for cell in read_cells(connection, one.document_id)}
    about = connection.execute(select(document).where(document.c.id == one.document_id)).one()
    kept = connection.execute(select(file).where(file.c.sha256 == about.sha256)).one()
    findings = [row for row in read_findings(connection, one.document_id) if _touches(row, key)]
    return Evidence(
        one,
        cells.get(key),
        cells.get(f"{one.code}/row"),
        tuple(cells[name] for name in HEAD_KEYS if name in cells),
        {**kept._mapping, "box": about.box, "folder": about.folder, "part": about.part, "version": about.version},
        check_original(store, about.sha256),
        _rules(connection, one, cells),
        tuple(findings),
        _versions(connection, one.document_id, about.extraction_id, key),
        _decisions(
            connection, one.document_id, (key, f"{one.code}/row", *HEAD_KEYS, *(row["key"] for row in findings))
        ),
        _siblings(connection, about),
        list_published(connection, one.id),
    )


def check_original(store: Store, sha256: str) -> str:
    """Whether the bytes of an original are there and are what they were: kept, missing or changed."""
    try:
        read_original(store.files, sha256)
    except ValueError:
        return "changed"
    except OSError:
        return "changed" if original_path(store.files, sha256).exists() else "missing"
    return "kept"


def _touches(finding: Mapping[str, Any], key: str) -> bool:
    return any(f"{one['code']}/{one['field']}" == key for one in finding["cells"])


def _rules(connection: Connection, one: Observation, cells: Mapping[str, CurrentCell]) -> tuple[Rule, ...]:
    try:
        form = form_of(connection, one.document_id)
    except CatalogueError:  # the rest of the sheet still tells where the number comes from
        form = None
    if form is None or one.measure != MAIN:
        return ()
    about = {rule.id: rule.description for rule in form.rules}
    return tuple(
        Rule(name, about[name], tuple(cells[f"{code}/value"] for code in codes if f"{code}/value" in cells))
        for name, codes in rules_with(form, one.code)
    )


def _versions(connection: Connection, document_id: int, current: int, key: str) -> tuple[Version, ...]:
    query = (
        select(extraction.c.id, extraction.c.at, extraction.c.cause, extraction.c.made_with, cell)
        .join(cell, cell.c.extraction_id == extraction.c.id)
        .where(cell.c.document_id == document_id, cell.c.key == key)
        .order_by(extraction.c.id.desc())
    )
    return tuple(
        Version(
            row.id,
            row.at,
            row.cause,
            {"state": row.state, "raw": row.raw, "number": row.number, "text": row.text},
            row.confidence,
            row.status,
            json.loads(row.made_with),
            row.id == current,
        )
        for row in connection.execute(query)
    )


def _decisions(connection: Connection, document_id: int, keys: Collection[str]) -> tuple[Said, ...]:
    """Newest first. What two people enter blindly stays hidden until it is settled."""
    where = (decision.c.document_id == document_id, decision.c.key.in_(list(keys)))
    hidden = select(task.c.key).where(
        task.c.document_id == document_id, task.c.key.in_(list(keys)), task.c.state != "done"
    )
    asked = set(connection.execute(hidden).scalars())
    rows = [dict(row) for row in connection.execute(select(decision).where(*where)).mappings()]
    undone = {row["undoes"] for row in rows if row["undoes"]}
    return tuple(
        Said(
            row["seq"],
            row["key"],
            row["kind"],
            row["user_name"],
            row["at"],
            row["why"],
            json.loads(row["before"]),
            json.loads(row["after"]),
            json.loads(row["published"]) if row["published"] else None,
            row["final"],
            row["seq"] in undone,
            row["hash"],
            row["prev_hash"],
            hash_decision(row) == row["hash"],
        )
        for row in sorted(rows, key=lambda row: -row["seq"])
        if row["final"] or row["key"] not in asked
    )


def _siblings(connection: Connection, about: Any) -> tuple[tuple[str, str, bool], ...]:
    """Other scans of the report."""
    if about.report_id is None:
        return ()
    where = (document.c.report_id == about.report_id, document.c.id != about.id)
    rows = connection.execute(select(document).where(*where).order_by(document.c.id))
    return tuple((row.name, row.version, row.active) for row in rows)
