"""A ruled table and the print around it -> the rows beyond a first or last ruling that a copy has lost.

Such a row stands as near to the next ruling as any, keeps to the columns, and fills more than one of them; captions and
signatures stand apart or across the borders.
"""

from __future__ import annotations

from collections.abc import Sequence

from extractor.grid.gutters import crosses
from extractor.grid.phrases import Phrase, group_lines

NEAR = 1.0  # text heights between a ruling and the letters of the next row
WRAPPED = 0.9  # text heights between the letters of two lines of one cell
PADDING = 0.3  # text heights from the letters to where the ruling was
LOWEST = 1.0  # text heights: what reaches less far beyond a ruling is specks
LEAST_FILLED = 2  # columns with print: a page number or a caption is in one


def rows_beyond(
    phrases: Sequence[Phrase],
    borders: Sequence[float],
    ends: tuple[float, float],
    text_height: float,
    least: int = LEAST_FILLED,
) -> tuple[list[float], list[float]]:
    """Where the lost rulings were: (above the first of `ends`, below the last one), at most one each.

    `least`: how many columns such a row fills.
    """
    inside = [p for p in phrases if borders[0] < (p.x0 + p.x1) / 2 < borders[-1]]
    above = [line for line in group_lines(inside, text_height) if _middle(line) < ends[0]]
    below = [line for line in group_lines(inside, text_height) if _middle(line) > ends[1]]
    top = [(ends[0] - max(p.y1 for p in line), ends[0] - min(p.y0 for p in line), line) for line in reversed(above)]
    foot = [(min(p.y0 for p in line) - ends[1], max(p.y1 for p in line) - ends[1], line) for line in below]
    return (
        [ends[0] - depth for depth in _depth(top, borders, text_height, least)],
        [ends[1] + depth for depth in _depth(foot, borders, text_height, least)],
    )


def _middle(line: Sequence[Phrase]) -> float:
    return sum(p.y0 + p.y1 for p in line) / (2 * len(line))


def _depth(
    lines: Sequence[tuple[float, float, Sequence[Phrase]]], borders: Sequence[float], text_height: float, least: int
) -> list[float]:
    """How far the row reaches from the table's last ruling. `lines`: from where to where each lies, nearest first."""
    reached, filled = 0.0, set[int]()
    for start, end, line in lines:
        if start - reached > (WRAPPED if filled else NEAR) * text_height:
            break
        if any(crosses(p, x, text_height) for p in line for x in borders):
            return []
        filled |= {sum(x < (p.x0 + p.x1) / 2 for x in borders) for p in line}
        reached = max(reached, end)
    lettered = reached + PADDING * text_height >= LOWEST * text_height
    return [reached + PADDING * text_height] if lettered and len(filled) >= least else []
