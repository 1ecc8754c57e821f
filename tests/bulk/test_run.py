"""One bad document costs itself alone; whatever is killed, every good one is done and every bad one is named."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from extractor.bulk import Halted, Order, Run
from extractor.cli import main
from extractor.settings import load_settings
from extractor.store import (
    Fault,
    Found,
    Store,
    claim,
    enter,
    enter_run,
    fail,
    finish,
    give_back,
    open_store,
    read_entries,
)
from tests.bulk.fakes import DONE

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "fixtures" / "cases"


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "kho.db")
    cluster = request.getfixturevalue("cluster")
    if cluster is None:
        pytest.skip("PostgreSQL is not installed")
    return str(cluster.new_database())


def _order(tmp_path: Path, address: str, **flags: object) -> Order:
    values = {"bulk.page_seconds": 2, "bulk.memory_mb": 400, "store.files": str(tmp_path / "files")}
    settings = load_settings(environ={}, flags=values | {f"bulk.{name}": value for name, value in flags.items()})
    (tmp_path / "out").mkdir(exist_ok=True)
    return Order(settings, None, address, keep=False, out=str(tmp_path / "out"))


def _fill(tmp_path: Path, store: Store, names: Sequence[str]) -> set[str]:
    found = []
    for name in names:
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(name.encode())
        found.append(Found(f"{names.index(name):02d}" + "0" * 62, name, str(path), 3, name))
    enter(store, found)
    return {one.sha256 for one in found}


def _states(store: Store) -> dict[str, tuple[str, str | None]]:
    with store.read() as connection:
        return {row.name: (row.state, row.code) for row in read_entries(connection)}


def _ignore(name: str, facts: Mapping[str, object]) -> None: ...


def test_one_bad_document_costs_itself_alone(tmp_path: Path, address: str) -> None:
    order = _order(tmp_path, address)
    store = open_store(address, files=tmp_path / "files")
    names = ["segv", "good1", "hang", "page-two", "grow", "raise", "killed", "changed", "good2"]
    run = Run(store, order, _fill(tmp_path, store, names), _ignore, work="tests.bulk.fakes:work")
    run.go(2)
    assert _states(store) == {
        "segv": ("quarantined", "crashed"),
        "good1": ("done", None),
        "hang": ("quarantined", "too-slow"),
        "page-two": ("done", None),
        "grow": ("quarantined", "too-much-memory"),
        "raise": ("quarantined", "internal-error"),
        "killed": ("done", None),
        "changed": ("quarantined", "changed-file"),
        "good2": ("done", None),
    }
    with store.read() as connection:
        attempts = {row.name: (row.attempts, row.faults, row.lost) for row in read_entries(connection)}
    assert attempts["segv"] == (2, 2, 0)
    assert attempts["killed"] == (4, 0, 3)
    written = json.loads((tmp_path / "out" / "hang.json").read_text(encoding="utf-8"))
    assert written["outcome"] == "failed"
    assert "page 2" in written["error"]["message"]
    store.close()


def test_only_who_holds_a_document_ends_it(tmp_path: Path, address: str) -> None:
    store = open_store(address, files=tmp_path / "files")
    (sha256,) = _fill(tmp_path, store, ["one"])
    holder = enter_run(store, "bulk")
    first = claim(store, holder.id, sha256)
    assert first is not None
    assert claim(store, holder.id, sha256) is None
    assert give_back(store, first)
    second = claim(store, holder.id, sha256)
    assert second is not None
    assert second.number == 1
    assert not finish(store, first, DONE)
    assert fail(store, second, Fault("crashed", "it crashed", page=3)) == "waiting"
    third = claim(store, holder.id, sha256)
    assert third is not None
    assert third.skip == ((3, "crashed"),)
    assert finish(store, third, DONE)
    assert not finish(store, third, DONE)
    store.close()


SCRIPT = """
import sys
from pathlib import Path
from extractor.bulk import Order, Run
from extractor.cli.bulk import stopped_by_signals
from extractor.settings import load_settings
from extractor.store import open_store, read_entries

address, folder = sys.argv[1], Path(sys.argv[2])
settings = load_settings(environ={}, flags={"store.files": str(folder / "files")})
store = open_store(address, files=folder / "files")
with store.read() as connection:
    documents = {row.sha256 for row in read_entries(connection)}
run = Run(store, Order(settings, None, address, False, str(folder / "out")), documents, lambda *_: None,
          work="tests.bulk.fakes:work")
with stopped_by_signals(run):
    run.go(2)
