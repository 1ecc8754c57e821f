"""Hostile files through the command line: each costs itself alone, ends in time, and has a JSON that says why."""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pikepdf import Pdf

from extractor.cli import main
from extractor.cli.inputs import Job, find_jobs
from extractor.cli.work import Order, run_jobs
from extractor.errors import DocumentError, UnreadableFile
from extractor.ingest import open_bytes, read_file
from extractor.page import open_pages
from extractor.settings import load_settings
from extractor.writing import safe_name
from tests.cli.fakes import break_down
from tests.hostile import makers as make

SETTINGS = load_settings(environ={})


def _tables(data: bytes, tmp_path: Path, *flags: str) -> tuple[int, dict[str, Any]]:
    path, target = tmp_path / "report.pdf", tmp_path / "tables.json"
    path.write_bytes(data)
    code = main(["tables", str(path), "--out", str(target), "-q", *flags])
    return code, json.loads(target.read_text(encoding="utf-8"))


def test_a_page_that_never_ends_is_left_out_and_the_others_are_read(tmp_path: Path) -> None:
    code, tree = _tables(make.slow_page(), tmp_path, "--set", "bulk.page_seconds=12")
    assert (code, tree["outcome"]) == (3, "partial")
    assert [table["pages"] for table in tree["tables"]] == [[2]]
    assert [(one["rule"], one["page"]) for one in tree["findings"]] == [("unread-page", 1)]
    # what the page piles up meanwhile may pass the other limit first, on a fast machine
    message = tree["findings"][0]["message"]["en"]
    assert "too long" in message or "too much memory" in message


def test_a_packed_bomb_is_too_large_and_not_unpacked(tmp_path: Path) -> None:
    code, tree = _tables(make.content_bomb(80), tmp_path)
    assert code == 4
    assert tree["error"]["code"] == "too-large"


def test_a_repaired_file_says_so(tmp_path: Path) -> None:
    code, tree = _tables(make.broken_xref(), tmp_path)
    assert code == 0
    assert [one["rule"] for one in tree["findings"]] == ["repaired-file"]
    assert tree["document"]["page_count"] == 2


def test_scripts_are_not_run_and_said(tmp_path: Path) -> None:
    _, tree = _tables(make.scripted(), tmp_path)
    assert sorted(one["rule"] for one in tree["findings"]) == ["attachments", "javascript"]


def test_whatever_breaks_a_process_costs_only_its_own_input(tmp_path: Path) -> None:
    names = ["good1", "segv", "hang", "hang-once", "grow", "good2"]
    jobs = [Job(tmp_path / f"{name}.pdf", tmp_path / f"{name}.json") for name in names]
    for job in jobs:
        job.path.write_bytes(b"x")
    limits = {"bulk.page_seconds": 2, "bulk.memory_mb": 400}
    order = Order(load_settings(environ={}, flags=limits), None)
    results = {result.job.path.stem: result for result in run_jobs(jobs, order, 2, break_down)}
    codes = {name: results[name].code for name in names}
    assert codes == {
        "good1": "",
        "segv": "crashed",
        "hang": "too-slow",
        "hang-once": "",
        "grow": "too-much-memory",
        "good2": "",
    }
    written = json.loads((tmp_path / "hang.json").read_text(encoding="utf-8"))
    assert written["outcome"] == "failed"
    assert "page 1" in written["error"]["message"]


@pytest.mark.parametrize(
    "stem",
    [
        "a" * 251,
        "Báo cáo " * 31,
        "tab\tnew\nline\x1b[31m",
        "e\u0301",
        "turned\u202egnp",
        "\udcff\udcfe",
        "..",
        " ",
        ".",
    ],
)
def test_names_of_results_are_safe(stem: str) -> None:
    name = safe_name(stem, 238)
    data = f"{name}.json".encode()
    assert len(data) <= 255
    assert "/" not in name
    assert name.strip(". ")
    assert not any(ord(sign) < 32 or sign == "\u202e" for sign in name)


