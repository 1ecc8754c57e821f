"""Rows of sheets that are there twice, or of another report -> the report's rows, doubted where the two differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extractor.records import Box, Field, Order, Row

COPIES_DIFFER = "copies-differ"
Codes = Mapping[tuple[int, Box], int | None]
"""What the row at a place of the file seems to print, by its page and box."""


def merge_copies(
    rows: tuple[Row, ...], extra: Sequence[Row], copies: Mapping[int, int], codes: Codes, order: Order
) -> tuple[tuple[Row, ...], Order]:
    """Rows with what their copies say, then rows that are only on the extra pages: these belong to no indicator.

    `copies`: page -> the page that it is again; other pages of `extra` are foreign.
    """
    kept = list(rows)
    at = {code: k for k, row in reversed([*enumerate(kept)]) if (code := _code(row, codes)) is not None}
    lone: list[Row] = []
    for row in extra:
        code = _code(row, codes)
        twin = at.get(code) if code is not None else _same_label(row, kept, copies.get(row.page))
        if row.page not in copies or twin is None:
            lone.append(row)
        else:
            kept[twin] = _compare(kept[twin], row)
    kept += [replace(row, index=len(kept) + k) for k, row in enumerate(lone)]
    foreign = tuple(sorted({*order.foreign, *(row.page for row in lone)}))
    return tuple(kept), replace(order, foreign=foreign)


def _code(row: Row, codes: Codes) -> int | None:
    return codes.get((row.page, row.pieces[0].box))


def _same_label(row: Row, rows: Sequence[Row], page: int | None) -> int | None:
    same = (
        k for k, one in enumerate(rows) if one.page == page and one.label.raw.casefold() == row.label.raw.casefold()
    )
    return next(same, None)


def _compare(row: Row, copy: Row) -> Row:
    others = tuple((name, _doubted(field, _other(copy, name, k))) for k, (name, field) in enumerate(row.others))
    return replace(row, value=_doubted(row.value, copy.value), others=others)


def _other(copy: Row, name: str, place: int) -> Field | None:
    return dict(copy.others).get(name) or (copy.others[place][1] if place < len(copy.others) else None)


def _doubted(field: Field, copy: Field | None) -> Field:
    """The field, for a person to settle where its copy says otherwise."""
    if copy is None or copy.state == "illegible" or _plain(field) == _plain(copy):
        return field
    alternatives = field.alternatives
    if copy.raw and all(raw != copy.raw for raw, _ in alternatives):
        alternatives = (*alternatives, (copy.raw, copy.confidence))
    return replace(field, reasons=(*field.reasons, COPIES_DIFFER), alternatives=alternatives)


def _plain(field: Field) -> str:
    return "".join(field.raw.split()).casefold()
