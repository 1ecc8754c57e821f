"""A catalogue folder that a clerk can edit -> Catalogue; see reference/README.md for every column."""

from __future__ import annotations

import hashlib
import re
import tomllib
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import cast, get_args

from extractor.errors import CatalogueError
from extractor.indicator.sheet import Line, read_sheet
from extractor.records import Catalogue, Indicator, Place, Rule, Unit, ValueType
from extractor.resources import resource_path

INDICATOR_COLUMNS = ("code", "level", "parent", "stt", "label", "variants", "unit", "type", "enum_codes")
RULE_COLUMNS = ("id", "type", "expression", "strength", "tolerance", "description")
UNIT_COLUMNS = ("unit", "kind", "variants")
PLACE_COLUMNS = ("province", "district_code", "district", "commune_count", "commune")
FILES = ("catalogue.toml", "indicators.csv", "rules.csv", "units.csv", "places.csv", "series.csv")
SERIES_COLUMNS = ("version", "code", "series")
MOST_REMEMBERED = 16
CODE_IN_RULE = re.compile(r"\{([^{}]*)\}")
WORD_IN_RULE = re.compile(r"[^\W\d_]+")
WORDS_OF_RULES = frozenset(("communes", "blank", "given", "not", "note", "any", "or", "and"))
HALF_LAST_DECIMAL = Decimal(-1)  # the tolerance "half the last printed decimal": it depends on the value as printed


def list_catalogues() -> tuple[str, ...]:
    """Names of the catalogues that ship with the package."""
    folder = resource_path("reference") / "catalogues"
    return tuple(sorted(path.name for path in folder.iterdir() if (path / "catalogue.toml").is_file()))


def load_catalogue(name_or_path: str | Path) -> Catalogue:
    """A shipped catalogue by name, or any catalogue folder by path.

    Raises CatalogueError that names file, line and column, and says what to do.
    """
    folder = find_folder(name_or_path)
    own_places = folder / "places.csv"
    places = own_places if own_places.is_file() else resource_path("reference") / "places.csv"
    return _load(folder, places, _digest(folder), hashlib.sha256(places.read_bytes()).hexdigest())


@lru_cache(maxsize=MOST_REMEMBERED)
def _load(folder: Path, places: Path, digest: str, places_digest: str) -> Catalogue:  # noqa: ARG001  # it tells contents apart
    """Remembered by what the files hold: a clerk's next edit is seen."""
    name, version, titles, measures = _read_head(folder / "catalogue.toml")
    indicators = _read_indicators(folder / "indicators.csv")
    return Catalogue(
        name,
        version,
        indicators,
        _read_rules(folder / "rules.csv", frozenset(indicator.code for indicator in indicators)),
        _read_units(folder / "units.csv"),
        _read_places(places),
        titles,
        measures,
        digest,
        _read_series(folder / "series.csv"),
    )


def find_folder(name_or_path: str | Path) -> Path:
    """The folder that a shipped catalogue's name or a path means. Raises CatalogueError."""
    if str(name_or_path) in list_catalogues():
        return resource_path("reference") / "catalogues" / str(name_or_path)
    folder = Path(name_or_path)
    if not folder.is_dir():
        known = ", ".join(list_catalogues())
        raise CatalogueError(f"there is no catalogue {name_or_path}", f"give a catalogue folder, or one of: {known}")
    return folder


def digest_catalogue(name_or_path: str | Path) -> str:
    """The sha256 of everything that a catalogue says. Raises CatalogueError."""
    return _digest(find_folder(name_or_path))


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        if (folder / name).is_file():
            digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()


def _read_head(path: Path) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """Name, version, titles and main measures."""
    try:
        head = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CatalogueError(f"{path} cannot be opened", "every catalogue folder has a catalogue.toml") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}", "correct the file; texts stand in double quotes") from error
    for key in ("name", "version"):
        if not isinstance(head.get(key), str) or not head[key]:
            raise CatalogueError(f"{path} has no {key}", f'add a line {key} = "..."')
    lists = [head.get(key, []) for key in ("titles", "main_measures")]
    for key, texts in zip(("titles", "main_measures"), lists, strict=True):
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise CatalogueError(f"{path}: {key} is no list of texts", f'write {key} = ["...", "..."]')
    return head["name"], head["version"], tuple(lists[0]), tuple(lists[1])


def _read_series(path: Path) -> tuple[tuple[str, str, str], ...]:
    """Which series over the years a code of a version belongs to. Most forms have had one version and no such file."""
    found: dict[tuple[str, str], str] = {}
    for line in read_sheet(path, SERIES_COLUMNS) if path.is_file() else ():
        for column in SERIES_COLUMNS:
            if not line[column]:
                raise line.error(column, "it is empty", "fill it or delete the line")
        if (line["version"], line["code"]) in found:
            raise line.error("code", f"{line['code']} stands twice", "a code belongs to one series")
        found[line["version"], line["code"]] = line["series"]
    return tuple((version, code, series) for (version, code), series in found.items())


