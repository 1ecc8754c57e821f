"""A key and a language -> the words of the interface; machine reasons -> sentences a person can act on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from extractor.store import StoredCell

LANGUAGES = ("vi", "en")
FOLDER = Path(__file__).resolve().parent / "words"
ENGINES_SHOWN = 4


@cache
def read_words(language: str) -> Mapping[str, str]:
    """All words of a language."""
    words: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return words


def say(language: str, key: str, **values: object) -> str:
    """The words for a key, with values filled in. A key without words is shown as it is: nothing is hidden."""
    words = read_words(language).get(key, key)
    return words.format(**values) if values else words


def tell_reasons(
    cell: StoredCell, reasons: tuple[str, ...], findings: Mapping[str, str], language: str
) -> tuple[str, ...]:
    """Why a person is asked. `findings`: messages by rule."""
    told = []
    for reason in reasons:
        name, _, rule = reason.partition(":")
        if name in ("rule", "contradicts"):
            told.append(findings.get(rule) or say(language, "reason.rule", rule=rule))
        elif name == "engines-disagree":
            told.append(say(language, "reason.engines-disagree", readings=" / ".join(list_readings(cell))))
        elif name == "low-confidence":
            told.append(say(language, "reason.low-confidence", share=f"{100 * cell.confidence:.0f}"))
        else:
            told.append(say(language, f"reason.{name}"))
    return tuple(dict.fromkeys(told))


def list_readings(cell: StoredCell) -> tuple[str, ...]:
    """What the readers saw, each once."""
    seen = [str(one["raw"]) or "∅" for one in cell.readings]
    return tuple(dict.fromkeys(seen))[:ENGINES_SHOWN]


def show_number(number: str | None, kind: str | None) -> str:
    """A number as people here read it: 4 304; 60,22 %."""
    if number is None:
        return ""
    whole, _, rest = number.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    groups = [digits[max(0, end - 3) : end] for end in range(len(digits), 0, -3)][::-1]
    shown = sign + "\u00a0".join(groups) + (f",{rest}" if rest else "")
    return f"{shown}\u00a0%" if kind == "percent" else shown


def show_word(word: Mapping[str, Any], kind: str | None, language: str) -> str:
    """What stands in a field, in words."""
    state = word.get("state")
    if state == "read":
        return (
            show_number(word["number"], kind)
            if word.get("number") is not None
            else word.get("text") or word.get("raw") or ""
        )
    return say(language, f"state.{state}")
