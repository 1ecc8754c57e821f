"""A site over reports without pixels, for tests that need many of them and no extraction."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.settings import load_settings
from extractor.store import open_store
from tests.store.series import draw_series, fill_series
from tests.web.conftest import Site, add_people, serve


@pytest.fixture
def light(tmp_path: Path) -> Iterator[Site]:
    """Three districts, two years."""
    store = open_store(str(tmp_path / "kho.db"))
    add_people(store)
    fill_series(store, draw_series(("942", "943", "949"), (2021, 2022)))
    with serve(store, load_settings(environ={}, flags={"review.gold_share": 0})) as running:
        yield running
    store.close()
