"""A full disk, a store that is locked or away, a folder that is gone: the run waits or stops, and loses nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from extractor.bulk import Halted, Order, Run
from extractor.settings import load_settings
from extractor.store import Found, Store, enter, open_store, read_entries
from tests.postgres import Cluster, start_cluster


def _order(tmp_path: Path, address: str, roots: tuple[str, ...] = (), **flags: object) -> Order:
    values = {"bulk.page_seconds": 20, "bulk.free_mb": 0, "store.files": str(tmp_path / "files")}
    settings = load_settings(environ={}, flags=values | {f"bulk.{name}": value for name, value in flags.items()})
    (tmp_path / "out").mkdir(exist_ok=True)
    return Order(settings, None, address, keep=False, out=str(tmp_path / "out"), roots=roots)


def _fill(tmp_path: Path, store: Store, names: list[str]) -> set[str]:
    found = []
    for number, name in enumerate(names):
        path = tmp_path / "in" / f"{name}.pdf"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(name.encode())
        found.append(Found(f"{number:064d}", name, str(path), 3, name))
    enter(store, found)
    return {one.sha256 for one in found}


def _states(store: Store) -> list[str]:
    with store.read() as connection:
        return [row.state for row in read_entries(connection)]


def _ignore(name: str, facts: Mapping[str, object]) -> None: ...


def _run(store: Store, order: Order, documents: set[str], event: Callable[..., None] = _ignore) -> Run:
    return Run(store, order, documents, event, work="tests.bulk.fakes:work")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(folder)]
    if not shutil.which("mount") or os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_results_that_find_no_room_stop_the_run(tmp_path: Path, small_disk: Path) -> None:
    (tmp_path / "out").symlink_to(small_disk)
    address = str(tmp_path / "kho.db")
    store = open_store(address, files=tmp_path / "files")
    documents = _fill(tmp_path, store, [f"big{number}" for number in range(5)])
    with pytest.raises(Halted, match="No space left"):
        _run(store, _order(tmp_path, address), documents).go(1)
    assert _states(store) == ["done", "done", "waiting", "waiting", "waiting"]
    assert not list(small_disk.glob(".*"))
    subprocess.run(["mount", "-o", "remount,size=20m", str(small_disk)], check=True)
    _run(store, _order(tmp_path, address), documents).go(1)
    assert set(_states(store)) == {"done"}
    store.close()


def test_a_store_that_finds_no_room_stops_the_run(tmp_path: Path, small_disk: Path) -> None:
    address = str(small_disk / "kho.db")
    store = open_store(address, files=tmp_path / "files")
    documents = _fill(tmp_path, store, [f"good{number}" for number in range(40)])
    with (small_disk / "rest").open("wb") as file:
        file.write(b"x" * shutil.disk_usage(small_disk).free)
    with pytest.raises(Halted, match=r"disk.*full"):
        _run(store, _order(tmp_path, address), documents).go(1)
    (small_disk / "rest").unlink()
    _run(store, _order(tmp_path, address), documents).go(1)
    assert set(_states(store)) == {"done"}
    store.close()


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster | None]:
    yield from start_cluster(tmp_path_factory.mktemp("cluster"))


def test_a_server_that_goes_away_is_waited_for(tmp_path: Path, cluster: Cluster | None) -> None:
    if cluster is None:
        pytest.skip("PostgreSQL is not installed")
    address = cluster.new_database()
    store = open_store(address, files=tmp_path / "files")
    documents = _fill(tmp_path, store, [f"slow{number}" for number in range(12)])
    told: list[str] = []
    run = _run(store, _order(tmp_path, address), documents, lambda name, _: told.append(name))
    thread = threading.Thread(target=run.go, args=(2,))
    thread.start()
    _wait(lambda: told.count("done") >= 2)
    cluster.stop()
    _wait(lambda: "store-waits" in told)
    with pytest.raises(Halted):
        _run(store, _order(tmp_path, address, store_seconds=1), documents).go(1)
    cluster.start()
    thread.join(timeout=60)
    assert not thread.is_alive()
    assert set(_states(store)) == {"done"}
    store.close()


def _wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_locked_store_is_waited_for_then_stops_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.store.opening.BUSY_SECONDS", 1)
    address = str(tmp_path / "kho.db")
    store = open_store(address, files=tmp_path / "files")
    documents = _fill(tmp_path, store, ["slow1", "slow2", "slow3", "long"])
    other = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
    told: list[str] = []
    order = _order(tmp_path, address, store_seconds=3)
    run = _run(store, order, documents, lambda name, _: told.append(name))

    def lock() -> None:
        _wait(lambda: "done" in told)
        other.execute("BEGIN IMMEDIATE")
        _wait(lambda: "store-waits" in told)
        other.execute("ROLLBACK")
        _wait(lambda: "long" in str(run.turns.at) or told.count("done") == 3)
        other.execute("BEGIN IMMEDIATE")
        began.append(time.monotonic())
        run.stopping.set()  # as by Ctrl-C: a lock must not keep it

    began: list[float] = []
    locker = threading.Thread(target=lock)
    locker.start()
    run.go(1)
    assert time.monotonic() - began[0] < 10
    locker.join()
    with pytest.raises(Halted, match="locked"):
        _run(store, _order(tmp_path, address, store_seconds=1), documents).go(1)
    other.close()
    store.close()


def test_a_folder_that_is_gone_costs_no_document_anything(tmp_path: Path) -> None:
    address = str(tmp_path / "kho.db")
    store = open_store(address, files=tmp_path / "files")
    documents = _fill(tmp_path, store, ["changed1", "changed2"])  # as a file that can't be read
    root = tmp_path / "in"
    root.rename(tmp_path / "away")
    with pytest.raises(Halted, match="is gone"):
        _run(store, _order(tmp_path, address, (str(root),), store_seconds=1), documents).go(1)
    assert _states(store) == ["waiting", "waiting"]
    with store.read() as connection:
        assert {row.attempts for row in read_entries(connection)} == {0}
    (tmp_path / "away").rename(root)
    _run(store, _order(tmp_path, address, (str(root),)), documents).go(1)
    assert _states(store) == ["quarantined", "quarantined"]
    store.close()
