"""The tree of a written JSON -> one stored cell for each field that can be settled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from extractor.store.records import HEAD_FIELDS, StoredCell

Tree = dict[str, Any]


def list_cells(tree: Tree, document_id: int) -> tuple[StoredCell, ...]:
    """Head fields, then the fields of each indicator in the catalogue's order, then rows of no indicator."""
    cells: dict[str, StoredCell] = {}
    for cell in _all_cells(tree, document_id):
        key = cell.key
        while key in cells:  # two strangers on one line of a page
            key += "'"
        cells[key] = cell if key == cell.key else _renamed(cell, key)
    return tuple(cells.values())


def number_text(number: Decimal | int | None) -> str | None:
    """A number as the store keeps it."""
    return None if number is None else format(Decimal(number), "f")


def _renamed(cell: StoredCell, key: str) -> StoredCell:
    return replace(cell, key=key)


def _all_cells(tree: Tree, document_id: int) -> Iterator[StoredCell]:
    for position, name in enumerate(HEAD_FIELDS):
        yield _head_cell(tree["document"][name], name, position - len(HEAD_FIELDS), document_id)
    for position, indicator in enumerate(tree["indicators"]):
        yield from _indicator_cells(indicator, position, document_id)
    for position, row in enumerate(tree["unmatched_rows"], len(tree["indicators"])):
        yield from _stranger_cells(row, position, document_id)


def _head_cell(part: Tree, name: str, position: int, document_id: int) -> StoredCell:
    return StoredCell(
        document_id,
        f"head/{name}",
        name,
        code=part.get("code"),
        measure=None,
        position=position,
        label=name,
        label_raw=None,
        unit=None,
        type="head",
        state="unread" if part["value"] is None else "read",
        raw=part["raw"],
        number=None,
        text=part["value"],
        reasons=tuple(part.get("reasons", ())),
        **_trust(part),
    )


def _trust(part: Tree) -> Tree:
    box = part.get("box")
    return {
        "confidence": float(part["confidence"]),
        "status": part["status"],
        "page": part.get("page"),
        "box": None if box is None else tuple(float(side) for side in box),
    }


def _indicator_cells(indicator: Tree, position: int, document_id: int) -> Iterator[StoredCell]:
    row, code = indicator["row"], indicator["code"]
    row_box = None if row["box"] is None else tuple(float(side) for side in row["box"])
    common = {
        "document_id": document_id,
        "code": code,
        "position": position,
        "label": indicator["label"],
        "label_raw": row["label_raw"],
        "row_box": row_box,
    }
    runner = row["runner_up"]
    yield StoredCell(
        key=f"{code}/row",
        field="row",
        measure=None,
        unit=None,
        type=None,
        state=row["state"],
        raw=row["label_raw"],
        number=None,
        text=code if row["state"] == "matched" else None,
        reasons=tuple(row["reasons"]),
        alternatives=() if runner is None else (_plain(runner),),
        continued=tuple(_plain(piece) for piece in row["continued"]),
        **common,
        **_trust(row),
    )
    yield _value_cell(indicator["value"], None, common)
    for other in indicator["other_measures"]:
        yield _value_cell(other, other["measure"], common)
    if row["state"] == "matched":
        yield _text_cell(indicator["unit"], "unit", indicator["unit"]["value"], common)
        yield _text_cell(indicator["note"], "note", indicator["note"]["raw"], common)


def _value_cell(value: Tree, measure: str | None, common: Tree) -> StoredCell:
    code = common["code"]
    return StoredCell(
        key=f"{code}/value" if measure is None else f"{code}/value/{measure}",
        field="value",
        measure=measure,
        unit=value["unit"],
        type=value["type"],
        state=value["state"],
        raw=value["raw"],
        number=number_text(value["number"]),
        text=value["text"],
        reasons=tuple(value["reasons"]),
        alternatives=tuple(_plain(one) for one in value["alternatives"]),
        readings=tuple(_plain(one) for one in value["readings"]),
        continued=tuple(_plain(piece) for piece in value["continued"]),
        blind=value["blind_check"],
        **common,
        **_trust(value),
    )


def _text_cell(part: Tree, field: str, text: str | None, common: Tree) -> StoredCell:
    return StoredCell(
        key=f"{common['code']}/{field}",
        field=field,
        measure=None,
        unit=None,
        type="text",
        state="read" if part["raw"] else "blank",
        raw=part["raw"],
        number=None,
        text=text,
        continued=tuple(_plain(piece) for piece in part.get("continued", ())),
        **common,
        **_trust(part),
    )


def _stranger_cells(row: Tree, position: int, document_id: int) -> Iterator[StoredCell]:
    """A row of no indicator: the question which one it is, with its value beside it."""
    box = tuple(float(side) for side in row["box"])
    nearest = row["nearest"]
    yield StoredCell(
        document_id,
        stranger_key(row["page"], box[1]),
        "stranger",
        code=None,
        measure=None,
        position=position,
        label=row["label"]["raw"],
        label_raw=row["label"]["raw"],
        unit=row["unit"]["raw"],
        type=None,
        state="read",
        raw=row["value"]["raw"],
        number=number_text(row["value"]["number"]),
        text=None,
        confidence=0.0 if nearest is None else 1.0 - float(nearest["confidence"]),
        status=row["status"],
        alternatives=() if nearest is None else (_plain(nearest),),
        page=row["page"],
        box=box,  # type: ignore[arg-type]  # four sides
        row_box=box,  # type: ignore[arg-type]
    )


def stranger_key(page: int, top: float) -> str:
    """Where a row of no indicator stands: all that it can be known by."""
    return f"stranger/p{page}/{round(top * 1000):03d}"


def _plain(tree: Any) -> Any:
    """Decimals as text for numbers of reports, as floats elsewhere."""
    if isinstance(tree, dict):
        return {
            key: number_text(item) if key == "number" else float(item) if isinstance(item, Decimal) else _plain(item)
            for key, item in tree.items()
        }
    if isinstance(tree, list):
        return [float(item) if isinstance(item, Decimal) else _plain(item) for item in tree]
    return tree
