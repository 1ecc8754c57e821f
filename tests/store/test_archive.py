"""Documents against the archive: the warning, its task, what counts as history, and what is done anew."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from extractor.store import (
    NewDecision,
    Store,
    compare_archive,
    decide,
    open_tasks,
    read_findings,
    recheck,
    save_report,
    unpack_json,
)
from extractor.store.schema import document, extraction
from extractor.store.versions import activate
from tests.export.reports import make_report
from tests.store.series import ALL, draw_series, fill_series

CODE = "III_6_4"
KEY = "finding/ARCHIVE-OWN/III.6.4:value"
USUAL = {2018: 21400, 2019: 22950, 2020: 22100, 2021: 23100}


def number(value: int, **more: Any) -> dict[str, Any]:
    return {CODE: {"raw": str(value), "number": value, **more}}


def keep(store: Store, period: str, **changes: dict[str, Any]) -> int:
    one = save_report(store, *make_report("949", period, number=None, **changes), None)
    recheck(store, one)
    return one


def warnings(store: Store, document_id: int) -> dict[str, dict[str, Any]]:
    with store.read() as connection:
        found = read_findings(connection, document_id)
    return {one["key"]: one for one in found if one["source"] == "archive" and "III.6.4" in one["key"]}


@pytest.fixture
def filled(store: Store) -> Store:
    for year, value in USUAL.items():
        keep(store, str(year), **number(value))
    return store


def test_a_value_far_from_its_history_is_a_warning_with_the_history_and_a_task(filled: Store) -> None:
    one = keep(filled, "2022", **number(232700))
    (found,) = warnings(filled, one).values()
    assert (found["key"], found["severity"], found["kind"]) == (KEY, "warning", "range")
    assert "2018: 21.400; 2019: 22.950; 2020: 22.100; 2021: 23.100" in found["message_vi"]
    assert "2021: 23,100" in found["message_en"]
    with filled.read() as connection:
        assert KEY in {task.key for task in open_tasks(connection, one)}
        written = connection.execute(select(extraction.c.json).where(extraction.c.document_id == one)).scalar_one()
    assert "ARCHIVE" not in unpack_json(written)


def test_a_usual_value_is_none_and_a_settled_one_ends_the_warning(filled: Store) -> None:
    assert not warnings(filled, keep(filled, "2023", **number(23500)))
    one = keep(filled, "2022", **number(232700))
    after = {"state": "read", "raw": "23.270", "number": "23270"}
    decide(filled, NewDecision("request-1", one, "III.6.4/value", "misread", "lan", after))
    recheck(filled, one)
    assert not warnings(filled, one)
    with filled.read() as connection:
        assert KEY not in {task.key for task in open_tasks(connection, one)}


def test_a_warning_that_was_looked_at_is_not_asked_again(filled: Store) -> None:
    one = keep(filled, "2022", **number(232700))
    decide(filled, NewDecision("request-1", one, KEY, "settled", "lan", {"verdict": "as-printed"}))
    keep(filled, "2023", **number(23500))
    compare_archive(filled)
    with filled.read() as connection:
        assert KEY not in {task.key for task in open_tasks(connection, one)}
    assert KEY in warnings(filled, one)


def test_uncertain_values_and_other_kinds_of_period_are_no_history(store: Store) -> None:
    for year, value in USUAL.items():
        keep(store, str(year), **number(value, status="review", confidence=0.5, reasons=["low-confidence"]))
    for period in ("2019-S1", "2020-S1", "2021-S1", "2022-Q1"):
        keep(store, period, **number(11000))
    assert not warnings(store, keep(store, "2022", **number(232700)))
    assert warnings(store, keep(store, "2022-S1", **number(230)))


def test_extracted_again_the_warning_and_its_task_stay(filled: Store) -> None:
    one = keep(filled, "2022", **number(232700))
    other = number(232700) | {"III_6_1": {"raw": "5", "number": 5}}
    assert keep(filled, "2022", **other) == one
    assert KEY in warnings(filled, one)
    with filled.read() as connection:
        assert KEY in {task.key for task in open_tasks(connection, one)}


def test_a_document_that_stands_for_no_report_has_no_warnings(filled: Store) -> None:
    one = keep(filled, "2022", **number(232700))
    with filled.write() as connection:
        connection.execute(document.update().where(document.c.id == one).values(active=False))
    compare_archive(filled)
    assert not warnings(filled, one)


def test_a_corrected_organisation_ends_what_its_values_made_of_the_old_one(store: Store) -> None:
    """Reports of another district that were taken for 949's: while they were, 949's own year stood aside."""
    strays = [keep(store, str(year), **number(900)) for year in (2018, 2019, 2020)]
    one = keep(store, "2022", **number(23000))
    assert warnings(store, one)
    name = {"text": "UBND huyện Châu Thành", "code": "942"}
    for turn, stray in enumerate(strays):
        decide(store, NewDecision(f"request-{turn}", stray, "head/organisation", "misread", "lan", name))
        recheck(store, stray)
    told = {document_id: warnings(store, document_id) for document_id in (one, *strays)}
    assert not told[one]
    decide(store, NewDecision("request-9", strays[0], "head/organisation", "undo", "lan", {}, seen=1, undoes=1))
    recheck(store, strays[0])
    compare_archive(store)
    assert told == {document_id: warnings(store, document_id) for document_id in told}


def test_what_is_replaced_by_another_version_has_no_warnings_any_more(filled: Store) -> None:
    one = keep(filled, "2022", **number(232700))
    other = save_report(filled, *make_report("949", "2022", number="320/BC-UBND", **number(23270)), None)
    assert warnings(filled, one)
    activate(filled, NewDecision("request-1", other, "version", "activated", "lan", {}))
    recheck(filled, other)
    assert not warnings(filled, one)


def test_an_archive_is_compared_at_once(store: Store) -> None:
    series = draw_series(ALL[:6], range(2019, 2023))
    series["943", 2021]["III.6.4"] *= 1000
    fill_series(store, series)
    compared, aside = compare_archive(store)
    assert 0 < aside < 0.02 * compared
    with store.read() as connection:
        ids = {(row.organisation_code, row.period): row.id for row in connection.execute(select(document))}
    assert list(warnings(store, ids["943", "2021"])) == [KEY]
    assert compare_archive(store) == (compared, aside)
