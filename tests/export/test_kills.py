"""Exports, corrections and new readings killed at random: nothing is lost, nothing doubled, people's words stand.

Larger runs: EXTRACTOR_TEST_DOCUMENTS, EXTRACTOR_TEST_KILLS, EXTRACTOR_TEST_PAUSE (`make soak-export`).
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from extractor.export import read_observations
from extractor.export.columns import as_row
from extractor.export.database import Target, export_to, find_lost, tables
from extractor.store import Store, check_chain, save_report
from tests.export import kills
from tests.export.kills import Place
from tests.export.reports import DISTRICTS, make_report
from tests.export.test_database import target
from tests.store.samples import seed_scan

__all__ = ["target"]

DOCUMENTS = int(os.environ.get("EXTRACTOR_TEST_DOCUMENTS", "3"))
KILLS = int(os.environ.get("EXTRACTOR_TEST_KILLS", "3"))
LONGEST = float(os.environ.get("EXTRACTOR_TEST_PAUSE", "1.5"))  # seconds from one kill to the next
LEAST_DECISIONS = 8
MANY = 100  # documents from which on a scan that was really read is among them
KINDS = ("", "-S1", "-S2", "-Q1", "-Q2", "-Q3", "-Q4", "-01-01/P9M", "-05", "-11")  # periods of a year


@pytest.fixture
def place(target: Target, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """A store of the target's kind."""
    address = str(tmp_path / "kho.db") if target.is_sqlite else request.getfixturevalue("cluster").new_database()
    return Place(address, tmp_path / "files")


def test_kills_lose_and_double_nothing(target: Target, place: Place, tmp_path: Path) -> None:
    kept = tmp_path / "acknowledged"
    store = fill(place)
    to = target.address.url.render_as_string(hide_password=False).replace("+psycopg", "")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([kills.__name__])
    draw = random.Random(7)
    for turn in range(KILLS):
        children: list[Any] = [
            context.Process(target=kills.export_for_ever, args=(place, to)),
            context.Process(target=kills.change_for_ever, args=(place, turn, str(kept))),
        ]
        for child in children:
            child.start()
        wait_for_decisions(kept, (turn + 1) * LEAST_DECISIONS)
        for child in draw.sample(children, 2):
            time.sleep(draw.random() * LONGEST)
            child.kill()
            child.join()
    check_store(store, kept)
    check_target(store, target)
    print(f"{DOCUMENTS} reports, {KILLS} kills, {len(kept.read_text(encoding='utf-8').split())} decisions")
    store.close()


def fill(place: Place) -> Store:
    """Eleven districts; their years first, then parts of years."""
    store = place.open()
    if DOCUMENTS >= MANY:
        save_report(store, *seed_scan())
    areas, years = sorted(DISTRICTS), range(2018, 2023)
    reports = ((area, f"{year}{kind}") for kind in KINDS for year in years for area in areas)
    for area, period in itertools.islice(reports, DOCUMENTS):
        data, written = make_report(area, period)
        save_report(store, data, written, None)
    return store


def wait_for_decisions(kept: Path, least: int) -> None:
    """However slow the machine is, something must have happened before a kill."""
    end = time.monotonic() + 120
    while not kept.exists() or len(kept.read_text(encoding="utf-8").splitlines()) < least:
        assert time.monotonic() < end, "nothing happens"
        time.sleep(0.05)


def check_store(store: Store, kept: Path) -> None:
    """Every decision that was acknowledged is there."""
    with store.read() as connection:
        assert check_chain(connection) is None
        requests = set(connection.execute(text("SELECT request FROM decision")).scalars())
    said = kept.read_text(encoding="utf-8").splitlines()
    assert len(said) == len(set(said)) >= KILLS
    assert set(said) <= requests


def check_target(store: Store, target: Target) -> None:
    export_to(store, target)
    assert export_to(store, target).changes.total == 0
    find_lost(store, target)
    expected = {one.id: as_row(one)[:-1] for one in read_observations(store)}
    with target.engine.connect() as connection:
        rows = {row[0]: tuple(row) for row in connection.execute(text(f"SELECT {tables.ALL} FROM observation"))}
        current = connection.execute(text("SELECT obs_id, revision FROM observation")).all()
        past = connection.execute(text("SELECT obs_id, revision, ended_by FROM observation_history")).all()
    assert rows == expected
    people = [one for one in read_observations(store) if one.settled_kind == "misread" and one.is_fact]
    assert people
    at = tables.NAMES.index("obs_value")
    assert all(rows[one.id][at] == one.number for one in people)
    revisions: dict[str, list[int]] = defaultdict(list)
    for key, revision, *_ in sorted((*past, *current)):
        revisions[key].append(revision)
    assert all(found == list(range(1, len(found) + 1)) for found in revisions.values())
    with store.read() as connection:
        noted = {tuple(row) for row in connection.execute(text(NOTED))}
    assert {(key, found) for key, all_ in revisions.items() for found in all_} == noted


NOTED = "SELECT observation_id, revision FROM published WHERE action = 'published'"
