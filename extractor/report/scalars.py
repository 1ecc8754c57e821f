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
        opening, closing = "{}"
        items = [(f"{_text(key)}: ", *_encode(item, depth + 1)) for key, item in value.items()]
    elif isinstance(value, list | tuple):
        opening, closing = "[]"
        items = [("", *_encode(item, depth + 1)) for item in value]
    else:
        return _scalar(value), True
    parts = [key + text for key, text, _ in items]
    short = all(flat for _, _, flat in items) and sum(map(len, parts)) + 2 * len(parts) <= ONE_LINE
    if short:
        return f"{opening}{', '.join(parts)}{closing}", True
    pad = "\n" + " " * (depth + 1)
    return f"{opening}{pad}{(',' + pad).join(parts)}{pad[:-1]}{closing}", False


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return format_number(value)
    return _text(value)


_QUOTE: Callable[[str], str] = json.JSONEncoder(ensure_ascii=False).encode  # of a text alone, in C


def _text(value: str) -> str:
    return _QUOTE(value)


def format_number(value: float | Decimal) -> str:
    """Shortest decimal form without an exponent: 60.22, 4304, 0.00001."""
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    if not exact.is_finite():
        raise ValueError(f"{value} is no JSON number")
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
