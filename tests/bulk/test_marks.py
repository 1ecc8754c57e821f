"""Shelfmarks in the ledger, the store and the status: from folders, from a table given later, in a watched folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from extractor.bulk.arrivals import Arrivals, take
from extractor.cli import main
from extractor.settings import load_settings
from extractor.store import open_store, read_entries
from extractor.store.schema import document


def _shelves(store: str) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """(of the ledger, of documents)."""
    opened = open_store(store)
    with opened.read() as connection:
        ledger = {(row.name, row.box, row.folder) for row in read_entries(connection)}
        kept = {tuple(row) for row in connection.execute(select(document.c.name, document.c.box, document.c.folder))}
        attempts = {row.attempts for row in read_entries(connection)}
    opened.close()
    assert attempts == {1}  # nothing is read again for it
    return ledger, kept


def test_a_table_given_later_shelves_what_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in" / "Hộp 3" / "hồ sơ lẻ"
    folder.mkdir(parents=True)
    for name in ("a.pdf", "b.pdf"):
        (folder / name).write_bytes(b"%PDF-1.4 nothing " + name.encode())
    store = str(tmp_path / "kho.db")
    command = ["bulk", str(tmp_path / "in"), "--store", store, "--jobs", "1"]
    assert main(command) == 4
    first = {("a.pdf", "Hộp 3", "hồ sơ lẻ"), ("b.pdf", "Hộp 3", "hồ sơ lẻ")}
    assert _shelves(store) == (first, first)
    table = tmp_path / "in" / "marks.csv"
    table.write_text("path,box,folder\nHộp 3/hồ sơ lẻ/a.pdf,Hộp 44,Hồ sơ 5\n", encoding="utf-8")
    assert main([*command, "--shelves", str(table)]) == 4
    later = {("a.pdf", "Hộp 44", "Hồ sơ 5"), ("b.pdf", "Hộp 3", "hồ sơ lẻ")}
    assert _shelves(store) == (later, later)
    assert main(command) == 4  # without the table they stay
    assert _shelves(store) == (later, later)
    moved = tmp_path / "in" / "Hộp 9" / "hồ sơ lẻ"
    moved.mkdir(parents=True)
    (folder / "b.pdf").rename(moved / "b.pdf")
    assert main(command) == 4
    assert ("b.pdf", "Hộp 9", "hồ sơ lẻ") in _shelves(store)[0]
    capsys.readouterr()
    assert main(["bulk", "status", "--store", store]) == 0
    assert f"{folder / 'a.pdf'} [Hộp 44, Hồ sơ 5]" in capsys.readouterr().out
    assert main(["bulk", "status", "--store", store, "--json"]) == 0
    bad = json.loads(capsys.readouterr().out)["bad"]
    assert {(one["box"], one["folder"]) for one in bad} == {("Hộp 44", "Hồ sơ 5"), ("Hộp 9", "hồ sơ lẻ")}


def test_a_watched_folder_shelves_as_bulk_does(tmp_path: Path) -> None:
    quick = {"watch.settle_seconds": 0, "watch.folder_seconds": 0}
    arrivals = Arrivals((tmp_path,), load_settings(environ={}, flags=quick).watch)
    (tmp_path / "Hộp 3" / "Hồ sơ 5" / "2022" / "tập 1").mkdir(parents=True)
    (tmp_path / "Hộp 3" / "a.pdf").write_bytes(b"%PDF-1.4 %%EOF")
    (tmp_path / "Hộp 3" / "Hồ sơ 5" / "2022" / "b.pdf").write_bytes(b"%PDF-1.4 2 %%EOF")
    for number in (1, 2):
        (tmp_path / "Hộp 3" / "Hồ sơ 5" / "2022" / "tập 1" / f"{number}.jpg").write_bytes(b"%d\xff\xd9" % number)
    found = {one.target: one for one in map(take, arrivals.find({})) if one is not None}
    assert {target: (one.box, one.folder, one.images) for target, one in found.items()} == {
        "Hộp 3/a": ("Hộp 3", None, 0),
        "Hộp 3/Hồ sơ 5/2022/b": ("Hộp 3", "Hồ sơ 5", 0),
        "Hộp 3/Hồ sơ 5/2022/tập 1": ("Hộp 3", "tập 1", 2),
    }


def test_a_watch_waits_for_the_pages_of_a_folder(tmp_path: Path) -> None:
    """One page after the other comes: neither the first of them nor half of them is a document."""
    patient = {"watch.settle_seconds": 0, "watch.folder_seconds": 1000}
    arrivals = Arrivals((tmp_path,), load_settings(environ={}, flags=patient).watch)
    for number in (1, 2):
        (tmp_path / f"trang-{number}.jpg").write_bytes(b"%d\xff\xd9" % number)
        assert arrivals.find({}) == []
    (tmp_path / "bìa.jpg").write_bytes(b"\xff\xd9")
    assert [os.path.basename(one.path) for one in arrivals.find({})] == ["bìa.jpg"]
    arrivals.settings = load_settings(environ={}, flags=patient | {"watch.folder_seconds": 0}).watch
    (one,) = (one for one in arrivals.find({}) if one.joined is not None)
    found = take(one)
    assert found is not None
    known = {one.path: (one.stamp, found.sha256)}
    assert [one.path for one in arrivals.find(known)] == [str(tmp_path / "bìa.jpg")]
    (tmp_path / "trang-3.jpg").write_bytes(b"3\xff\xd9")
    assert take(one) is None  # it has changed since
    assert sum(one.joined is not None for one in arrivals.find(known)) == 1
