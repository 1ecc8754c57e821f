"""Reports judged by a folder of a clerk: its content is kept, and each kind of change in it reaches stored reports."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from extractor.errors import CatalogueError
from extractor.indicator import load_catalogue
from extractor.resources import resource_path
from extractor.settings import load_settings
from extractor.store import Store, bring_up_to_date, find_form, form_of, judge_again, named_forms, recheck, save_report
from extractor.store.schema import kept_form
from tests.store.samples import seed_scan

SETTINGS = load_settings(environ={})
SHIPPED = "soctrang-cchc-huyen"


@pytest.fixture
def saved(store: Store) -> tuple[Store, int]:
    data, written, readings = seed_scan()
    return store, save_report(store, data, written, readings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped form as a clerk's own folder, with places of its own."""
    target = tmp_path / "form"
    shutil.copytree(resource_path("reference") / "catalogues" / SHIPPED, target)
    shutil.copy(resource_path("reference") / "places.csv", target / "places.csv")
    return target


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def tree(store: Store, document_id: int, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(judge_again(store, document_id, SETTINGS, str(folder)).text)
    return found


def test_the_same_form_from_a_folder_changes_nothing_else(saved: tuple[Store, int], folder: Path) -> None:
    store, one = saved
    before = json.loads(seed_scan()[1])
    after = tree(store, one, folder)
    assert (after["indicators"], after["findings"]) == (before["indicators"], before["findings"])
    assert after["document"]["organisation"] == before["document"]["organisation"]


def test_an_edited_place_reaches_the_head_of_stored_reports(saved: tuple[Store, int], folder: Path) -> None:
    store, one = saved
    edit(folder / "places.csv", ",949,", ",9490,")
    assert tree(store, one, folder)["document"]["organisation"]["code"] == "9490"


def test_a_rule_reaches_stored_reports(saved: tuple[Store, int], folder: Path) -> None:
    store, one = saved
    edit(folder / "rules.csv", "PW-34,", "PW-34B,")
    rules = {found["rule"] for found in tree(store, one, folder)["findings"]}
    assert "PW-34B" in rules
    assert "PW-34" not in rules


def test_an_alias_reaches_stored_reports(saved: tuple[Store, int], folder: Path) -> None:
    store, one = saved
    printed = relabel(folder, "III.6.4", "Một chỉ tiêu hoàn toàn khác của mẫu mới", "")
    lost = {row["code"]: row["row"] for row in tree(store, one, folder)["indicators"]}["III.6.4"]
    relabel(folder, "III.6.4", "Một chỉ tiêu hoàn toàn khác của mẫu mới", printed)
    found = {row["code"]: row["row"] for row in tree(store, one, folder)["indicators"]}["III.6.4"]
    assert found["state"] == "matched"
    assert found["confidence"] > lost["confidence"] or lost["state"] != "matched"


def relabel(folder: Path, code: str, label: str, variants: str, *, drop: bool = False) -> str:
    """Give an indicator other words, or take it away; the words that it had."""
    path = folder / "indicators.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    row = next(row for row in rows if row["code"] == code)
    old, row["label"], row["variants"] = row["label"], label, variants
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerows(one for one in rows if not drop or one is not row)
    return old


def test_a_folder_is_kept_and_used_when_it_is_gone(saved: tuple[Store, int], folder: Path) -> None:
    store, one = saved
    edit(folder / "rules.csv", "PW-34,", "PW-34B,")
    edit(folder / "catalogue.toml", f'name = "{SHIPPED}"', 'name = "own"')
    form = load_catalogue(folder)
    bring_up_to_date(store, one, SETTINGS, cause="rematch", catalogue=str(folder))
    shutil.rmtree(folder)
    with store.read() as connection:
        assert form_of(connection, one) == form
        assert named_forms(connection, "own") == (form,)
        with pytest.raises(CatalogueError):
            find_form(connection, "other@1+abc")
    assert not judge_again(store, one, SETTINGS).changed
    recheck(store, one)


def test_a_form_that_ships_is_not_kept(saved: tuple[Store, int]) -> None:
    store, one = saved
    bring_up_to_date(store, one, SETTINGS, cause="rematch", catalogue=SHIPPED)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(kept_form)).scalar_one() == 0
        shipped = form_of(connection, one)
    assert shipped == load_catalogue(SHIPPED)
