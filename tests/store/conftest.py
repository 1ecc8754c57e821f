"""Stores for the tests: SQLite files, and databases of the throwaway PostgreSQL cluster; copies of an empty one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.store import Store, open_store
from tests.postgres import Cluster


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store: making one takes ten times as long as copying it."""
    path = tmp_path_factory.mktemp("empty") / "kho.db"
    open_store(str(path)).close()
    return path


@pytest.fixture(scope="session")
def empty_database(cluster: Cluster | None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an empty PostgreSQL store, to be copied."""
    if cluster is None:
        pytest.skip("PostgreSQL is not installed")
    address = cluster.new_database()
    open_store(address, files=tmp_path_factory.mktemp("files")).close()
    return address


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of either kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_file"), tmp_path / "kho.db")
        opened = open_store(str(tmp_path / "kho.db"))
    else:
        empty = request.getfixturevalue("empty_database")
        address = request.getfixturevalue("cluster").new_database(empty)
        opened = open_store(address, files=tmp_path / "files")
    yield opened
    opened.close()
