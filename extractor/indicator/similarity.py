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
from math import inf

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import LCSseq, Levenshtein

from extractor.indicator.words import fold, is_syllable
from extractor.records import Indicator

# all costs and odds are natural logarithms
BEST, BEST_OF_ONE_WORD, BEST_PER_WORD = 12.0, 6.0, 1.5  # an exact label; one of a single word may be anybody's
WORST = -9.0  # what one label can speak against an indicator: a row may be garbled beyond all likeness
BEYOND = BEST - WORST  # edits that cost more are all the same
SLIP = 0.9  # a wrong letter in a word
SLIP_SHARE, GARBLED_SHARE = 0.34, 0.5  # up to this share of wrong letters a word is a slip of the other
SLIP_TO_WORD = 2.5  # a wrong letter that gives another word of the form: it may be that word
MISSING = 1.8  # a word left out, in words of full weight
CUT_MOST = 7.0  # the beginning or end of the label is missing, however much
EXTRA, EXTRA_FILLER = 6.0, 0.8  # a word put in
ADDED, ADDED_MOST = 3.0, 8.0  # a word after the end; however many
USUAL_END, GARBLED_END = 0.3, 0.8  # a word after the end that offices often add; one that is no word
AGAIN = 0.8  # a word put in that the label has anyway
NOT = 18.0  # "không" or "chưa" put in or left out
OTHER = 18.0  # another word in a word's place: rather a stranger, since that is how the form's own labels differ
BESIDE_LOST = 6.0  # a word left out beside another change
GARBLED = 4.0  # letters in a word's place that are no word
LONG = 24  # words from which a label's single words speak less
NUMERAL, LOST_NUMERAL = 11.0, 6.0  # mức độ 3 against mức độ 4; mức độ 3, 4 against mức độ 3
YEAR = 0.7  # years and numbers of decrees change
COMMON = 0.25  # share of labels with a word from which leaving it out says little
FILLER_WORDS = "so luong tong cac nhung da dang duoc ve cua tai trong viec co la va cho do cap theo"
USUAL_END_WORDS = "neu co luy ke den thoi diem bao cao trong ky nam quy thang theo quy dinh"
FILLERS = frozenset(FILLER_WORDS.split())
USUAL_ENDS = frozenset(USUAL_END_WORDS.split())
NEGATIONS = frozenset(("khong", "chua"))
CANDIDATES = 10  # labels compared word by word for each row
UNLIKE, BEHIND = 0.45, 0.28  # rapidfuzz ratios: below this, or this far behind the likest label, none is compared
DOUBTFUL = 2.0  # where no label has better odds than this, those that contain the printed text are compared too
MOST_TO_ALIGN = 36  # pairs of words; blocks of other words larger than that are beyond likeness
WORD_MOVES = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (3, 1), (1, 3))  # words taken from the form, from the print


@dataclass(frozen=True, slots=True)
class _Known:
    """The catalogue's labels and variants: folded words, owner (indicator's place), and how much each word tells."""

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
        _compare(result[row], text, _nearest(alike[row]), known)
        if result[row].max() < DOUBTFUL:
            _compare(result[row], text, _containing(text, known), known)
    return result


def _compare(odds: np.ndarray, text: str, columns: np.ndarray, known: _Known) -> None:
    """Fill in the odds of one row at the indicators of these labels."""
    words = tuple(text.split())
    for column in columns.tolist():
        owner = known.owners[column]
        odds[owner] = max(odds[owner], _odds(words, known, column))


def _known(indicators: tuple[Indicator, ...]) -> _Known:
    pairs = [(i, text) for i, one in enumerate(indicators) for text in (one.label, *one.variants)]
    folded = tuple(fold(text) for _, text in pairs)
    words = tuple(tuple(text.split()) for text in folded)
    seen = Counter(word for one in words for word in set(one))
    weights = {word: max(0.3, 1.0 - count / len(words) / COMMON) for word, count in seen.items()}
    return _Known(folded, words, np.array([i for i, _ in pairs]), weights)


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
    return max(WORST, best - _difference(words, theirs, known.weights))


def _difference(mine: tuple[str, ...], theirs: tuple[str, ...], weights: dict[str, float]) -> float:
    """Cost of all edits that make `theirs` to `mine`."""
    if mine == theirs:
        return 0.0
    mine, cost = _without_usual_end(mine, theirs)
    for i0, i1, j0, j1 in _changes(mine, theirs):
        lost, put = theirs[i0:i1], mine[j0:j1]
        if not put:
            cost += _missing(lost, at_border=i0 == 0 or i1 == len(theirs), weights=weights)
        elif not lost:
            cost += _extra(put, theirs, at_end=j1 == len(mine))
        elif cost < BEYOND:
            cost += _replaced(lost, put, weights) * min(1.0, LONG / len(theirs))
    return cost


