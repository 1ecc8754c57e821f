"""Every migration, forward and back, with something in every table: whatever is added later is covered too."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, Float, Integer, LargeBinary, Table, insert, inspect, select
from sqlalchemy import text as sql

from extractor.cli import main
from extractor.store import NewDecision, Store, StoreError, decide, list_revisions, rehearse, save_report, upgrade_store
from extractor.store.copying import count_rows, list_objects, read_tables
from extractor.store.opening import find_revision, newest_revision
from tests.store.samples import seed_scan


def fill_every_table(connection: Connection) -> None:
    """A row in each table that has none: of values that fit its columns."""
    for table in read_tables(connection):
        if connection.execute(select(table)).first() is None:
            connection.execute(
                insert(table), {column.name: value(connection, table, column) for column in table.columns}
            )


def value(connection: Connection, table: Table, column: Any) -> Any:
    for key in column.foreign_keys:
        return connection.execute(select(key.column)).scalar()
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, Integer):
        return 1
    if isinstance(column.type, Float):
        return 0.5
    return b"x" if isinstance(column.type, LargeBinary) else f"{table.name} {column.name}"


@pytest.fixture
def filled(store: Store) -> Store:
    one = save_report(store, *seed_scan())
    decide(store, NewDecision("a", one, "III.6.4/value", "misread", "lan", {"state": "read", "number": "7"}))
    with store.write() as connection:
        fill_every_table(connection)
    with store.read() as connection:
        assert all(count_rows(connection).values())
    return store


def test_a_filled_store_goes_to_each_schema_and_back(filled: Store) -> None:
    steps = rehearse(filled)
    older = [(newest_revision(), revision) for revision in list_revisions()[-2::-1]]
    assert [(step.start, step.end) for step in steps] == older
    for revision in list_revisions()[-2::-1]:
        upgrade_store(filled, revision)
        with filled.write() as connection:
            fill_every_table(connection)
        assert (steps := rehearse(filled))
        assert (steps[0].start, steps[0].end) == (revision, newest_revision())
    assert find_revision(filled) == list_revisions()[0]
    upgrade_store(filled, "base")
    with filled.read() as connection:
        assert [name for name in inspect(connection).get_table_names() if name != "store_version"] == []
        assert list_objects(connection)["triggers"] == list_objects(connection)["views"] == []
    upgrade_store(filled)
    assert find_revision(filled) == newest_revision()


def test_what_a_migration_loses_is_told(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(store: Store, revision: str = "head") -> None:
        upgrade_store(store, revision)
        if revision == newest_revision():
            with store.write() as connection:
                connection.execute(sql("DELETE FROM task"))

    upgrade_store(filled, "0001")
    monkeypatch.setattr(sys.modules["extractor.store.rehearsal"], "upgrade_store", forgetful)
    with pytest.raises(StoreError, match="rows of task changed"):
        rehearse(filled)


def test_the_command_leaves_the_store_alone(filled: Store, capsys: pytest.CaptureFixture[str]) -> None:
    upgrade_store(filled, "0001")
    address = filled.address.url.render_as_string(hide_password=False)
    assert main(["upgrade", "--store", address, "--rehearse"]) == 0
    assert f"schema 0001 -> {newest_revision()} -> 0001" in capsys.readouterr().out
    assert find_revision(filled) == "0001"
