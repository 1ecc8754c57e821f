"""Text -> the same text without tone marks or capitals: of equal length to search in, or as words to compare."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ONE_TO_ONE = {"đ": "d", "Đ": "d", "Ð": "d", "ð": "d", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "\u00a0": " "}


@lru_cache(maxsize=16384)
def plain(text: str) -> str:
    """Lower case without marks, letter for letter: position i of the result is position i of `text` (NFC)."""
    return "".join(ONE_TO_ONE.get(char) or _base(char) for char in text)


def _base(char: str) -> str:
    lower = unicodedata.normalize("NFD", char)[0].lower()
    return lower if len(lower) == 1 else char


@lru_cache(maxsize=16384)
def plain_words(text: str) -> str:
    """Only the letters, digits and percent signs of `plain`, words parted by one space."""
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", plain(unicodedata.normalize("NFC", text))).split())