def _without_usual_end(mine: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[tuple[str, ...], float]:
    """The printed words without "(nếu có)", "năm 2022" and the like where the form's label has no such end."""
    stop = len(mine)
    while stop > 1 and mine[stop - 1] not in theirs and (mine[stop - 1] in USUAL_ENDS or _is_year(mine[stop - 1])):
        stop -= 1
    return mine[:stop], USUAL_END * (len(mine) - stop)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit()


def _changes(mine: tuple[str, ...], theirs: tuple[str, ...]) -> list[tuple[int, int, int, int]]:
    """Where the two differ between the words that they share in order: (start, stop) in theirs, then in mine."""
    changes: list[tuple[int, int, int, int]] = []
    for edit in LCSseq.opcodes(theirs, mine):
        if edit.tag == "equal":
            continue
        if changes and changes[-1][1] == edit.src_start and changes[-1][3] == edit.dest_start:
            i0, _, j0, _ = changes.pop()
            changes.append((i0, edit.src_end, j0, edit.dest_end))
        else:
            changes.append((edit.src_start, edit.src_end, edit.dest_start, edit.dest_end))
    return changes


def _missing(lost: tuple[str, ...], *, at_border: bool, weights: dict[str, float]) -> float:
    cost = sum(_price_missing(word, weights) for word in lost)
    return min(cost, CUT_MOST) if at_border else cost


def _price_missing(word: str, weights: dict[str, float]) -> float:
    if word in NEGATIONS:
        return NOT
    return LOST_NUMERAL if word.isdigit() and len(word) == 1 else MISSING * weights.get(word, 1.0)


def _extra(put: tuple[str, ...], theirs: tuple[str, ...], *, at_end: bool) -> float:
    if at_end and not NEGATIONS.intersection(put):
        return min(sum(_price_added(word) for word in put), ADDED_MOST)
    return sum(AGAIN if word in theirs else _price_extra(word) for word in put)


def _price_added(word: str) -> float:
    if word.isdigit() and len(word) == 1:
        return LOST_NUMERAL
    return ADDED if is_syllable(word) else GARBLED_END


def _price_extra(word: str) -> float:
    if word in NEGATIONS:
        return NOT
    if word.isdigit():
        return YEAR if len(word) > 1 else EXTRA
    return EXTRA if word not in FILLERS and is_syllable(word) else EXTRA_FILLER


def _replaced(lost: tuple[str, ...], put: tuple[str, ...], weights: dict[str, float]) -> float:
    """Cheapest way from the words lost to the words put in, words split or run together included."""
    if len(lost) * len(put) > MOST_TO_ALIGN:
        return BEYOND
    cost = [[inf] * (len(put) + 1) for _ in range(len(lost) + 1)]
    cost[0][0] = 0.0
    for i, line in enumerate(cost):
        for j, here in enumerate(line):
            if here < BEYOND:
                for di, dj in WORD_MOVES:
                    if i + di <= len(lost) and j + dj <= len(put):
                        price = here + _word_cost(lost[i : i + di], put[j : j + dj], weights)
                        cost[i + di][j + dj] = min(cost[i + di][j + dj], price)
    return min(cost[-1][-1], BEYOND)


def _word_cost(lost: tuple[str, ...], put: tuple[str, ...], weights: dict[str, float]) -> float:
    if not put or not lost:
        return _price_beside(*lost, *put, is_lost=not put)
    if lost == put:
        return 0.0
    is_word = len(put) == 1 == len(lost) and put[0] in weights
    letters = _letter_cost("".join(lost), "".join(put), is_word)
    if letters is not None:
        return letters
    if len(lost) + len(put) > 2:
        return inf
    return OTHER if is_syllable(put[0]) or put[0].isdigit() else GARBLED


def _price_beside(word: str, *, is_lost: bool) -> float:
    """A word lost or put in beside another change; one of each costs what another word does."""
    if word in FILLERS:
        return EXTRA_FILLER
    if word in NEGATIONS:
        return NOT
    return BESIDE_LOST if is_lost else OTHER - BESIDE_LOST if is_syllable(word) else EXTRA_FILLER


@lru_cache(maxsize=65536)
def _letter_cost(one: str, other: str, is_word: bool) -> float | None:
    """Cost of the slips that make one string the other; None where they are other words."""
    if one.isdigit() and other.isdigit():
        return YEAR if len(one) > 1 and len(other) > 1 else NUMERAL
    distance = Levenshtein.distance(one, other)
    if is_word:
        return SLIP_TO_WORD if distance == 1 else None
    share = SLIP_SHARE if is_syllable(other) else GARBLED_SHARE
    return SLIP * max(distance, 1) if distance <= max(1.0, share * max(len(one), len(other))) else None
