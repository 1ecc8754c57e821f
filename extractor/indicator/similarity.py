"""Printed labels and catalogue labels -> the log odds that one is the other.

rapidfuzz finds the few labels that come into question, `edits` says what each would have to have suffered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq

from extractor.indicator.edits import find_difference
from extractor.indicator.words import fold
from extractor.records import Indicator

# odds are natural logarithms
BEST, BEST_OF_ONE_WORD, BEST_PER_WORD = 12.0, 6.0, 1.5  # an exact label; one of a single word may be anybody's
WORST = -9.0  # what one label can speak against an indicator: a row may be garbled beyond all likeness
COMMON = 0.25  # share of labels with a word from which leaving it out says little
CANDIDATES = 10  # labels compared word by word for each row
UNLIKE, BEHIND = 0.45, 0.28  # rapidfuzz ratios: below this, or this far behind the likest label, none is compared
MOST_REMEMBERED = 4096  # labels, of two kilobytes each
DOUBTFUL = 2.0  # where no label has better odds than this, those that contain the printed text are compared too


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The catalogue's labels and variants: folded words, owner (indicator's place), and how much each word tells.

    Compared by identity: what was compared with it is remembered under it.
    """

    folded: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    owners: np.ndarray
    weights: dict[str, float]
    count: int


def label_odds(labels: Sequence[str], indicators: tuple[Indicator, ...]) -> np.ndarray:
    """Log odds of "this row prints this indicator" against "it prints something else" by labels alone.

    Array (rows, indicators), natural logarithm, WORST..BEST; an indicator's variants count as its label.
    Rows without a word get zeros.
    """
    known = _known(indicators)
    return np.array([_odds_of(fold(label), known) for label in labels]).reshape(len(labels), len(indicators))


@lru_cache(maxsize=MOST_REMEMBERED)
def _odds_of(text: str, known: _Known) -> np.ndarray:
    """One label against all indicators; reports of one form print the same ones again and again."""
    if not text:
        return np.zeros(known.count)
    odds = np.full(known.count, WORST)
    alike = process.cdist([text], known.folded, scorer=fuzz.ratio, dtype=np.float32)[0] / 100.0
    _compare(odds, text, _nearest(alike), known)
    if odds.max() < DOUBTFUL:
        _compare(odds, text, _containing(text, known), known)
    odds.setflags(write=False)
    return odds


def _compare(odds: np.ndarray, text: str, columns: np.ndarray, known: _Known) -> None:
    """Fill in the odds of one row at the indicators of these labels."""
    words = tuple(text.split())
    for column in columns.tolist():
        owner = known.owners[column]
        odds[owner] = max(odds[owner], _odds(words, known, column))


@lru_cache(maxsize=8)
def _known(indicators: tuple[Indicator, ...]) -> _Known:
    pairs = [(i, text) for i, one in enumerate(indicators) for text in (one.label, *one.variants)]
    folded = tuple(fold(text) for _, text in pairs)
    words = tuple(tuple(text.split()) for text in folded)
    seen = Counter(word for one in words for word in set(one))
    weights = {word: max(0.3, 1.0 - count / len(words) / COMMON) for word, count in seen.items()}
    return _Known(folded, words, np.array([i for i, _ in pairs]), weights, len(indicators))


def _nearest(alike: np.ndarray) -> np.ndarray:
    count = min(CANDIDATES, len(alike))
    columns = np.argpartition(alike, -count)[-count:]
    return columns[alike[columns] >= max(UNLIKE, float(alike.max()) - BEHIND)]


def _containing(text: str, known: _Known) -> np.ndarray:
    """The labels that hold most of the text's letters in order: a label may be cut."""
    common = process.cdist([text], known.folded, scorer=LCSseq.similarity)[0]
    count = min(2 * CANDIDATES, len(common))
    return np.argpartition(common, -count)[-count:]


def _odds(words: tuple[str, ...], known: _Known, column: int) -> float:
    theirs = known.words[column]
    best = min(BEST, BEST_OF_ONE_WORD + BEST_PER_WORD * (len(theirs) - 1))
    return max(WORST, best - find_difference(words, theirs, known.weights))
