"""The shipped schemas are those of the classes, and refuse what the contract forbids."""

from __future__ import annotations

import json

import jsonschema
import pytest

from extractor.report import InvalidDocument, assemble_document, check_json, make_schema, read_schema
from extractor.report.schema import FILES, SchemaName
from extractor.report.tables import TableCell, TableGrid, TablesAbout, TablesDocument
from tests.builders import make_extraction


@pytest.mark.parametrize("name", list(FILES))
def test_shipped_schema_is_the_classes(name: SchemaName) -> None:
    assert json.loads(read_schema(name)) == make_schema(name), "run: extractor schema --write"


@pytest.mark.parametrize("name", list(FILES))
def test_schema_is_a_schema(name: SchemaName) -> None:
    jsonschema.Draft202012Validator.check_schema(make_schema(name))


def test_top_keys_follow_the_contract() -> None:
    tree = json.loads(assemble_document(make_extraction(["I.1"], [("I.1", "3")])).to_json())
    assert list(tree) == [
        "schema_version", "outcome", "error", "document", "indicators", "unmatched_rows", "other_tables", "findings",
        "made_with",
    ]  # fmt: skip
    assert list(tree["indicators"][0]) == ["code", "label", "path", "row", "value", "other_measures", "unit", "note"]
    assert list(tree["document"]["period"])[:6] == ["raw", "value", "kind", "from", "to", "cumulative"]
    assert list(tree["indicators"][0]["value"]) == [
        "state", "raw", "number", "text", "unit", "type", "confidence", "status", "blind_check", "reasons",
        "alternatives", "readings", "page", "box", "continued", "evidence",
    ]  # fmt: skip


def _break(tree: dict[str, object], path: str, value: object) -> str:
    *parents, last = path.split(".")
    node: object = tree
    for key in parents:
        node = node[int(key)] if isinstance(node, list) else node[key]  # type: ignore[index]
    node[last] = value  # type: ignore[index]
    return json.dumps(tree)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("outcome", "done"),
        ("indicators.0.value.state", "zero"),
        ("indicators.0.value.confidence", 1.2),
        ("indicators.0.value.box", [0, 0, 1]),
        ("indicators.0.value.number", "3"),
        ("document.sha256", "abc"),
        ("document.path", "/home"),
    ],
)
def test_faults_are_found(path: str, value: object) -> None:
    tree = assemble_document(make_extraction(["I.1"], [("I.1", "3")])).to_dict()
    with pytest.raises(InvalidDocument):
        check_json(_break(tree, path, value))


def test_tables_validate() -> None:
    cell = TableCell(row=0, column=0, row_span=1, column_span=1, text="STT", confidence=1, page=1, box=(0, 0, 1, 1))
    grid = TableGrid(caption="", pages=(1,), n_rows=1, n_columns=1, header_rows=1, confidence=0.9, cells=(cell,))
    about = TablesAbout(source_name="a.pdf", sha256="0" * 64, page_count=1)
    check_json(TablesDocument(outcome="complete", document=about, tables=(grid,)).to_json(), "tables")
