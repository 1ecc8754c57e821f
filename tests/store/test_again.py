"""Reports judged again: rows pinned, heads corrected, tables repaired; what was settled goes along."""

from __future__ import annotations

from typing import Any

import pytest

from extractor.settings import load_settings
from extractor.store import (
    NewDecision,
    Store,
    bring_up_to_date,
    decide,
    judge_again,
    open_tasks,
    read_cells,
    save_again,
    save_report,
)
from extractor.store.records import CurrentCell
from tests.store.samples import seed_scan

SETTINGS = load_settings(environ={})


@pytest.fixture
def saved(store: Store) -> tuple[Store, int]:
    data, written, readings = seed_scan()
    return store, save_report(store, data, written, readings)


def say(store: Store, document_id: int, key: str, kind: str, after: dict[str, Any], **more: Any) -> int:
    with store.read() as connection:
        now = read_cells(connection, document_id, (key,))
    seen = now[0].settled.seq if now and now[0].settled else 0
    new = NewDecision(f"{key}-{kind}-{seen}-{len(str(after))}", document_id, key, kind, "lan", after, seen, **more)
    return decide(store, new).seq


def again(store: Store, document_id: int, cause: str = "repair") -> dict[str, CurrentCell]:
    save_again(store, judge_again(store, document_id, SETTINGS), cause)
    with store.read() as connection:
        return {one.cell.key: one for one in read_cells(connection, document_id)}


def cells(store: Store, document_id: int) -> dict[str, CurrentCell]:
    with store.read() as connection:
        return {one.cell.key: one for one in read_cells(connection, document_id)}


def test_judging_again_without_orders_changes_nothing(saved: tuple[Store, int]) -> None:
    store, one = saved
    assert not judge_again(store, one, SETTINGS).changed


def test_a_row_given_to_another_indicator_takes_its_settled_value_along(saved: tuple[Store, int]) -> None:
    store, one = saved
    say(store, one, "III.6.1/value", "misread", {"state": "read", "number": "99"})
    say(store, one, "III.6.1/row", "matched", {"code": "III.6.4", "alias": False})
    now = again(store, one)
    assert now["III.6.4/row"].cell.label_raw == cells(store, one)["III.6.4/row"].cell.label_raw
    assert now["III.6.4/value"].word["number"] == "99"
    assert now["III.6.1/row"].cell.state == "absent"
    assert now["III.6.1/value"].settled is None
    strangers = [found for found in now.values() if found.cell.field == "stranger"]
    assert [found.cell.number for found in strangers] == ["23270"]


def test_a_row_of_no_indicator_becomes_a_stranger(saved: tuple[Store, int]) -> None:
    store, one = saved
    say(store, one, "I.1.1/row", "matched", {"code": None})
    now = again(store, one)
    assert now["I.1.1/row"].cell.state == "absent"
    assert any(found.cell.field == "stranger" for found in now.values())


def test_a_corrected_period_and_organisation_are_certain_and_place_the_report(saved: tuple[Store, int]) -> None:
    store, one = saved
    say(store, one, "head/period", "misread", {"text": "2021-S1"})
    say(store, one, "head/organisation", "misread", {"text": "UBND huyện Châu Thành", "code": "942"})
    text = judge_again(store, one, SETTINGS).text
    assert '"value": "2021-S1"' in text
    assert '"to": "2021-06-30"' in text
    assert '"code": "942"' in text


def test_a_page_left_out_is_unread_and_comes_back_when_the_order_is_taken_back(saved: tuple[Store, int]) -> None:
    store, one = saved
    before = cells(store, one)
    seq = say(store, one, "repair/1", "repair", {"op": "leave-out-page", "page": 4})
    now = again(store, one)
    gone = [key for key, found in before.items() if found.cell.field == "row" and found.cell.page == 4]
    assert gone
    assert all(now[key].cell.state in ("unread", "absent") for key in gone)
    undo = NewDecision("undo", one, "repair/1", "undo", "lan", {}, seq, undoes=seq)
    decide(store, undo)
    back = again(store, one)
    assert {key: found.cell.word for key, found in back.items()} == {
        key: found.cell.word for key, found in before.items()
    }


def test_a_joined_and_a_split_row_are_read_again_and_nothing_else(saved: tuple[Store, int]) -> None:
    store, one = saved
    before = cells(store, one)
    first, second = before["III.6.1/row"].cell, before["III.6.2/row"].cell
    assert first.box is not None
    assert second.box is not None
    assert first.page == second.page
    say(store, one, "III.6.4/value", "confirmed", {"state": "read", "number": "23270"})
    say(store, one, "repair/1", "repair", {"op": "join-rows", "page": first.page, "boxes": [first.box, second.box]})
    joined = again(store, one)
    assert joined["III.6.4/value"].settled is not None
    whole = next(
        found.cell for found in joined.values() if found.cell.row_box and found.cell.row_box[1] == first.box[1]
    )
    assert whole.row_box is not None
    order = {"op": "split-row", "page": first.page, "box": whole.row_box, "at": second.box[1]}
    say(store, one, "repair/2", "repair", order)
    split = again(store, one)
    for key in ("III.6.1/value", "III.6.2/value"):
        assert split[key].word["number"] == before[key].word["number"]
    assert len(split) == len(before)


