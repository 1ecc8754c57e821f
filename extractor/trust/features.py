"""One field with what the stages say of it -> named numbers that speak for or against it."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Literal

from extractor.records import Field, Indicator, RowValue, Support, Value

Kind = Literal["read", "blank", "illegible", "text"]
Features = Mapping[str, float]

CERTAINTY_CAP = 4.0  # digits of an engine's certainty: 0.9999 and above say the same
REASONS = ("under-stamp", "touches-rule", "handwriting", "single-reader")
LAYER = "layer"  # the engine name of a PDF's own words
SPECKS_BELOW = 0.95  # reading is less sure of a blank cell than this only where specks lay in it
AGREEING_CAP = 2.0  # a fourth reader adds nothing that the third did not say


def value_features(
    field: Field, value: Value, indicator: Indicator | None, grid_certainty: float, support: Support | None
) -> tuple[Kind, Features]:
    """What speaks for or against a value cell; the kind says which weights hold."""
    if value.state == "blank":
        return "blank", _blank_features(field, indicator, grid_certainty, support)
    if value.state != "read":
        return "illegible", {"base": 1.0, "grid-doubt": 1.0 - grid_certainty}
    return "read", {
        **_reading_features(field, grid_certainty, _same_value(field, value)),
        "length": float(sum(char.isdigit() for char in field.raw)),
        "unparsed": float(not value.parsed),
        "ambiguous": float(value.ambiguous),
        "outside-list": float(_is_outside(value, indicator)),
        **_support_features(support),
    }


def text_features(field: Field, grid_certainty: float, *, known: bool) -> tuple[Kind, Features]:
    """What speaks for or against a label, unit or note; `known`: it is one of the catalogue's own words."""
    if field.state == "blank":
        return "blank", _blank_features(field, None, grid_certainty, None)
    if field.state == "illegible":
        return "illegible", {"base": 1.0, "grid-doubt": 1.0 - grid_certainty}
    length = math.log2(1 + len(field.raw.split()))
    same = frozenset((_plain(field.raw),))
    return "text", {**_reading_features(field, grid_certainty, same), "length": length, "known": float(known)}


def known_unit(value: RowValue) -> bool:
    """Whether the printed unit is a spelling of one that the catalogue has."""
    return value.unit is not None and value.unit_confidence >= 1.0


def _reading_features(field: Field, grid_certainty: float, same: frozenset[str]) -> dict[str, float]:
    flags = {name: float(name in field.reasons) for name in REASONS}
    if any(reading.engine == LAYER for reading in field.readings):
        return {"base": 1.0, "layer": 1.0, "grid-doubt": 1.0 - grid_certainty}
    agreeing, dissent = _agreement(field, same)
    return {
        "base": 1.0,
        "certainty": certainty(field.confidence),
        "agreeing": min(float(max(agreeing - 1, 0)), AGREEING_CAP),
        "dissent": dissent,
        "grid-doubt": 1.0 - grid_certainty,
        **flags,
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


def _agreement(field: Field, same: frozenset[str]) -> tuple[int, float]:
    """Origins that saw what was chosen, and the best score of one that saw only something else."""
    seen: dict[str, dict[str, float]] = {}
    for reading in field.readings:
        if reading.text:
            strings = seen.setdefault(reading.engine.split("-")[0], {})
            text = _plain(reading.text)
            strings[text] = max(strings.get(text, 0.0), reading.confidence)
    agreeing = [strings for strings in seen.values() if same & strings.keys()]
    dissent = max((max(strings.values()) for strings in seen.values() if not same & strings.keys()), default=0.0)
    return len(agreeing), dissent


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())


def _blank_features(
    field: Field, indicator: Indicator | None, grid_certainty: float, support: Support | None
) -> dict[str, float]:
    return {
        "base": 1.0,
        "certainty": certainty(field.confidence),
        "specks": float(field.confidence < SPECKS_BELOW),
        "under-stamp": float("under-stamp" in field.reasons),
        "handwriting": float("handwriting" in field.reasons),
        "grid-doubt": 1.0 - grid_certainty,
        "header": float(indicator is not None and indicator.type == "header"),
        "contradicted": float(bool(support and support.contradicted)),
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
