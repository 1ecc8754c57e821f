"""A line's character candidates and a vocabulary -> the words that the engine itself thought possible and are known.

Vietnamese letters that differ in a stacked tone mark (kiem with hook or acute) are one confusion class for every
engine. The vocabulary only chooses among an engine's own candidates; a misprint that was clearly seen stays. How sure a
word is depends on what else the engine thought possible: a known word whose rivals are none is certain even where the
engine was torn, while one of two known words (`tố` or `tổ`) is less certain than the engine says.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from math import prod

from extractor.records import Reading

# odds by which a word of the form is likelier than one that no form holds; above 40 misprints are lost, and with 12 a
# third more of the form's words that the engine named second stay wrong
KNOWN_WORD = 40.0
KNOWN_NUMBER = 12.0  # the same of what has no letters, and of a row's number
PAIRED = 20.0  # how much likelier a word is that the form has beside its neighbour, as `tuyến` behind `trực`
RIVAL = 5.0  # how much likelier another known word is than the engine says: its scores are too sure of tone marks
MAX_VARIANTS = 24
MOST_REMEMBERED = 4096  # words: a line's words are asked for once to find doubt, and again to choose
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
    tops = ["".join(candidates[0][0] for candidates in part) for part in parts]
    chosen: list[tuple[str, float]] = []
    for part, after in zip(parts, (*tops[1:], ""), strict=True):
        chosen.append(_choose(part, words, chosen[-1][0] if chosen else "", after))
    return tuple(chosen)


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


@lru_cache(maxsize=MOST_REMEMBERED)
def _choose(chars: Chars, words: frozenset[str], before: str, after: str) -> tuple[str, float]:
    """The word between two others, with P(right)."""
    top = "".join(candidates[0][0] for candidates in chars)
    score = prod(candidates[0][1] for candidates in chars)
    known = is_known(top, words)
    if known and not _is_word(top):
        return top, score
    weights, unnamed = _weigh(chars, words)
    paired = [variant for variant in dict.fromkeys((*weights, top)) if _is_paired(before, variant, after, words)]
    for variant in paired:
        weights[variant] = weights.get(variant, KNOWN_WORD * score) * PAIRED
    best = max((top, *paired) if known else weights, key=lambda variant: weights.get(variant, KNOWN_WORD * score))
    if best == top and not known:
        return top, score
    mine = weights.pop(best, KNOWN_WORD * score)
    rivals = sum(weight for variant, weight in weights.items() if is_known(variant, words))
    share = mine / (mine + RIVAL * rivals + sum(weights.values()) - rivals + unnamed)
    # a word without any mark may have lost them all, to which no candidate points
    return best, share if best != top or _has_marks(top) else min(share, score)


def _weigh(chars: Chars, words: frozenset[str]) -> tuple[dict[str, float], float]:
    """What the engine thought possible -> its likelihood by the vocabulary's odds; and that of all it did not name."""
    weights: dict[str, float] = {}
    unnamed = 1.0
    for variant, likelihood in _variants(chars):
        odds = KNOWN_WORD if any(map(str.isalpha, variant)) else KNOWN_NUMBER
        weights[variant] = weights.get(variant, 0.0) + likelihood * (odds if is_known(variant, words) else 1.0)
        unnamed -= likelihood
    return weights, max(unnamed, 0.0)


def _is_paired(before: str, word: str, after: str, words: frozenset[str]) -> bool:
    """Whether the form has the word behind the one before it, or before the one behind it."""
    bare, left, right = (text.strip(PUNCTUATION).lower() for text in (word, before, after))
    return f"{left}|{bare}" in words or f"{bare}|{right}" in words


def _is_word(text: str) -> bool:
    """Whether it is made of letters: of figures the vocabulary knows nothing."""
    return any(map(str.isalpha, text)) and not any(map(str.isdigit, text))


def _has_marks(text: str) -> bool:
    return any(map(unicodedata.combining, unicodedata.normalize("NFD", text)))


def _choose_number(chars: Chars) -> tuple[str, float] | None:
    """A row's number with P(right), where it is one: to the engine `I`, `l` and `1` are one shape, to the form not."""
    variants = [(text, p * (KNOWN_NUMBER if ROW_NUMBER.fullmatch(text) else 1.0)) for text, p in _variants(chars)]
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
