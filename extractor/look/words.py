"""A key and a language -> the words of the pages; numbers and periods as people here write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
PERIODS = {
    "vi": {"": "năm {y}", "S": "{n} tháng {half} {y}", "Q": "quý {n}/{y}", "P9M": "9 tháng {y}", "M": "tháng {n}/{y}"},
    "en": {"": "{y}", "S": "half {n} of {y}", "Q": "quarter {n} of {y}", "P9M": "nine months of {y}", "M": "{n}/{y}"},
}


@cache
def read_words() -> Mapping[str, tuple[str, str]]:
    """Words by key: Vietnamese, English."""
    tree: dict[str, tuple[str, str]] = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
    return tree


def say(language: str, key: str, **values: object) -> str:
    """The words for a key. A key without words is shown as it is: nothing is hidden."""
    words = read_words().get(key, (key, key))[LANGUAGES.index(language)]
    return words.format(**values) if values else words


def say_number(text: str, kind: str, language: str) -> str:
    """4304 -> 4.304; 60.22 -> 60,22 %. What is no number stays."""
    whole, _, rest = text.partition(".")
    if not whole.removeprefix("-").isdigit() or (rest and not rest.isdigit()) or not text.isascii():
        return text
    grouped = f"{int(whole):,}" if whole not in ("-0",) else whole
    marks = (".", ",") if language == "vi" else (",", ".")
    shown = grouped.replace(",", marks[0]) + (f"{marks[1]}{rest}" if rest else "")
    return f"{shown}\u00a0%" if kind == "percent" else shown


def say_period(period: str, language: str) -> str:
    """2022-Q3 -> quý 3/2022."""
    year, kind = period[:4], period[4:].lstrip("-")
    words = PERIODS[language]
    if not kind:
        return words[""].format(y=year)
    if kind.endswith("P9M"):
        return words["P9M"].format(y=year)
    if kind[0] == "S":
        half = "đầu năm" if kind[1:] == "1" else "cuối năm"
        return words["S"].format(y=year, n=6 if language == "vi" else kind[1:], half=half)
    if kind[0] == "Q":
        return words["Q"].format(y=year, n=kind[1:])
    return words["M"].format(y=year, n=int(kind)) if kind.isdigit() else period
