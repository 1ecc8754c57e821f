"""A document's values against the archive -> warnings that live in the store, with the history in their words."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import product
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update
from sqlalchemy import text as sql

from extractor.check import Aside, find_aside, find_habit, on_scale, word_aside
from extractor.store.clock import now
from extractor.store.opening import Store, write_again
from extractor.store.place import of_one_report
from extractor.store.save import finding_row, task_row
from extractor.store.schema import cell, decision, document, finding, task
from extractor.store.tasks import finding_task

SOURCE = "archive"
COMPARED = ("count", "percent")  # types whose values are amounts
NEIGHBOURS = 60  # organisations that one is compared with: those of the nearest codes, so of its own province first
PUBLISHED_OTHERWISE = "wrong-at-source"


@dataclass(frozen=True, slots=True)
class _Value:
    """One number of one report. `certain`: accepted or settled, so that others may be compared with it."""

    document_id: int
    key: str
    code: str
    label: str
    page: int | None
    number: Decimal
    certain: bool


@dataclass(frozen=True, slots=True)
class _Pool:
    """Comparable reports: one form, periods of one kind. `about`: document -> organisation, its name and period."""

    about: Mapping[int, tuple[str, str, str]]
    values: tuple[_Value, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a document stands in the archive, or stood before it was corrected."""

    organisation_code: str
    period: str
    catalogue: str


def compare_document(store: Store, document_id: int) -> int:
    """Compare a document with the archive, and anew what it may have changed: its organisation's other periods and
    other organisations' same period, where it stands and where it stood before a correction. The number of values that
    stand aside in the document itself.
    """
    with store.read() as connection:
        rows = _eligible(connection)
        places = _find_places(connection, document_id)
        rest = _of_no_report(connection, document_id, {row.id for row in rows})
        standing = _standing(connection, rest)
    _write(store, {one: {} for one in rest}, standing)
    aside = 0
    for place in places:
        with store.read() as connection:
            pool = _read_values(connection, _neighbours(rows, place))
            standing = _standing(connection, tuple(pool.about))
        same = (place.organisation_code, place.period)
        targets = [one for one, (code, _, period) in pool.about.items() if code == same[0] or period == same[1]]
        found = _compare(pool, targets)
        _write(store, found, standing)
        aside = len(found.get(document_id, ())) or aside
    return aside


def _find_places(connection: Connection, document_id: int) -> tuple[_Place, ...]:
    """All that its head was ever read as or settled to be; most often one."""
    form = connection.execute(select(document.c.catalogue).where(document.c.id == document_id)).scalar_one()
    words: dict[str, set[str]] = {"organisation": set(), "period": set()}
    keys = {f"head/{name}": (name, part) for name, part in (("organisation", "code"), ("period", "text"))}
    of_head = (cell.c.document_id == document_id, cell.c.key.in_(list(keys)))
    for row in connection.execute(select(cell.c.field, cell.c.code, cell.c.text).where(*of_head).distinct()):
        words[row.field].add(row.code if row.field == "organisation" else row.text)
    of_head = (decision.c.document_id == document_id, decision.c.key.in_(list(keys)))
    for row in connection.execute(select(decision.c.key, decision.c.after).where(*of_head)):
        name, part = keys[row.key]
        words[name].add(json.loads(row.after).get(part))
    both = product(sorted(filter(None, words["organisation"])), sorted(filter(None, words["period"])))
    return tuple(_Place(code, period, form) for code, period in both) if form else ()


def _of_no_report(connection: Connection, document_id: int, eligible: Collection[int]) -> tuple[int, ...]:
    """The document, and others that say the same, as far as they do not stand: nothing of them is compared."""
    report_id = connection.execute(select(document.c.report_id).where(document.c.id == document_id)).scalar_one()
    some = {document_id}
    if report_id is not None:
        some |= set(connection.execute(select(document.c.id).where(of_one_report(report_id))).scalars())
    return tuple(sorted(some - set(eligible)))


