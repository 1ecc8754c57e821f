"""Python values -> the scalars of written JSON: NFC text, rounded confidences and boxes, numbers without exponent."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
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


def to_json(tree: Any) -> str:
    """A tree of dicts, lists and scalars -> JSON text; keys stay in their order, one line for each short branch."""
    return "".join(_encode(tree, 0)) + "\n"


ONE_LINE = 100  # branches that are shorter when written on one line stay on it: files remain readable


def _encode(value: Any, depth: int) -> Iterator[str]:
    flat = _flat(value)
    if flat is not None:
        yield flat
        return
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    items = value.items() if isinstance(value, dict) else [(None, item) for item in value]
    pad = " " * (depth + 1)
    yield opening
    for position, (key, item) in enumerate(items):
        yield f"{',' if position else ''}\n{pad}"
        if key is not None:
            yield f"{_text(key)}: "
        yield from _encode(item, depth + 1)
    yield f"\n{' ' * depth}{closing}"


def _flat(value: Any) -> str | None:
    """The value on one line, or None where it is too long for that."""
    if not isinstance(value, dict | list | tuple):
        return _scalar(value)
    parts: list[str] = []
    length = 0
    for key, item in value.items() if isinstance(value, dict) else ((None, item) for item in value):
        flat = _flat(item)
        if flat is None:
            return None
        parts.append(flat if key is None else f"{_text(key)}: {flat}")
        length += len(parts[-1]) + 2
        if length > ONE_LINE:
            return None
    inner = ", ".join(parts)
    return f"{{{inner}}}" if isinstance(value, dict) else f"[{inner}]"


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float | Decimal):
        return format_number(value)
    return _text(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def format_number(value: float | Decimal) -> str:
    """Shortest decimal form without an exponent: 60.22, 4304, 0.00001."""
    exact = Decimal(repr(value)) if isinstance(value, float) else value
    if not exact.is_finite():
        raise ValueError(f"{value} is no JSON number")
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
