"""Lines of a label column and a catalogue -> where its labels begin: rows that no ruling and no white parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from rapidfuzz import fuzz, process

from extractor.records import Catalogue

MOST_LINES = 9  # of one label
LEAST_LIKE = 40.0  # rapidfuzz ratio below which a text is no label at all
ONE_LABEL = 87.0  # ratio from which a text is one label: no parting of it could be a quarter likelier
KEPT = 1.5  # letters' worth for a border that the page's geometry tells as well
NO_CAPITAL = 8.0  # the same against a label that begins with a small letter
MARKS = re.compile(r"^[\s\d.,:;+*)(-]+")


def is_label(text: str, catalogue: Catalogue) -> bool:
    """Whether a text is as alike one label as misreadings allow."""
    return (
        process.extractOne(_plain(text), _wordings_of(catalogue), scorer=fuzz.ratio, score_cutoff=ONE_LABEL) is not None
    )


def part_labels(lines: Sequence[str], catalogue: Catalogue, borders: frozenset[int]) -> tuple[tuple[int, ...], float]:
    """(indices of the lines that begin a label, by how much of the letters this is likelier than `borders`).

    `borders`: where the geometry begins rows. The labels of the best parting are as alike the catalogue's as can be.
    """
    values = _values(lines, catalogue)
    count = len(lines)
    best, before = np.full(count + 1, -np.inf), np.zeros(count + 1, int)
    best[0] = 0.0
    for end in range(1, count + 1):
        for start in range(max(end - MOST_LINES, 0), end):
            score = best[start] + values[start, end - start] + (KEPT if start in borders else 0.0)
            if score > best[end]:
                best[end], before[end] = score, start
    starts, end = [], count
    while end > 0:
        end = int(before[end])
        starts.append(end)
    found = tuple(reversed(starts))
    letters = max(sum(map(len, lines)), 1)
    gain = _total(values, found, count) - _total(values, sorted({0, *borders}), count)
    return found, gain / letters


def _total(values: np.ndarray, starts: Sequence[int], count: int) -> float:
    ends = (*starts[1:], count)
    return float(sum(values[a, b - a] if b - a <= MOST_LINES else 0.0 for a, b in zip(starts, ends, strict=True)))


def _values(lines: Sequence[str], catalogue: Catalogue) -> np.ndarray:
    """[start, n]: letters of n lines from `start`, by the square of how alike a label they are together."""
    labels = _wordings_of(catalogue)
    spans = [(a, n) for a in range(len(lines)) for n in range(1, min(MOST_LINES, len(lines) - a) + 1)]
    texts = [_plain(" ".join(lines[a : a + n])) for a, n in spans]
    like = process.cdist(texts, labels, scorer=fuzz.ratio, score_cutoff=LEAST_LIKE, dtype=np.float32)
    values = np.zeros((len(lines), MOST_LINES + 1))
    for (start, n), text, ratio in zip(spans, texts, like.max(axis=1), strict=True):
        bare = MARKS.sub("", lines[start])
        values[start, n] = len(text) * (float(ratio) / 100) ** 2 - (NO_CAPITAL if bare[:1].islower() else 0.0)
    return values


def _wordings_of(catalogue: Catalogue) -> tuple[str, ...]:
    return _wordings(tuple(text for one in catalogue.indicators for text in (one.label, *one.variants)))


@lru_cache(maxsize=8)
def _wordings(labels: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(map(_plain, labels))))


def _plain(text: str) -> str:
    return MARKS.sub("", " ".join(unicodedata.normalize("NFC", text).casefold().split()))
