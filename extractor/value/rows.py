"""Rows and their indicators -> what each row holds: value, unit, note and further columns, normalised."""

from __future__ import annotations

from extractor.records import Catalogue, Indicator, Matching, Row, RowValue, Table
from extractor.value.cell import parse_value
from extractor.value.notes import parse_note
from extractor.value.units import is_ditto, match_unit


def parse_rows(table: Table, matching: Matching, catalogue: Catalogue) -> tuple[RowValue, ...]:
    """One RowValue for each row of the table, in its order; rows of no indicator are read by their printed unit."""
    indicators = {indicator.code: indicator for indicator in catalogue.indicators}
    codes = {match.row: match.code for match in matching.matches if match.code is not None}
    found: list[RowValue] = []
    above = ""
    for row in table.rows:
        unit = above if is_ditto(row.unit.raw) else row.unit.raw
        above = unit or above
        found.append(_parse_row(row, unit, indicators.get(codes.get(row.index, "")), catalogue))
    return tuple(found)


def _parse_row(row: Row, unit: str, indicator: Indicator | None, catalogue: Catalogue) -> RowValue:
    name, confidence = match_unit(unit, catalogue.units)
    return RowValue(
        row.index,
        parse_value(row.value, indicator, unit),
        name,
        confidence,
        parse_note(row.note.raw),
        tuple((measure, parse_value(field, indicator, unit)) for measure, field in row.others),
    )
