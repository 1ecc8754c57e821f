"""One input never stops the others, and no reader ever sees half a file."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from extractor.cli.common import set_up_logging
from extractor.cli.inputs import Job
from extractor.cli.work import Order, count_cores, run_jobs
from extractor.settings import load_settings
from extractor.writing import write_text
from tests.cli.fakes import die_on_bad, say_much

ROOT = Path(__file__).resolve().parents[2]
ORDER = Order(load_settings(environ={}), None)


def test_a_process_that_dies_costs_only_its_own_input(tmp_path: Path) -> None:
    names = ["a", "bad", "b", "c"]
    for name in names:
        (tmp_path / f"{name}.pdf").write_bytes(b"x")
    jobs = [Job(tmp_path / f"{name}.pdf", tmp_path / f"{name}.json") for name in names]
    outcomes = {result.job.path.stem: result.outcome for result in run_jobs(jobs, ORDER, 2, die_on_bad)}
    assert outcomes == {"a": "complete", "bad": "failed", "b": "complete", "c": "complete"}
    assert json.loads((tmp_path / "bad.json").read_text(encoding="utf-8"))["error"]["code"] == "worker-died"


@pytest.mark.parametrize("verbose", [0, 2])
def test_what_a_process_has_to_say_is_heard_where_everything_is_asked_for(
    verbose: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    set_up_logging(verbose, quiet=False, as_json=False)
    (tmp_path / "a.pdf").write_bytes(b"x")
    list(run_jobs([Job(tmp_path / "a.pdf", tmp_path / "a.json")], ORDER, 1, say_much))
    assert ("debug: a detail of a" in capfd.readouterr().err) is (verbose == 2)


INTERRUPTED_RUN = """
import functools, signal, sys
import extractor.cli.extract as command
from extractor.cli import main
from extractor.cli.work import run_jobs
from tests.cli.fakes import sleep_long

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it from its start
    command.run_jobs = functools.partial(run_jobs, work=sleep_long)
    sys.exit(main(["extract", sys.argv[1], "--out", sys.argv[2], "--jobs", "2"]))
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
def test_ctrl_c_ends_all_processes_with_130(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.pdf").write_bytes(b"x")
    script, out = tmp_path / "run.py", tmp_path / "out"
    script.write_text(INTERRUPTED_RUN, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(script), str(tmp_path), str(out)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True) as process:
        _wait_until(lambda: len(list(out.glob("*.begun"))) == 2)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in said
    _wait_until(lambda: not _alive(process.pid))


def _alive(group: int) -> bool:
    """Whether a process of the group still runs (one that nobody collected yet does not)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its_group = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if int(its_group) == group and state != "Z":
            return True
    return False


def _wait_until(test: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not test():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_text_is_put_in_place_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "new" / "a.json"
    write_text("{}\n", target)
    assert target.read_text(encoding="utf-8") == "{}\n"

    def fail(*args: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_text("other", target)
    assert [path.name for path in target.parent.iterdir()] == ["a.json"]
    assert target.read_text(encoding="utf-8") == "{}\n"


def test_written_files_are_readable_by_others_as_the_umask_says(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        write_text("{}", tmp_path / "a.json")
    finally:
        os.umask(old)
    assert (tmp_path / "a.json").stat().st_mode & 0o777 == 0o644


def test_there_is_a_core() -> None:
    assert count_cores() >= 1
