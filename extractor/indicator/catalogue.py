"""A catalogue folder that a clerk can edit -> Catalogue; see reference/README.md for every column."""

from __future__ import annotations

import csv
import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import cast, get_args

from extractor.errors import CatalogueError
from extractor.records import Catalogue, Indicator, Place, Rule, Unit, ValueType
from extractor.resources import resource_path

INDICATOR_COLUMNS = ("code", "level", "parent", "stt", "label", "variants", "unit", "type", "enum_codes")
RULE_COLUMNS = ("id", "type", "expression", "strength", "tolerance", "description")
UNIT_COLUMNS = ("unit", "kind", "variants")
PLACE_COLUMNS = ("province", "district_code", "district", "commune_count", "commune_code", "commune")
FILES = ("catalogue.toml", "indicators.csv", "rules.csv", "units.csv")
CODE_IN_RULE = re.compile(r"\{([^}]+)\}")

Line = Mapping[str, str]


def list_catalogues() -> tuple[str, ...]:
    """Names of the catalogues that ship with the package."""
    folder = resource_path("reference") / "catalogues"
    return tuple(sorted(path.name for path in folder.iterdir() if (path / "catalogue.toml").is_file()))


def load_catalogue(name_or_path: str | Path) -> Catalogue:
    """A shipped catalogue by name, or any catalogue folder by path. Raises CatalogueError naming file and line."""
    shipped = resource_path("reference") / "catalogues" / str(name_or_path)
    folder = shipped if shipped.is_dir() and not Path(name_or_path).is_absolute() else Path(name_or_path)
    if not folder.is_dir():
        known = ", ".join(list_catalogues())
        raise CatalogueError(f"there is no catalogue {name_or_path}", f"give a folder, or one of: {known}")
    head = _read_head(folder / "catalogue.toml")
    indicators = _indicators(folder / "indicators.csv")
    places = folder / "places.csv"
    return Catalogue(
        str(head["name"]),
        str(head["version"]),
        indicators,
        _rules(folder / "rules.csv", {indicator.code for indicator in indicators}),
        _units(folder / "units.csv"),
        _places(places if places.is_file() else resource_path("reference") / "places.csv"),
        tuple(cast(list[str], head.get("titles", []))),
        tuple(cast(list[str], head.get("main_measures", []))),
        _digest(folder),
    )


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        if (folder / name).is_file():
            digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()


def _read_head(path: Path) -> dict[str, object]:
    try:
        head = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CatalogueError(f"{path} is missing", "every catalogue folder has a catalogue.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}", "correct the file; strings stand in double quotes") from error
    for key in ("name", "version"):
        if key not in head:
            raise CatalogueError(f"{path} has no {key}", f'add a line {key} = "..."')
    return head


def read_table(path: Path, columns: Sequence[str]) -> list[tuple[int, Line]]:
    """Lines of a CSV as Excel writes it (UTF-8 with or without BOM; comma, semicolon or tab), with line numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"{path} is missing", "see reference/README.md for the files of a catalogue") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path} is not UTF-8", 'in Excel choose "CSV UTF-8" when saving') from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter)
    missing = [name for name in columns if name not in (reader.fieldnames or [])]
    if missing:
        raise CatalogueError(f"{path} line 1: no column {missing[0]}", f"the columns are {', '.join(columns)}")
    lines: list[tuple[int, Line]] = []
    for line in reader:
        clean = {key: unicodedata.normalize("NFC", (value or "").strip()) for key, value in line.items() if key}
        if any(clean.values()):
            lines.append((reader.line_num, clean))
    return lines


def _indicators(path: Path) -> tuple[Indicator, ...]:
    found: dict[str, Indicator] = {}
    for number, line in read_table(path, INDICATOR_COLUMNS):
        where = f"{path} line {number}"
        code, parent = line["code"], line["parent"] or None
        if not code or not line["label"]:
            raise CatalogueError(f"{where}: code and label must not be empty", "fill both or delete the line")
        if code in found:
            raise CatalogueError(f"{where}: column code: {code} stands twice", "give every indicator its own code")
        if parent is not None and parent not in found:
            raise CatalogueError(f"{where}: column parent: no {parent} above", "a parent stands before its children")
        if line["type"] not in get_args(ValueType):
            kinds = ", ".join(get_args(ValueType))
            raise CatalogueError(f"{where}: column type: {line['type']!r} is no type", f"use one of {kinds}")
        path_of_parent = found[parent].path if parent else ()
        found[code] = Indicator(
            code,
            line["level"],
            parent,
            line["stt"],
            line["label"],
            line["unit"],
            cast(ValueType, line["type"]),
            len(found),
            (*path_of_parent, line["label"]),
            _split(line["variants"]),
            _codes(line["enum_codes"], where),
        )
    if not found:
        raise CatalogueError(f"{path} holds no indicators", "add one line for each row of the form")
    return tuple(found.values())


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _codes(text: str, where: str) -> tuple[tuple[str, str], ...]:
    pairs = [tuple(part.split("=", 1)) for part in _split(text)]
    if any(len(pair) != 2 for pair in pairs):
        raise CatalogueError(f"{where}: column enum_codes: {text!r}", "write pairs such as 0=Không|1=Có")
    return tuple((pair[0].strip(), pair[1].strip()) for pair in pairs)


def _rules(path: Path, codes: set[str]) -> tuple[Rule, ...]:
    rules = []
    for number, line in read_table(path, RULE_COLUMNS):
        where = f"{path} line {number}"
        for code in CODE_IN_RULE.findall(line["expression"]):
            if code not in codes:
                raise CatalogueError(f"{where}: column expression: no indicator {code}", "name codes of indicators.csv")
        if line["strength"] not in ("hard", "soft"):
            raise CatalogueError(f"{where}: column strength: {line['strength']!r}", "use hard or soft")
        rules.append(
            Rule(
                line["id"],
                line["type"],
                line["expression"],
                line["strength"] == "hard",
                _tolerance(line["tolerance"]),
                line["description"],
            )
        )
    return tuple(rules)


def _tolerance(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ".")) if text else Decimal(0)
    except InvalidOperation:
        return Decimal(-1)  # in words: "half the last printed decimal"


def _units(path: Path) -> tuple[Unit, ...]:
    return tuple(
        Unit(line["unit"], line["kind"], _split(line["variants"])) for _, line in read_table(path, UNIT_COLUMNS)
    )


def _places(path: Path) -> tuple[Place, ...]:
    districts: dict[str, list[Line]] = {}
    for _, line in read_table(path, PLACE_COLUMNS):
        districts.setdefault(line["district_code"], []).append(line)
    return tuple(
        Place(
            code,
            lines[0]["district"],
            int(lines[0]["commune_count"] or len(lines)),
            tuple(line["commune"] for line in lines),
            lines[0]["province"],
        )
        for code, lines in districts.items()
    )
