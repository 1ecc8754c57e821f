"""Words of a printed label and of a catalogue label -> what it takes to make one from the other.

What an engine or a typist does (a letter or two, a word lost, something added at the end) costs little; another word in
a word's place costs much, since that is how the form itself tells its indicators apart (cấp huyện and cấp xã, đúng hạn
and quá hạn, mức độ 3 and 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import inf

from rapidfuzz.distance import OSA, LCSseq

from extractor.indicator.words import SHORT_FORMS, is_syllable, sound

Words = tuple[str, ...]

# costs are natural logarithms of odds
BEYOND = 21.0  # edits that cost more are all the same
SLIP = 0.9  # a wrong letter in a word
SLIP_SHARE, GARBLED_SHARE = 0.34, 0.5  # up to this share of wrong letters a word is a slip of the other
SLIP_TO_WORD = 2.5  # a wrong letter that gives another word of the form: it may be that word
SLIP_TWICE, LEAST_TO_SLIP_TWICE = 6.0, 4  # two wrong letters give another syllable, from that many letters
MISSING = 1.8  # a word left out, in words of full weight
MISSING_OF_RUN, LEAST_RUN = 2.5, 3  # typists lose a word, not several: then it is rather another row
CUT_MOST = 10.0  # the beginning or end of the label is missing, however much
EXTRA, EXTRA_FILLER = 7.5, 0.8  # a word put in
ADDED, ADDED_MOST = 3.0, 8.0  # a word after the end; however many
USUAL_END, GARBLED_END = 0.3, 0.8  # a word after the end that offices often add; one that is no word
AGAIN, LEAST_AGAIN = 0.8, 4  # a word put in that the label has anyway, all of them or so many at once
INITIALS, LEAST_INITIALS = 1.0, 3  # an abbreviation of just these words; from that many letters
GARBLED_SHORT, MOST_PIECES = 0.5, 2  # share of wrong letters in a usual abbreviation, and what it may fall apart into
NOT = 18.0  # "không" or "chưa" put in or left out
OTHER = 18.0  # another word in a word's place: rather a stranger, since that is how the form's own labels differ
BESIDE_LOST = 6.0  # a word left out beside another change
GARBLED = 4.0  # letters in a word's place that are no word
LONG = 24  # words from which a label's single words speak less
NUMERAL, LOST_NUMERAL = 11.0, 6.0  # mức độ 3 against mức độ 4; mức độ 3, 4 against mức độ 3
YEAR = 0.7  # years and numbers of decrees change
FILLER_WORDS = "so luong tong cac nhung da duoc ve cua tai trong viec co la va cho do cap theo"
USUAL_END_WORDS = "neu co luy ke den thoi diem bao cao trong ky nam quy thang theo quy dinh"
FILLERS = frozenset(FILLER_WORDS.split())
USUAL_ENDS = frozenset(USUAL_END_WORDS.split())
NEGATIONS = frozenset(("khong", "chua"))
MOST_TO_ALIGN = 36  # pairs of words; blocks of other words larger than that are beyond likeness
WORD_MOVES = ((1, 1), (1, 0), (0, 1), (2, 1), (1, 2), (3, 1), (1, 3))  # words taken from the form, from the print


def find_difference(mine: Words, theirs: Words, weights: Mapping[str, float]) -> float:
    """Cost of all edits that make the label `theirs` to the print `mine`: log odds, 0 where they are the same.

    `weights`: how much leaving a word of the form out says, 0..1. Beyond BEYOND costs are not told apart.
    """
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
            replaced = _replaced(lost, put, weights)
            cost += replaced if replaced >= BEYOND else replaced * min(1.0, LONG / len(theirs))
    return cost


def _without_usual_end(mine: Words, theirs: Words) -> tuple[Words, float]:
    """The printed words without "(nếu có)", "năm 2022" and the like where the form's label has no such end."""
    stop = len(mine)
    while stop > 1 and mine[stop - 1] not in theirs and (mine[stop - 1] in USUAL_ENDS or _is_year(mine[stop - 1])):
        stop -= 1
    return mine[:stop], USUAL_END * (len(mine) - stop)


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit()


