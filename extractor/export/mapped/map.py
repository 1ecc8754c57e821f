"""A mapping file (TOML) -> whose columns get what of an observation, and by which codes."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.errors import UsageError
from extractor.export.columns import NAMES, as_row, plain_fraction, plain_number
from extractor.export.records import Observation

YEAR = "YEAR"  # of the first day; where a map has it and no TIME_PERIOD, only whole years are exported
KNOWN = (*NAMES, YEAR)
Value = str | int | float | bool


class _Constant(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    value: Value


class _File(BaseModel):
    """The file as written."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    table: Annotated[str, Field(min_length=1)]
    key: Annotated[list[str], Field(min_length=1)]
    columns: Annotated[dict[str, str | _Constant], Field(min_length=1)]
    codes: dict[str, dict[str, Value]] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Map:
    """`columns`: theirs, with the name of ours or a constant; `codes`: ours -> theirs, by our column."""

    table: str
    key: tuple[str, ...]
    columns: dict[str, str | _Constant]
    codes: dict[str, dict[str, Value]]

    @property
    def ours(self) -> frozenset[str]:
        """Our columns that it uses."""
        return frozenset(one for one in self.columns.values() if isinstance(one, str))

    @property
    def constants(self) -> dict[str, str | None]:
        """What every row has, as text."""
        return {name: _text(one.value) for name, one in self.columns.items() if not isinstance(one, str)}


def read_map(path: Path) -> Map:
    """Read and check a mapping file. Raises UsageError that says what is wrong in it."""
    try:
        given = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} can't be read: {error}", "docs/export.md shows a mapping file") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: {where}: {first['msg']}", "docs/export.md shows a mapping file") from error
    for name in (*(one for one in given.columns.values() if isinstance(one, str)), *given.codes):
        if name not in KNOWN:
            raise UsageError(f"{path}: an observation has no {name}", f"use one of {', '.join(KNOWN)}")
    for name in given.key:
        if name not in given.columns:
            raise UsageError(f"{path}: the key has {name}, which no line of [columns] fills", "add it there")
    return Map(given.table, tuple(given.key), dict(given.columns), given.codes)


def is_meant(map_: Map, one: Observation) -> bool:
    """Whether an observation goes there: a value that stands, or any where the map has a column for the status.

    Further measures and parts of a year only where the map tells them apart.
    """
    if not one.is_fact and "OBS_STATUS" not in map_.ours:
        return False
    if one.measure != "main" and "MEASURE" not in map_.ours:
        return False
    if YEAR in map_.ours and "TIME_PERIOD" not in map_.ours and one.period_kind != "year":
        return False
    return one.organisation_code is not None and one.period is not None


def translate(map_: Map, one: Observation) -> dict[str, Any] | None:
    """Their columns with our values, as text; None where a code of theirs is not known."""
    ours: dict[str, Any] = dict(zip(NAMES, as_row(one), strict=True)) | {YEAR: (one.period_from or "")[:4] or None}
    row: dict[str, Any] = {}
    for column, source in map_.columns.items():
        if not isinstance(source, str):
            row[column] = _text(source.value)
            continue
        value = _text(ours[source])
        codes = map_.codes.get(source)
        if codes is not None and value is not None:
            if value not in codes:
                return None
            value = _text(codes[value])
        row[column] = value
    return row


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return plain_fraction(value)
    return str(value) if isinstance(value, int) else plain_number(value)
