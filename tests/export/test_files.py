"""Files: every one follows its schema, and gives back the values that went in."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pyarrow.parquet as pq
import pytest

from extractor.cli import main
from extractor.export import read_export_schema
from extractor.export.columns import COLUMNS
from extractor.export.formats.csv import escape, unescape
from extractor.export.schemas import NAMES, make_export_schema
from extractor.report.scalars import to_json
from extractor.store import Store, decide, open_store, save_report
from tests.export.reports import make_report
from tests.export.test_read import CODE, DOUBTFUL, KEY, say

FORMULA = "=1+1"
FORMATS = ("jsonl", "csv", "xlsx", "parquet")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with what makes trouble in files."""
    path = str(tmp_path_factory.mktemp("store") / "kho.db")
    store: Store = open_store(path)
    data, text = make_report(
        I_1_1={"raw": "4.304", "number": 4304, "note": {"raw": FORMULA}},
        I_1={"raw": "60,22", "number": 60.22, "state": "read", "note": {"raw": '-1\nhai\x0b, "ba"; @bốn \''}},
        I_1_2={"raw": "0", "number": 0, "note": {"raw": "'=2"}},
        II_1={"raw": "-", "number": None},
        III_6_4=DOUBTFUL,
    )
    one = save_report(store, data, text, None)
    decide(store, say(one, KEY))
    data, text = make_report("942", III_6_4=DOUBTFUL)
    save_report(store, data, text, None)
    store.close()
    return path


