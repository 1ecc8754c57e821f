"""Printed labels and catalogue labels -> how alike they are, blind to OCR and typing slips but not to other words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from extractor.records import Indicator

ABBREVIATIONS = (
    ("cai cach hanh chinh", "cchc"),
    ("thu tuc hanh chinh", "tthc"),
    ("van ban quy pham phap luat", "vbqppl"),
    ("van ban qppl", "vbqppl"),
    ("su nghiep cong lap", "sncl"),
    ("buu chinh cong ich", "bcci"),
    ("dich vu cong truc tuyen", "dvctt"),
    ("dvc truc tuyen", "dvctt"),
    ("dich vu cong", "dvc"),
    ("ngan sach nha nuoc", "nsnn"),
    ("uy ban nhan dan", "ubnd"),
    ("hoi dong nhan dan", "hdnd"),
    ("cong nghe thong tin", "cntt"),
    ("quan ly chat luong", "qlcl"),
    ("phan anh, kien nghi", "pakn"),
    ("phan anh kien nghi", "pakn"),
    ("can bo, cong chuc, vien chuc", "cbccvc"),
)
NUMBERING = re.compile(r"^\s*(?:(?:[ivxl]{1,5}|\d{1,3}|[a-eA-EĐđ])(?:\.\d{1,2})*\s*[.)/:]\s*|[-+*•–]\s*)+", re.IGNORECASE)
SLIP = 72  # rapidfuzz ratio of folded words from which one is a slip of the other
CANDIDATES = 12  # labels compared word by word for each row
WORD_SHARE, CHAR_SHARE, TONE_SHARE = 0.5, 0.4, 0.1
NUMERAL_PENALTY = 0.12  # "mức độ 3" is not "mức độ 4"


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case, no tone marks, numbering stripped, long forms abbreviated, only letters and digits."""
    text = NUMBERING.sub("", unicodedata.normalize("NFC", text), count=1)
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    plain = " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
    for long, short in ABBREVIATIONS:
        plain = plain.replace(long, short)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain).split())


def label_similarity(labels: tuple[str, ...], indicators: tuple[Indicator, ...]) -> np.ndarray:
    """Similarity 0..1 of every printed label to every indicator, array (rows, indicators).

    An indicator's variants count as its label; the most alike stands.
    """
    owners, known = [], []
    for index, indicator in enumerate(indicators):
        for text in (indicator.label, *indicator.variants):
            owners.append(index)
            known.append(text)
    folded_rows, folded_known = [fold(text) for text in labels], [fold(text) for text in known]
    chars = process.cdist(folded_rows, folded_known, scorer=fuzz.ratio) / 100.0
    scores = _with_words(labels, known, folded_rows, folded_known, chars)
    result = np.zeros((len(labels), len(indicators)))
    for column, owner in enumerate(owners):
        result[:, owner] = np.maximum(result[:, owner], scores[:, column])
    return result


def _with_words(
    labels: tuple[str, ...], known: list[str], rows: list[str], columns: list[str], chars: np.ndarray
) -> np.ndarray:
    scores = chars * 0.8
    vocabulary = frozenset(word for text in columns for word in text.split())
    count = min(CANDIDATES, chars.shape[1])
    for row, text in enumerate(rows):
        if not text:
            continue
        words = [_canonical(word, vocabulary) for word in text.split()]
        for column in np.argpartition(chars[row], -count)[-count:]:
            theirs = columns[column].split()
            alike = Levenshtein.normalized_similarity(words, theirs)
            tones = fuzz.ratio(labels[row].lower(), known[column].lower()) / 100.0
            score = WORD_SHARE * alike + CHAR_SHARE * chars[row, column] + TONE_SHARE * tones
            if _numerals(words) != _numerals(theirs):
                score -= NUMERAL_PENALTY
            scores[row, column] = score
    return scores


def _numerals(words: list[str]) -> list[str]:
    return sorted(word for word in words if word.isdigit() and len(word) == 1)


@lru_cache(maxsize=65536)
def _canonical(word: str, vocabulary: frozenset[str]) -> str:
    """The vocabulary's word that this one is a slip of, else itself."""
    if word in vocabulary or len(word) < 2 or word.isdigit():
        return word
    found = process.extractOne(word, vocabulary, scorer=fuzz.ratio, score_cutoff=SLIP)
    return found[0] if found and abs(len(found[0]) - len(word)) <= 2 else word
