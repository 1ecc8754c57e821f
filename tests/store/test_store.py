"""A report in the store: kept once, settled for good, queued, chained."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from extractor.errors import UsageError
from extractor.store import (
    Leased,
    NewDecision,
    Refused,
    Stale,
    Store,
    as_report,
    check_chain,
    count_tasks,
    decide,
    lease_next,
    lease_task,
    open_store,
    open_tasks,
    parse_address,
    postpone,
    read_cells,
    read_original,
    save_report,
    unpack_readings,
)
from extractor.store.save import Asking
from extractor.store.schema import decision, document, extraction, task
from tests.store.samples import change, seed_scan

CODE = "III.6.4"
KEY = f"{CODE}/value"


@pytest.fixture
def saved(store: Store) -> tuple[Store, int]:
    data, written, readings = seed_scan()
    return store, save_report(store, data, written, readings)


def say(document_id: int, key: str = KEY, user: str = "lan", **more: object) -> NewDecision:
    settled = {
        "request": f"{user}-{key}-{more.get('seen', 0)}",
        "kind": "misread",
        "after": {"state": "read", "number": "7"},
    }
    return NewDecision(document_id=document_id, key=key, user=user, **{**settled, **more})  # type: ignore[arg-type]


def test_the_same_file_is_one_document(saved: tuple[Store, int]) -> None:
    store, first = saved
    data, written, readings = seed_scan()
    assert save_report(store, data, written, readings) == first
    with store.read() as connection:
        assert len(connection.execute(select(extraction)).all()) == 1
        about = connection.execute(select(document)).one()
    assert (about.organisation_code, about.period, about.catalogue) == ("949", "2022", "soctrang-cchc-huyen")
    assert about.report_id is not None
    assert read_original(store.files, about.sha256) == data


def test_every_indicator_has_its_cells(saved: tuple[Store, int]) -> None:
    store, one = saved
    with store.read() as connection:
        cells = {cell.cell.key: cell for cell in read_cells(connection, one)}
    assert len({cell.cell.code for cell in cells.values() if cell.cell.field == "value"}) == 211
    assert cells[KEY].cell.number == "23270"
    assert cells["head/organisation"].word["text"] == "UBND huyện Thạnh Trị"


def test_findings_are_one_task_each_and_hide_the_cells_that_only_they_touch(saved: tuple[Store, int]) -> None:
    store, one = saved
    with store.read() as connection:
        tasks = open_tasks(connection, one)
    keys = {found.key for found in tasks}
    assert "finding/PW-34/VI.3:value,IV.1.2:value" in keys
    assert "IV.1.2/value" not in keys
    assert not any(found.severity == "info" for found in tasks)


def test_what_is_settled_outlives_a_new_extraction(saved: tuple[Store, int]) -> None:
    store, one = saved
    data, written, readings = seed_scan()
    decide(store, say(one, kind="confirmed", after={"state": "read", "number": "23270"}))
    save_report(store, data, change(written, CODE, confidence=0.5, status="review"), readings)
    with store.read() as connection:
        cell = read_cells(connection, one, (KEY,))[0]
        assert KEY not in {found.key for found in open_tasks(connection, one)}
    assert cell.settled is not None
    assert cell.word["number"] == "23270"


def test_a_reading_that_changed_under_a_settled_cell_is_a_conflict(saved: tuple[Store, int]) -> None:
    store, one = saved
    data, written, readings = seed_scan()
    decide(store, say(one))
    save_report(store, data, change(written, CODE, number=23276, raw="23.276"), readings)
    with store.read() as connection:
        conflict = next(found for found in open_tasks(connection, one) if found.key == KEY)
        assert read_cells(connection, one, (KEY,))[0].word["number"] == "7"
    assert conflict.kind == "conflict"
    save_report(store, data, change(written, CODE, number=7, raw="7"), readings)
    with store.read() as connection:
        assert KEY not in {found.key for found in open_tasks(connection, one)}


def test_a_failed_reading_does_not_take_the_place_of_a_good_one(saved: tuple[Store, int]) -> None:
    from extractor.errors import NoTable
    from extractor.report import MadeWith, failed_document

    store, one = saved
    data, _, _ = seed_scan()
    sha256 = hashlib.sha256(data).hexdigest()
    failed = failed_document("x.pdf", sha256, NoTable("no table", "scan again"), MadeWith(extractor="0"))
    assert save_report(store, data, failed.to_json(), None) == one
    with store.read() as connection:
        assert len(connection.execute(select(extraction)).all()) == 2
        assert connection.execute(select(document.c.outcome)).scalar_one() == "complete"
        assert read_cells(connection, one, (KEY,))[0].cell.number == "23270"


def test_a_failed_document_asks_nobody_about_its_head(store: Store) -> None:
    from extractor.errors import UnreadableFile
    from extractor.report import MadeWith, failed_document

    failed = failed_document("x.pdf", hashlib.sha256(b"x").hexdigest(), UnreadableFile("no"), MadeWith(extractor="0"))
    one = save_report(store, b"x", failed.to_json(), None)
    with store.read() as connection:
        assert open_tasks(connection, one) == ()


def test_a_decision_sent_twice_is_kept_once(saved: tuple[Store, int]) -> None:
    store, one = saved
    first = decide(store, say(one))
    again = decide(store, say(one))
    assert (again.seq, again.repeated) == (first.seq, True)


def test_a_stale_decision_is_refused_with_what_stands(saved: tuple[Store, int]) -> None:
    store, one = saved
    first = decide(store, say(one))
    with pytest.raises(Stale) as refused:
        decide(store, say(one, user="minh"))
    assert refused.value.settled is not None
    assert refused.value.settled.seq == first.seq


def test_an_undo_brings_back_the_machine_word_and_the_task(saved: tuple[Store, int]) -> None:
    store, one = saved
    key = lease_next(store, "lan")[0].key
    first = decide(store, say(one, key))
    decide(store, say(one, key, request="undo", kind="undo", after={}, undoes=first.seq, seen=first.seq))
    with store.read() as connection:
        assert read_cells(connection, one, (key,)) == () or read_cells(connection, one, (key,))[0].settled is None
        assert key in {found.key for found in open_tasks(connection, one)}
    with pytest.raises(Refused):
        decide(store, say(one, key, request="undo again", kind="undo", after={}, undoes=first.seq, seen=first.seq))


def test_nobody_gets_what_somebody_holds(saved: tuple[Store, int]) -> None:
    store, one = saved
    mine = lease_next(store, "lan", count=3)
    other = lease_next(store, "minh", count=3)
    assert not {found.id for found in mine} & {found.id for found in other}
    assert lease_task(store, "minh", one, mine[0].key) is None
    with pytest.raises(Leased):
        decide(store, say(one, mine[0].key, user="minh"))
    assert [found.id for found in lease_next(store, "lan", count=3)] == [found.id for found in mine]


def test_an_expired_lease_is_free(saved: tuple[Store, int]) -> None:
    store, _ = saved
    mine = lease_next(store, "lan")[0]
    with store.write() as connection:
        connection.execute(text("UPDATE task SET lease_until = '2000-01-01T00:00:00.000000Z'"))
    assert lease_next(store, "minh")[0].id == mine.id


def test_the_queue_starts_with_the_most_expected_error(saved: tuple[Store, int]) -> None:
    store, _ = saved
    ranks = [found.rank for found in lease_next(store, "lan", count=100)]
    assert ranks == sorted(ranks)


def test_a_postponed_task_comes_last(saved: tuple[Store, int]) -> None:
    store, one = saved
    first = lease_next(store, "lan")[0]
    postpone(store, "lan", one, first.key)
    assert lease_next(store, "lan")[0].id != first.id
    assert lease_next(store, "lan", count=100)[-1].id == first.id


def test_two_people_enter_a_critical_value_and_a_third_settles_it(saved: tuple[Store, int]) -> None:
    store, one = saved
    data, written, readings = seed_scan()
    doubtful = change(written, CODE, confidence=0.5, status="review", reasons=["low-confidence"])
    save_report(store, data, doubtful, readings, asking=Asking(critical=(CODE,)))
    assert decide(store, say(one, purpose="entry")).final is False
    with pytest.raises(Refused):
        decide(store, say(one, purpose="entry", request="again"))
    assert KEY not in {found.key for found in lease_next(store, "lan", count=100)}
    other = say(one, user="minh", purpose="entry", after={"state": "read", "number": "8"})
    assert decide(store, other).final is False
    with store.read() as connection:
        assert next(found for found in open_tasks(connection, one) if found.key == KEY).kind == "adjudicate"
    for user, purpose in (("lan", "adjudication"), ("hoa", "review")):
        with pytest.raises(Refused):
            decide(store, say(one, user=user, purpose=purpose, request=f"{user} again"))
    assert decide(store, say(one, user="hoa", purpose="adjudication")).final is True
    with store.read() as connection:
        assert read_cells(connection, one, (KEY,))[0].word["number"] == "7"


def test_decisions_cannot_be_changed_and_the_chain_shows_what_is_missing(saved: tuple[Store, int]) -> None:
    store, one = saved
    decide(store, say(one))
    decide(store, say(one, "III.6.1/value"))
    with store.read() as connection:
        assert check_chain(connection) is None
    for statement in ("UPDATE decision SET after = '{}'", "DELETE FROM decision"):
        with pytest.raises(DBAPIError), store.write() as connection:
            connection.execute(text(statement))
    with store.write() as connection:
        if store.address.is_sqlite:
            connection.execute(text("DROP TRIGGER decision_no_update"))
        else:
            connection.execute(text("ALTER TABLE decision DISABLE TRIGGER ALL"))
        connection.execute(text('UPDATE decision SET after = \'{"number": "9"}\' WHERE seq = 1'))
    with store.read() as connection:
        assert check_chain(connection) == "decision 1 was changed"


def test_concurrent_people_lose_and_double_nothing(saved: tuple[Store, int]) -> None:
    store, one = saved
    with store.read() as connection:
        left = len(open_tasks(connection, one))

    def work(user: str) -> None:
        while found := lease_next(store, user):
            ask = found[0]
            decide(store, say(one, ask.key, user, request=f"{user}-{ask.id}", kind="settled", after={}))

    people = [threading.Thread(target=work, args=(f"p{number}",)) for number in range(4)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    with store.read() as connection:
        made = connection.execute(select(decision.c.key)).scalars().all()
        assert check_chain(connection) is None
        assert count_tasks(connection) == {"done": left}
    assert len(made) == len(set(made)) == left


def test_two_active_scans_of_one_report_ask_for_the_version(saved: tuple[Store, int]) -> None:
    store, first = saved
    data, written, readings = seed_scan()
    second = save_report(store, data + b"\n", written, readings)
    assert second != first
    with store.read() as connection:
        asked = connection.execute(select(task.c.document_id).where(task.c.kind == "version")).scalars().all()
    assert sorted(asked) == [first, second]


def test_readings_come_back_as_they_were() -> None:
    from extractor.indicator import load_catalogue
    from extractor.pipeline import judge
    from extractor.report import assemble_document
    from extractor.settings import load_settings

    _, written, packed = seed_scan()
    readings = unpack_readings(packed)
    report = as_report(readings, load_catalogue(readings.catalogue))
    assert assemble_document(judge(report, load_settings(environ={}))).to_json() == written
    assert replace(readings, name="x").table == readings.table


def test_addresses_that_are_none_are_told() -> None:
    for given in ("mysql://x/y", "sqlite:///:memory:", "::://"):
        with pytest.raises(UsageError):
            parse_address(given)


def test_a_store_that_is_not_there_is_not_made_by_who_reads(tmp_path: object) -> None:
    with pytest.raises(UsageError):
        open_store(f"{tmp_path}/none.db", create=False)
