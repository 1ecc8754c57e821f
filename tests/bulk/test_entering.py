"""Files enter the ledger by their bytes; what moves, is replaced or comes twice keeps its JSON under its own name."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from extractor.store import (
    Found,
    Store,
    claim,
    drop_lost,
    enter,
    enter_run,
    list_open,
    open_store,
    plan_entering,
    read_entries,
)

A, B, C = "a" * 64, "b" * 64, "c" * 64


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "kho.db"))


def _put(store: Store, *files: tuple[str, str]) -> dict[str, str]:
    """(path, sha256) each; targets by path."""
    found = [Found(sha256, Path(path).name, path, 3, path.rpartition(".")[0]) for path, sha256 in files]
    return enter(store, found, [(one.path, one.sha256, "3:1") for one in found]).targets


def _rows(store: Store) -> dict[str, tuple[str, str, str]]:
    with store.read() as connection:
        return {row.sha256: (row.path, row.target, row.state) for row in read_entries(connection)}


def test_the_same_bytes_twice_have_two_names(store: Store) -> None:
    assert _put(store, ("x.pdf", A), ("sub/x.pdf", A), ("X.PDF", B)) == {
        "x.pdf": "x",
        "sub/x.pdf": "sub/x",
        "X.PDF": f"X-{B[:8]}",
    }
    assert _rows(store)[A] == ("x.pdf", "x", "waiting")
    assert _put(store, ("x.pdf", A), ("sub/x.pdf", A), ("X.PDF", B)) == {
        "x.pdf": "x",
        "sub/x.pdf": "sub/x",
        "X.PDF": f"X-{B[:8]}",
    }


def test_a_replaced_file_takes_the_name_of_what_it_replaces(store: Store) -> None:
    _put(store, ("x.pdf", A))
    assert _put(store, ("x.pdf", B)) == {"x.pdf": "x"}
    assert _rows(store) == {A: ("x.pdf", f"x-{A[:8]}", "failed"), B: ("x.pdf", "x", "waiting")}
    assert _put(store, ("x.pdf", A)) == {"x.pdf": "x"}  # the old bytes are back
    assert _rows(store) == {A: ("x.pdf", "x", "waiting"), B: ("x.pdf", f"x-{B[:8]}", "failed")}


def test_a_replaced_double_leaves_the_document_at_its_other_path(store: Store) -> None:
    _put(store, ("x.pdf", A), ("y.pdf", A))
    _put(store, ("x.pdf", B), ("y.pdf", A))
    assert _rows(store) == {A: ("y.pdf", "y", "waiting"), B: ("x.pdf", "x", "waiting")}


def test_two_files_that_change_places(store: Store) -> None:
    _put(store, ("x.pdf", A), ("y.pdf", B))
    assert _put(store, ("x.pdf", B), ("y.pdf", A)) == {"x.pdf": "x", "y.pdf": "y"}
    assert _rows(store) == {A: ("y.pdf", "y", "waiting"), B: ("x.pdf", "x", "waiting")}


def test_a_moved_file_has_its_new_name_and_a_moved_archive_its_old_ones(store: Store) -> None:
    _put(store, ("x.pdf", A))
    assert _put(store, ("z.pdf", A)) == {"z.pdf": "z"}
    assert _rows(store) == {A: ("z.pdf", "z", "waiting")}
    found = Found(A, "z.pdf", "/new/z.pdf", 3, "z")
    assert enter(store, [found]).targets == {"/new/z.pdf": "z"}


def test_what_an_ended_process_could_not_give_back_is_taken_from_it(store: Store) -> None:
    _put(store, ("x.pdf", A))
    first, second = enter_run(store, "bulk"), enter_run(store, "bulk")
    assert claim(store, first.id, A) is not None
    first.end()
    assert second.beat() == 1
    assert _rows(store)[A] == ("x.pdf", "x", "waiting")
    assert claim(store, second.id, A) is not None
    assert drop_lost(store, second.id, ()) == 1  # it does not know that it holds it
    assert _rows(store)[A] == ("x.pdf", "x", "waiting")


def test_a_plan_changes_nothing(store: Store) -> None:
    with store.read() as connection:
        assert plan_entering(connection, [Found(A, "x.pdf", "x.pdf", 3, "x")]).new == (A,)
    assert _rows(store) == {}


def test_a_large_archive_is_no_load(store: Store) -> None:
    files = [(f"box-{number // 100}/{number}.pdf", f"{number:064x}") for number in range(20_000)]
    began = time.process_time()
    _put(store, *files)
    _put(store, *files)
    holder = enter_run(store, "bulk")
    with store.read() as connection:
        assert len(list_open(connection)) == len(files)
    for _, sha256 in files[:50]:
        assert claim(store, holder.id, sha256) is not None
    assert time.process_time() - began < 20  # some 3 s; a query for each file would take minutes
