"""Lines above a table -> those that are its caption: titles centred over it, or a line or two close above it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extractor.records import Box, LooseLine

REACH = 0.08  # of the page's height above the table in which a caption ends
NEXT_LINE = 1.6  # heights of a line of white between two lines of a caption
MOST_LINES = 8
CENTRED = 0.03  # of the page's width: how far a title's middle lies from the table's or the page's
FULL = 0.94  # share of the table's width from which a line is as long as prose makes it
LEFT_LINES = 3  # a caption that is not centred has no more


def find_caption(loose: Sequence[LooseLine], table: Box, above: float) -> tuple[LooseLine, ...]:
    """The caption's lines from the top. `table`: its box; `above`: where the table before it on the page ends."""
    lines = sorted(
        (line for line in loose if above <= _middle(line) <= table[1] and _is_beside(line.upright, table)),
        key=_middle,
    )
    if not lines or lines[-1].upright[3] < table[1] - REACH:
        return ()
    block = _block(lines)
    titles = _while_centred(block, table)
    return titles or _left(block, table)


def _middle(line: LooseLine) -> float:
    return (line.upright[1] + line.upright[3]) / 2


def _is_beside(line: Box, table: Box) -> bool:
    """Whether the line stands over the table; dirt at the sheet's edge does not."""
    return line[2] > table[0] and line[0] < table[2]


def _block(lines: Sequence[LooseLine]) -> list[LooseLine]:
    """The last lines that follow each other closely."""
    block = [lines[-1]]
    for upper, lower in reversed(list(pairwise(lines))):
        gap = lower.upright[1] - upper.upright[3]
        height = lower.upright[3] - lower.upright[1]
        if gap > NEXT_LINE * height or len(block) == MOST_LINES:
            break
        block.append(upper)
    return block[::-1]


def _while_centred(block: Sequence[LooseLine], table: Box) -> tuple[LooseLine, ...]:
    """The last lines of the block as long as they are centred; of two full lines in a row each is prose."""
    start = len(block)
    while start and _is_centred(block[start - 1].upright, table):
        start -= 1
    titles = list(block[start:])
    for upper, lower in pairwise(block):
        if _is_full(upper, table) and _is_full(lower, table) and lower in titles:
            titles = titles[titles.index(lower) + 1 :]
    return tuple(titles)


def _is_centred(line: Box, table: Box) -> bool:
    middle = (line[0] + line[2]) / 2
    return min(abs(middle - (table[0] + table[2]) / 2), abs(middle - 0.5)) <= CENTRED


def _is_full(line: LooseLine, table: Box) -> bool:
    box = line.upright
    return box[2] - box[0] >= FULL * (table[2] - table[0])


def _left(block: Sequence[LooseLine], table: Box) -> tuple[LooseLine, ...]:
    """The last lines of the block that are shorter than the table, where they don't end a paragraph of full lines."""
    start = len(block)
    while start and len(block) - start < LEFT_LINES and not _is_full(block[start - 1], table):
        start -= 1
    return () if start and _is_full(block[start - 1], table) else tuple(block[start:])
