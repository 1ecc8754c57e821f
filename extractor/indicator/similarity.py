"""Printed labels and catalogue labels -> the log odds that one is the other, forgiving slips but not other words.

A label is compared word by word after folding. What an engine or a typist does (tone marks, a letter or two, a word
lost or doubled, something added at the end) costs little; another word in a word's place costs much, since that is how
the form itself tells its indicators apart (cấp huyện and cấp xã, đúng hạn and quá hạn, mức độ 3 and 4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from extractor.indicator.words import fold
from extractor.records import Indicator

# all costs and odds are natural logarithms
BEST, BEST_OF_ONE_WORD = 12.0, 6.0  # an exact label; one of a single word may be anybody's
WORST = -9.0  # what one label can speak against an indicator: a row may be garbled beyond all likeness
SLIP = 0.9  # a wrong letter in a word
SLIP_SHARE = 0.4  # up to this share of letters a word is a slip of the other
KNOWN_WORD = 2.0  # a slip that gives another word of the form is likelier that word
MISSING = 1.8  # a word left out, in words of full weight
CUT_MOST = 7.0  # the beginning or end of the label is missing, however much
EXTRA = 2.6  # a word put in
DOUBLED = 0.4  # a phrase typed twice
ADDED_MOST = 4.0  # words after the end, however many
OTHER = 11.0  # another word in a word's place
LONG = 12  # words from which a label's single words speak less
NUMERAL = 8.0  # mức độ 3 against mức độ 4
YEAR = 0.7  # years and numbers of decrees change
TONES = 4.0  # all tone marks different
MOST_TO_ALIGN = 36  # pairs of words; blocks of other words larger than that are beyond likeness
WORD_MOVES = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (3, 1), (1, 3))  # words taken from the form, from the print
CANDIDATES = 10  # labels compared word by word for each row
FAR = 4.0  # the others are at least this much worse than the worst candidate may seem
COMMON = 0.25  # share of labels with a word from which it says nothing


@dataclass(frozen=True, slots=True)
class _Known:
    """The catalogue's labels and variants: folded words, owner (indicator's place), and how much each word tells."""

    texts: tuple[str, ...]
    folded: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    owners: np.ndarray
    weights: dict[str, float]


def label_odds(labels: Sequence[str], indicators: tuple[Indicator, ...]) -> np.ndarray:
    """Log odds of "this row prints this indicator" against "it prints something else" by labels alone.

    Array (rows, indicators), natural logarithm, WORST..BEST; an indicator's variants count as its label.
    Rows without a word get zeros.
    """
    known = _known(indicators)
    folded = [fold(label) for label in labels]
    alike = process.cdist(folded, known.folded, scorer=fuzz.ratio, dtype=np.float32) / 100.0
    result = np.full((len(labels), len(indicators)), WORST)
    for row, text in enumerate(folded):
        if not text:
            result[row] = 0.0
            continue
        words = tuple(text.split())
        for column in _nearest(alike[row]):
            odds = _odds(words, labels[row], known, int(column))
            owner = known.owners[column]
            result[row, owner] = max(result[row, owner], odds)
    return result


def _known(indicators: tuple[Indicator, ...]) -> _Known:
    pairs = [(i, text) for i, one in enumerate(indicators) for text in (one.label, *one.variants)]
    texts = tuple(text for _, text in pairs)
    folded = tuple(fold(text) for text in texts)
    words = tuple(tuple(text.split()) for text in folded)
    seen = Counter(word for one in words for word in set(one))
    weights = {word: max(0.3, 1.0 - count / len(words) / COMMON) for word, count in seen.items()}
    return _Known(texts, folded, words, np.array([i for i, _ in pairs]), weights)


def _nearest(alike: np.ndarray) -> np.ndarray:
    count = min(CANDIDATES, len(alike))
    return np.argpartition(alike, -count)[-count:]


def _odds(words: tuple[str, ...], label: str, known: _Known, column: int) -> float:
    theirs = known.words[column]
    best = min(BEST, BEST_OF_ONE_WORD + 1.5 * (len(theirs) - 1))
    cost = _difference(words, theirs, known.weights)
    if cost < best - WORST:
        tones = fuzz.ratio(label.lower(), known.texts[column].lower()) if cost < BEST else 50.0
        cost += TONES * (1.0 - tones / 100.0)
    return max(WORST, best - cost)


def _difference(mine: tuple[str, ...], theirs: tuple[str, ...], weights: dict[str, float]) -> float:
    """Cost of all edits that make `theirs` to `mine`."""
    if mine == theirs:
        return 0.0
    cost = 0.0
    for tag, i0, i1, j0, j1 in Levenshtein.opcodes(theirs, mine).as_list():
        if tag == "equal":
            continue
        lost, put = theirs[i0:i1], mine[j0:j1]
        if not put:
            cost += _missing(lost, at_border=i0 == 0 or i1 == len(theirs), weights=weights)
        elif not lost:
            cost += _extra(put, mine, j0, j1, weights)
        else:
            cost += _replaced(lost, put, weights) * min(1.0, LONG / len(theirs))
    return cost


def _missing(lost: tuple[str, ...], *, at_border: bool, weights: dict[str, float]) -> float:
    cost = MISSING * sum(weights.get(word, 1.0) for word in lost)
    return min(cost, CUT_MOST) if at_border else cost


def _extra(put: tuple[str, ...], mine: tuple[str, ...], start: int, stop: int, weights: dict[str, float]) -> float:
    size = stop - start
    if put == mine[stop : stop + size] or put == mine[max(start - size, 0) : start]:
        return DOUBLED
    cost = EXTRA * sum(0.3 if word.isdigit() and len(word) > 1 else weights.get(word, 1.0) for word in put)
    return min(cost, ADDED_MOST) if stop == len(mine) else cost


def _replaced(lost: tuple[str, ...], put: tuple[str, ...], weights: dict[str, float]) -> float:
    """Cheapest way from the words lost to the words put in, words split or run together included."""
    if len(lost) * len(put) > MOST_TO_ALIGN:
        return OTHER * min(len(lost), len(put)) * 0.5
    cost = np.full((len(lost) + 1, len(put) + 1), np.inf).tolist()
    cost[0][0] = 0.0
    for i in range(len(lost) + 1):
        for j in range(len(put) + 1):
            here = cost[i][j]
            for di, dj in WORD_MOVES:
                if i + di <= len(lost) and j + dj <= len(put):
                    price = here + _word_cost(lost[i : i + di], put[j : j + dj], weights)
                    cost[i + di][j + dj] = min(cost[i + di][j + dj], price)
    return float(cost[-1][-1])


def _word_cost(lost: tuple[str, ...], put: tuple[str, ...], weights: dict[str, float]) -> float:
    if not put:
        return MISSING * weights.get(lost[0], 1.0)
    if not lost:
        return EXTRA * weights.get(put[0], 1.0)
    if lost == put:
        return 0.0
    letters = _letter_cost("".join(lost), "".join(put))
    if letters is not None:
        is_word = len(put) == 1 == len(lost) and put[0] in weights
        return letters * (KNOWN_WORD if is_word else 1.0)
    if len(lost) + len(put) > 2:
        return np.inf
    return OTHER * max(weights.get(lost[0], 1.0), weights.get(put[0], 1.0))


@lru_cache(maxsize=65536)
def _letter_cost(one: str, other: str) -> float | None:
    """Cost of the slips that make one string the other; None where they are other words."""
    if one.isdigit() and other.isdigit():
        return YEAR if len(one) > 1 and len(other) > 1 else NUMERAL
    distance = Levenshtein.distance(one, other)
    return SLIP * max(distance, 1) if distance <= max(1.0, SLIP_SHARE * max(len(one), len(other))) else None
