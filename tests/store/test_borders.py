"""Pages that a person says belong to a report or not; reports of a file that was divided otherwise for a while."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from extractor.indicator import load_catalogue
from extractor.records import PageNote
from extractor.repair import RepairError, Repairs, apply_repairs, parse_order
from extractor.settings import load_settings
from extractor.store import (
    NewDecision,
    Part,
    Store,
    bring_up_to_date,
    decide,
    keep_only,
    open_tasks,
    read_cells,
    save_report,
    unpack_readings,
)
from extractor.store.codec import as_report, pack_report
from extractor.store.schema import document
from extractor.store.versions import set_version
from tests.store.samples import seed_scan

SETTINGS = load_settings(environ={})
PAGE = 4
TAKE = parse_order({"op": "take-page", "page": PAGE})


def _foreign(notes: bool = True) -> bytes:
    """The sample as if page 4 had been taken for a page of another report."""
    readings = unpack_readings(seed_scan()[2])
    rows = sorted(readings.table.rows, key=lambda row: row.page == PAGE)
    order = replace(
        readings.table.order,
        foreign=(PAGE,),
        doubted=(PAGE,),
        notes=(PageNote("foreign-page", PAGE), PageNote("page-order", None, (1,))) if notes else (),
    )
    table = replace(readings.table, rows=tuple(replace(row, index=k) for k, row in enumerate(rows)), order=order)
    return pack_report(as_report(replace(readings, table=table), load_catalogue(readings.catalogue)))


def test_a_foreign_page_that_belongs_here_is_the_reports_again(store: Store) -> None:
    data, text, _ = seed_scan()
    one = save_report(store, data, text, _foreign())
    bring_up_to_date(store, one, SETTINGS)
    with store.read() as connection:
        (cell,) = read_cells(connection, one, ("III.6.4/row",))
    assert cell.cell.state != "matched"
    decide(store, NewDecision("a-page-1", one, "repair/1", "repair", "lan", TAKE.model_dump(mode="json")))
    assert bring_up_to_date(store, one, SETTINGS) == ()
    with store.read() as connection:
        (cell,) = read_cells(connection, one, ("III.6.4/value",))
        keys = [found.key for found in open_tasks(connection, one)]
    assert (cell.cell.state, cell.cell.number, cell.cell.page) == ("read", "23270", PAGE)
    assert not [key for key in keys if "foreign-page" in key]


def test_rows_of_a_page_taken_in_stand_where_it_is_filed() -> None:
    whole = unpack_readings(seed_scan()[2]).table
    parted = unpack_readings(_foreign()).table
    repairs = Repairs(row=lambda page, boxes: parted.rows[0], page=lambda page, turn: ())
    taken = apply_repairs(parted, [TAKE], repairs)
    assert [row.label.raw for row in taken.rows] == [row.label.raw for row in whole.rows]
    assert (taken.order.foreign, taken.order.doubted) == ((), ())
    assert [note.rule for note in taken.order.notes] == ["page-order"]


def test_a_border_between_two_reports_is_moved_page_by_page() -> None:
    """Page 4 goes from the second report to the first: left out there, taken in here, where it is read."""
    whole = unpack_readings(seed_scan()[2]).table
    own = tuple(row for row in whole.rows if row.page == PAGE)
    first = replace(whole, rows=tuple(row for row in whole.rows if row.page < PAGE), pages=(1, 2, 3))
    second = replace(whole, rows=tuple(row for row in whole.rows if row.page >= PAGE), pages=(4, 5, 6, 7, 8, 9))
    asked: list[tuple[int, int]] = []
    repairs = Repairs(
        row=lambda page, boxes: own[0],
        page=lambda page, turn: own if not asked.append((page, turn)) else (),  # type: ignore[func-returns-value]
    )
    taken = apply_repairs(first, [TAKE], repairs)
    assert asked == [(PAGE, 0)]
    assert [row.label.raw for row in taken.rows] == [row.label.raw for row in whole.rows if row.page <= PAGE]
    assert taken.pages == (1, 2, 3, 4)
    left = apply_repairs(second, [parse_order({"op": "leave-out-page", "page": PAGE})], repairs)
    assert {row.page for row in left.rows} == {5, 6, 7, 8, 9}
    with pytest.raises(RepairError):
        apply_repairs(first, [TAKE], replace(repairs, page=lambda page, turn: ()))


def _active(store: Store) -> dict[int, bool]:
    with store.read() as connection:
        return {row.part: row.active for row in connection.execute(select(document.c.part, document.c.active))}


def test_a_document_that_was_retired_and_comes_again_stands_again(store: Store) -> None:
    data, text, readings = seed_scan()
    whole = save_report(store, data, text, readings)
    with store.read() as connection:
        asked = len(open_tasks(connection, whole))
    for number, first, last in ((1, 1, 4), (2, 5, 9)):
        save_report(store, data, text, readings, part=Part(number, first, last))
    keep_only(store, seed_sha(store), (1, 2))
    assert _active(store) == {0: False, 1: True, 2: True}
    failed = text.replace('"outcome": "complete"', '"outcome": "failed"').replace(
        '"outcome": "partial"', '"outcome": "failed"'
    )
    save_report(store, data, failed, None)  # a reading that failed retires nothing, so it brings nothing back
    assert _active(store) == {0: False, 1: True, 2: True}
    assert save_report(store, data, text, readings) == whole
    keep_only(store, seed_sha(store), (0,))
    assert _active(store) == {0: True, 1: False, 2: False}
    with store.read() as connection:
        assert len(open_tasks(connection, whole)) == asked


def test_what_a_person_retired_stays_retired(store: Store) -> None:
    data, text, readings = seed_scan()
    one = save_report(store, data, text, readings)
    set_version(store, NewDecision("a-version", one, "version-of", "activated", "lan", {}), "signed", active=False)
    save_report(store, data, text, readings)
    assert _active(store) == {0: False}


def seed_sha(store: Store) -> str:
    with store.read() as connection:
        return str(connection.execute(select(document.c.sha256)).scalars().first())
