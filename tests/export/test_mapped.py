"""A table that the province has: only rows are written, with its own codes, and nothing that others changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import text

from extractor.audit import check_mapped
from extractor.cli import main
from extractor.errors import UsageError
from extractor.export import read_export_schema
from extractor.export.database import ExportError, Target
from extractor.export.mapped import MappedOutcome, export_mapped, read_map
from extractor.store import Store, decide, save_report
from tests.export.reports import make_report
from tests.export.test_database import store, target
from tests.export.test_read import DOUBTFUL, keep, say

__all__ = ["store", "target"]

MAP = """
table = "so_lieu"
key = ["don_vi", "nam", "chi_tieu"]
[columns]
don_vi = "REF_AREA"
nam = "YEAR"
chi_tieu = "INDICATOR"
gia_tri = "OBS_VALUE"
nguon = { value = "extractor" }
[codes.INDICATOR]
"III.6.4" = "CT1"
"III.6.5" = "CT2"
"III.6.1" = "CT3"
[codes.REF_AREA]
"949" = "TT"
"942" = "CT"
"""


@pytest.fixture
def table(target: Target) -> Target:
    with target.engine.begin() as connection:
        connection.execute(
            text(
                "CREATE TABLE so_lieu (don_vi CHAR(4), nam INTEGER, chi_tieu TEXT, gia_tri NUMERIC(18, 2),"
                " nguon TEXT, ghi_chu TEXT)"
            )
        )
    return target


def rows(target: Target) -> list[tuple[Any, ...]]:
    query = "SELECT don_vi, nam, chi_tieu, gia_tri, nguon FROM so_lieu ORDER BY don_vi, chi_tieu"
    with target.engine.connect() as connection:
        found = connection.execute(text(query))
        return [(row[0].strip(), row[1], row[2], float(row[3]), row[4]) for row in found]


def run(store: Store, target: Target, tmp_path: Path) -> MappedOutcome:
    path = tmp_path / "map.toml"
    path.write_text(MAP, encoding="utf-8")
    return export_mapped(store, target, read_map(path))


def change(target: Target, statement: str) -> None:
    with target.engine.begin() as connection:
        connection.execute(text(statement))


def test_values_go_under_their_names_and_codes(store: Store, table: Target, tmp_path: Path) -> None:
    one = keep(store, III_6_4={"raw": "60,5", "number": 60.5}, III_6_5=DOUBTFUL)
    outcome = run(store, table, tmp_path)
    assert (outcome.changes.inserts, outcome.conflicts) == (2, [])
    assert outcome.unmapped.total() > 0
    assert rows(table)[0] == ("TT", 2022, "CT1", 60.5, "extractor")
    assert len(rows(table)) == 2
    assert run(store, table, tmp_path).changes.total == 0
    decide(store, say(one))
    decide(store, say(one, "III.6.5/value"))
    changes = run(store, table, tmp_path).changes
    assert (changes.inserts, changes.changes, changes.withdrawals) == (1, 1, 0)
    assert [row[3] for row in rows(table)][:2] == [7, 7]


def test_a_corrected_organisation_moves_the_rows(store: Store, table: Target, tmp_path: Path) -> None:
    data, written = make_report("942")
    one = save_report(store, data, written, None)
    run(store, table, tmp_path)
    assert {row[0] for row in rows(table)} == {"CT"}
    decide(store, say(one, "head/organisation", text="UBND huyện Thạnh Trị", code="949"))
    changes = run(store, table, tmp_path).changes
    assert (changes.inserts, changes.withdrawals) == (3, 3)
    assert {row[0] for row in rows(table)} == {"TT"}


def test_what_others_wrote_or_changed_there_is_left(store: Store, table: Target, tmp_path: Path) -> None:
    one = keep(store)
    change(table, "INSERT INTO so_lieu (don_vi, nam, chi_tieu, gia_tri) VALUES ('TT', 2022, 'CT1', 5)")
    change(table, "INSERT INTO so_lieu (don_vi, nam, chi_tieu, gia_tri) VALUES ('TT', 2021, 'CT1', 6)")
    assert len(run(store, table, tmp_path).conflicts) == 1
    change(table, "UPDATE so_lieu SET gia_tri = 8 WHERE chi_tieu = 'CT2'")
    decide(store, say(one, "III.6.5/value"))
    decide(store, say(one, "III.6.1/value"))
    outcome = run(store, table, tmp_path)
    assert (outcome.changes.changes, len(outcome.conflicts)) == (1, 2)
    assert {row[2]: row[3] for row in rows(table) if row[1] == 2022} == {"CT1": 5, "CT2": 8, "CT3": 7}


def test_a_column_that_rounds_is_refused(store: Store, table: Target, tmp_path: Path) -> None:
    if table.is_sqlite:
        pytest.skip("its columns do not round")
    keep(store, III_6_4={"raw": "60,225", "number": 60.225})
    with pytest.raises(ExportError, match="gia_tri"):
        run(store, table, tmp_path)
    assert rows(table) == []
    assert run_again_after_a_correction(store, table, tmp_path) == 3


def run_again_after_a_correction(store: Store, table: Target, tmp_path: Path) -> int:
    decide(store, say(1))
    return run(store, table, tmp_path).changes.inserts


def test_a_user_who_may_only_write_rows_is_enough(store: Store, table: Target, tmp_path: Path) -> None:
    if table.is_sqlite:
        pytest.skip("it knows no users")
    from extractor.export.database import open_target

    keep(store)
    with table.engine.begin() as connection:
        database = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"CREATE ROLE ghi_{database} LOGIN"))
        connection.execute(text(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC"))
        connection.execute(text("REVOKE ALL ON SCHEMA public FROM PUBLIC"))
        connection.execute(text(f"GRANT CONNECT ON DATABASE {database} TO ghi_{database}"))
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO ghi_{database}"))
        connection.execute(text(f"GRANT SELECT, INSERT, UPDATE, DELETE ON so_lieu TO ghi_{database}"))
    url = table.address.url.set(drivername="postgresql", username=f"ghi_{database}")
    poor = open_target(url.render_as_string(), own=False)
    try:
        assert run(store, poor, tmp_path).changes.inserts == 3
    finally:
        poor.close()


def test_a_plan_of_a_map_is_done_exactly(store: Store, table: Target, tmp_path: Path) -> None:
    one = keep(store)
    path, plan = tmp_path / "map.toml", tmp_path / "plan.jsonl"
    path.write_text(MAP, encoding="utf-8")
    to = table.address.url.render_as_string(hide_password=False).replace("+psycopg", "")
    call = ["export", "--store", str(store.address.url.database), "--to", to, "--map", str(path), "-q"]
    assert main([*call, "--plan", str(plan)]) == 0
    schema = jsonschema.Draft202012Validator(json.loads(read_export_schema("plan")))
    for line in plan.read_text(encoding="utf-8").splitlines():
        schema.validate(json.loads(line))
    assert rows(table) == []
    decide(store, say(one))
    assert main([*call, "--apply", str(plan)]) == 2
    assert main([*call, "--plan", str(plan)]) == 0
    assert main([*call, "--apply", str(plan)]) == 0
    assert {row[2]: row[3] for row in rows(table)}["CT1"] == 7


def test_verify_names_what_others_did_to_what_was_written(store: Store, table: Target, tmp_path: Path) -> None:
    keep(store)
    run(store, table, tmp_path)
    assert (check_mapped(store).count, check_mapped(store).defects) == (3, ())
    change(table, "INSERT INTO so_lieu (don_vi, nam, chi_tieu, gia_tri) VALUES ('TT', 2020, 'CT1', 6)")
    assert not check_mapped(store).defects  # theirs
    change(table, "UPDATE so_lieu SET gia_tri = 8 WHERE chi_tieu = 'CT1' AND nam = 2022")
    change(table, "DELETE FROM so_lieu WHERE chi_tieu = 'CT2'")
    change(table, "INSERT INTO so_lieu VALUES ('CT', 2022, 'CT9', 1, 'extractor', NULL)")
    found = check_mapped(store)
    assert sorted(one.message.partition(" instead")[0] for one in found.defects) == [
        "holds gia_tri '8'",
        "is there, and was never published",
        "was published, and is gone",
    ]
    assert all("#so_lieu" in one.named for one in found.defects)
    change(table, "DROP TABLE so_lieu")
    assert "NOT CHECKED" in check_mapped(store).untold[0]


@pytest.mark.parametrize(
    "wrong", ['table = ""', MAP.replace("OBS_VALUE", "VALUE"), MAP.replace('"chi_tieu"]', '"x"]'), "x"]
)
def test_a_wrong_map_is_told(wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(wrong, encoding="utf-8")
    with pytest.raises(UsageError):
        read_map(path)
