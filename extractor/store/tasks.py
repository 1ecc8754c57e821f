"""Cells and findings of a document -> the tasks that they make for people, most expected error first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from extractor.store.records import HEAD_FIELDS, StoredCell, Task

STEPS = 20  # ranks within a twentieth of a wrong value are alike: then a page is looked at as a whole
HEAD_WEIGHT = {"organisation": 100.0, "period": 100.0, "report_number": 10.0, "report_date": 1.0}
FIELD_WEIGHT = {"value": 1.0, "row": 2.0, "unit": 0.2, "note": 0.1, "stranger": 0.5}
SEVERITY_ERROR = {"error": 0.9, "warning": 0.2, "info": 0.05}  # wrong values that a look at a finding removes
CONFLICT_ERROR = 1.0
STRETCHES = ("absent", "unread")  # states of rows that are settled a stretch at a time
NO_TASK_FINDING = "info"


def rank_of(expected_error: float) -> int:
    """Wrong values that a look removes -> place in the queue; the lowest comes first."""
    return -round(STEPS * expected_error)


def list_tasks(
    cells: Iterable[StoredCell],
    findings: Iterable[Mapping[str, Any]],
    fields: Collection[str],
    critical: Collection[str] = (),
    second_share: float = 0.0,
) -> tuple[Task, ...]:
    """What needs a person. `fields`: of indicators that are asked for; `critical`: codes that two people must enter.

    `second_share`: share of other values that two people must enter.
    """
    cells = tuple(cells)
    return (
        *_cell_tasks(cells, fields, frozenset(critical), second_share),
        *(_stretch_tasks(cells, STRETCHES) if "row" in fields else _stretch_tasks(cells, ("unread",))),
        *(finding_task(finding) for finding in findings if finding["severity"] != NO_TASK_FINDING),
    )


def finding_key(rule: str, cells: Iterable[Mapping[str, str]], page: int | None) -> str:
    """What a finding is known by through all extractions of a document."""
    where = ",".join(f"{cell['code']}:{cell['field']}" for cell in cells)
    return f"finding/{rule}/{where or (f'p{page}' if page else '')}"


def _cell_tasks(
    cells: tuple[StoredCell, ...], fields: Collection[str], critical: frozenset[str], share: float
) -> Iterator[Task]:
    lost = {cell.code for cell in cells if cell.field == "row" and cell.state != "matched"}
    for cell in cells:
        kind = _kind(cell)
        asked = kind == "head" or cell.field in fields or kind == "stranger"
        if not asked or (cell.field == "value" and cell.code in lost) or (cell.state == "unread" and kind != "head"):
            continue
        if cell.status == "accepted" and not cell.blind:
            continue
        if cell.by_finding or kind == "absent":
            continue
        twice = cell.field == "value" and (cell.code in critical or _is_drawn(cell, share))
        yield _task(cell, kind, entries=2 if twice else 1)


def _is_drawn(cell: StoredCell, share: float) -> bool:
    """Whether a second person enters this field: by hash, so always the same ones."""
    draw = int.from_bytes(hashlib.sha256(f"{cell.document_id}:{cell.key}".encode()).digest()[:8], "big")
    return draw < share * 2**64


def _kind(cell: StoredCell) -> str:
    if cell.field in HEAD_FIELDS:
        return "head"
    if cell.field == "row":
        return "row" if cell.state == "matched" else "absent"
    return "stranger" if cell.field == "stranger" else "cell"


def _task(cell: StoredCell, kind: str, entries: int) -> Task:
    weight = HEAD_WEIGHT.get(cell.field) or FIELD_WEIGHT[cell.field]
    expected = weight * (1.0 if kind == "stranger" else 1.0 - cell.confidence)
    reasons = ("blind-check",) if cell.blind and cell.status == "accepted" else cell.reasons
    return Task(
        0,
        cell.document_id,
        cell.key,
        kind,
        rank_of(expected),
        cell.page or 0,
        cell.position,
        None,
        reasons,
        cell.code if kind != "head" else None,
        entries,
    )


def _stretch_tasks(cells: tuple[StoredCell, ...], states: Collection[str]) -> Iterator[Task]:
    """One for each stretch of indicators that are not printed, or may stand on a page that was not read."""
    rows = [cell for cell in cells if cell.field == "row"]
    for state, run in groupby(rows, key=lambda cell: cell.state if cell.status == "review" else ""):
        if state in states:
            stretch = list(run)
            first, last = stretch[0], stretch[-1]
            key = f"{state}/{first.code}..{last.code}"
            rank = rank_of(sum(1.0 - cell.confidence for cell in stretch))
            yield Task(0, first.document_id, key, state, rank, 0, first.position, None, first.reasons, first.code, 1)


def stretch_of(key: str, cells: Iterable[StoredCell]) -> tuple[StoredCell, ...]:
    """The rows that a task for a stretch is about."""
    state, _, codes = key.partition("/")
    first, _, last = codes.partition("..")
    rows = [cell for cell in cells if cell.field == "row"]
    ends = [cell.position for cell in rows if cell.code in (first, last)]
    return tuple(cell for cell in rows if ends and cell.state == state and min(ends) <= cell.position <= max(ends))


def finding_task(finding: Mapping[str, Any]) -> Task:
    """A finding's row -> the task for all its cells."""
    cells = finding["cells"]
    cells = json.loads(cells) if isinstance(cells, str) else cells
    return Task(
        0,
        finding["document_id"],
        finding["key"],
        "finding",
        rank_of(SEVERITY_ERROR[finding["severity"]]),
        finding["page"] or 0,
        0,
        finding["severity"],
        (f"rule:{finding['rule']}",),
        cells[0]["code"] if cells else None,
        1,
    )
