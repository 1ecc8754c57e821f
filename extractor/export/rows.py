"""Rows of a document with what people said of them -> whether each is printed, and how sure that is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from extractor.store import Settled, StoredCell
from extractor.store.move import SAME_PLACE, find_origin
from extractor.store.records import BY_FINDING

MOVED = (
    "row-moved"  # a person said that it is another row: so until the report is judged again nothing of it is certain
)
Box = tuple[float, float, float, float]


class RowPart(Protocol):
    """What this needs of a row's cell."""

    @property
    def state(self) -> str: ...  # noqa: D102

    @property
    def status(self) -> str: ...  # noqa: D102

    @property
    def reasons(self) -> str: ...  # noqa: D102

    @property
    def page(self) -> int | None: ...  # noqa: D102

    @property
    def row_box(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class RowWord:
    """Whether an indicator's row is printed. `reason`: what is not certain of it."""

    state: str
    certain: bool
    settled: Settled | None = None
    reason: str = ""


PRINTED = RowWord("matched", certain=True)


def judge_rows(
    connection: Connection, settled: Mapping[str, Settled], rows: Mapping[str, RowPart]
) -> dict[str, RowWord]:
    """The word on each row, by code; those that are printed for certain may be missing, as in `rows`."""
    said = [(key, one) for key, one in settled.items() if one.kind == "matched"]
    if not said and not any(key.endswith("/row") for key in settled):
        return {code: _machine(row) for code, row in rows.items()}
    moves = [(key, one, find_origin(connection, one, key)) for key, one in said]
    return {code: _judge(code, row, settled.get(f"{code}/row"), moves) for code, row in rows.items()}


def _judge(
    code: str, row: RowPart, own: Settled | None, moves: list[tuple[str, Settled, StoredCell | None]]
) -> RowWord:
    if own is not None and (own.kind == "absent" or own.after.get("state") == "absent"):
        return RowWord("absent", True, own)
    hither = [(one, origin) for key, one, origin in moves if one.after.get("code") == code]
    if hither:
        one, origin = max(hither, key=lambda pair: pair[0].seq)
        if row.state == "matched" and (origin is None or _same_place(origin, row)):
            return RowWord("matched", True, one)
        return RowWord(row.state, False, None, MOVED)
    if own is not None and own.kind == "matched":
        origin = next((origin for key, one, origin in moves if one is own), None)
        if row.state == "matched" and origin is not None and _same_place(origin, row):
            return RowWord(row.state, False, None, MOVED)
        return _machine(row)
    if own is not None:
        return RowWord(own.after.get("state", row.state), True, own)
    return _machine(row)


def _machine(row: RowPart) -> RowWord:
    if row.status == "accepted":
        return RowWord(row.state, True)
    reasons = json.loads(row.reasons)
    freed = bool(reasons) and all(one.startswith(BY_FINDING) for one in reasons)
    return RowWord(row.state, freed, None, "" if freed else "row-in-review")


def _same_place(origin: StoredCell, row: RowPart) -> bool:
    """Whether the row that a person looked at is the one that stands there now."""
    if origin.row_box is None or row.row_box is None or origin.page != row.page:
        return False
    one, other = origin.row_box, json.loads(row.row_box)
    height = min(one[3], other[3]) - max(one[1], other[1])
    return height > 0 and height >= SAME_PLACE * min(one[3] - one[1], other[3] - other[1])
