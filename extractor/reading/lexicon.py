"""A line's character candidates and a vocabulary -> the words that the engine itself thought possible and are known.

Vietnamese letters that differ in a stacked tone mark (kiem with hook or acute) are one confusion class for every
engine. The vocabulary only chooses among an engine's own candidates; a misprint that was clearly seen stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import prod

from extractor.records import Reading

KNOWN_WORD = 12.0  # odds by which a word of the form is likelier than one that no form holds
MAX_VARIANTS = 24
ROW_NUMBER = re.compile(r"(?:[IVX]+|\d+)(?:\.\d+)*[.)]?")  # alone on its line
PUNCTUATION = ".,;:()\"'"
SURE_NUMBER = 0.65  # a row's number above this share of all that may be read stands
SURE_WORD = 0.65  # a word above this needs no second engine

Chars = tuple[tuple[tuple[str, float], ...], ...]


def is_known(word: str, words: frozenset[str]) -> bool:
    """Whether the vocabulary holds the word, or it is no word at all (digits, marks)."""
    bare = word.strip(PUNCTUATION).lower()
    return not bare or bare in words or not any(c.isalpha() for c in bare)


def read_words(reading: Reading, words: frozenset[str]) -> tuple[tuple[str, float], ...]:
    """Words of a reading with P(right), chosen among the engine's own candidates."""
    if not reading.chars:
        return tuple((word, reading.confidence) for word in reading.text.split())
    parts = list(_split(reading.chars))
    if len(parts) == 1 and (number := _choose_number(parts[0])) is not None:
        return (number,)
    return tuple(_choose(part, words) for part in parts)


def first_words(reading: Reading) -> tuple[str, ...]:
    """What the engine thought possible as the first word, likeliest first."""
    first = next(_split(reading.chars), ())
    return tuple(word for word, _ in _variants(first)) if first else tuple(reading.text.split()[:1])


def find_words(reading: Reading) -> list[tuple[int, int]]:
    """Where the words of a reading with candidates start and end among its characters."""
    return list(_spans(reading.chars))


def _split(chars: Chars) -> Iterator[Chars]:
    return (chars[start:end] for start, end in _spans(chars))


def _spans(chars: Chars) -> Iterator[tuple[int, int]]:
    start = 0
    for index, candidates in enumerate((*chars, ((" ", 1.0),))):
        if candidates[0][0] == " ":
            if index > start:
                yield start, index
            start = index + 1


def _choose(chars: Chars, words: frozenset[str]) -> tuple[str, float]:
    top = "".join(candidates[0][0] for candidates in chars)
    score = prod(candidates[0][1] for candidates in chars)
    if is_known(top, words):
        return top, score
    best, best_score = top, score
    for variant, likelihood in _variants(chars):
        if is_known(variant, words) and likelihood * KNOWN_WORD > best_score:
            best, best_score = variant, likelihood * KNOWN_WORD
    if best == top:
        return top, score
    return best, best_score / (best_score + score)


def _choose_number(chars: Chars) -> tuple[str, float] | None:
    """A row's number with P(right), where it is one: to the engine `I`, `l` and `1` are one shape, to the form not."""
    variants = [(text, p * (KNOWN_WORD if ROW_NUMBER.fullmatch(text) else 1.0)) for text, p in _variants(chars)]
    best, likelihood = max(variants, key=lambda item: item[1])
    share = likelihood / sum(p for _, p in variants)
    return (best, share) if ROW_NUMBER.fullmatch(best) and share >= SURE_NUMBER else None


def _variants(chars: Chars) -> list[tuple[str, float]]:
    """The likeliest strings that differ from the top one."""
    beam: list[tuple[str, float]] = [("", 1.0)]
    for candidates in chars:
        beam = [(text + char, score * p) for text, score in beam for char, p in candidates]
        beam = sorted(beam, key=lambda item: -item[1])[:MAX_VARIANTS]
    return beam
