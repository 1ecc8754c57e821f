"""What is dear and shared by all tests of a session: a browser (Playwright allows no second one), servers, stores."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from extractor.store import Store, open_store
from tests.postgres import Cluster, start_cluster
from tests.store import samples

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# how fast the machine is at the moment says nothing about the code
hypothesis.settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any-machine")


@pytest.fixture(scope="session", autouse=True)
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Where processes that share the tests put what only one of them needs to make."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    base = tmp_path_factory.getbasetemp()
    samples.shared = base if alone else base.parent


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster | None]:
    """PostgreSQL for whoever does not stop it."""
    yield from start_cluster(tmp_path_factory.mktemp("cluster"))


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
