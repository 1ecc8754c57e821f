"""Findings after people settled values: mended ones go, new ones come, the others stay."""

from __future__ import annotations

import pytest

from extractor.store import NewDecision, Store, decide, open_tasks, read_cells, read_findings, recheck, save_report
from tests.store.samples import seed_scan


@pytest.fixture
def saved(store: Store) -> tuple[Store, int]:
    data, written, readings = seed_scan()
    return store, save_report(store, data, written, readings)


def findings(store: Store, document_id: int) -> dict[str, str]:
    with store.read() as connection:
        return {row["key"]: row["message_vi"] for row in read_findings(connection, document_id)}


def settle(store: Store, document_id: int, code: str, number: str) -> None:
    after = {"state": "read", "raw": number, "number": number}
    decide(store, NewDecision(f"{code}-{number}", document_id, f"{code}/value", "misread", "lan", after))
    recheck(store, document_id)


def test_nothing_settled_changes_nothing(saved: tuple[Store, int]) -> None:
    store, one = saved
    before = findings(store, one)
    recheck(store, one)
    assert findings(store, one) == before


def certain(store: Store, document_id: int, key: str) -> bool:
    with store.read() as connection:
        return read_cells(connection, document_id, (key,))[0].certain


def test_a_cell_that_only_findings_held_is_certain_once_they_are_settled(saved: tuple[Store, int]) -> None:
    store, one = saved
    assert not certain(store, one, "III.2/value")
    decide(store, NewDecision("looked at", one, "finding/HEADER-VALUE/III.2:value", "settled", "lan", {"verdict": "x"}))
    assert certain(store, one, "III.2/value")
    assert not certain(store, one, "VI.3/value")
    settle(store, one, "IV.1.2", "41")
    assert certain(store, one, "VI.3/value")


def test_a_settled_value_mends_and_breaks_rules(saved: tuple[Store, int]) -> None:
    store, one = saved
    key = "finding/PW-34/VI.3:value,IV.1.2:value"
    assert key in findings(store, one)
    settle(store, one, "VI.3", "39")
    assert key not in findings(store, one)
    with store.read() as connection:
        assert key not in {found.key for found in open_tasks(connection, one)}
    settle(store, one, "IV.1.2", "12")
    assert key in findings(store, one)
    with store.read() as connection:
        assert key in {found.key for found in open_tasks(connection, one)}
