"""What is not as it was kept is named: decisions, originals, readings, exports."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from extractor.audit import check_cells_kept, check_decisions, check_exports, check_originals
from extractor.cli import main
from extractor.store import NewDecision, Store, decide, open_store, original_path, save_report
from tests.export.reports import make_report

Spoil = Callable[..., None]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store with two reports and three decisions."""
    path = tmp_path / "kho.db"
    store = open_store(str(path))
    for district in ("942", "949"):
        one = save_report(store, *make_report(district, "2022"), None)
    for number, code in enumerate(("I.1.1", "I.1.3", "III.6.4")):
        after = {"state": "read", "raw": str(number), "number": str(number), "text": None}
        decide(store, NewDecision(f"request-{number}", one, f"{code}/value", "misread", "lan", after))
    store.close()
    return path


@pytest.fixture
def spoil(place: Path) -> Spoil:
    """Does to the database what its triggers forbid."""

    def run(*statements: str, path: Path = place) -> None:
        with closing(sqlite3.connect(path)) as link:
            for (name,) in link.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                link.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                assert link.execute(statement).rowcount > 0
            link.commit()

    return run


def verify(place: Path, *more: str) -> int:
    return main(["verify", "--store", str(place), *more])


def test_an_untouched_store_has_no_defect(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(place) == 0
    said = capsys.readouterr().out
    assert "3 decisions checked, 0 defects" in said
    assert "2 originals checked, 0 defects" in said


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE decision SET after = replace(after, '\"1\"', '\"9\"') WHERE seq = 2",
            "DEFECT decision 2: was changed",
        ),
        ("UPDATE decision SET user_name = 'hoa' WHERE seq = 1", "DEFECT decision 1: was changed"),
        ("DELETE FROM decision WHERE seq = 2", "DEFECT decision 2: is missing"),
        ("DELETE FROM decision WHERE seq = 3", "DEFECT decision 3: is missing"),
        ("UPDATE chain SET hash = 'x'", "DEFECT decision 3: is not the one"),
        (
            "UPDATE cell SET number = '5' WHERE key = 'I.1.1/value' AND document_id = 1",
            "I.1.1/value: is not what its JSON",
        ),
    ],
)
def test_what_was_changed_is_named(
    place: Path, spoil: Spoil, statement: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(statement)
    assert verify(place) == 3
    said = capsys.readouterr().out
    assert named in said
    assert said.count("DEFECT") == 1


def test_originals_that_are_gone_or_changed_are_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = open_store(str(place))
    with store.read() as connection:
        hashes = [row[0] for row in connection.exec_driver_sql("SELECT sha256 FROM file ORDER BY name")]
    original_path(store.files, hashes[0]).unlink()
    original_path(store.files, hashes[1]).write_bytes(b"949/2022/Non")
    store.close()
    assert verify(place) == 3
    said = capsys.readouterr().out
    assert f"DEFECT original {hashes[0]} (bao-cao-942-2022.pdf): is missing" in said
    assert f"DEFECT original {hashes[1]} (bao-cao-949-2022.pdf): has changed" in said


@pytest.fixture
def target(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "tinh.db"
    assert main(["export", "--store", str(place), "--to", str(path)]) == 0
    capsys.readouterr()
    return path


def test_an_export_is_what_was_sent(place: Path, target: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(place) == 0
    assert "exported values checked, 0 defects" in capsys.readouterr().out
    assert target.is_file()


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE observation SET obs_value = 5 WHERE indicator = 'I.1.3' AND ref_area = '942'",
            "obs_value 5 instead of '4'",
        ),
        ("DELETE FROM observation WHERE indicator = 'I.1.3' AND ref_area = '942'", "was published, and is gone"),
        ("UPDATE observation SET obs_id = 'strange' WHERE indicator = 'I.1.3' AND ref_area = '942'", "never published"),
    ],
)
def test_a_changed_target_is_named(
    place: Path, spoil: Spoil, target: Path, statement: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(statement, path=target)
    assert verify(place) == 3
    assert named in capsys.readouterr().out


def test_a_target_behind_the_store_is_told_and_is_no_defect(
    place: Path, target: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(str(place))
    after = {"state": "read", "raw": "77", "number": "77", "text": None}
    decide(store, NewDecision("request-9", 1, "I.1.1/value", "misread", "lan", after))
    store.close()
    assert verify(place) == 0
    assert "the store changed since: export again" in capsys.readouterr().out
    target.unlink()
    assert verify(place) == 0
    assert "NOT CHECKED" in capsys.readouterr().out


def test_both_databases_are_checked_alike(store: Store) -> None:
    one = save_report(store, *make_report("949", "2022"), None)
    after = {"state": "read", "raw": "7", "number": "7", "text": None}
    decide(store, NewDecision("request-1", one, "I.1.1/value", "misread", "lan", after))
    with store.read() as connection:
        for checked in (check_decisions(connection), check_originals(store, connection), check_cells_kept(connection)):
            assert checked.count
            assert not checked.defects
    assert check_exports(store).count == 0
