"""Vietnamese text -> lower case without tone marks, for patterns over labels, units and notes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ASKS_COUNT = re.compile(r"^\W*(?:tong\s+)?so\s+(?!hoa\b|lieu\b)")
ASKS_YES = re.compile(r"^\W*co\s")
LONGEST_SHOWN = 48  # letters of a label in a message


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Lower case, no marks, single spaces; punctuation stays."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).split())


def asks_count(label: str) -> bool:
    """Whether a label asks how many: `Số lượng ...`, `Tổng số ...`, `Số ...`."""
    return ASKS_COUNT.match(plain(label)) is not None


def asks_yes(label: str) -> bool:
    """Whether a label asks if something was done: `Có thực hiện ...`."""
    return ASKS_YES.match(plain(label)) is not None


def shorten(label: str) -> str:
    """A label as messages quote it."""
    return label if len(label) <= LONGEST_SHOWN else f"{label[:LONGEST_SHOWN].rstrip()}…"
