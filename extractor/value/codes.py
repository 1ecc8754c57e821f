"""Text that lists codes, such as `Có = 1 Không = 0` -> (code, meaning) pairs, in whatever order they are printed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

from extractor.value.plain import plain, plain_words

Codes = tuple[tuple[str, str], ...]

SIGN = r"\s*[=:\-–—→≡]+\s*"  # engines without an equals sign read it as a dash
MEANING = r"[^\W\d_][^\d=:;→≡]*?"
MEANING_FIRST = re.compile(rf"({MEANING}){SIGN}(\d{{1,2}})(?!\d)")
CODE_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}}){SIGN}({MEANING})(?=[;,./()\s]*(?:\d|$))")
BARE_CODES = re.compile(r"^\W*(\d)\s*[/,;|]\s*(\d)(?:\s*[/,;|]\s*(\d))?\W*$")
LIKE, LEAD = 75.0, 12.0  # ratio of a word with one slip in four letters, and how far the next meaning must be
NEGATIVE = re.compile(r"\b(?:khong|chua|vi pham)\b")


def parse_codes(text: str) -> Codes:
    """Pairs sorted by code; codes without leading zeros. Empty where the text lists none.

    Two words without codes (`Có/Không`) get 1 and 0 if exactly one of them denies.
    """
    text = " ".join(unicodedata.normalize("NFC", text).split()).strip("() ")
    bare = BARE_CODES.fullmatch(text)
    if bare:
        return _sorted((code, "") for code in bare.groups() if code)
    first = re.search(r"\d", text)
    if first is None:
        return _parse_words(text)
    if any(char.isalpha() for char in text[: first.start()]):
        pairs = [(code, meaning) for meaning, code in MEANING_FIRST.findall(text)]
    else:
        pairs = CODE_FIRST.findall(text)
    found = _sorted((code, meaning.strip(" ,.;/()-")) for code, meaning in pairs)
    return found if len({code for code, _ in found}) == len(found) >= 2 else ()


def find_code(word: str, codes: Codes) -> str | None:
    """The code whose meaning a cell spells out: `Có`, `KHÔNG`, `Không có`, or with its code, `Có = 1`."""
    wanted = plain_words(word)
    meanings = {plain_words(meaning): code for code, meaning in codes}
    if wanted in meanings:
        return meanings[wanted]
    if wanted == "khong co" and {"co", "khong"} <= set(meanings):
        return meanings["khong"]
    single = MEANING_FIRST.fullmatch(word.strip())
    if single and meanings.get(plain_words(single[1])) == str(int(single[2])):
        return str(int(single[2]))
    return None


def find_likely_code(word: str, codes: Codes) -> str | None:
    """The code whose meaning a word is by all but a slip or two; None where another is nearly as like."""
    wanted = plain_words(word)
    ranked = sorted(((fuzz.ratio(wanted, plain_words(meaning)), code) for code, meaning in codes), reverse=True)
    if not ranked or ranked[0][0] < LIKE:
        return None
    return ranked[0][1] if len(ranked) == 1 or ranked[0][0] - ranked[1][0] >= LEAD else None


def _parse_words(text: str) -> Codes:
    words = [part.strip() for part in re.split(r"[/|;]", text) if part.strip()]
    negative = [bool(NEGATIVE.search(plain(word))) for word in words]
    if len(words) != 2 or sum(negative) != 1:
        return ()
    return _sorted(("0" if denies else "1", word) for word, denies in zip(words, negative, strict=True))


def _sorted(pairs: Iterable[tuple[str, str]]) -> Codes:
    return tuple(sorted((str(int(code)), meaning) for code, meaning in pairs))
