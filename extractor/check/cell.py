"""Rows, matches and values -> the cells that rules are checked on, and what is known of the whole report."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from extractor.records import (
    Candidate,
    Catalogue,
    Head,
    Indicator,
    Matching,
    Note,
    Place,
    Row,
    RowValue,
    Table,
    ValueState,
)

NO_NOTE = Note("")


@dataclass(frozen=True, slots=True)
class CheckedCell:
    """The value of one indicator with what stands beside it.

    `certain`: read above its threshold, so a contradiction is the report's, not the reader's. `unit`: canonical name of
    the printed unit; `unit_printed`: False where the page has no unit column. `alternatives`: what it may be instead.
    """

    code: str
    state: ValueState
    number: Decimal | None
    certain: bool = True
    page: int | None = None
    raw: str = ""
    ambiguous: bool = False
    unit_raw: str = ""
    unit: str | None = None
    unit_certain: bool = True
    unit_printed: bool = True
    note: Note = NO_NOTE
    alternatives: tuple[Candidate, ...] = ()

    @property
    def known(self) -> Decimal | None:
        """The number where it is settled: read, and with one meaning only."""
        return self.number if self.state == "read" and not self.ambiguous else None


Cells = Mapping[str, CheckedCell]

SURE_UNIT = 0.9  # below it a unit is too doubtful to be held against the report


@dataclass(frozen=True, slots=True)
class Stranger:
    """A row of no indicator, as far as it may repeat one that is matched."""

    label: str
    number: Decimal | None
    page: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the checks look at. `place`: the district, where it is known and valid at the report's time.

    `dated`: the report's period is known, so that bounds by place are sure.
    """

    cells: Cells
    catalogue: Catalogue
    head: Head
    place: Place | None
    dated: bool
    indicators: Mapping[str, Indicator]
    strangers: tuple[Stranger, ...] = ()

    def given(self) -> tuple[tuple[Indicator, CheckedCell], ...]:
        """Indicators with a settled number, in the form's order."""
        pairs = ((one, self.cells.get(one.code)) for one in self.catalogue.indicators)
        return tuple((one, cell) for one, cell in pairs if cell is not None and cell.known is not None)


def find_facts(cells: Cells, catalogue: Catalogue, head: Head, strangers: tuple[Stranger, ...] = ()) -> Facts:
    """The cells with the district that the head names, if it existed in the report's period."""
    code = dict(head.organisation.extra).get("code")
    place = next((one for one in catalogue.places if one.code == code), None)
    period = dict(head.period.extra)
    start, end = period.get("from"), period.get("to")
    if place is not None and isinstance(start, str) and isinstance(end, str) and not _held(place, start, end):
        place = None
    indicators = {one.code: one for one in catalogue.indicators}
    return Facts(cells, catalogue, head, place, isinstance(end, str), indicators, strangers)


def find_cells(
    table: Table, matching: Matching, values: tuple[RowValue, ...], certain: Collection[int] | None = None
) -> dict[str, CheckedCell]:
    """The cells of all matched rows by code. `certain`: rows whose value is read above its threshold; None: all."""
    codes = {match.row: match.code for match in matching.matches}
    by_row = {value.row: value for value in values}
    found = {}
    for row in table.rows:
        code = codes.get(row.index)
        if code is not None:
            sure = certain is None or row.index in certain
            found[code] = _cell(code, row, by_row[row.index], sure)
    return found


def find_strangers(table: Table, matching: Matching, values: tuple[RowValue, ...]) -> tuple[Stranger, ...]:
    """The printed rows of the report that belong to no indicator."""
    matched = {match.row for match in matching.matches if match.code is not None}
    by_row = {value.row: value for value in values}
    return tuple(
        Stranger(row.label.raw, by_row[row.index].value.number, row.page)
        for row in table.rows
        if row.index not in matched and row.page not in table.order.foreign
    )


def _cell(code: str, row: Row, value: RowValue, certain: bool) -> CheckedCell:
    return CheckedCell(
        code,
        value.value.state,
        value.value.number,
        certain and not value.value.ambiguous and value.value.parsed,
        row.value.pieces[0].page if row.value.pieces else row.page,
        value.value.raw,
        value.value.ambiguous,
        row.unit.raw,
        value.unit,
        value.unit_confidence >= SURE_UNIT,
        "unit" not in row.columns_missing and row.unit.state != "illegible",
        value.note,
        value.value.alternatives,
    )


def _held(place: Place, start: str, end: str) -> bool:
    return (place.valid_from is None or place.valid_from <= start) and (place.valid_to is None or end <= place.valid_to)