def _changes(mine: Words, theirs: Words) -> list[tuple[int, int, int, int]]:
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


def _missing(lost: Words, *, at_border: bool, weights: Mapping[str, float]) -> float:
    cost = sum(_price_missing(word, weights) for word in lost)
    if len(lost) >= LEAST_RUN:
        cost = max(cost, MISSING_OF_RUN * len(lost))
    return min(cost, CUT_MOST) if at_border else cost


def _price_missing(word: str, weights: Mapping[str, float]) -> float:
    if word in NEGATIONS:
        return NOT
    return LOST_NUMERAL if word.isdigit() and len(word) == 1 else MISSING * weights.get(word, 1.0)


def _extra(put: Words, theirs: Words, *, at_end: bool) -> float:
    if at_end and not NEGATIONS.intersection(put):
        return min(sum(_price_added(word) for word in put), ADDED_MOST)
    known = sum(word in theirs for word in put)
    again = known == len(put) or known >= LEAST_AGAIN
    return sum(AGAIN if again and word in theirs else _price_extra(word) for word in put)


def _price_added(word: str) -> float:
    if word.isdigit() and len(word) == 1:
        return LOST_NUMERAL
    return ADDED if is_syllable(word) else GARBLED_END


def _price_extra(word: str) -> float:
    if word in NEGATIONS:
        return NOT
    if word.isdigit():
        return YEAR if len(word) > 1 else EXTRA
    return EXTRA if len(word) > 1 and word not in FILLERS and is_syllable(word) else EXTRA_FILLER


def _replaced(lost: Words, put: Words, weights: Mapping[str, float]) -> float:
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
                if j < len(put) and _are_initials(put[j], lost[i:]):
                    cost[i + len(put[j])][j + 1] = min(cost[i + len(put[j])][j + 1], here + INITIALS)
                for di, dj in _garbled_short(lost[i:], put[j:]):
                    cost[i + di][j + dj] = min(cost[i + di][j + dj], here + GARBLED)
    return min(cost[-1][-1], BEYOND)


def _garbled_short(lost: Words, put: Words) -> list[tuple[int, int]]:
    """Words of the form of which the office's abbreviation was misread, and words of the print that are left of it."""
    return [
        (di, dj)
        for di in range(2, len(lost) + 1)
        if (short := SHORT_FORMS.get(lost[:di]))
        for dj in range(1, min(MOST_PIECES, len(put)) + 1)
        if not all(map(is_syllable, put[:dj])) and OSA.distance("".join(put[:dj]), short) <= GARBLED_SHORT * len(short)
    ]


def _are_initials(word: str, spelled_out: Words) -> bool:
    """Whether the word abbreviates the first of the words: offices coin abbreviations as they need them."""
    first = "".join(one[0] for one in spelled_out[: len(word)])
    return len(word) >= LEAST_INITIALS and word == first


def _word_cost(lost: Words, put: Words, weights: Mapping[str, float]) -> float:
    if not put or not lost:
        return _price_beside(*lost, *put, is_lost=not put)
    if lost == put:
        return 0.0
    if put[0] in NEGATIONS or lost[0] in NEGATIONS:
        return NOT
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
    if sound(one) == sound(other):
        return SLIP_TO_WORD if is_word else SLIP
    distance = OSA.distance(one, other)
    if is_word:
        return SLIP_TO_WORD if distance == 1 else None
    if distance == 2 and min(len(one), len(other)) >= LEAST_TO_SLIP_TWICE:
        return SLIP * 2 if is_syllable(one) != is_syllable(other) else SLIP_TWICE
    share = SLIP_SHARE if is_syllable(other) else GARBLED_SHARE
    return SLIP * max(distance, 1) if distance <= max(1.0, share * max(len(one), len(other))) else None
