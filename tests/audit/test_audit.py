"""Draws for a blind check: what is drawn, what the sheet hides, and the bound that follows."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from extractor.audit import Item, draw_items, read_result
from extractor.audit.result import judge_answer
from extractor.calibrate.risk import upper_bound
from extractor.cli import main
from extractor.store import NewDecision, Store, decide, open_store, save_report
from tests.export.reports import make_report
from tests.store.series import changes_of, draw_series, fill_series

OPEN = {"status": "review", "confidence": 0.5, "reasons": ["low-confidence"]}


def settle(store: Store, document_id: int, codes: tuple[str, ...]) -> None:
    for code in codes:
        after = {"state": "read", "raw": "4.304", "number": "4304", "text": None}
        decide(store, NewDecision(f"request-{code}", document_id, f"{code}/value", "misread", "lan", after))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two reports, ten values of one settled by people, one open."""
    store = open_store(str(tmp_path / "kho.db"))
    series = draw_series(("942", "949"), (2022,))
    ids = fill_series(store, series)
    changes = changes_of(series["949", 2022]) | {"I_1_1": {"raw": "777777", "number": 777777, **OPEN}}
    save_report(store, *make_report("949", "2022", number=None, **changes), None)
    settle(store, ids["942", 2022], (*(f"III.6.{n}" for n in range(1, 7)), "I.1.1", "I.1.2", "I.1.3", "IV.1.1"))
    store.close()
    return tmp_path / "kho.db"


def draw(place: Path, out: Path, *more: str) -> int:
    return main(["audit", "draw", "--store", str(place), "--out", str(out), *more])


def fill(folder: Path, change: dict[int, str] | None = None) -> None:
    """Write what is published into the list, but for what a test changes."""
    key = {one["number"]: one for one in json.loads((folder / "key.json").read_text(encoding="utf-8"))["items"]}
    path = folder / "answers.csv"
    rows: list[dict[str, Any]] = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    for row in rows:
        one = key[int(row["number"])]
        row["printed"] = (change or {}).get(one["number"], one["raw"] or one["value"])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_all_facts_are_as_likely_and_nothing_open_is_drawn(place: Path) -> None:
    store = open_store(str(place))
    drawn = draw_items(store, 10**6, seed=1)
    assert len(drawn.items) == sum(drawn.population.values())
    assert drawn.population["human"] == sum(one.stratum == "human" for one in drawn.items) == 10
    assert "777777" not in {one.value for one in drawn.items}
    counts = [sum(one.stratum == "human" for one in draw_items(store, 60, seed).items) for seed in range(12)]
    assert 10 <= sum(counts) <= 12 * 60 * 3 * 10 / sum(drawn.population.values())
    assert draw_items(store, 30, 7) == draw_items(store, 30, 7) != draw_items(store, 30, 8)
    store.close()


def test_the_sheet_and_the_list_hide_what_was_read(place: Path, tmp_path: Path) -> None:
    assert draw(place, tmp_path / "a", "-n", "40", "--seed", "3") == 0
    items = json.loads((tmp_path / "a" / "key.json").read_text(encoding="utf-8"))["items"]
    listed = (tmp_path / "a" / "answers.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(listed.splitlines()))
    assert len(rows) == len(items) == 40
    assert all(row["printed"] == "" for row in rows)
    assert set(rows[0]) == {"number", "document", "page", "code", "label", "unit", "printed"}
    sheet = (tmp_path / "a" / "sheet.html").read_text(encoding="utf-8")
    for one in items:
        assert one["id"] not in sheet
        assert one["id"] not in listed
    assert draw(place, tmp_path / "a") == 2  # what was filled in must not be lost


def test_a_bound_follows_from_what_was_found(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "a"
    draw(place, folder, "-n", "100", "--seed", "3")
    assert "if none is wrong, at most 2.95 % of all" in capsys.readouterr().out
    assert main(["audit", "result", str(folder)]) == 3
    assert "100 drawn values are not filled in yet" in capsys.readouterr().out
    fill(folder)
    assert main(["audit", "result", str(folder)]) == 0
    assert "all: 0 of 100 wrong" in capsys.readouterr().out
    fill(folder, {5: "987654", 9: "?"})
    assert main(["audit", "result", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "printed 987654; extractor trace " in said
    found = read_result(folder)
    assert (found.total.checked, found.total.wrong, found.total.illegible) == (100, 1, 1)
    assert found.total.bound == upper_bound(2, 100, 0.05)
    assert sum(one.checked for one in found.strata) == 100
    assert f"at most {100 * found.total.bound:.2f} %" in said


def test_lists_saved_by_a_spreadsheet_are_read_and_others_refused(place: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    draw(place, folder, "-n", "5")
    fill(folder)
    path = folder / "answers.csv"
    rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    assert main(["audit", "result", str(folder)]) == 0
    path.write_text("number,printed\n99,1\n", encoding="utf-8")
    assert main(["audit", "result", str(folder)]) == 2
    assert main(["audit", "result", str(tmp_path / "nowhere")]) == 2


def item(
    value: str, raw: str, code: str = "III.6.4", kind: str = "count", unit: str = "Hồ sơ", *, at_source: bool = False
) -> Item:
    form = "soctrang-cchc-huyen"
    return Item(1, "x", "machine", 1, "a.pdf", "0", 1, None, form, code, "", unit, kind, raw, value, at_source)


@pytest.mark.parametrize(
    ("one", "text", "verdict"),
    [
        (item("4304", "4.304"), "4.304", "right"),
        (item("4304", "4.304"), "4,304", "right"),
        (item("4304", "4.304"), "4304", "right"),
        (item("4304", "4.304"), "4.314", "wrong"),
        (item("4314", "4.304"), "4.304", "wrong"),  # misread, or settled wrongly: what is printed counts
        (item("4304", "4.304"), "trống", "wrong"),
        (item("4304", "4.304"), "?", "illegible"),
        (item("4304", "4.304"), "Sai dòng", "wrong"),
        (item("60.22", "60,22", "I.1", "percent", "%"), "60,22", "right"),
        (item("100", "100 %", at_source=True), "100 %", "right"),
        (item("100", "100 %", at_source=True), "10", "wrong"),
    ],
)
def test_an_answer_is_judged_by_what_it_means(one: Item, text: str, verdict: str) -> None:
    assert judge_answer(one, text) == verdict
