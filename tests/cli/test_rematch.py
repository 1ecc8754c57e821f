"""Stored reports judged again: told before it is kept, in several processes as in one, and decisions stay."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from extractor.cli import main
from extractor.store import NewDecision, Store, decide, open_store, open_tasks, read_cells, save_report
from extractor.store.schema import document, extraction
from tests.store.samples import seed_scan
from tests.store.test_forms import folder, relabel

__all__ = ["folder"]
KEY = "III.6.4/value"
MAIN = "import sys; from extractor.cli import main; sys.exit(main())"


def fill(address: str, count: int) -> Store:
    data, written, readings = seed_scan()
    store = open_store(address)
    for number in range(count):
        save_report(store, data + b"\n" * number, written, readings)
    decide(store, NewDecision("a", 1, KEY, "misread", "lan", {"state": "read", "number": "99"}))
    return store


def told(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["rematch", *args, "--json"]) == 0
    tree: dict[str, Any] = json.loads(capsys.readouterr().out)
    return tree


def count(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(extraction)).scalar_one()


def test_what_changes_is_told_then_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = str(tmp_path / "kho.db")
    store = fill(address, 4)
    strict = ("--store", address, "--target-error", "0.0001")
    preview = told(capsys, *strict, "--jobs", "2")
    assert count(store) == 4
    assert [one["document"] for one in preview["documents"]] == [1, 2, 3, 4]
    assert preview["totals"]["review"] == 4 * len(preview["documents"][0]["review"]) > 0
    assert KEY in preview["documents"][0]["review"]
    changed = next(one for one in preview["documents"][0]["cells"] if one["key"] == KEY)
    assert (changed["before"]["status"], changed["after"]["status"]) == ("accepted", "review")
    assert told(capsys, *strict, "--jobs", "1") == preview
    kept = told(capsys, *strict, "--apply", "--jobs", "2")
    assert kept["documents"] == preview["documents"]
    assert count(store) == 8
    assert told(capsys, *strict)["documents"] == []
    with store.read() as connection:
        found = read_cells(connection, 1, (KEY,))[0]
    assert (found.cell.status, found.word["number"]) == ("review", "99")
    store.close()


def test_decisions_on_rows_that_the_form_has_no_more_are_told_and_asked_about(
    tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = str(tmp_path / "kho.db")
    store = fill(address, 1)
    relabel(folder, "III.6.4", "", "", drop=True)
    rules = folder / "rules.csv"
    kept = [line for line in rules.read_text(encoding="utf-8").splitlines() if "{III.6.4}" not in line]
    rules.write_text("\n".join(kept) + "\n", encoding="utf-8")
    tree = told(capsys, "--store", address, "--catalogue", str(folder), "--apply")
    assert [one["key"] for one in tree["documents"][0]["lost"]] == [KEY]
    with store.read() as connection:
        assert "finding/DECISION-WITHOUT-ROW/" in {one.key for one in open_tasks(connection, 1)}
    assert main(["rematch", "--store", address, "--catalogue", "soctrang-cchc-huyen", "--apply"]) == 0
    with store.read() as connection:
        assert read_cells(connection, 1, (KEY,))[0].word["number"] == "99"
        assert "finding/DECISION-WITHOUT-ROW/" not in {one.key for one in open_tasks(connection, 1)}
    store.close()


def test_a_document_of_which_nothing_was_read_and_a_wrong_folder_are_told(tmp_path: Path) -> None:
    address = str(tmp_path / "kho.db")
    fill(address, 1).close()
    assert main(["rematch", "--store", address, "--document", "7"]) == 3
    assert main(["rematch", "--store", address, "--catalogue", str(tmp_path / "none")]) == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupt_leaves_each_document_old_or_new(tmp_path: Path, number: signal.Signals) -> None:
    address = str(tmp_path / "kho.db")
    store = fill(address, 8)
    command = [sys.executable, "-c", MAIN, "rematch", "--store", address, "--target-error", "0.0001"]
    child = subprocess.Popen([*command, "--apply", "--jobs", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while count(store) < 9 and child.poll() is None:
        time.sleep(0.05)
    os.kill(child.pid, number)
    assert child.wait(60) in (130, -9, 0)
    settled = count(store)
    while (now := count(store)) != settled:
        settled = now
        time.sleep(1)
    with store.read() as connection:
        for one in connection.execute(select(document)):
            accepted = connection.execute(
                select(extraction.c.accepted).where(extraction.c.id == one.extraction_id)
            ).scalar_one()
            cells = [found.cell for found in read_cells(connection, one.id)]
            values = [cell for cell in cells if cell.field == "value" and cell.state in ("read", "blank", "illegible")]
            printed = [cell for cell in values if cell.status == "accepted" and cell.type != "header"]
            assert len(printed) == accepted
            assert bool(accepted) == (KEY not in {task.key for task in open_tasks(connection, one.id)}) or one.id == 1
    store.close()
