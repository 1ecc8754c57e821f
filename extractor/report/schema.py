"""The classes of written JSON -> JSON Schemas (2020-12) that ship with the package; written text checked by them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel

from extractor.report.document import Document
from extractor.report.scalars import to_json
from extractor.report.tables import TablesDocument

if TYPE_CHECKING:
    import jsonschema

SchemaName = Literal["report", "tables"]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
FILES: dict[SchemaName, str] = {"report": "schema-1.0.json", "tables": "tables-schema-1.0.json"}
CLASSES: dict[SchemaName, type[BaseModel]] = {"report": Document, "tables": TablesDocument}


class InvalidDocument(ValueError):
    """A written document does not validate: a fault of this package, never of the input."""


def make_schema(name: SchemaName) -> dict[str, Any]:
    """The schema as the classes have it."""
    schema = CLASSES[name].model_json_schema(mode="serialization", by_alias=True)
    return {"$schema": DIALECT, "$id": f"urn:extractor:{name}:1.0", **_close(schema)}


def _close(node: Any) -> Any:
    """Every key is written, so every key is required; titles and defaults say nothing to a reader."""
    if isinstance(node, list):
        return [_close(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _close(value) for key, value in node.items() if key != "default" and not _is_title(key, value)}
    if isinstance(closed.get("properties"), dict):
        closed["required"] = list(closed["properties"])
    return closed


def _is_title(key: str, value: Any) -> bool:
    return key == "title" and isinstance(value, str)


def read_schema(name: SchemaName = "report") -> str:
    """The schema file that ships with the package."""
    return (Path(__file__).parent / FILES[name]).read_text(encoding="utf-8")


def write_schemas() -> None:
    """Make the shipped schema files again from the classes."""
    for name, file in FILES.items():
        (Path(__file__).parent / file).write_text(to_json(make_schema(name)), encoding="utf-8")


@cache
def _validator(name: SchemaName) -> jsonschema.Draft202012Validator:
    import jsonschema  # what extracts writes by the classes, and validates nothing

    return jsonschema.Draft202012Validator(json.loads(read_schema(name)))


def check_json(text: str, name: SchemaName = "report") -> None:
    """Raise InvalidDocument where the text does not follow the shipped schema."""
    error = next(iter(_validator(name).iter_errors(json.loads(text))), None)
    if error is not None:
        raise InvalidDocument(f"{'/'.join(map(str, error.absolute_path))}: {error.message}")
