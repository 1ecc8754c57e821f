"""One field with what the stages say of it -> named numbers that speak for or against it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, get_args

from rapidfuzz import fuzz

from extractor.records import LEAST_GRID, Field, HeadField, Indicator, Row, RowValue, Support, Value

Kind = Literal["read", "blank", "illegible", "label", "unit", "note", "row", "absent", "head"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Features = Mapping[str, float]

CERTAINTY_CAP = 4.0  # digits of an engine's certainty: 0.9999 and above say the same
REASONS = ("under-stamp", "touches-rule", "handwriting", "single-reader", "lighter-ink")
NUMBER = re.compile(r"[\d.,]*\d[\d.,]*%?")
UNSTEADY = 0.3  # score from which another number in another preparation makes one unsteady
LAYER = "layer"  # the engine name of a PDF's own words
SURE_UNIT = 0.9  # of an engine's certainty, from which a row has another unit than the form's
SPECKS_BELOW = 0.95  # reading is less sure of a blank cell than this only where specks lay in it
AGREEING_CAP = 2.0  # a fourth reader adds nothing that the third did not say
MOST_REMEMBERED = 16384  # short texts: reports of one form print the same ones again and again
ROUND = str.maketrans("OoÔôƠơ", "000000")  # letters that a zero is read as
SUPPORT_CAP = 3.0  # digits of certainty that one reader can add
FEW_CELLS = 3.0  # cells without any doubt that a page is credited with before its own are counted


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands: how certain the grid and its row's match are.

    `label_gap`: how far the row's label is from its indicator's, 0..1; `noise`: mean dissent on its page, 0..1;
    `speckle`: share of its blank cells with specks; `layer`: the page has a text layer.
    """

    grid_certainty: float
    match: float
    label_gap: float = 0.0
    noise: float = 0.0
    speckle: float = 0.0
    layer: bool = False

    def features(self) -> dict[str, float]:
        """What all fields of the row share."""
        return {
            "grid-doubt": 1.0 - self.grid_certainty,
            "guessed-grid": float(self.grid_certainty < LEAST_GRID),
            "row": certainty(self.match),
            "label-gap": self.label_gap,
            "page-noise": self.noise,
            "layer": float(self.layer),
        }


def value_features(
    field: Field, value: Value, indicator: Indicator | None, place: Place, support: Support | None
) -> tuple[Kind, Features]:
    """What speaks for or against a value cell; the kind says which weights hold."""
    if value.state == "blank":
        header = float(indicator is not None and indicator.type == "header")
        contradicted = float(bool(support and support.contradicted))
        seen = _blank_features(field, place)
        # a title may well be one cell across the value's column
        seen["merged-cell"] *= 1.0 - header
        return "blank", {**seen, "header": header, "contradicted": contradicted}
    if value.state != "read":
        return "illegible", {"base": 1.0, **place.features()}
    return "read", {
        **_reading_features(field, place, _same_value(field, value)),
        "length": float(sum(char.isdigit() for char in field.raw)),
        "unparsed": float(not value.parsed),
        "ambiguous": float(value.ambiguous),
        "outside-list": float(_is_outside(value, indicator)),
        **_support_features(support),
    }


def text_features(kind: Kind, field: Field, place: Place, *, known: bool) -> tuple[Kind, Features]:
    """What speaks for or against a label, unit or note (its kind); `known`: it is one of the catalogue's own words."""
    if field.state == "illegible":
        return "illegible", {"base": 1.0, **place.features()}
    if field.state == "blank":
        return kind, {**_blank_features(field, place), "blank": 1.0}
    length = math.log2(1 + len(field.raw.split()))
    same = frozenset((_plain(field.raw),))
    return kind, {**_reading_features(field, place, same), "length": length, "known": float(known)}


def row_features(label: Field, place: Place) -> tuple[Kind, Features]:
    """What speaks for or against a row's match with its indicator."""
    read = certainty(label.confidence) if label.state == "read" else 0.0
    return "row", {"base": 1.0, "certainty": read, "illegible": float(label.state == "illegible"), **place.features()}


def absent_features(probability: float, grid_certainty: float) -> tuple[Kind, Features]:
    """What speaks for or against an indicator's not being printed; `grid_certainty`: of the rows beside its place."""
    return "absent", {"base": 1.0, "row": certainty(probability), "grid-doubt": 1.0 - grid_certainty}


