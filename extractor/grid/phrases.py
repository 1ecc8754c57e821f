"""PageImage -> the phrases printed on it: letters side by side on one line, with the line that they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractor.grid.rulings import Segment
from extractor.pixels import find_pieces, open_columns, open_rows
from extractor.records import PageImage

INK_BELOW = 150  # on the evened page
RULED = 5.0  # text heights: a longer straight stroke is no letter
BAR = 0.6  # text heights: ink this thick both ways is a scanner's edge, a hole or a blot,
FRINGE = 1.0  # and so is ink this near to it
REMAINS = 0.18  # text heights beside a ruling's line that its broken pieces reach
THIN = 0.1  # text heights beside a level ruling's line that it is thick at most: letters stand close to it
PIECE = 4.0  # text heights of a ruling that lie at one height
BEYOND = 4.0  # text heights past the ends of a ruling's segment where it may go on
SPECK = 0.33  # text heights: smaller ink is a dot, a tone mark or dirt
DASH = 0.22  # text heights: flat ink from this width on is a dash
TALLEST = 2.2  # text heights: taller ink is no letter
WIDEST = 20.0  # text heights: wider ink is a ruling aslant, not a word whose letters touch
FULL = 0.5  # text heights: letters from this height on show where the line stands
WORD_GAP = 0.45  # text heights: wider white parts two phrases
SPACE = 0.2  # text heights: wider white parts two words
SAME_LINE = 0.55  # text heights between the baselines of phrases on one line
MARK = 0.35  # text heights between a letter and the tone mark above it
OVERLAP = 0.5  # share of the lower letter's height that its neighbour on the line shares


@dataclass(frozen=True, slots=True)
class Phrase:
    """Pixels of the page: box, the baseline of its letters, and (x0, x1) of its words.

    `n_letters`: how many it has; `full`: whether one is tall enough to tell the baseline, which a dash is not.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    baseline: float
    words: tuple[tuple[float, float], ...]
    n_letters: int
    full: bool


def find_phrases(
    page: PageImage, uprights: Sequence[Segment] = (), level: Sequence[Segment] = ()
) -> tuple[Phrase, ...]:
    """Phrases in no special order. `uprights`, `level`: rulings, whose remains are no letters."""
    letters = _letters(page, uprights, level)
    if not len(letters):
        return ()
    owner = _link(letters, page.text_height)
    order = np.argsort(owner, kind="stable")
    borders = np.flatnonzero(np.diff(owner[order])) + 1
    return tuple(_phrase(letters[members], page.text_height) for members in np.split(order, borders))


def group_lines(phrases: Sequence[Phrase], text_height: float) -> list[list[Phrase]]:
    """Phrases that stand on one line, line by line from the top."""
    lines: list[list[Phrase]] = []
    for phrase in sorted(phrases, key=lambda p: p.baseline):
        if lines and phrase.baseline - np.mean([p.baseline for p in lines[-1]]) < SAME_LINE * text_height:
            lines[-1].append(phrase)
        else:
            lines.append([phrase])
    return lines


def _letters(page: PageImage, uprights: Sequence[Segment], level: Sequence[Segment]) -> np.ndarray:
    """Boxes x0, y0, x1, y1 of the page's letters, left to right."""
    height = page.text_height
    ink = (page.gray < INK_BELOW).view(np.uint8)
    long, beside = max(int(RULED * height), 3), 2 * int(FRINGE * height / 2) + 1
    for open_along, across in ((open_rows, (3, 1)), (open_columns, (1, beside))):
        ink = cv2.subtract(ink, cv2.dilate(open_along(ink, long), np.ones(across, np.uint8)))
    for segment in uprights:
        x, reach = round(segment.position), max(round(REMAINS * height), 2)
        top, bottom = max(round(segment.start - BEYOND * height), 0), round(segment.end + BEYOND * height)
        ink[top:bottom, max(x - reach, 0) : x + reach + 1] = 0
    for segment in level:
        _wipe(ink, segment, height)
    edge = max(int(BAR * height), 2)
    bars = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((edge, edge), np.uint8))
    if bars.any():
        around = 2 * int(FRINGE * height) + 1
        ink = cv2.subtract(ink, cv2.dilate(bars, np.ones((around, around), np.uint8)))
    stats = find_pieces(ink)[1][1:, :4]
    w, h = stats[:, 2], stats[:, 3]
    letter = (np.maximum(w, h) >= SPECK * height) | ((w >= DASH * height) & (w >= 1.8 * h))
    boxes = stats[letter & (h <= TALLEST * height) & (w <= WIDEST * height)].astype(float)
    boxes[:, 2:] += boxes[:, :2]
    return boxes[np.argsort(boxes[:, 0], kind="stable")]


def _wipe(ink: np.ndarray, segment: Segment, text_height: float) -> None:
    """Whiten what a level ruling left of itself, along its course."""
    thin = round(THIN * text_height)
    pieces = max(round(segment.length / (PIECE * text_height)), 1)
    xs = np.linspace(segment.start, segment.end, pieces + 1)
    ys = segment.position + segment.drift * (np.arange(pieces) + 0.5 - pieces / 2) / pieces
    for x0, x1, y in zip(xs, xs[1:], ys, strict=False):
        top, bottom = max(round(y) - thin, 0), round(y) + thin + 1
        ink[top:bottom, round(x0) : round(x1) + 1] = 0


def _link(letters: np.ndarray, text_height: float) -> np.ndarray:
    """Number of the phrase of each letter."""
    parent = np.arange(len(letters))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = int(parent[i])
        return i

    x0, y0, x1, y1 = letters.T
    last = np.searchsorted(x0, x1 + WORD_GAP * text_height, side="right")
    tall = y1 - y0
    low = tall < FULL * text_height
    for i in range(len(letters)):
        near = np.s_[i + 1 : last[i]]
        shared = np.minimum(y1[near], y1[i]) - np.maximum(y0[near], y0[i])
        beside = shared >= OVERLAP * np.minimum(tall[near], tall[i])
        mark = np.where(y1[near] < y1[i], low[near], low[i])  # whether the upper of the two is no letter
        above = mark & (x0[near] < x1[i]) & (shared > -MARK * text_height)
        for j in np.flatnonzero(beside | above) + i + 1:
            parent[root(int(j))] = root(i)
    return np.array([root(i) for i in range(len(letters))])


def _phrase(letters: np.ndarray, text_height: float) -> Phrase:
    """`letters`: boxes of one phrase, left to right."""
    full = letters[letters[:, 3] - letters[:, 1] >= FULL * text_height]
    reach = np.maximum.accumulate(letters[:, 2])
    spaces = np.flatnonzero(letters[1:, 0] - reach[:-1] > SPACE * text_height)
    starts, ends = letters[[0, *(spaces + 1)], 0], reach[[*spaces, -1]]
    x0, y0 = letters[:, :2].min(axis=0)
    x1, y1 = letters[:, 2:].max(axis=0)
    baseline = float(np.median(full[:, 3])) if len(full) else float(y1)
    words = tuple(zip(starts.tolist(), ends.tolist(), strict=True))
    return Phrase(float(x0), float(y0), float(x1), float(y1), baseline, words, len(letters), bool(len(full)))
