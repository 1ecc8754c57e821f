"""A store and a database: only what changed is written, the old stays readable, and a person's word stands."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import text

from extractor.cli import main
from extractor.export import read_export_schema
from extractor.export.database import ExportError, Target, export_to, find_lost, open_target
from extractor.indicator import load_catalogue
from extractor.indicator.catalogue import find_folder
from extractor.records import Catalogue
from extractor.store import NewDecision, Store, decide, save_report
from extractor.store.forms import keep_form
from extractor.store.published import begin_run, list_published
from extractor.store.versions import activate, list_rivals
from tests.export.reports import FORM, edit, form, make_report
from tests.export.test_read import CODE, DOUBTFUL, by_code, keep, say

ALL = 174


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    """An empty target of either kind."""
    if request.param == "sqlite":
        opened = open_target(str(tmp_path / "dich.db"))
    else:
        cluster = request.getfixturevalue("cluster")
        if cluster is None:
            pytest.skip("PostgreSQL is not installed")
        opened = open_target(cluster.new_database())
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store; which kind it is makes no difference to the target, and test_read tries both."""
    from extractor.store import open_store

    opened = open_store(str(tmp_path / "kho.db"))
    yield opened
    opened.close()


def ask(target: Target, query: str, **values: Any) -> list[Any]:
    with target.engine.connect() as connection:
        return list(connection.execute(text(query), values))


def totals(store: Store, target: Target, **more: Any) -> tuple[int, int, int]:
    changes = export_to(store, target, **more).changes
    return changes.inserts, changes.changes, changes.withdrawals


def value(target: Target, view: str = "current_values") -> Any:
    (row,) = ask(target, f"SELECT * FROM {view} WHERE indicator = :code", code=CODE)
    return row


def test_the_second_run_changes_nothing(store: Store, target: Target) -> None:
    keep(store, III_6_4=DOUBTFUL)
    assert totals(store, target) == (ALL, 0, 0)
    before = ask(target, "SELECT * FROM observation ORDER BY obs_id"), ask(target, "SELECT * FROM export_run")
    assert totals(store, target) == (0, 0, 0)
    assert (
        ask(target, "SELECT * FROM observation ORDER BY obs_id"),
        ask(target, "SELECT * FROM export_run"),
    ) == before
    assert len(ask(target, "SELECT * FROM current_values")) == ALL - 1
    assert value(target, "in_review").obs_value is None


def test_a_corrected_value_is_a_new_revision_and_the_old_one_stays_readable(store: Store, target: Target) -> None:
    one = keep(store, III_6_4={"raw": "60,22", "number": 60.22})
    export_to(store, target)
    assert Decimal(str(value(target).obs_value)) == Decimal("60.22")
    decide(store, say(one))
    assert totals(store, target) == (0, 1, 0)
    assert (value(target).obs_value, value(target).revision, value(target).settled_by) == (7, 2, "lan")
    old = ask(target, "SELECT * FROM revisions WHERE indicator = :code ORDER BY revision", code=CODE)
    assert [(row.revision, Decimal(str(row.obs_value)), row.ended_by) for row in old] == [
        (1, Decimal("60.22"), "changed"),
        (2, 7, None),
    ]
    with store.read() as connection:
        went = list_published(connection, by_code(store).id)
    assert [(found.revision, found.action, found.target) for found in went] == [
        (1, "published", target.name),
        (2, "published", target.name),
    ]


def test_a_later_machine_run_never_overwrites_a_person(store: Store, target: Target) -> None:
    one = keep(store)
    decide(store, say(one))
    export_to(store, target)
    data, written = make_report()
    save_report(store, data, edit(written, III_6_4={"number": 99, "raw": "99"}, III_6_5={"number": 5}), None)
    assert totals(store, target) == (0, 1, 0)
    assert value(target).obs_value == 7


