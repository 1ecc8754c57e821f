"""One input never stops the others, and no reader ever sees half a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from extractor.cli.inputs import Job
from extractor.cli.work import Order, count_cores, run_jobs, write_text
from extractor.settings import load_settings
from tests.cli.fakes import die_on_bad

ORDER = Order(load_settings(environ={}), None)


def test_a_process_that_dies_costs_only_its_own_input(tmp_path: Path) -> None:
    names = ["a", "bad", "b", "c"]
    for name in names:
        (tmp_path / f"{name}.pdf").write_bytes(b"x")
    jobs = [Job(tmp_path / f"{name}.pdf", tmp_path / f"{name}.json") for name in names]
    outcomes = {result.job.path.stem: result.outcome for result in run_jobs(jobs, ORDER, 2, die_on_bad)}
    assert outcomes == {"a": "complete", "bad": "failed", "b": "complete", "c": "complete"}
    assert json.loads((tmp_path / "bad.json").read_text(encoding="utf-8"))["error"]["code"] == "worker-died"


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
