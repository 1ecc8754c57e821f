"""Small reports built in memory: a catalogue, a table, its matching, values and scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extractor.records import (
    Catalogue,
    Field,
    Head,
    HeadField,
    Indicator,
    Matching,
    Note,
    Piece,
    Reading,
    Row,
    RowMatch,
    RowTrust,
    RowValue,
    Scores,
    Source,
    Table,
    Trust,
    Value,
    ValueType,
)
from extractor.report import Extraction, MadeWith

SURE = Trust(0.9999, "accepted")
BOX = (0.1, 0.2, 0.3, 0.4)


def make_indicator(code: str, order: int, type_: ValueType = "count", label: str = "") -> Indicator:
    label = label or f"Chỉ tiêu {code}"
    return Indicator(code, "item", None, "", label, "Hồ sơ", type_, order, (label,))


def make_catalogue(codes: Sequence[str], types: Sequence[ValueType] = ()) -> Catalogue:
    kinds = [*types, *["count"] * (len(codes) - len(types))]
    indicators = tuple(make_indicator(c, i, t) for i, (c, t) in enumerate(zip(codes, kinds, strict=True)))  # type: ignore[arg-type]
    return Catalogue("mini", "1", indicators, (), (), (), ("THỐNG KÊ",), (), "0" * 64)


def make_field(raw: str, page: int = 1, box: tuple[float, float, float, float] = BOX) -> Field:
    readings = (Reading("ppocr", raw, 0.99), Reading("trueocr", raw, 0.98)) if raw else ()
    return Field(raw, "read" if raw else "blank", 0.99, (Piece(page, box),), readings)


def make_row(index: int, label: str, value: str, page: int = 1) -> Row:
    top = 0.1 + 0.02 * (index % 40)
    box = (0.1, top, 0.9, top + 0.02)
    value_box = (0.6, top, 0.7, top + 0.02)
    return Row(
        index,
        make_field("", page),
        make_field(label, page),
        make_field("Hồ sơ", page),
        make_field(value, page, value_box),
        make_field("", page),
        pieces=(Piece(page, box),),
    )


def make_value(raw: str) -> Value:
    if not raw:
        return Value("blank", "", None, None)
    return Value("read", raw, Decimal(raw.replace(".", "")), None)


def make_row_value(row: Row) -> RowValue:
    return RowValue(row.index, make_value(row.value.raw), "Hồ sơ", 0.99, Note(row.note.raw))


def make_source() -> Source:
    return Source("bao-cao.pdf", "ab" * 32, "application/pdf", 2, b"")


def make_head() -> Head:
    nothing = HeadField(None, None, 0.0, None)
    organisation = HeadField("UBND HUYEN THANH TRI", "UBND huyện Thạnh Trị", 0.97, Piece(1, BOX), (("code", "949"),))
    period = HeadField(
        "NĂM 2022", "2022", 0.99, Piece(1, BOX),
        (("kind", "year"), ("from", "2022-01-01"), ("to", "2022-12-31"), ("cumulative", True)),
    )  # fmt: skip
    return Head(organisation, nothing, nothing, period)


def make_scores(table: Table, absent: Sequence[str]) -> Scores:
    rows = tuple(RowTrust(row.index, None, SURE, SURE, SURE, SURE, SURE) for row in table.rows)
    return Scores(rows, tuple((code, SURE) for code in absent), (("organisation", SURE), ("period", SURE)))


def make_extraction(
    codes: Sequence[str], printed: Sequence[tuple[str | None, str]], pages: Sequence[int] = ()
) -> Extraction:
    """`printed`: (code or None for a stranger, value) of each row; `pages`: the page of each row."""
    catalogue = make_catalogue(codes)
    where = pages or [1] * len(printed)
    rows = tuple(
        make_row(i, f"Chỉ tiêu {code}", value, page)
        for i, ((code, value), page) in enumerate(zip(printed, where, strict=True))
    )
    matched = {code for code, _ in printed}
    absent = [code for code in codes if code not in matched]
    table = Table(rows, "Số lượng", (), tuple(dict.fromkeys(where)))
    matching = Matching(
        tuple(RowMatch(i, code, 0.999, None if code else (codes[0], 0.2)) for i, (code, _) in enumerate(printed)),
        tuple((code, 0.99) for code in absent),
        0.9,
    )
    return Extraction(
        make_source(),
        catalogue,
        0.999,
        table,
        matching,
        tuple(make_row_value(row) for row in rows),
        make_head(),
        (),
        make_scores(table, absent),
        MadeWith(extractor="0", catalogue="mini@1"),
    )


def with_table(found: Extraction, **changes: object) -> Extraction:
    return replace(found, table=replace(found.table, **changes))  # type: ignore[arg-type]