def test_a_corrected_organisation_moves_all_and_leaves_none(store: Store, target: Target) -> None:
    data, written = make_report("942")
    one = save_report(store, data, written, None)
    assert totals(store, target) == (ALL, 0, 0)
    decide(store, say(one, "head/organisation", text="UBND huyện Thạnh Trị", code="949"))
    assert totals(store, target) == (ALL, 0, ALL)
    areas = ask(target, "SELECT ref_area, COUNT(*) FROM observation GROUP BY ref_area")
    assert [tuple(row) for row in areas] == [("949", ALL)]
    assert {tuple(row) for row in ask(target, "SELECT DISTINCT ref_area, ended_by FROM observation_history")} == {
        ("942", "withdrawn")
    }
    decide(store, NewDecision("back", one, "head/organisation", "undo", "lan", {}, seen=1, undoes=1))
    assert totals(store, target) == (ALL, 0, ALL)
    assert {row.revision for row in ask(target, "SELECT revision FROM observation")} == {2}


def test_what_an_open_error_touches_later_is_withdrawn_as_a_fact(store: Store, target: Target) -> None:
    from extractor.store import recheck

    one = keep(store)
    export_to(store, target)
    for code, number in (("VII.6.6", "0"), ("VII.6.7", "250")):
        decide(store, say(one, f"{code}/value", "misread", state="read", raw=number, number=number))
    recheck(store, one)
    export_to(store, target, "hold")
    rows = ask(target, "SELECT obs_status FROM observation WHERE indicator IN ('VII.6.6', 'VII.6.7')")
    assert {row.obs_status for row in rows} == {"AD"}


def test_what_is_not_settled_is_held_where_that_is_asked_for(store: Store, target: Target) -> None:
    one = keep(store, III_6_4=DOUBTFUL)
    assert totals(store, target, unsettled="hold") == (ALL - 1, 0, 0)
    decide(store, say(one))
    assert totals(store, target, unsettled="hold") == (1, 0, 0)
    assert totals(store, target, unsettled="hold-documents") == (0, 0, 0)


def test_exports_at_once_go_one_after_the_other(store: Store, target: Target) -> None:
    one = keep(store)
    found: list[tuple[int, int, int]] = []
    threads = [threading.Thread(target=lambda: found.append(totals(store, target))) for _ in range(4)]
    for thread in threads:
        thread.start()
    decide(store, say(one))
    for thread in threads:
        thread.join()
    export_to(store, target)
    assert sum(inserts for inserts, _, _ in found) == ALL
    assert value(target).obs_value == 7
    assert totals(store, target) == (0, 0, 0)


def test_an_export_that_was_killed_before_it_told_the_store_is_found(store: Store, target: Target) -> None:
    keep(store)
    lost = begin_run(store, target.name, "database")
    export_to(store, target)
    run = ask(target, "SELECT id FROM export_run")[0].id
    with store.write() as connection:
        connection.execute(text("DELETE FROM published"))
        connection.execute(text("UPDATE published_run SET state = 'started' WHERE id = :run"), {"run": run})
    find_lost(store, target)
    with store.read() as connection:
        assert len(list_published(connection, by_code(store).id)) == 1
        states = {row.id: row.state for row in connection.execute(text("SELECT id, state FROM published_run"))}
    assert (states[lost], states[run]) == ("lost", "done")


def test_a_plan_is_done_exactly_or_not_at_all(store: Store, target: Target, tmp_path: Path, capsys: Any) -> None:
    one = keep(store)
    export_to(store, target)
    decide(store, say(one))
    plan = tmp_path / "plan.jsonl"
    to = ["--to", target.address.url.render_as_string(hide_password=False).replace("+psycopg", "")]
    call = ["export", "--store", str(store.address.url.database), *to, "-q"]
    capsys.readouterr()
    assert main([*call, "--plan", str(plan)]) == 0
    said = capsys.readouterr().out
    assert "0 inserts, 1 changes, 0 withdrawals" in said
    assert f"{CODE} main" in said
    lines = [json.loads(line) for line in plan.read_text(encoding="utf-8").splitlines()]
    schema = jsonschema.Draft202012Validator(json.loads(read_export_schema("plan")))
    assert [list(schema.iter_errors(line)) for line in lines] == [[]] * 3
    assert list(schema.iter_errors(lines[1] | {"before": None}))
    assert (lines[1]["action"], lines[1]["INDICATOR"], lines[1]["after"]["OBS_VALUE"]) == ("change", CODE, "7")
    assert value(target).obs_value != 7
    edited = tmp_path / "edited.jsonl"
    edited.write_text(plan.read_text(encoding="utf-8").replace('"7"', '"8"'), encoding="utf-8")
    assert main([*call, "--apply", str(edited)]) == 2
    decide(store, say(one, "III.6.5/value"))
    assert main([*call, "--apply", str(plan)]) == 2
    assert value(target).obs_value != 7
    assert main([*call, "--plan", str(plan)]) == 0
    assert main([*call, "--apply", str(plan)]) == 0
    assert value(target).obs_value == 7
    assert main([*call, "--apply", str(plan)]) == 2
    assert totals(store, target) == (0, 0, 0)