def compare_archive(store: Store) -> tuple[int, int]:
    """Compare every document with the archive; how many values were compared and how many stand aside."""
    with store.read() as connection:
        rows = _eligible(connection)
        everything = tuple(connection.execute(select(document.c.id)).scalars())
    compared, aside, pools = 0, 0, dict[tuple[int, ...], tuple[_Pool, list[int]]]()
    for row in rows:
        members = tuple(one.id for one in _neighbours(rows, row))
        if members not in pools:
            pools[members] = (_Pool({}, ()), [])
        pools[members][1].append(row.id)
    for members, (_, targets) in pools.items():
        with store.read() as connection:
            pool = _read_values(connection, [one for one in rows if one.id in set(members)])
            standing = _standing(connection, targets)
        found = _compare(pool, targets)
        _write(store, found, standing)
        compared += sum(one.document_id in found for one in pool.values)
        aside += sum(len(one) for one in found.values())
    rest = set(everything) - {row.id for row in rows}
    with store.read() as connection:
        standing = _standing(connection, tuple(rest))
    _write(store, {one: {} for one in rest}, standing)
    return compared, aside


def _eligible(connection: Connection) -> list[Row[Any]]:
    """Documents that stand for a report."""
    query = select(
        document.c.id,
        document.c.organisation_code,
        document.c.organisation,
        document.c.period,
        document.c.catalogue,
        document.c.extraction_id,
    ).where(document.c.active, document.c.report_id.is_not(None), document.c.outcome != "failed")
    return list(connection.execute(query.order_by(document.c.id)))


def _neighbours(rows: Iterable[Row[Any]], row: Row[Any] | _Place) -> list[Row[Any]]:
    """Reports of the same form and the same part of the year, of the organisation and its neighbours."""
    same = [one for one in rows if (one.catalogue, one.period[4:]) == (row.catalogue, row.period[4:])]
    codes = sorted(
        {one.organisation_code for one in same}, key=lambda code: (_apart(code, row.organisation_code), code)
    )
    near = set(codes[: NEIGHBOURS + 1])
    return [one for one in same if one.organisation_code in near]


def _apart(code: str, other: str) -> float:
    if code == other:
        return -1.0
    return abs(int(code) - int(other)) if code.isdigit() and other.isdigit() else float("inf")


def _read_values(connection: Connection, rows: Sequence[Row[Any]]) -> _Pool:
    about = {row.id: (row.organisation_code, row.organisation, row.period) for row in rows}
    current = {row.extraction_id for row in rows}
    query = select(
        cell.c.document_id,
        cell.c.extraction_id,
        cell.c.key,
        cell.c.code,
        cell.c.label,
        cell.c.unit,
        cell.c.page,
        cell.c.state,
        cell.c.number,
        cell.c.status,
    ).where(cell.c.extraction_id.in_(list(current)), cell.c.field == "value", cell.c.type.in_(COMPARED))
    settled = _read_words(connection, tuple(about))
    values = []
    for one in connection.execute(query):
        word = settled.get((one.document_id, one.key))
        number = _number(one, word)
        if number is not None:
            certain = word is not None or one.status == "accepted"
            values.append(_Value(one.document_id, one.key, one.code, one.label, one.page, number, certain))
    return _Pool(about, tuple(values))


def _read_words(connection: Connection, ids: Sequence[int]) -> dict[tuple[int, str], Row[Any]]:
    query = sql(
        "SELECT document_id, key, kind, after, published FROM settled WHERE document_id IN :ids AND key LIKE '%/value%'"
    ).bindparams(bindparam("ids", expanding=True))
    return {(row.document_id, row.key): row for row in connection.execute(query, {"ids": list(ids)})}


def _number(one: Row[Any], word: Row[Any] | None) -> Decimal | None:
    """The amount that stands; None where there is none, or one of another unit than the form's."""
    said = {"state": one.state, "number": one.number, "unit": one.unit}
    if word is not None:
        said |= json.loads(word.after)
        if word.kind == PUBLISHED_OTHERWISE and word.published:
            said |= json.loads(word.published)
    if said["state"] != "read" or said["number"] is None or said["unit"] != one.unit:
        return None
    return Decimal(said["number"])


