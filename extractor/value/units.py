"""A printed unit -> the canonical unit it names, tolerant of slips, synonyms and the order of codes."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from extractor.records import Unit
from extractor.value.codes import Codes, parse_codes
from extractor.value.plain import plain_words

LIKE = 76.0  # ratio from which one short word is a slip of another: one letter in five
RIVAL = 6.0  # points by which the nearest unit must lead, or the two are not told apart
SAME_LETTERS = 0.99  # all letters but not all marks agree
DITTO = frozenset(('"', "''", "”", "“", "〃", "″", "-nt-", "nt", "- nt -", "-//-", "//", "như trên"))


def is_ditto(raw: str) -> bool:
    """Whether a cell says "as above"."""
    return raw.strip().lower() in DITTO


def match_unit(raw: str, units: Sequence[Unit]) -> tuple[str | None, float]:
    """Canonical name and how sure it is, 0..1; (None, 1.0) for an empty cell, (None, low) for an unknown unit."""
    text = " ".join(unicodedata.normalize("NFC", raw).split())
    if not text:
        return None, 1.0
    return _match(text, tuple(units))


@lru_cache(maxsize=4096)
def _match(text: str, units: tuple[Unit, ...]) -> tuple[str | None, float]:
    spellings = _spellings(units)
    exact = next((name for spelling, _, name in spellings if spelling.casefold() == text.casefold()), None)
    if exact:
        return exact, 1.0
    words = plain_words(text)
    same = next((name for _, folded, name in spellings if words and folded == words), None)
    if same:
        return same, SAME_LETTERS
    codes = parse_codes(text)
    if codes:
        coded = next((unit.name for unit in units if _same_codes(codes, parse_codes(unit.name))), None)
        if coded:
            return coded, SAME_LETTERS
    return _nearest(words, spellings)


def _nearest(words: str, spellings: Sequence[tuple[str, str, str]]) -> tuple[str | None, float]:
    best: dict[str, float] = {}
    for _, folded, name in spellings:
        best[name] = max(best.get(name, 0.0), fuzz.ratio(words, folded))
    ranked = sorted(best.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < LIKE:
        return None, 0.5
    lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0.0)
    return ranked[0][0], ranked[0][1] / 100 * (1.0 if lead >= RIVAL else 0.6)


def _spellings(units: Sequence[Unit]) -> list[tuple[str, str, str]]:
    return [(text, plain_words(text), unit.name) for unit in units for text in (unit.name, *unit.variants)]


def _same_codes(one: Codes, other: Codes) -> bool:
    """The same codes with the same meanings, up to a slip in each word."""
    return len(one) == len(other) and all(
        code == twin and (not mine or fuzz.ratio(plain_words(mine), plain_words(theirs)) >= LIKE)
        for (code, mine), (twin, theirs) in zip(one, other, strict=True)
    )
