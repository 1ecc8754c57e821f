"""Stores for the tests: an SQLite file, and a database of the throwaway PostgreSQL cluster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.store import Store, open_store


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of either kind."""
    if request.param == "sqlite":
        opened = open_store(str(tmp_path / "kho.db"))
    else:
        cluster = request.getfixturevalue("cluster")
        if cluster is None:
            pytest.skip("PostgreSQL is not installed")
        opened = open_store(cluster.new_database(), files=tmp_path / "files")
    yield opened
    opened.close()
