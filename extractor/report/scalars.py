"""Python values -> the scalars of written JSON: NFC text, rounded confidences and boxes, numbers without exponent."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

CONFIDENCE_DECIMALS = 4
BOX_DECIMALS = 5


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _round_confidence(value: float) -> float:
    return round(value, CONFIDENCE_DECIMALS)


def _round_fraction(value: float) -> float:
    return round(min(max(value, 0.0), 1.0), BOX_DECIMALS)


Text = Annotated[str, AfterValidator(_nfc)]
Confidence = Annotated[float, Field(ge=0, le=1), AfterValidator(_round_confidence)]
Fraction = Annotated[
    float, AfterValidator(_round_fraction), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1})
]
JsonBox = tuple[Fraction, Fraction, Fraction, Fraction]
Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PageNumber = Annotated[int, Field(ge=1)]


def to_plain(value: Any) -> Any:
    """A tree with Decimals -> the same tree as `json.loads` of the written file gives it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


ONE_LINE = 100  # branches that are shorter when written on one line stay on it: files remain readable


def to_json(tree: Any) -> str:
    """A tree of dicts, lists and scalars -> JSON text; keys stay in their order, one line for each short branch."""
    return _encode(tree, 0)[0] + "\n"


def _encode(value: Any, depth: int) -> tuple[str, bool]:
    """The text of a branch, and whether it is on one line."""
    if isinstance(value, dict):
        opening, closing, keys, items = "{", "}", [f"{_QUOTE(key)}: " for key in value], list(value.values())
    elif isinstance(value, list | tuple):
        opening, closing, keys, items = "[", "]", [""] * len(value), list(value)
    else:
        return _scalar(value), True
    parts, short, room = [], True, ONE_LINE
    for key, item in zip(keys, items, strict=True):
        text, flat = (_scalar(item), True) if item.__class__ in _SCALARS else _encode(item, depth + 1)
        parts.append(key + text)
        room -= len(key) + len(text) + 2
        short = short and flat
    if short and room >= 0:
        return f"{opening}{', '.join(parts)}{closing}", True
    pad = "\n" + " " * (depth + 1)
    return f"{opening}{pad}{(',' + pad).join(parts)}{pad[:-1]}{closing}", False


_CONSTANTS = {None: "null", True: "true", False: "false"}
_SCALARS = frozenset((str, float, int, bool, Decimal, type(None)))


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return _CONSTANTS[value]
    if isinstance(value, str):
        return _QUOTE(value)
    if isinstance(value, int):
        return str(value)
    return format_number(value)


_QUOTE: Callable[[str], str] = json.encoder.encode_basestring  # of a text alone, in C


def format_number(value: float | Decimal) -> str:
    """Shortest decimal form without an exponent: 60.22, 4304, 0.00001."""
    if isinstance(value, float):
        short = repr(value)
        if short.endswith(".0") and short != "-0.0":
            return short[:-2]
        if "e" not in short and "n" not in short and short != "-0.0":  # not an exponent, nan or inf
            return short
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    if not exact.is_finite():
        raise ValueError(f"{value} is no JSON number")
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