sys.exit(130 if run.stopping.is_set() else 0)
"""


def _start(tmp_path: Path, address: str) -> subprocess.Popen[bytes]:
    (tmp_path / "run.py").write_text(SCRIPT, encoding="utf-8")
    (tmp_path / "out").mkdir(exist_ok=True)
    command = [sys.executable, str(tmp_path / "run.py"), address, str(tmp_path)]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True)


def test_a_killed_runner_loses_nothing(tmp_path: Path, address: str) -> None:
    store = open_store(address, files=tmp_path / "files")
    names = [*(f"slow{number}" for number in range(24)), "segv"]
    _fill(tmp_path, store, names)
    for least in (3, 8, 13):
        process = _start(tmp_path, address)
        end = time.monotonic() + 60
        while [state for state, _ in _states(store).values()].count("done") < least and time.monotonic() < end:
            time.sleep(0.05)
        process.kill()  # the runner alone: its children must not go on without it
        process.wait()
    assert "waiting" in {state for state, _ in _states(store).values()}
    assert _start(tmp_path, address).wait(timeout=120) == 0
    states = _states(store)
    assert states.pop("segv") == ("quarantined", "crashed")
    assert set(states.values()) <= {("done", None)}
    store.close()


def test_an_interrupt_gives_running_documents_back_within_ten_seconds(tmp_path: Path) -> None:
    address = str(tmp_path / "kho.db")
    store = open_store(address, files=tmp_path / "files")
    _fill(tmp_path, store, ["long1", "long2", "long3"])
    process = _start(tmp_path, address)
    end = time.monotonic() + 60
    while [state for state, _ in _states(store).values()].count("running") < 2 and time.monotonic() < end:
        time.sleep(0.1)
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert time.monotonic() - began < 10
    assert {state for state, _ in _states(store).values()} == {"waiting"}
    with store.read() as connection:
        assert {row.attempts for row in read_entries(connection)} == {0}
    store.close()


def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    address = str(tmp_path / "kho.db")
    store = open_store(address, files=tmp_path / "files")
    documents = _fill(tmp_path, store, ["good1", "good2"])
    full = _order(tmp_path, address, free_mb=1 << 30)
    with pytest.raises(Halted, match="almost full"):
        Run(store, full, documents, _ignore, work="tests.bulk.fakes:work").go(1)
    assert {state for state, _ in _states(store).values()} == {"waiting"}
    Run(store, _order(tmp_path, address), documents, _ignore, work="tests.bulk.fakes:work").go(1)
    assert {state for state, _ in _states(store).values()} == {"done"}
    store.close()


def test_an_archive_becomes_what_extract_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As a user: good, broken and doubled files; the second time nothing is left to do."""
    archive, out, store = tmp_path / "archive", tmp_path / "out", str(tmp_path / "kho.db")
    (archive / "sub").mkdir(parents=True)
    whole = (CASES / "seed-digital.pdf").read_bytes()
    (archive / "seed.pdf").write_bytes(whole)
    (archive / "sub" / "copy.pdf").write_bytes(whole)
    (archive / "cut.pdf").write_bytes(whole[:30000])
    (archive / "empty.pdf").touch()
    command = ["bulk", str(archive), "--store", store, "--out", str(out), "--jobs", "2", "--json-log"]
    assert main(command) == 3
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [one["event"] for one in events]
    assert sorted(name for name in told if name not in ("start", "end")) == ["done", "failed", "failed"]
    copy = json.loads((out / "sub" / "copy.json").read_text(encoding="utf-8"))
    assert copy["document"]["source_name"] == "copy.pdf"  # read once, but under its own name too
    assert main(["extract", str(archive / "seed.pdf"), "--out", str(tmp_path / "alone")]) == 0
    assert (out / "seed.json").read_bytes() == (tmp_path / "alone" / "seed.json").read_bytes()
    assert main(command) == 3
    assert [json.loads(line)["states"] for line in capsys.readouterr().out.splitlines()] == [{}]
    assert main(["bulk", "status", "--store", store]) == 0
    said = capsys.readouterr().out
    assert "1 done, 2 failed" in said
    assert "copy.pdf = " in said or "= " + str(archive / "sub" / "copy.pdf") in said


def test_an_archive_that_was_moved_is_found_again_and_what_is_gone_is_not_kept(tmp_path: Path) -> None:
    store = str(tmp_path / "kho.db")
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    (old / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    command = ["--store", store, "--out", str(tmp_path / "out"), "--jobs", "1"]
    assert main(["bulk", str(old), *command, "--dry-run"]) == 0
    assert not Path(store).exists()
    opened = open_store(store)
    path = old / "broken.pdf"
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    enter(opened, [Found(sha256, "broken.pdf", str(path), 16, "broken")], [(str(path), sha256, "16:1")])
    old.rename(new)
    documents = set(_by_sha(opened))
    order = Order(load_settings(environ={}), None, store, keep=True, out=None)
    Run(opened, order, documents, _ignore).go(1)
    assert set(_by_sha(opened).values()) == {("quarantined", "missing-file")}
    assert not list((tmp_path / "kho.db.files").rglob("*/??/*"))  # no original of bytes that nobody read
    assert main(["bulk", str(new), *command, "--again", "quarantined"]) == 4
    assert set(_by_sha(opened).values()) == {("failed", "damaged-pdf")}
    opened.close()


def _by_sha(store: Store) -> dict[str, tuple[str, str | None]]:
    with store.read() as connection:
        return {row.sha256: (row.state, row.code) for row in read_entries(connection)}