def test_a_target_of_a_newer_version_is_refused(store: Store, target: Target) -> None:
    keep(store)
    with target.engine.begin() as connection:
        connection.execute(text("UPDATE export_version SET version_num = 'e9999'"))
    with pytest.raises(ExportError, match="does not know"):
        open_target(target.address.url.render_as_string(hide_password=False).replace("+psycopg", ""))
    assert ask(target, "SELECT * FROM observation") == []


def test_a_target_belongs_to_one_store(store: Store, target: Target, tmp_path: Path) -> None:
    from extractor.store import open_store

    keep(store)
    export_to(store, target)
    other = open_store(str(tmp_path / "khac.db"))
    keep(other)
    with pytest.raises(ExportError):
        export_to(other, target)
    other.close()


def test_series_go_on_over_versions_of_the_form(store: Store, target: Target) -> None:
    keep(store)
    data, written = make_report("949", "2021")
    save_report(store, data, written, None)
    export_to(store, target, link="https://kho/o/")
    rows = ask(target, "SELECT time_period, trace FROM series WHERE series = :code ORDER BY time_period", code=CODE)
    assert [row.time_period for row in rows] == ["2021", "2022"]
    assert rows[1].trace == f"https://kho/o/{value_id(target)}"


def next_version(folder: Path) -> Path:
    """The form as of 2024: III.6.4 is III.6.9, III.6.5 is split, III.6.1 dropped, and III.6.5.1 means something new."""
    shutil.copytree(find_folder(FORM), folder)
    head = (folder / "catalogue.toml").read_text(encoding="utf-8").replace(form().version, "2024")
    (folder / "catalogue.toml").write_text(head, encoding="utf-8")
    lines = (folder / "indicators.csv").read_text(encoding="utf-8-sig").splitlines()
    (renamed,) = (line for line in lines if line.startswith("III.6.4,"))
    (split,) = (line for line in lines if line.startswith("III.6.5,"))
    lines[lines.index(renamed)] = renamed.replace("III.6.4,", "III.6.9,", 1)
    lines[lines.index(split)] = "\n".join(split.replace("III.6.5,", f"III.6.5.{part},", 1) for part in (1, 2))
    lines = [line for line in lines if not line.startswith("III.6.1,")]
    (folder / "indicators.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    rules = (folder / "rules.csv").read_text(encoding="utf-8-sig").splitlines()
    (folder / "rules.csv").write_text(rules[0] + "\n", encoding="utf-8")
    series = f"version,code,series\n{form().version},III.6.4,III.6.9\n"
    (folder / "series.csv").write_text(series, encoding="utf-8")
    return folder


def keep_next(store: Store, version: Catalogue) -> None:
    """A report of 2024 by the next version of the form."""
    data, written = make_report("949", "2024")
    tree = json.loads(written)
    tree["document"]["catalogue"]["version"] = version.version
    tree["made_with"]["catalogue"] = f"{FORM}@{version.version}+{version.sha256[:12]}"
    by_code = {one["code"]: one for one in tree["indicators"]}
    old = {"III.6.9": "III.6.4", "III.6.5.1": "III.6.5", "III.6.5.2": "III.6.5"}
    tree["indicators"] = [by_code[old.get(one.code, one.code)] | {"code": one.code} for one in version.indicators]
    with store.write() as connection:
        keep_form(connection, version)
    save_report(store, data, json.dumps(tree, ensure_ascii=False), None)


def test_series_go_through_the_map_of_the_newest_version(store: Store, target: Target, tmp_path: Path) -> None:
    folder = next_version(tmp_path / "form")
    keep(store)
    keep_next(store, load_catalogue(folder))
    assert totals(store, target)[0] == 2 * ALL

    def series(name: str) -> list[tuple[str, str]]:
        query = "SELECT time_period, indicator FROM series WHERE series = :name ORDER BY time_period, indicator"
        return [tuple(row) for row in ask(target, query, name=name)]

    assert series("III.6.9") == [("2022", "III.6.4"), ("2024", "III.6.9")]
    assert series("III.6.4") == []
    assert [series(name) for name in ("III.6.5", "III.6.5.1", "III.6.1")] == [
        [("2022", "III.6.5")],
        [("2024", "III.6.5.1")],
        [("2022", "III.6.1")],
    ]
    assert series("III.6.2") == [("2022", "III.6.2"), ("2024", "III.6.2")]
    (folder / "series.csv").unlink()
    with store.write() as connection:
        connection.execute(text("DELETE FROM kept_form"))
        keep_form(connection, load_catalogue(folder))
    assert totals(store, target) == (0, 0, 0)
    assert series("III.6.4") == [("2022", "III.6.4")]


def test_of_two_reports_with_different_numbers_the_chosen_one_is_published(store: Store, target: Target) -> None:
    one = keep(store)
    assert totals(store, target) == (ALL, 0, 0)
    data, written = make_report(number="320/BC-UBND", III_6_4={"raw": "8", "number": 8})
    other = save_report(store, data, written, None)
    assert totals(store, target) == (2 * ALL, 0, ALL)
    assert ask(target, "SELECT * FROM current_values") == []
    with store.read() as connection:
        asked = connection.execute(text("SELECT document_id, state FROM task WHERE kind = 'version' ORDER BY 1")).all()
        rivals = list_rivals(connection, one)
    assert [tuple(row) for row in asked] == [(one, "open"), (other, "open")]
    assert [(rival.id, rival.number, rival.differs) for rival in rivals] == [
        (one, "319/BC-UBND", 0),
        (other, "320/BC-UBND", 1),
    ]
    activate(store, say(other, "version"))
    assert totals(store, target) == (ALL, 0, 2 * ALL)
    assert (value(target).obs_value, value(target).document) == (8, other)
    with store.read() as connection:
        assert connection.execute(text("SELECT * FROM task WHERE kind = 'version'")).all() == []
    assert totals(store, target) == (0, 0, 0)


def value_id(target: Target) -> str:
    return str(
        ask(target, "SELECT obs_id FROM observation WHERE indicator = :c AND time_period = '2022'", c=CODE)[0][0]
    )


NASTY = "\\N \x01 a\tb\r\nc\\ 'd\" \0"


def test_texts_of_any_kind_arrive_as_they_are_and_what_was_changed_there_is_put_right(
    store: Store, target: Target
) -> None:
    one = keep(store, III_6_4={"note": {"raw": NASTY}}, III_6_5={"note": {"raw": "\x01"}}, III_6_1={"raw": ""})
    decide(store, say(one, "III.6.5/value", state="read", raw="1E+3", number="123456789012345678901234567890.5"))
    assert totals(store, target) == (ALL, 0, 0)
    notes = dict(tuple(row) for row in ask(target, "SELECT indicator, note FROM observation"))
    assert notes[CODE] == NASTY.replace("\0", "\ufffd")
    assert notes["III.6.5"] == "\x01"
    rows = ask(target, "SELECT raw FROM observation WHERE indicator IN ('III.6.1', 'VII.6.6') AND raw IS NOT NULL")
    assert "" in {row.raw for row in rows}
    assert totals(store, target) == (0, 0, 0)
    with target.engine.begin() as connection:
        connection.execute(text("UPDATE observation SET note = 'x' WHERE indicator = 'III.6.5'"))
        connection.execute(text("DELETE FROM observation WHERE indicator = 'III.6.1'"))
    assert totals(store, target) == (1, 1, 0)
    assert dict(tuple(row) for row in ask(target, "SELECT indicator, note FROM observation")) == notes
    assert totals(store, target) == (0, 0, 0)
