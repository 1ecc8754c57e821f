"""A filled store goes forward and back; nothing in it is lost, and a copy of it is kept."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, select

from extractor.cli import main
from extractor.store import StoreError, open_store, save_report
from extractor.store.schema import cell
from tests.store.samples import seed_scan


def test_a_filled_store_goes_back_and_forward(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = str(tmp_path / "kho.db")
    store = open_store(address)
    save_report(store, *seed_scan())
    with store.read() as connection:
        cells = connection.execute(select(func.count()).select_from(cell)).scalar_one()
    store.close()
    assert main(["upgrade", "--store", address, "--to", "0001"]) == 0
    with pytest.raises(StoreError, match="schema 0001"):
        open_store(address)
    assert main(["upgrade", "--store", address]) == 0
    assert "schema 0001 -> " in capsys.readouterr().out
    again = open_store(address)
    with again.read() as connection:
        assert connection.execute(select(func.count()).select_from(cell)).scalar_one() == cells
    again.close()
    copy = sqlite3.connect(tmp_path / "kho.db.0001")
    assert copy.execute("SELECT count(*) FROM cell").fetchone() == (cells,)
    copy.close()


def test_there_must_be_a_store(tmp_path: Path) -> None:
    assert main(["upgrade", "--store", str(tmp_path / "none.db")]) == 2
    assert not list(tmp_path.iterdir())