def _read_indicators(path: Path) -> tuple[Indicator, ...]:
    found: dict[str, Indicator] = {}
    for line in read_sheet(path, INDICATOR_COLUMNS):
        code, parent = line["code"], line["parent"] or None
        for column in ("code", "label"):
            if not line[column]:
                raise line.error(column, "it is empty", "fill it or delete the line")
        if code in found:
            raise line.error("code", f"{code} stands twice", "give every indicator its own code")
        if parent is not None and parent not in found:
            raise line.error("parent", f"no indicator {parent} above", "put a parent before its children")
        type_ = _read_type(line)
        found[code] = Indicator(
            code,
            line["level"],
            parent,
            line["stt"],
            line["label"],
            line["unit"],
            type_,
            len(found),
            (*(found[parent].path if parent else ()), line["label"]),
            _split(line["variants"]),
            _read_codes(line, type_),
        )
    if not found:
        raise CatalogueError(f"{path} holds no indicators", "add one line for each row of the form")
    return tuple(found.values())


def _read_type(line: Line) -> ValueType:
    if line["type"] not in get_args(ValueType):
        raise line.error("type", f"{line['type']!r} is no type", f"use one of {', '.join(get_args(ValueType))}")
    return cast(ValueType, line["type"])


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _read_codes(line: Line, type_: ValueType) -> tuple[tuple[str, str], ...]:
    """Pairs such as ("0", "Không"); booleans and enums must have them."""
    pairs = [part.partition("=") for part in _split(line["enum_codes"])]
    codes = [code.strip() for code, _, _ in pairs]
    broken = any(not mark or not code for code, (_, mark, _) in zip(codes, pairs, strict=True))
    if broken or len(set(codes)) < len(codes) or (type_ in ("boolean", "enum") and not pairs):
        raise line.error("enum_codes", f"{line['enum_codes']!r}", "write pairs such as 0=Không|1=Có, each code once")
    return tuple((code, meaning.strip()) for code, (_, _, meaning) in zip(codes, pairs, strict=True))


def _read_rules(path: Path, codes: frozenset[str]) -> tuple[Rule, ...]:
    rules: dict[str, Rule] = {}
    for line in read_sheet(path, RULE_COLUMNS):
        if not line["id"] or line["id"] in rules:
            raise line.error("id", f"{line['id']!r} is empty or stands twice", "give every rule its own id")
        if line["strength"] not in ("hard", "soft"):
            raise line.error("strength", repr(line["strength"]), "use hard or soft")
        _check_expression(line, codes)
        rules[line["id"]] = Rule(
            line["id"],
            line["type"],
            line["expression"],
            line["strength"] == "hard",
            _read_tolerance(line),
            line["description"],
        )
    return tuple(rules.values())


def _check_expression(line: Line, codes: frozenset[str]) -> None:
    expression = line["expression"]
    named = CODE_IN_RULE.findall(expression)
    for code in named:
        if code not in codes:
            raise line.error("expression", f"no indicator {code}", "name codes of indicators.csv")
    rest = CODE_IN_RULE.sub(" ", expression)
    strange = [word for word in WORD_IN_RULE.findall(rest) if word not in WORDS_OF_RULES]
    if not named or strange or "{" in rest or "}" in rest:
        known = ", ".join(sorted(WORDS_OF_RULES))
        raise line.error("expression", repr(expression), f"write codes in braces, such as {{I.1.1}}; words are {known}")


def _read_tolerance(line: Line) -> Decimal:
    text = line["tolerance"]
    if text == "half the last printed decimal":
        return HALF_LAST_DECIMAL
    try:
        return Decimal(text.replace(",", ".")) if text else Decimal(0)
    except InvalidOperation as error:
        raise line.error("tolerance", repr(text), "give a number, or: half the last printed decimal") from error


def _read_units(path: Path) -> tuple[Unit, ...]:
    units = []
    for line in read_sheet(path, UNIT_COLUMNS):
        if not line["unit"]:
            raise line.error("unit", "it is empty", "fill it or delete the line")
        if line["kind"] not in get_args(ValueType):
            raise line.error("kind", repr(line["kind"]), "use count, percent, boolean, enum or text")
        units.append(Unit(line["unit"], line["kind"], _split(line["variants"])))
    return tuple(units)


def _read_places(path: Path) -> tuple[Place, ...]:
    districts: dict[str, list[Line]] = {}
    for line in read_sheet(path, PLACE_COLUMNS):
        if not line["commune_count"].isdecimal():
            raise line.error("commune_count", repr(line["commune_count"]), "give the number of communes")
        districts.setdefault(line["district_code"], []).append(line)
    return tuple(
        Place(
            code,
            lines[0]["district"],
            int(lines[0]["commune_count"]),
            tuple(line["commune"] for line in lines),
            lines[0]["province"],
        )
        for code, lines in districts.items()
    )
