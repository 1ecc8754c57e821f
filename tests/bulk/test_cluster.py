"""A Dask cluster of real processes: killed workers and a dead scheduler lose nothing and nothing is done twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from extractor.bulk import ClusterRun, Halted, Order
from extractor.errors import UsageError
from extractor.settings import load_settings
from extractor.store import Found, Store, enter, open_store, read_entries

ROOT = Path(__file__).resolve().parents[2]


class Dask:
    """A scheduler and workers of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--no-show")
        end = time.monotonic() + 60
        while not self._file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        self.workers = [self.start_worker() for _ in range(2)]

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        whole = [sys.executable, "-m", "distributed.cli.dask_" + command[0], *command[1:]]
        with (self._folder / "dask.log").open("ab") as log:
            return subprocess.Popen(
                [*whole, "--scheduler-file", str(self._file)], cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start(
            "worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1", "--local-directory",
            str(self._folder),
        )  # fmt: skip

    @property
    def address(self) -> str:
        return str(json.loads(self._file.read_text(encoding="utf-8"))["address"])

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[Dask]:
    pytest.importorskip("distributed")
    started = Dask(tmp_path)
    yield started
    started.close()


def _order(tmp_path: Path, page_seconds: int = 2) -> Order:
    flags = {"store.files": str(tmp_path / "files"), "bulk.page_seconds": page_seconds}
    (tmp_path / "out").mkdir(exist_ok=True)
    settings = load_settings(environ={}, flags=flags)
    return Order(settings, None, str(tmp_path / "kho.db"), keep=False, out=str(tmp_path / "out"))


def _open(tmp_path: Path, names: list[str]) -> tuple[Store, set[str]]:
    store = open_store(str(tmp_path / "kho.db"), files=tmp_path / "files")
    found = [Found(f"{number:064d}", name, str(tmp_path / name), 3, name) for number, name in enumerate(names)]
    enter(store, found)
    return store, {one.sha256 for one in found}


def _states(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return {row.name: row.state for row in read_entries(connection)}


def _ignore(name: str, facts: Mapping[str, object]) -> None: ...


def test_a_worker_killed_in_its_work_loses_nothing(tmp_path: Path, dask: Dask) -> None:
    names = [*(f"slow{number}" for number in range(14)), "segv"]
    store, documents = _open(tmp_path, names)
    told: list[str] = []
    run = ClusterRun(
        store, _order(tmp_path), documents, lambda name, _: told.append(name), dask.address, "tests.bulk.fakes:work"
    )

    def kill() -> None:
        end = time.monotonic() + 60
        while list(_states(store).values()).count("done") < 3 and time.monotonic() < end:
            time.sleep(0.05)
        dask.workers[0].kill()
        dask.workers[0].wait()
        dask.workers.append(dask.start_worker())

    killer = threading.Thread(target=kill)
    killer.start()
    run.go()
    killer.join()
    states = _states(store)
    assert states.pop("segv") == "quarantined"
    assert set(states.values()) == {"done"}
    assert told.count("done") >= 12  # those of the worker that died were not told, but are in the ledger
    store.close()


def test_a_dead_scheduler_stops_the_run_and_the_next_run_goes_on(tmp_path: Path, dask: Dask) -> None:
    store, documents = _open(tmp_path, [f"slow{number}" for number in range(30)])
    run = ClusterRun(store, _order(tmp_path), documents, _ignore, dask.address, "tests.bulk.fakes:work")

    def kill() -> None:
        end = time.monotonic() + 60
        while list(_states(store).values()).count("done") < 3 and time.monotonic() < end:
            time.sleep(0.05)
        dask.scheduler.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(Halted, match="scheduler"):
        run.go()
    killer.join()
    assert "waiting" in _states(store).values()
    dask.close()
    (tmp_path / "scheduler.json").unlink()
    second = Dask(tmp_path)
    try:
        ClusterRun(store, _order(tmp_path), documents, _ignore, second.address, "tests.bulk.fakes:work").go()
    finally:
        second.close()
    assert set(_states(store).values()) == {"done"}
    for lines in (tmp_path / "out").glob("*.lines"):
        assert len(lines.read_text(encoding="utf-8").splitlines()) <= 2  # again only where the end was not written
    store.close()


def test_an_interrupt_gives_back_what_workers_run(tmp_path: Path, dask: Dask) -> None:
    store, documents = _open(tmp_path, ["long1", "long2", "long3"])
    order = _order(tmp_path, page_seconds=100)
    run = ClusterRun(store, order, documents, _ignore, dask.address, "tests.bulk.fakes:work")
    began = [0.0]

    def stop() -> None:
        end = time.monotonic() + 60
        while list(_states(store).values()).count("running") < 2 and time.monotonic() < end:
            time.sleep(0.05)
        began[0] = time.monotonic()
        run.stopping.set()

    stopper = threading.Thread(target=stop)
    stopper.start()
    run.go()
    assert time.monotonic() - began[0] < 10
    stopper.join()
    assert set(_states(store).values()) == {"waiting"}
    store.close()


def test_what_can_not_work_is_refused_before_it_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.bulk.cluster.CONNECT_SECONDS", 2)
    store, documents = _open(tmp_path, ["one"])
    run = ClusterRun(store, _order(tmp_path), documents, _ignore, "tcp://127.0.0.1:9", "tests.bulk.fakes:work")
    with pytest.raises(UsageError, match="no scheduler"):
        run.go()
    store.close()