def _compare(pool: _Pool, targets: Sequence[int]) -> dict[int, dict[str, dict[str, Any]]]:
    """For each target its findings by key."""
    found: dict[int, dict[str, dict[str, Any]]] = {one: {} for one in targets}
    by_key: dict[str, list[_Value]] = defaultdict(list)
    for value in pool.values:
        by_key[value.key].append(value)
    for values in by_key.values():
        known: dict[str, dict[str, Decimal]] = defaultdict(dict)
        for one in values:
            if one.certain:
                organisation, _, period = pool.about[one.document_id]
                known[organisation][period] = one.number
        habit = find_habit([[on_scale(number) for number in one.values()] for one in known.values()])
        for one in values:
            if one.document_id in found:
                row = _find(pool, one, known, habit)
                if row is not None:
                    found[one.document_id][row["key"]] = row
    return found


def _find(
    pool: _Pool, one: _Value, known: Mapping[str, Mapping[str, Decimal]], habit: float | None
) -> dict[str, Any] | None:
    organisation, name, period = pool.about[one.document_id]
    names = {code: called for code, called, _ in pool.about.values()}
    own = {when: number for when, number in known.get(organisation, {}).items() if when != period}
    others = {names[code]: one[period] for code, one in known.items() if code != organisation and period in one}
    aside = find_aside(one.number, own, others, habit)
    return None if aside is None else _row(one, aside, name)


def _row(one: _Value, aside: Aside, organisation: str) -> dict[str, Any]:
    vi, en = word_aside(aside, one.code, one.label, organisation)
    tree = {
        "rule": "ARCHIVE-OWN" if aside.by == "own" else "ARCHIVE-OTHERS",
        "kind": "range",
        "severity": "warning",
        "cells": [{"code": one.code, "field": one.key.removeprefix(f"{one.code}/")}],
        "page": one.page,
        "message": {"vi": vi, "en": en},
    }
    return finding_row(tree, one.document_id, None, SOURCE)


def _standing(connection: Connection, ids: Sequence[int]) -> dict[int, dict[str, Row[Any]]]:
    standing: dict[int, dict[str, Row[Any]]] = {one: {} for one in ids}
    where = (finding.c.document_id.in_(list(ids)), finding.c.source == SOURCE, finding.c.gone_at.is_(None))
    for row in connection.execute(select(finding).where(*where)):
        standing[row.document_id][row.key] = row
    return standing


def _write(
    store: Store, found: Mapping[int, Mapping[str, dict[str, Any]]], standing: Mapping[int, Mapping[str, Row[Any]]]
) -> None:
    """Keep what is different; most often nothing is."""
    for document_id in sorted(found):
        new, old = found[document_id], standing.get(document_id, {})
        if {key: row["message_vi"] for key, row in new.items()} != {key: row.message_vi for key, row in old.items()}:
            write_again(store, partial(_update, document_id=document_id, new=new))


def _update(connection: Connection, document_id: int, new: Mapping[str, dict[str, Any]]) -> None:
    """Bring a document's warnings and their tasks in line; its row is locked, so that two of us don't both add one."""
    about = connection.execute(select(document).where(document.c.id == document_id).with_for_update()).one()
    old = _standing(connection, (document_id,))[document_id]
    gone = [key for key in old if key not in new]
    if gone:
        where = (finding.c.document_id == document_id, finding.c.source == SOURCE, finding.c.key.in_(gone))
        connection.execute(update(finding).where(*where, finding.c.gone_at.is_(None)).values(gone_at=now()))
        unsettled = (task.c.document_id == document_id, task.c.key.in_(gone), task.c.state != "done")
        connection.execute(delete(task).where(*unsettled))
    year = (about.period or "")[:4] or None
    asked = {"catalogue": about.catalogue, "organisation_code": about.organisation_code, "year": year}
    tasks = select(task.c.key).where(task.c.document_id == document_id, task.c.kind == "finding")
    have = set(connection.execute(tasks).scalars())
    for key, row in new.items():
        if key in old:
            words = {"message_vi": row["message_vi"], "message_en": row["message_en"]}
            connection.execute(update(finding).where(finding.c.id == old[key].id).values(**words))
        else:
            connection.execute(insert(finding), row)
        if key not in have:
            connection.execute(insert(task), task_row(finding_task(row), None) | asked)
