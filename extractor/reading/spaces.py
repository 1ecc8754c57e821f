"""A first reading and its line -> with the spaces behind marks that the reader dropped, by the white that is there."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from extractor.reading.lines import INK_BELOW
from extractor.records import Reading, TextLine

MARK = re.compile(r"(?:[,;:]|^-)(?=[^\W\d_])")  # a mark with a letter right behind it
SPACE = 0.25  # text heights of white that are a space: marks that have none behind them leave up to 0.15,
OF_USUAL = 0.5  # or more where all letters are equally wide, but there a space is wider too: share of the narrowest one


def with_spaces(reading: Reading, line: TextLine) -> Reading:
    """The reading, a mark and the word behind it parted where white parts them. Narrower white says nothing."""
    if not reading.places or MARK.search(reading.text) is None:
        return reading
    blank = blank_columns(line)
    text, chars, places = reading.text, list(reading.chars), list(reading.places)
    spaces = [find_white(blank, places[at - 1], places[at + 1])[1] for at in range(1, len(text) - 1) if text[at] == " "]
    least = max(SPACE * line.text_height, OF_USUAL * min(spaces, default=0))
    for mark in reversed(list(MARK.finditer(reading.text))):
        at = mark.end()
        left, right = places[at - 1], places[at]
        if find_white(blank, left, right)[1] >= least:
            text = f"{text[:at]} {text[at:]}"
            chars.insert(at, ((" ", 1.0),))
            places.insert(at, (left + right) / 2)
    return replace(reading, text=text, chars=tuple(chars), places=tuple(places))


def blank_columns(line: TextLine) -> np.ndarray:
    """Which columns of a line's crop have no ink, as high as the line is: bool (w,)."""
    return np.asarray((line.clean[line.inner[1] : line.inner[3]] >= INK_BELOW).all(axis=0))


def find_white(blank: np.ndarray, left: float, right: float) -> tuple[int | None, int]:
    """(middle, length) of the widest stretch without ink between two places of a line. `blank`: bool (w,)."""
    start = max(round(left), 0)
    best, length, run = None, 0, 0
    for x, white in enumerate(blank[start : max(round(right), start)].tolist(), start):
        run = run + 1 if white else 0
        if run > length:
            best, length = x - run // 2, run
    return best, length
