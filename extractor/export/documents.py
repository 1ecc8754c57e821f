"""A stored report -> its JSON as extracted, with what people settled beside each field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select

from extractor.export.records import EVERYTHING, Wanted
from extractor.store import Settled, parse_document, read_findings, read_settled, unpack_json
from extractor.store.cells import stranger_key
from extractor.store.records import HEAD_FIELDS
from extractor.store.schema import decision, document, extraction
from extractor.store.tasks import finding_key

Tree = dict[str, Any]


def list_documents(connection: Connection, wanted: Wanted = EVERYTHING) -> Iterator[tuple[str, Tree]]:
    """Source name and JSON of each document that stands, failed ones too, by number."""
    equal = {
        document.c.organisation_code: wanted.organisation,
        document.c.period: wanted.period,
        document.c.catalogue: wanted.form,
        document.c.id: wanted.document_id,
    }
    query = select(document.c.id).where(
        document.c.active, *(column == value for column, value in equal.items() if value is not None)
    )
    for one in connection.execute(query.order_by(document.c.id)).scalars().all():
        yield from _read_document(connection, one)


def _read_document(connection: Connection, document_id: int) -> Iterator[tuple[str, Tree]]:
    newest = select(func.max(extraction.c.id)).where(extraction.c.document_id == document_id).scalar_subquery()
    query = (
        select(document, extraction.c.json)
        .join(extraction, extraction.c.id == func.coalesce(document.c.extraction_id, newest))
        .where(document.c.id == document_id)
    )
    row = connection.execute(query).one_or_none()
    if row is not None:
        yield row.name, _write(connection, row)


def _write(connection: Connection, row: Any) -> Tree:
    tree = parse_document(unpack_json(row.json))
    settled = read_settled(connection, row.id)
    counted = select(decision.c.key, func.count().label("n")).where(
        decision.c.document_id == row.id, decision.c.final, decision.c.kind != "undo"
    )
    counts = Counter({one.key: one.n for one in connection.execute(counted.group_by(decision.c.key))})
    said = _Said(settled, counts)
    for name in HEAD_FIELDS:
        said.beside(tree["document"][name], f"head/{name}")
    for one in tree["indicators"]:
        _write_indicator(one, said)
    for one in tree["unmatched_rows"]:
        said.beside(one, stranger_key(one["page"], float(one["box"][1])))
    known = set()
    for one in tree["findings"]:
        key = finding_key(one["rule"], one["cells"], one["page"])
        known.add(key)
        said.beside(one, key)
    names = ("version", "active", "organisation_code", "organisation", "period")
    tree["store"] = {"document": row.id, **{name: getattr(row, name) for name in names}}
    later = [one for one in read_findings(connection, row.id) if one["key"] not in known]
    tree["store"]["findings"] = [_finding(one, said) for one in later]
    return tree


def _write_indicator(one: Tree, said: _Said) -> None:
    code, taken = one["code"], set()
    for name in ("row", "value", "unit", "note"):
        said.beside(one[name], f"{code}/{name}")
    for other in one["other_measures"]:
        key = f"{code}/value/{other['measure']}"
        while key in taken:  # as the store names a second column of the same name
            key += "'"
        taken.add(key)
        said.beside(other, key)


def _finding(one: Tree, said: _Said) -> Tree:
    tree = {
        "id": one["key"],
        **{name: one[name] for name in ("rule", "kind", "severity", "cells", "page")},
        "message": {"vi": one["message_vi"], "en": one["message_en"]},
    }
    said.beside(tree, one["key"])
    return tree


class _Said:
    """What people settled of one document, by key."""

    def __init__(self, settled: dict[str, Settled], counts: Counter[str]) -> None:
        self._settled, self._counts = settled, counts

    def beside(self, tree: Tree, key: str) -> None:
        """Put it beside what the machine says of a field."""
        one = self._settled.get(key)
        tree["settled"] = None if one is None else _settled(one, self._counts[key])


def _settled(one: Settled, revision: int) -> Tree:
    names = ("state", "raw", "text", "code", "verdict")
    number = one.after.get("number")
    return {
        "kind": one.kind,
        **{name: one.after.get(name) for name in names},
        "by": one.user,
        "at": one.at,
        "why": one.why,
        "number": None if number is None else Decimal(number),
        "published": _published(one.published),
        "revision": revision,
        "decision": one.seq,
    }


def _published(said: Tree | None) -> Tree | None:
    if said is None:
        return None
    number = said.get("number")
    return said | {"number": None if number is None else Decimal(number)}