def test_hostile_names_are_read_and_nothing_is_written_outside(tmp_path: Path) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    names = ["x" * 251 + ".pdf", "x" * 250 + "y.pdf", "a\nb.pdf", "e\u0301.pdf", "\u00e9.pdf", "b\udcff.pdf"]
    for name in names:
        (inputs / name).touch()
    assert main(["extract", str(inputs / ".." / "in"), "--out", str(out), "-q", "--jobs", "1"]) == 4
    written = sorted(out.rglob("*"))
    assert len(written) == len(names)
    assert all(path.parent == out and "\n" not in path.name for path in written)
    for path in written:
        assert json.loads(path.read_text(encoding="utf-8"))["error"]["code"] == "empty-file"
    assert sorted(os.listdir(tmp_path)) == ["in", "out"]


def test_a_path_upwards_stays_in_the_output_folder(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (job,) = find_jobs([tmp_path / "deep" / "er" / ".." / ".." / "report.pdf"], tmp_path / "out")
    assert job.target == tmp_path / "out" / "report.json"


def test_a_file_that_grows_is_read_when_it_is_at_rest(tmp_path: Path) -> None:
    path, data = tmp_path / "a.pdf", make.seed_pages()
    path.write_bytes(data[:1000])
    read, fstat = [], os.fstat

    def growing(descriptor: int) -> os.stat_result:
        read.append(1)
        if len(read) == 2:  # between the two looks of the first attempt
            path.write_bytes(data)
        return fstat(descriptor)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fstat", growing)
        assert read_file(path, SETTINGS.ingest) == data


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.pdf"
    os.mkfifo(path)
    with pytest.raises(UnreadableFile) as failed:
        read_file(path, SETTINGS.ingest)
    assert failed.value.code == "missing-file"


def test_a_file_that_is_gone_before_it_is_read_is_named(tmp_path: Path) -> None:
    assert main(["extract", str(tmp_path / ("z" * 300 + ".pdf")), "--out", str(tmp_path / "out"), "-q"]) == 4
    (path,) = (tmp_path / "out").iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["error"]["code"] == "missing-file"


@pytest.mark.parametrize("kind", ["pdf", "scan", "png", "tif", "jpg"])
def test_bytes_changed_at_random_end_in_pages_or_a_named_failure(kind: str) -> None:
    makers: dict[str, Callable[[], bytes]] = {
        "pdf": make.seed_pages,
        "scan": lambda: make.image_pdf(make.encode("JPEG", make.scan(50)), "DCTDecode", make.scan(50).size),
        "png": lambda: make.encode("PNG", make.scan(50)),
        "tif": lambda: make.encode("TIFF", make.scan(50).convert("1"), compression="group4"),
        "jpg": lambda: make.encode("JPEG", make.scan(50)),
    }
    whole = makers[kind]()
    draw = random.Random(kind)
    for _ in range(25):
        data = bytearray(whole)
        for _ in range(draw.randrange(1, 30)):
            data[draw.randrange(len(data))] = draw.randrange(256)
        if draw.random() < 0.4:
            del data[draw.randrange(len(data)) :]
        try:
            source = open_bytes(bytes(data), f"a.{kind}", SETTINGS.ingest)
            with open_pages(source, SETTINGS) as reader:
                for number in range(1, min(source.page_count, 3) + 1):
                    reader.draw(number)
        except DocumentError as error:
            ended = error.code
        else:
            ended = "drawn"
        assert ended


def test_a_thousand_pages_are_opened_quickly() -> None:
    with Pdf.new() as document:
        for _ in range(1000):
            document.add_blank_page(page_size=make.A4)
        data = make.write(document)
    began = time.process_time()
    assert open_bytes(data, "a.pdf", SETTINGS.ingest).page_count == 1000
    assert time.process_time() - began < 5