def test_a_row_that_was_lost_is_drawn_and_read(saved: tuple[Store, int]) -> None:
    store, one = saved
    before = cells(store, one)
    row = before["III.6.4/row"].cell
    say(store, one, "repair/1", "repair", {"op": "leave-out-page", "page": row.page})
    again(store, one)
    say(store, one, "repair/2", "repair", {"op": "add-row", "page": row.page, "box": row.box})
    now = again(store, one)
    assert now["III.6.4/value"].cell.number == "23270"


def test_a_drawn_cell_replaces_what_was_read(saved: tuple[Store, int]) -> None:
    store, one = saved
    before = cells(store, one)
    row, other = before["III.6.1/row"].cell, before["III.6.4/value"].cell
    order = {"op": "draw-cell", "page": row.page, "row": row.box, "field": "value", "box": other.box}
    say(store, one, "repair/1", "repair", order)
    assert again(store, one)["III.6.1/value"].cell.number == "23270"


def test_a_turned_page_is_read_again(saved: tuple[Store, int]) -> None:
    store, one = saved
    before = cells(store, one)
    say(store, one, "repair/1", "repair", {"op": "turn-page", "page": 4, "turn": 0})
    now = again(store, one)
    on_page = [key for key, found in before.items() if found.cell.field == "value" and found.cell.page == 4]
    same = [key for key in on_page if now[key].cell.number == before[key].cell.number]
    assert len(same) >= 0.9 * len(on_page)


def test_columns_that_were_mistaken_are_exchanged(saved: tuple[Store, int]) -> None:
    store, one = saved
    before = cells(store, one)
    say(store, one, "repair/1", "repair", {"op": "columns", "page": 4, "roles": {"unit": "note", "note": "unit"}})
    now = again(store, one)
    key = next(
        key for key, found in before.items() if found.cell.field == "unit" and found.cell.page == 4 and found.cell.raw
    )
    assert now[key.replace("/unit", "/note")].cell.raw == before[key].cell.raw


def test_a_repair_whose_row_is_gone_is_told(saved: tuple[Store, int]) -> None:
    store, one = saved
    seq = say(store, one, "repair/1", "repair", {"op": "split-row", "page": 4, "box": [0, 0, 0.01, 0.01], "at": 0.005})
    assert judge_again(store, one, SETTINGS).failed == (seq,)


def test_what_is_settled_where_a_row_moves_to_is_not_overruled(saved: tuple[Store, int]) -> None:
    store, one = saved
    say(store, one, "III.6.1/value", "misread", {"state": "read", "number": "99"})
    say(store, one, "III.6.4/value", "misread", {"state": "read", "number": "41"})
    say(store, one, "III.6.1/row", "matched", {"code": "III.6.4", "alias": False})
    now = again(store, one)
    assert now["III.6.4/value"].word["number"] == "41"
    assert now["III.6.1/value"].settled is not None


def test_what_was_judged_before_another_change_is_not_kept(saved: tuple[Store, int]) -> None:
    store, one = saved
    stale = judge_again(store, one, SETTINGS)
    say(store, one, "repair/1", "repair", {"op": "leave-out-page", "page": 4})
    bring_up_to_date(store, one, SETTINGS)
    assert save_again(store, stale, "rematch") is False
    assert cells(store, one)["III.6.4/row"].cell.state != "matched"


def test_findings_mended_by_people_stay_mended_when_judged_again(saved: tuple[Store, int]) -> None:
    store, one = saved
    say(store, one, "VI.3/value", "misread", {"state": "read", "number": "39"})
    say(store, one, "I.1.1/row", "matched", {"code": None})
    bring_up_to_date(store, one, SETTINGS)
    with store.read() as connection:
        keys = {found.key for found in open_tasks(connection, one)}
    assert "finding/PW-34/VI.3:value,IV.1.2:value" not in keys


def test_tasks_of_a_page_left_out_go(saved: tuple[Store, int]) -> None:
    store, one = saved
    say(store, one, "repair/1", "repair", {"op": "leave-out-page", "page": 4})
    again(store, one)
    with store.read() as connection:
        assert not [found for found in open_tasks(connection, one) if found.page == 4 and found.kind == "cell"]