@pytest.fixture(scope="module", params=FORMATS)
def rows(request: pytest.FixtureRequest, address: str, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The kind of file, and its rows as its usual reader gives them."""
    path = tmp_path_factory.mktemp("files") / f"o.{request.param}"
    assert main(["export", "--store", address, "--out", str(path), "-q"]) == 0
    assert [one.name for one in path.parent.iterdir()] == [path.name]
    return request.param, list(read_back(path))


def read_back(path: Path) -> Iterator[dict[str, Any]]:
    match path.suffix:
        case ".jsonl":
            yield from map(json.loads, path.read_text(encoding="utf-8").splitlines())
        case ".csv":
            with path.open(encoding="utf-8", newline="") as file:
                yield from csv.DictReader(file)
        case ".parquet":
            yield from pq.read_table(path).to_pylist()
        case _:
            lines = openpyxl.load_workbook(path)["observations"].iter_rows(values_only=True)
            names = next(lines)
            yield from (dict(zip(names, line, strict=True)) for line in lines)


def of(rows: list[dict[str, Any]], code: str, area: str = "949") -> dict[str, Any]:
    (one,) = (row for row in rows if (row["INDICATOR"], row["REF_AREA"]) == (code, area))
    return one


def test_rows_follow_the_published_schema(rows: tuple[str, list[dict[str, Any]]]) -> None:
    kind, found = rows
    schema = json.loads(read_export_schema("observations-csv" if kind == "csv" else "observations"))
    validator = jsonschema.Draft202012Validator(schema)
    for row in found:
        validator.validate(row)
    assert len(found) == 2 * 174


def test_values_come_back_equal(rows: tuple[str, list[dict[str, Any]]]) -> None:
    kind, found = rows

    def value(code: str) -> Decimal | None:
        given = of(found, code)["OBS_VALUE"]
        return None if given in (None, "") else Decimal(str(given))

    assert [value(code) for code in ("I.1.1", "I.1", "I.1.2", "II.1", CODE)] == [4304, Decimal("60.22"), 0, None, 7]
    notes = [of(found, code)["NOTE"] for code in ("I.1.1", "I.1.2", "I.1")]
    if kind == "csv":
        assert notes[0] == f"'{FORMULA}"
        notes = [unescape(note) for note in notes]
    expected = [FORMULA, "'=2", '-1\nhai\x0b, "ba"; @bốn \'']
    assert notes == [note.replace("\x0b", "\ufffd") if kind == "xlsx" else note for note in expected]
    if kind != "csv":
        assert not isinstance(of(found, "I.1.1")["OBS_VALUE"], str)
    statuses = [of(found, code)["OBS_STATUS"] for code in ("I.1.1", "I.1.2", "II.1")]
    assert statuses == ["A", "A", "ND"]
    assert of(found, CODE)["SETTLED_BY"] == "lan"


def test_nothing_unsettled_is_given_as_a_fact(rows: tuple[str, list[dict[str, Any]]]) -> None:
    _, found = rows
    one = of(found, CODE, "942")
    assert (one["OBS_VALUE"] in (None, ""), one["OBS_STATUS"], str(one["UNSETTLED_VALUE"])) == (True, "V", one["RAW"])
    facts = {"A", "P", "AD", "CS"}
    assert all((row["OBS_STATUS"] in facts) or row["OBS_VALUE"] in (None, "") for row in found)


def test_a_workbook_has_no_formulas(address: str, tmp_path: Path) -> None:
    path = tmp_path / "o.xlsx"
    assert main(["export", "--store", address, "--out", str(path), "-q"]) == 0
    sheet = openpyxl.load_workbook(path)["observations"]
    names = [cell.value for cell in sheet[1]]
    kinds = {one.name: one.kind for one in COLUMNS}
    for line in sheet.iter_rows(min_row=2):
        for name, cell in zip(names, line, strict=True):
            expected = ("s", "inlineStr") if kinds[str(name)] == "text" else ("n",)
            assert cell.value is None or cell.data_type in expected, (name, cell.value)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'x", "''", "", "x=1", "-"])
def test_an_escaped_text_comes_back_and_begins_no_formula(text: str) -> None:
    assert unescape(escape(text)) == text
    assert not escape(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_what_is_not_settled_is_left_out_where_that_is_asked_for(address: str, tmp_path: Path) -> None:
    counts = {}
    for way in ("mark", "hold", "hold-documents"):
        path = tmp_path / f"{way}.jsonl"
        assert main(["export", "--store", address, "--out", str(path), "--unsettled", way, "-q"]) == 0
        counts[way] = len(path.read_text(encoding="utf-8").splitlines())
    assert counts == {"mark": 348, "hold": 347, "hold-documents": 174}


def test_documents_have_what_people_settled_beside_the_reading(address: str, tmp_path: Path) -> None:
    assert main(["export", "--store", address, "--format", "json", "--out", str(tmp_path), "-q"]) == 0
    validator = jsonschema.Draft202012Validator(json.loads(read_export_schema("documents")))
    trees = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()}
    assert sorted(trees) == ["bao-cao-942-2022", "bao-cao-949-2022"]
    for tree in trees.values():
        validator.validate(tree)
    (one,) = (one for one in trees["bao-cao-949-2022"]["indicators"] if one["code"] == CODE)
    assert one["value"]["number"] != 7
    said = one["value"]["settled"]
    assert {name: said[name] for name in ("kind", "number", "by", "why", "revision")} == {
        "kind": "misread", "number": 7, "by": "lan", "why": "looked", "revision": 1,
    }  # fmt: skip
    assert one["row"]["settled"] is None


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_schemas_are_what_the_columns_and_classes_say(name: Any) -> None:
    assert read_export_schema(name) == to_json(make_export_schema(name))


def test_the_store_knows_which_files_were_written(address: str, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    assert main(["export", "--store", address, "--out", str(path), "-q"]) == 0
    store = open_store(address)
    with store.read() as connection:
        query = "SELECT kind, state, inserted FROM published_run WHERE target = ?"
        row = connection.exec_driver_sql(query, (str(path),)).one()
    store.close()
    assert tuple(row) == ("file", "done", 2 * 174)


def test_a_call_that_says_nothing_of_where_to_is_told(address: str, tmp_path: Path) -> None:
    assert main(["export", "--store", address]) == 2
    assert main(["export", "--store", address, "--format", "xlsx"]) == 2
    assert main(["export", "--store", str(tmp_path / "none.db"), "--format", "csv"]) == 2
