"""A table as read and the orders of a person -> the table with them done, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from extractor.errors import DocumentError
from extractor.records import Box, Field, Piece, Role, Row, Table
from extractor.records import Order as PageOrder
from extractor.repair.orders import (
    AddRow,
    DrawCell,
    JoinRows,
    LeaveOutPage,
    Order,
    SetColumns,
    SplitRow,
    TakePage,
    TurnPage,
)

ROLES: tuple[Role, ...] = ("stt", "label", "unit", "value", "note")
SAME_ROW = 0.5  # overlap over union of two boxes of one row, drawn or read at different times
EMPTY = Field("", "blank", 1.0)
SETTLED = ("foreign-page", "doubtful-page", "doubtful-border")  # notes that an order about the page answers


class RepairError(DocumentError):
    """What was drawn is not on the page any more."""

    code = "repair"


@dataclass(frozen=True, slots=True)
class Repairs:
    """How pixels are read: `row(page, boxes)` gives one row from boxes by role, `page(number, turn)` all rows."""

    row: Callable[[int, Mapping[Role, Box]], Row]
    page: Callable[[int, int], tuple[Row, ...]]


def apply_repairs(table: Table, orders: Iterable[Order], repairs: Repairs) -> Table:
    """The table after all orders, in their order. Raises RepairError."""
    for order in orders:
        rows, pages = _apply(table, order, repairs)
        table = replace(table, rows=tuple(replace(row, index=i) for i, row in enumerate(rows)), pages=pages)
        if isinstance(order, LeaveOutPage | TakePage):
            table = replace(table, order=_settled(table.order, order.page))
    return table


def _settled(order: PageOrder, page: int) -> PageOrder:
    """What is to be known of the report's pages, once a person has said where this one belongs."""
    return replace(
        order,
        foreign=tuple(one for one in order.foreign if one != page),
        doubted=tuple(one for one in order.doubted if one != page),
        notes=tuple(one for one in order.notes if one.page != page or one.rule not in SETTLED),
    )


def find_row(table: Table, page: int, box: Box) -> Row | None:
    """The row whose piece on the page lies where the box does."""
    found = [(_overlap(piece.box, box), row) for row in table.rows for piece in row.pieces if piece.page == page]
    best = max(found, key=lambda one: one[0], default=(0.0, None))
    return best[1] if best[0] >= SAME_ROW else None


def _apply(table: Table, order: Order, repairs: Repairs) -> tuple[tuple[Row, ...], tuple[int, ...]]:
    match order:
        case LeaveOutPage():
            return _rest(table, order.page), tuple(page for page in table.pages if page != order.page)
        case TakePage():
            pages = table.pages if order.page in table.pages else tuple(sorted({*table.pages, order.page}))
            return _take(table, order, repairs), pages
        case TurnPage():
            new = repairs.page(order.page, order.turn)
            return _placed(_rest(table, order.page), new), tuple(sorted({*table.pages, order.page}))
        case SetColumns():
            return tuple(_relabelled(row, order) if row.page == order.page else row for row in table.rows), table.pages
        case SplitRow():
            return _split(table, order, repairs), table.pages
        case JoinRows():
            return _join(table, order, repairs), table.pages
        case AddRow():
            return _add(table, order, repairs), tuple(sorted({*table.pages, order.page}))
        case DrawCell():
            return _draw(table, order, repairs), table.pages


def _take(table: Table, order: TakePage, repairs: Repairs) -> tuple[Row, ...]:
    """Rows of a page that was taken for another's stand at the end; those of a page beyond the border nowhere."""
    own = tuple(row for row in table.rows if row.page == order.page)
    if own and order.page not in table.order.foreign:
        return table.rows
    new = own or repairs.page(order.page, 0)
    if not new:
        raise RepairError("no table can be read on this page", "draw its rows, or scan it again")
    return _placed(tuple(row for row in table.rows if row.page != order.page), new)


def _split(table: Table, order: SplitRow, repairs: Repairs) -> tuple[Row, ...]:
    row = _need(table, order.page, order.box)
    boxes = cell_boxes(row, order.page)
    upper = {role: (box[0], order.box[1], box[2], order.at) for role, box in boxes.items()}
    lower = {role: (box[0], order.at, box[2], order.box[3]) for role, box in boxes.items()}
    parts = (repairs.row(order.page, upper), repairs.row(order.page, lower))
    return tuple(new for old in table.rows for new in (parts if old is row else (old,)))


def _join(table: Table, order: JoinRows, repairs: Repairs) -> tuple[Row, ...]:
    first, second = sorted((_need(table, order.page, box) for box in order.boxes), key=lambda row: row.index)
    if first is second:
        raise RepairError("both boxes are the same row", "choose two rows")
    one, other = cell_boxes(first, order.page), cell_boxes(second, order.page)
    boxes = {role: _union(one.get(role), other.get(role)) for role in {**one, **other}}
    joined = repairs.row(order.page, {role: box for role, box in boxes.items() if box is not None})
    return tuple(joined if row is first else row for row in table.rows if row is not second)


