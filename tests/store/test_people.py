"""People and their passwords: kept as dear hashes only, and nothing else lets in."""

from __future__ import annotations

from pathlib import Path

import argon2
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from extractor.errors import UsageError
from extractor.store import add_person, open_store
from extractor.store.people import start_session
from extractor.store.schema import user


def test_a_password_is_kept_as_a_dear_hash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # tests of the web take cheap hashes, and may run beside this one
    monkeypatch.setattr(argon2, "PasswordHasher", PasswordHasher)
    store = open_store(str(tmp_path / "kho.db"))
    add_person(store, "lan", "mat khau thu", "reviewer")
    with store.read() as connection:
        kept = connection.execute(select(user.c.password)).scalar_one()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert start_session(store, "lan", "mat khau thu", "here")
    assert start_session(store, "lan", "mat khau khac", "here") is None
    assert start_session(store, "hoa", "mat khau thu", "here") is None
    with pytest.raises(UsageError):
        add_person(store, "hoa", "ngan", "reviewer")
    store.close()
