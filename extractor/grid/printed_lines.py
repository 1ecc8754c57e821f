"""Phrases of a page -> its lines of print, and which of them a table without rulings may be made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from extractor.grid.gutters import APART, crosses
from extractor.grid.phrases import Phrase, group_lines
from extractor.records import Box, Grid

LEAST_LINES = 5  # fewer aligned lines are a letterhead or signatures
LEAST_COLUMNS = 3
MAX_LINE_GAP = 5.0  # text heights: a wider white band ends the table
LONE_GAP = 1.5  # times the widest usual gap: beyond it stands a page number, not a row
WIDE_ROW_GAP = 2.5  # text heights: white between two rows that both are of one line
PAGE_NUMBER = 6  # letters of a page number with its dashes
HAIR = 0.08  # text heights: a lone stroke this thin at most is of a ruling that was lost
MOST_DASHES = 3  # phrases of a line without a letter: more are what is left of a level ruling
CENTRED = 0.04  # of the table's width: how far the middle of a title lies from the table's, or one border from another
MAX_CROSSING_RUN = 2  # consecutive lines across the gutters that still are section titles


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """Phrases of one visual line, left to right."""

    phrases: tuple[Phrase, ...]

    @property
    def y0(self) -> float:
        """Top of its highest phrase."""
        return min(p.y0 for p in self.phrases)

    @property
    def y1(self) -> float:
        """Bottom of its lowest phrase."""
        return max(p.y1 for p in self.phrases)


def find_printed_lines(
    phrases: Sequence[Phrase], text_height: float, taken: Sequence[Grid], frame: Box
) -> list[PrintedLine]:
    """Lines within the frame and outside the tables `taken`, top to bottom."""
    free = [
        p
        for p in phrases
        if frame[0] <= (p.x0 + p.x1) / 2 <= frame[2]
        and frame[1] <= (p.y0 + p.y1) / 2 <= frame[3]
        and not any(g.box[1] <= (p.y0 + p.y1) / 2 <= g.box[3] for g in taken)
        and (p.n_letters > 1 or p.x1 - p.x0 > HAIR * text_height)
    ]
    lines = [PrintedLine(tuple(sorted(group, key=lambda p: p.x0))) for group in group_lines(free, text_height)]
    return [line for line in lines if any(p.full for p in line.phrases) or len(line.phrases) <= MOST_DASHES]


def without_titles(block: list[PrintedLine], xs: Sequence[float]) -> list[PrintedLine]:
    """Without the lines at the top that stand centred over the table."""
    middle, near = (xs[0] + xs[-1]) / 2, CENTRED * (xs[-1] - xs[0])
    start = 0
    while start < len(block) and len(block[start].phrases) == 1:
        phrase = block[start].phrases[0]
        if abs((phrase.x0 + phrase.x1) / 2 - middle) > near:
            break
        start += 1
    return block[start:]


def find_runs(lines: list[PrintedLine], text_height: float) -> list[list[PrintedLine]]:
    """The lines, parted where the white between two is too wide for a table."""
    runs: list[list[PrintedLine]] = []
    for line in lines:
        if runs and line.y0 - runs[-1][-1].y1 <= MAX_LINE_GAP * text_height:
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def trim(block: list[PrintedLine], gutters: Sequence[float], text_height: float) -> list[PrintedLine]:
    """The longest stretch without a run of lines across the gutters: paragraphs above and below fall away."""
    crossing = [any(crosses(p, g, text_height) for p in line.phrases for g in gutters) for line in block]
    stretches: list[list[tuple[PrintedLine, bool]]] = [[]]
    run = 0
    for line, is_crossing in zip(block, crossing, strict=True):
        run = run + 1 if is_crossing else 0
        if run > MAX_CROSSING_RUN:
            stretches.append([])
        else:
            stretches[-1].append((line, is_crossing))
    longest = max(stretches, key=len)
    longest = longest[head_length(longest, text_height) :]
    while longest and longest[-1][1]:
        longest = longest[:-1]
    return [line for line, _ in longest]


def head_length(lines: Sequence[tuple[PrintedLine, bool]], text_height: float) -> int:
    """How many lines above the first full one are a title. `lines`: each with whether it crosses a gutter."""
    full = next((i for i, (line, _) in enumerate(lines) if n_apart(line, text_height) >= LEAST_COLUMNS), len(lines))
    leading = next((i for i, (_, is_crossing) in enumerate(lines[:full]) if not is_crossing), full)
    crossing = [i for i in range(full) if lines[i][1]]
    left = min((line.phrases[0].x0 for line, _ in lines), default=0.0)
    right = max((line.phrases[-1].x1 for line, _ in lines), default=0.0)
    centred = [abs(lines[i][0].phrases[0].x0 + lines[i][0].phrases[-1].x1 - left - right) / 2 for i in crossing]
    if len(crossing) > MAX_CROSSING_RUN or (crossing and max(centred) <= CENTRED * (right - left)):
        return max(crossing[-1] + 1, leading)
    return leading


def n_full(lines: Sequence[PrintedLine], text_height: float) -> int:
    """How many lines have print in enough columns."""
    return sum(n_apart(line, text_height) >= LEAST_COLUMNS for line in lines)


def n_apart(line: PrintedLine, text_height: float) -> int:
    """Phrases of the line that are hardly of one cell."""
    return 1 + sum(b.x0 - a.x1 > APART * text_height for a, b in pairwise(line.phrases))


def without_lone(block: list[PrintedLine], text_height: float) -> list[PrintedLine]:
    """Without a first or last line that stands far from the others, such as a page number."""
    if len(block) <= LEAST_LINES:
        return block
    gaps = [b.y0 - a.y1 for a, b in pairwise(block)]
    usual = LONE_GAP * max(float(np.quantile(gaps[1:-1], 0.9)), 1.0)

    def is_lone(line: PrintedLine, gap: float) -> bool:
        # more than a number may be the rest of a row that the page before began
        longer = sum(phrase.n_letters for phrase in line.phrases) > PAGE_NUMBER
        far = max(usual, WIDE_ROW_GAP * text_height) if longer else usual
        return gap > far and len(line.phrases) < LEAST_COLUMNS

    return block[is_lone(block[0], gaps[0]) : -1 if is_lone(block[-1], gaps[-1]) else None]