def _add(table: Table, order: AddRow, repairs: Repairs) -> tuple[Row, ...]:
    columns = column_sides(table, order.page)
    if not columns:
        raise RepairError("the page has no columns to read the row by", "draw its cells one by one on another row")
    boxes = {role: (sides[0], order.box[1], sides[1], order.box[3]) for role, sides in columns.items()}
    return _placed(table.rows, (repairs.row(order.page, boxes),))


def _draw(table: Table, order: DrawCell, repairs: Repairs) -> tuple[Row, ...]:
    row = _need(table, order.page, order.row)
    read = getattr(repairs.row(order.page, {order.field: order.box}), order.field)
    missing = tuple(role for role in row.columns_missing if role != order.field)
    fields: dict[str, Any] = {order.field: read}
    drawn = replace(row, **fields, columns_missing=missing)
    return tuple(drawn if old is row else old for old in table.rows)


def cell_boxes(row: Row, page: int) -> dict[Role, Box]:
    """Where each field of a row lies on a page."""
    found: dict[Role, Box] = {}
    for role in ROLES:
        field: Field = getattr(row, role)
        box = next((piece.box for piece in field.pieces if piece.page == page), None)
        if box is not None:
            found[role] = box
    return found


def column_sides(table: Table, page: int) -> dict[Role, tuple[float, float]]:
    """Left and right of each column: medians over the page's rows, or over all rows where it has none."""
    rows = [row for row in table.rows if row.page == page] or list(table.rows)
    sides: dict[Role, tuple[float, float]] = {}
    for role in ROLES:
        boxes = [box for row in rows for name, box in cell_boxes(row, row.page).items() if name == role]
        if boxes:
            sides[role] = _median([box[0] for box in boxes]), _median([box[2] for box in boxes])
    return sides


def _median(numbers: list[float]) -> float:
    return sorted(numbers)[len(numbers) // 2]


def _need(table: Table, page: int, box: Box) -> Row:
    row = find_row(table, page, box)
    if row is None:
        raise RepairError("that row is not on the page any more", "look at the page again")
    return row


def _rest(table: Table, page: int) -> tuple[Row, ...]:
    """The rows without what lies on a page."""
    kept = (_without(row, page) for row in table.rows)
    return tuple(row for row in kept if row is not None)


def _without(row: Row, page: int) -> Row | None:
    """The row without what lies on a page; None where nothing is left."""
    if all(piece.page != page for piece in row.pieces):
        return row
    pieces = tuple(piece for piece in row.pieces if piece.page != page)
    if not pieces:
        return None
    fields: dict[str, Any] = {role: _field_without(getattr(row, role), page) for role in ROLES}
    others = tuple((name, _field_without(field, page)) for name, field in row.others)
    return replace(row, **fields, others=others, pieces=pieces)


def _field_without(field: Field, page: int) -> Field:
    """A field that went on over the page's border can't be trusted as it was read."""
    pieces = tuple(piece for piece in field.pieces if piece.page != page)
    if pieces == field.pieces:
        return field
    return (
        EMPTY
        if not pieces
        else replace(field, pieces=pieces, confidence=0.0, reasons=(*field.reasons, "page-left-out"))
    )


def _placed(rows: tuple[Row, ...], new: tuple[Row, ...]) -> tuple[Row, ...]:
    """New rows where they belong: by page, then by height."""
    if not new:
        return rows
    place = _place(new[0])
    before = sum(_place(row) < place for row in rows)
    return (*rows[:before], *new, *rows[before:])


def _place(row: Row) -> tuple[int, float]:
    first = row.pieces[0]
    return first.page, first.box[1]


def _relabelled(row: Row, order: SetColumns) -> Row:
    fields: dict[Role, Field] = {role: getattr(row, role) for role in ROLES}
    kept = {role: field for role, field in fields.items() if role not in order.roles}
    moved = {order.roles[role]: field for role, field in fields.items() if role in order.roles}
    missing = tuple(role for role in row.columns_missing if role not in moved)
    now: dict[str, Any] = {role: {**kept, **moved}.get(role, EMPTY) for role in ROLES}
    return replace(row, **now, columns_missing=missing)


def _union(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return width * height / (area - width * height)


def row_piece(boxes: Iterable[Box], page: int) -> Piece:
    """The piece that covers all boxes."""
    every = list(boxes)
    return Piece(
        page,
        (min(b[0] for b in every), min(b[1] for b in every), max(b[2] for b in every), max(b[3] for b in every)),
    )