def head_features(field: HeadField) -> tuple[Kind, Features]:
    """What speaks for or against a field of the report's head."""
    return "head", {"base": 1.0, "certainty": certainty(field.confidence), "doubts": float(len(field.reasons))}


def label_gap(label: str, indicator: Indicator | None) -> float:
    """How far a printed label is from its indicator's nearest wording: 0 the same, 1 nothing in common."""
    if indicator is None:
        return 1.0
    return _gap(label, (indicator.label, *indicator.variants))


@lru_cache(maxsize=MOST_REMEMBERED)
def _gap(label: str, wordings: tuple[str, ...]) -> float:
    return 1.0 - max(fuzz.ratio(label.casefold(), wording.casefold()) for wording in wordings) / 100.0


def layer_pages(rows: Sequence[Row]) -> frozenset[int]:
    """Pages whose words come from the PDF's own text layer."""
    return frozenset(
        row.page
        for row in rows
        for field in (row.label, row.unit, row.value)
        if any(reading.engine == LAYER for reading in field.readings)
    )


def page_speckle(rows: Sequence[Row]) -> dict[int, float]:
    """Share of each page's blank cells in which specks lie."""
    seen: dict[int, list[bool]] = {}
    for row in rows:
        blank = [field for field in (row.stt, row.unit, row.value, row.note) if field.state == "blank"]
        seen.setdefault(row.page, []).extend(field.confidence < SPECKS_BELOW for field in blank)
    return {page: sum(found) / (len(found) + FEW_CELLS) for page, found in seen.items()}


def page_noise(rows: Sequence[Row]) -> dict[int, float]:
    """Mean dissent of the engines over the value cells of each page: what one cell hides, its neighbours show."""
    seen: dict[int, list[float]] = {}
    for row in rows:
        if row.value.state == "read":
            _, dissent = _agreement(row.value, frozenset((_plain(row.value.raw),)))
            seen.setdefault(row.page, []).append(dissent)
    return {page: sum(found) / (len(found) + FEW_CELLS) for page, found in seen.items()}


def known_unit(value: RowValue, unit: Field, indicator: Indicator | None) -> bool:
    """Whether the printed unit is a spelling of one that the catalogue has, in capitals as somebody writes them.

    Broken print may look like a short one ("tt" for "%"): another unit than the indicator's must be read surely.
    """
    if value.unit is None or value.unit_confidence < 1.0 or _has_odd_capitals(unit.raw):
        return False
    other = indicator is not None and bool(indicator.unit) and value.unit != indicator.unit
    return not other or unit.confidence >= SURE_UNIT


def _has_odd_capitals(text: str) -> bool:
    """Whether capitals stand where nobody writes them.

    Within a word ("THủ"), at a word in the middle of a phrase ("Hồ Sơ"), or in a word with tone marks beside others
    that are not capitals ("HỒ sơ"): abbreviations have no tone marks.
    """

    text = unicodedata.normalize("NFC", text)
    if any(a[1:].islower() and a.isalpha() and b.istitle() and b[1:] for a, b in pairwise(text.split())):
        return True
    words = re.findall(r"[^\W\d_]{2,}", text)
    marked = [word for word in words if any(map(unicodedata.combining, unicodedata.normalize("NFD", word)))]
    within = any(word not in (word.upper(), word.lower(), word.capitalize()) for word in words)
    return within or (any(word.isupper() for word in marked) and not all(word.isupper() for word in words))


def _reading_features(field: Field, place: Place, same: frozenset[str]) -> dict[str, float]:
    flags = {name: float(name in field.reasons) for name in REASONS}
    if any(reading.engine == LAYER for reading in field.readings):
        return {"base": 1.0, **place.features()}
    agreeing, dissent = _agreement(field, same)
    return {
        "base": 1.0,
        "certainty": certainty(field.confidence),
        "agreeing": min(float(max(len(agreeing) - 1, 0)), AGREEING_CAP),
        "support": sum(min(certainty(score), SUPPORT_CAP) for score in agreeing),
        "dissent": dissent,
        **place.features(),
        **flags,
        "layer": 0.0,  # what engines read is no more certain beside a text layer
    }


