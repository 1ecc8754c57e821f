"""What exports write -> JSON Schemas (2020-12) that ship with the package, and written text checked by them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jsonschema

from extractor.export.columns import COLUMNS, Column
from extractor.report import InvalidDocument, make_schema
from extractor.report.scalars import to_json

SchemaName = Literal["observations", "observations-csv", "documents", "plan"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES: tuple[SchemaName, ...] = ("observations", "observations-csv", "documents", "plan")
SETTLED_PARTS = (
    "HeadValue",
    "Organisation",
    "Period",
    "RowInfo",
    "ValueInfo",
    "MeasureInfo",
    "UnitInfo",
    "NoteInfo",
    "UnmatchedRow",
    "FindingInfo",
)
TYPES = {"text": "string", "number": "number", "fraction": "number", "integer": "integer"}
PATTERNS = {"number": r"^(-?[0-9]+(\.[0-9]+)?)?$", "fraction": r"^((0(\.[0-9]+)?)|1)?$", "integer": r"^([0-9]+)?$"}
NO_FORMULA = r"^([^=+@\t\r\n＝＋－＠-][\s\S]*)?$"  # full-width signs start formulas too
UNSETTLED = ("mark", "hold", "hold-documents")
OR_NULL = {"type": ["string", "null"]}


def make_export_schema(name: SchemaName) -> dict[str, Any]:
    """The schema as columns and classes have it: of a row, of a CSV's row as texts, of documents, of a plan's lines."""
    head = {"$schema": DIALECT, "$id": f"urn:extractor:{name}:1.0"}
    if name == "documents":
        return head | _documents()
    if name == "plan":
        return head | make_plan_schema()
    plain = name == "observations-csv"
    properties = {one.name: _text_column(one) if plain else _typed_column(one) for one in COLUMNS}
    return head | {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def make_plan_schema() -> dict[str, Any]:
    """Each line of a plan: the first is its head, the last its seal, and between them is one a row that differs."""
    number, sign = {"type": "integer", "minimum": 0}, {"type": "string", "minLength": 1}
    head = {"plan": {"const": "1.0"}, "target": sign, "store": sign, "unsettled": {"enum": [*UNSETTLED]}}
    head |= dict.fromkeys(("inserts", "changes", "withdrawals"), number)
    row = {"type": "object", "minProperties": 1, "additionalProperties": OR_NULL}
    line = {"OBS_ID": {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "REF_AREA": OR_NULL, "TIME_PERIOD": OR_NULL}
    line |= {"INDICATOR": sign, "MEASURE": sign}
    sides = {"insert": ({"type": "null"}, row), "change": (row, row), "withdraw": (row, {"type": "null"})}
    changes = [
        _closed({"action": {"const": action}, **line, "before": before, "after": after}, f"{action}: a row")
        for action, (before, after) in sides.items()
    ]
    seal = {"seal": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "SHA-256 of the lines between"}}
    return {"oneOf": [_closed(head, "the first line"), *changes, _closed(seal, "the last line")]}


def read_export_schema(name: SchemaName) -> str:
    """The schema file that ships with the package."""
    return _path(name).read_text(encoding="utf-8")


def write_export_schemas() -> None:
    """Make the shipped schema files again."""
    for name in NAMES:
        _path(name).write_text(to_json(make_export_schema(name)), encoding="utf-8")


def check_document(text: str) -> None:
    """Raise InvalidDocument where a document's text does not follow the shipped schema."""
    error = next(iter(_validator().iter_errors(json.loads(text))), None)
    if error is not None:
        raise InvalidDocument(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(read_export_schema("documents"))
    return jsonschema.Draft202012Validator(schema | {"oneOf": [{"$ref": "#/$defs/Document"}]})


def _path(name: SchemaName) -> Path:
    return Path(__file__).parent / f"{name}-schema-1.0.json"


def _typed_column(one: Column) -> dict[str, Any]:
    node: dict[str, Any] = {"type": [TYPES[one.kind], "null"] if one.empty else TYPES[one.kind]}
    if one.codes:
        node["enum"] = [*one.codes, None] if one.empty else list(one.codes)
    if one.kind == "fraction":
        node |= {"minimum": 0, "maximum": 1}
    return node | {"description": one.about}


def _text_column(one: Column) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "string", "description": one.about}
    if one.codes:
        return node | {"enum": [*one.codes, ""] if one.empty else list(one.codes)}
    return node | {"pattern": PATTERNS.get(one.kind, NO_FORMULA)} | ({} if one.empty else {"minLength": 1})


def _documents() -> dict[str, Any]:
    """One document, or a list: the report's schema with what people settled beside each field."""
    report = make_schema("report")
    definitions: dict[str, Any] = report.pop("$defs")
    for name in SETTLED_PARTS:
        definitions[name]["properties"]["settled"] = {"anyOf": [{"$ref": "#/$defs/Settled"}, {"type": "null"}]}
        definitions[name]["required"] = list(definitions[name]["properties"])
    definitions["Settled"] = _settled()
    definitions["Store"] = _store()
    body = {key: node for key, node in report.items() if not key.startswith("$")}
    body["properties"] = {**body["properties"], "store": {"$ref": "#/$defs/Store"}}
    body["required"] = list(body["properties"])
    definitions["Document"] = body
    one = {"$ref": "#/$defs/Document"}
    return {"$defs": definitions, "oneOf": [one, {"type": "array", "items": one}]}


def _settled() -> dict[str, Any]:
    kinds: dict[str, Any] = dict.fromkeys(
        ("kind", "state", "raw", "text", "code", "verdict", "by", "at", "why"), OR_NULL
    )
    properties = {
        **kinds,
        "number": {"type": ["number", "null"]},
        "published": {"type": ["object", "null"]},
        "revision": {"type": "integer", "minimum": 1},
        "decision": {"type": "integer", "minimum": 1},
    }
    return _closed(properties, "what a person settled; revision counts decisions on the field, decision is its number")


def _store() -> dict[str, Any]:
    properties: dict[str, Any] = {
        "document": {"type": "integer"},
        "version": {"enum": ["draft", "signed", "replaced"]},
        "active": {"type": "boolean"},
        "organisation_code": OR_NULL,
        "organisation": OR_NULL,
        "period": OR_NULL,
        "findings": {"type": "array", "items": {"$ref": "#/$defs/FindingInfo"}},
    }
    return _closed(properties, "what stands of the document; findings that hold now and are not in the extraction")


def _closed(properties: dict[str, Any], about: str) -> dict[str, Any]:
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
