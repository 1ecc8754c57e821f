"""Backups of a store in use, of either kind: whole or refused, and back in a store of either kind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy import text as sql

from extractor.cli import main
from extractor.errors import UsageError
from extractor.store import (
    BadBackup,
    NewDecision,
    Store,
    add_person,
    check_chain,
    decide,
    list_backups,
    make_backup,
    open_store,
    parse_address,
    read_original,
    restore_backup,
    save_report,
    upgrade_store,
    verify_backup,
)
from extractor.store.copying import digest_rows
from extractor.store.opening import find_revision, newest_revision
from extractor.store.schema import decision, document, file
from tests.postgres import Cluster
from tests.store.samples import seed_scan

MAIN = "import sys; from extractor.cli import main; sys.exit(main())"


def fill(store: Store, count: int = 1) -> None:
    data, written, readings = seed_scan()
    for number in range(count):
        one = save_report(store, data + b"\n" * number, written, readings)
        settle(store, one, number)


def settle(store: Store, document_id: int, number: int) -> None:
    after = {"state": "read", "number": str(number)}
    decide(store, NewDecision(f"r{number}", document_id, f"x{number}/value", "misread", "lan", after))


def digest(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return digest_rows(connection)


def flip(path: Path, at: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    path.write_bytes(data)


@pytest.fixture(params=["sqlite", "postgresql"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    """The address of a store that is not there yet, and its folder of files."""
    if request.param == "sqlite":
        return str(tmp_path / "other" / "kho.db"), tmp_path / "other-files"
    cluster: Cluster | None = request.getfixturevalue("cluster")
    if cluster is None:
        pytest.skip("PostgreSQL is not installed")
    return cluster.new_database(), tmp_path / "other-files"


@pytest.mark.parametrize("form", ["folder", "file.tar"])
def test_what_is_restored_is_what_was_kept(store: Store, other: tuple[str, Path], tmp_path: Path, form: str) -> None:
    fill(store, 2)
    kept = make_backup(store, tmp_path / form)
    assert (kept.new, kept.manifest.missing) == (2, ())
    assert verify_backup(tmp_path / form) == kept.manifest
    address = parse_address(*other)
    restored = restore_backup(tmp_path / form, address)
    assert (restored.before, restored.revision) == (None, newest_revision())
    again = open_store(other[0], files=other[1], create=False)
    assert digest(again) == digest(store)
    with again.read() as connection:
        assert check_chain(connection) is None
        originals = connection.execute(select(file.c.sha256)).scalars().all()
    assert all(read_original(other[1], one) for one in originals)
    settle(again, 1, 7)
    data, written, readings = seed_scan()
    assert save_report(again, data + b"\n\n\n", written, readings) == 3
    with pytest.raises(UsageError, match="already"):
        restore_backup(tmp_path / form, address)
    again.close()
    before = restore_backup(tmp_path / form, address, force=True).before
    assert before is not None
    last = open_store(other[0], files=other[1], create=False)
    assert digest(last) == digest(store)
    last.close()


def test_a_further_backup_copies_only_what_is_new_and_old_ones_go(store: Store, tmp_path: Path) -> None:
    fill(store, 1)
    first = make_backup(store, tmp_path / "kept")
    fill(store, 2)
    second = make_backup(store, tmp_path / "kept", keep=1)
    assert (first.new, second.new, len(second.manifest.originals)) == (1, 1, 2)
    assert list_backups(tmp_path / "kept") == [second.path]


def test_a_backup_beside_a_writer_is_of_one_moment(store: Store, tmp_path: Path) -> None:
    fill(store, 1)
    stop = threading.Event()

    def write() -> None:
        number = 100
        while not stop.is_set():
            settle(store, 1, number)
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(2):
            time.sleep(0.2)
            kept = make_backup(store, tmp_path / "kept" / str(number))
            assert verify_backup(kept.path) == kept.manifest
            assert kept.manifest.tables["decision"] == kept.manifest.decisions[0]
    finally:
        stop.set()
        writer.join()
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(decision)).scalar_one() > 2


@pytest.mark.parametrize("form", ["folder", "file.tar"])
def test_one_changed_byte_is_refused_and_nothing_is_restored(tmp_path: Path, form: str) -> None:
    store = open_store(str(tmp_path / "kho.db"))
    fill(store, 1)
    store.close()
    out = tmp_path / form
    kept = make_backup(store, out)
    parts = [path for path in out.rglob("*") if path.is_file() and path.name != ".lock"] if out.is_dir() else []
    places = [(path, None) for path in parts]
    if not places:
        size = out.stat().st_size
        places = [(out, size * share // 10) for share in range(1, 10)]  # type: ignore[misc]
        places += [(out, 20), (out, 600)]  # type: ignore[list-item]
    address = parse_address(str(tmp_path / "new.db"))
    for path, at in places:
        flip(path, at)
        with pytest.raises(BadBackup):
            restore_backup(out, address)
        with pytest.raises(BadBackup):
            verify_backup(kept.path)
        flip(path, at)
        assert not (tmp_path / "new.db").exists()
    assert [path.name for path in tmp_path.glob(".*")] == []
    assert verify_backup(out) == kept.manifest


def test_a_lost_and_a_changed_original_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(str(tmp_path / "kho.db"))
    fill(store, 2)
    store.close()
    lost, changed = sorted(path for path in store.files.rglob("*") if path.is_file())
    lost.unlink()
    flip(changed)
    assert main(["backup", "--store", str(tmp_path / "kho.db"), "--out", str(tmp_path / "kept")]) == 3
    told = capsys.readouterr().err
    assert lost.name in told
    assert changed.name in told
    assert main(["restore", str(tmp_path / "kept"), "--check"]) == 0


def test_a_backup_of_an_older_schema_is_restored_and_upgraded(
    store: Store, other: tuple[str, Path], tmp_path: Path
) -> None:
    fill(store, 1)
    before = digest(store)
    upgrade_store(store, "0001")
    make_backup(store, tmp_path / "kept")
    assert restore_backup(tmp_path / "kept", parse_address(*other)).revision == newest_revision()
    again = open_store(other[0], files=other[1], create=False)
    now = digest(again)
    assert all(now[name] == before[name] for name in ("decision", "cell", "file", "task", "chain"))
    again.close()


def test_a_backup_of_a_later_schema_is_refused(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "kho.db"))
    with store.write() as connection:
        connection.execute(sql("UPDATE store_version SET version_num = '9999'"))
    make_backup(store, tmp_path / "kept")
    store.close()
    with pytest.raises(UsageError, match="9999"):
        restore_backup(tmp_path / "kept", parse_address(str(tmp_path / "new.db")))


@pytest.mark.parametrize("what", ["backup", "restore"])
def test_a_kill_leaves_nothing_half(tmp_path: Path, what: str) -> None:
    address, kept, new = (str(tmp_path / name) for name in ("kho.db", "kept", "new.db"))
    store = open_store(address)
    fill(store, 3)
    with store.read() as connection:
        documents = connection.execute(select(func.count()).select_from(document)).scalar_one()
    if what == "restore":
        make_backup(store, Path(kept))
    store.close()
    command = ["backup", "--store", address, "--out", kept] if what == "backup" else ["restore", kept, "--store", new]
    child = subprocess.Popen([sys.executable, "-c", MAIN, *command], stdout=subprocess.DEVNULL)
    sign = (Path(kept), ".*.part/store.db") if what == "backup" else (tmp_path, ".new.db.restored")
    while child.poll() is None and not list(sign[0].glob(sign[1])):
        time.sleep(0.002)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    if what == "backup":
        assert not list_backups(Path(kept))
    assert not Path(new).exists()
    assert main(command) == 0
    if what == "backup":
        assert verify_backup(Path(kept)).tables["document"] == documents
        assert not list(Path(kept).glob(".*.part"))
        return
    again = open_store(new, create=False)
    assert find_revision(again) == newest_revision()
    again.close()


def test_a_store_in_use_is_not_replaced(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "kho.db"))
    add_person(store, "lan", "a long password", "reviewer")
    make_backup(store, tmp_path / "kept")
    hold = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('select 1'); print(1, flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", hold, str(tmp_path / "kho.db")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    with pytest.raises(UsageError, match="in use"):
        restore_backup(tmp_path / "kept", parse_address(str(tmp_path / "kho.db")), force=True)
    child.communicate(b"\n")
    store.close()
    restore_backup(tmp_path / "kept", parse_address(str(tmp_path / "kho.db")), force=True)