def certainty(probability: float) -> float:
    """0.9 -> 1, 0.99 -> 2, 0.999 -> 3: how many nines a score has."""
    return min(-math.log10(max(1.0 - probability, 1e-9)), CERTAINTY_CAP)


def _same_value(field: Field, value: Value) -> frozenset[str]:
    """Strings of the engines that mean the number of the chosen one: 4,304 in a count row is 4.304."""
    others = {_plain(candidate.raw) for candidate in value.alternatives}
    chosen = _plain(field.raw)
    seen = {_plain(reading.text) for reading in field.readings} - others
    alike = {text for text in seen if text.replace(",", ".") == chosen.replace(",", ".")}
    return frozenset((chosen, *alike)) if value.number is not None and not value.ambiguous else frozenset((chosen,))


def _agreement(field: Field, same: frozenset[str]) -> tuple[tuple[float, ...], float]:
    """(best score of each origin that saw what was chosen, best score of one that saw only something else)."""
    seen = _seen(field)
    agreeing = [max(s for text, s in strings.items() if text in same) for strings in seen if same & {*strings}]
    dissent = max((max(strings.values()) for strings in seen if not same & {*strings}), default=0.0)
    return tuple(agreeing), dissent


def _seen(field: Field) -> list[dict[str, float]]:
    """What each origin saw, with its best score over the preparations."""
    seen: dict[str, dict[str, float]] = {}
    for reading in field.readings:
        if reading.text:
            strings = seen.setdefault(reading.engine.split("-")[0], {})
            text = _plain(reading.text)
            strings[text] = max(strings.get(text, 0.0), reading.confidence)
    return list(seen.values())


def is_unsteady(field: Field, value: Value) -> bool:
    """Whether an origin that saw the chosen number saw other digits in another preparation of the same ink.

    So is one of which any saw a comma for a point: the number may be the same, but one of them is printed.
    """
    if _has_other_mark(field):
        return True
    same = _same_value(field, value)
    digits = {_digits(text) for text in same}
    return any(
        score >= UNSTEADY and same & {*strings} and _digits(text) not in ("", *digits)
        for strings in _seen(field)
        for text, score in strings.items()
    )


def _has_other_mark(field: Field) -> bool:
    raw = _plain(field.raw)
    if not NUMBER.fullmatch(raw) or not set(raw) & {".", ","}:
        return False
    if "touches-rule" in field.reasons:
        return True  # which hides a comma's tail from all readers
    return any(
        score >= UNSTEADY and len(text) == len(raw) and _digits(text) == _digits(raw)
        for strings in _seen(field)
        for text, score in strings.items()
        if text != raw
    )


def _digits(text: str) -> str:
    """The digits of what is a number and nothing else."""
    return "".join(filter(str.isdigit, text)) if NUMBER.fullmatch(text) else ""


@lru_cache(maxsize=MOST_REMEMBERED)
def _plain(text: str) -> str:
    """Without spaces; a round letter that stands for itself or among digits is a zero."""
    plain = "".join(unicodedata.normalize("NFC", text).split())
    zeros = plain.translate(ROUND)
    return plain if any(char.isalpha() for char in zeros) else zeros


def _blank_features(field: Field, place: Place) -> dict[str, float]:
    specks = float(field.confidence < SPECKS_BELOW)
    return {
        "base": 1.0,
        "certainty": certainty(field.confidence),
        "specks": specks,
        # on a clean page specks are the rest of something that was printed or written
        "lone-specks": specks * (1.0 - place.speckle),
        "under-stamp": float("under-stamp" in field.reasons),
        "handwriting": float("handwriting" in field.reasons),
        "merged-cell": float("merged-cell" in field.reasons),
        **place.features(),
    }


def _is_outside(value: Value, indicator: Indicator | None) -> bool:
    """A number that no code of a code list has: it may be the source's slip, or a misreading."""
    if indicator is None or not indicator.enum_codes or value.number is None:
        return False
    return str(value.number.normalize()) not in {code for code, _ in indicator.enum_codes}


def _support_features(support: Support | None) -> dict[str, float]:
    if support is None:
        return {}
    return {
        "confirmed": math.log2(1 + len(support.confirmed)),
        "contradicted": float(bool(support.contradicted)),
        "fits-other": float(support.fits is not None),
    }
