"""A first reading of a line and the form's vocabulary -> the words that a second engine is to read, cut out.

The second engine's time goes by the width of what it is given, and a line mostly has one or two doubtful words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from extractor.reading.lexicon import ROW_NUMBER, SURE_WORD, find_words, is_known, read_words
from extractor.reading.lines import INK_BELOW
from extractor.reading.spaces import blank_columns, find_white
from extractor.records import Reading, TextLine

# TrueOCR reads an "=" whose strokes touch as a dash, having no such letter, and drops spaces beside marks
DOUBTFUL_MARK = re.compile(r"^-|-$|[^\W\d_]-\d|\d-[^\W\d_]|,[^\W\d_]|[:+]\d|\dx|^x\d|\d\+")
FIGURE = re.compile(r"\d{2,}")
# before a figure that is no share: TrueOCR drops the sign behind "100%", or sees a 6 in it, with a high score
DATED = frozenset("ngày tháng năm số án quý kỳ khóa điều khoản mức phường quận lần".split())
BULLET = "- "
MOST = 0.6  # share of a line's width from which it is read as a whole
SHORT = 10.0  # text heights: a line that is no wider is read as a whole

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A part of a line that is to be read again: its ink, and the words of the first reading in it, `end` excluded."""

    start: int
    end: int
    line: TextLine


@dataclass(frozen=True, slots=True)
class Second:
    """What a second engine saw in a part of a line: the words of the first reading in it, `end` excluded."""

    start: int
    end: int
    reading: Reading


def find_doubtful(first: Reading, line: TextLine, words: frozenset[str]) -> tuple[Doubtful, ...]:
    """The parts of a line in which a first reading is not sure; the whole line where most is, or no place is known."""
    read = read_words(first, words)
    doubtful = _doubtful_words(read, first.text.startswith(BULLET), words)
    if read and not doubtful:
        return ()
    whole = (Doubtful(0, len(read), line),)
    x0, _, x1, _ = line.inner
    gaps = _find_gaps(first, line)
    if not doubtful or not gaps or x1 - x0 <= SHORT * line.text_height:
        return whole
    spans = _join([_with_context(n, [word for word, _ in read]) for n in doubtful], gaps)
    parts = tuple(Doubtful(a, b, _cut(line, gaps[a], gaps[b])) for a, b in spans)
    width = sum(part.line.inner[2] - part.line.inner[0] for part in parts)
    return whole if width > MOST * (x1 - x0) else parts


def _doubtful_words(read: Sequence[tuple[str, float]], bullet: bool, words: frozenset[str]) -> list[int]:
    """Which words are not certain words that the form knows, figures, marks or a row's number.

    TrueOCR loses tone marks with a high score, so words that the form doesn't know are read twice. `bullet`: the line
    begins with a dash of its own.
    """
    return [
        n
        for n, (word, p) in enumerate(read)
        if p < SURE_WORD
        or not (is_known(word, words) or ROW_NUMBER.fullmatch(word))
        or (DOUBTFUL_MARK.search(word) and not (n == 0 and bullet))
        or (n > 0 and FIGURE.fullmatch(word) and read[n - 1][0].lower() not in DATED)
    ]


def _with_context(n: int, read: list[str]) -> Span:
    """The word with the one before it, since its size alone doesn't tell capitals; a mark with both neighbours."""
    word = any(map(str.isalnum, read[n]))
    return max(n - 1, 0), min(n + 1 if word and n else n + 2, len(read))


def _find_gaps(first: Reading, line: TextLine) -> list[int | None]:
    """The x in the crop between each two words, and at both ends; None where no white parts them. [] if not known."""
    spans = find_words(first)
    if not first.places or not spans:
        return []
    white = blank_columns(line)
    inner = [find_white(white, first.places[a[1] - 1], first.places[b[0]])[0] for a, b in pairwise(spans)]
    return [0, *inner, line.clean.shape[1]]


def _join(spans: list[Span], gaps: list[int | None]) -> Iterator[tuple[int, int]]:
    """The spans grown to where white is around them, those that meet as one."""
    grown: list[Span] = []
    for start, end in spans:
        while gaps[start] is None:
            start -= 1
        while gaps[end] is None:
            end += 1
        if grown and start <= grown[-1][1]:
            start, end = grown[-1][0], max(end, grown[-1][1])
            grown.pop()
        grown.append((start, end))
    return iter(grown)


def _cut(line: TextLine, left: int | None, right: int | None) -> TextLine:
    """The line's ink between two places, as high as the line's."""
    start, end = left or 0, right or 0
    y0, y1 = line.inner[1], line.inner[3]
    inked = np.flatnonzero((line.clean[y0:y1, start:end] < INK_BELOW).any(axis=0))
    x0, x1 = (int(inked[0]), int(inked[-1]) + 1) if len(inked) else (0, end - start)
    down, aside = line.box[1] - y0, line.box[0] - line.inner[0] + start
    return replace(
        line,
        box=(x0 + aside, y0 + down, x1 + aside, y1 + down),
        raw=line.raw[:, start:end],
        clean=line.clean[:, start:end],
        inner=(x0, y0, x1, y1),
    )
