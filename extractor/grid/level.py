"""Level rulings of a table without upright ones -> where its rows part, those included whose ruling was lost."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from extractor.grid.line import Line, collinear
from extractor.grid.phrases import Phrase
from extractor.grid.rulings import Rulings

LEAST_RULINGS = 3  # of a table whose rows they part
MOST_FULL = 2  # lines of a row that have print in several columns
SPANNING = 0.6  # share of the table's width along which a ruling that parts rows is drawn
PIECES = 0.35  # and where it may be in pieces
WHOLE = 0.9  # share of such rulings beside labels that is drawn, where none is lost
MOST_TOLD = 0.2  # share of the rulings up to which further rows told by white are lines of one


def find_row_rulings(
    lines: Sequence[tuple[float, float]],
    full: Sequence[float],
    rulings: Rulings,
    xs: Sequence[float],
    text_height: float,
) -> list[float]:
    """y of level rulings where they part a table into rows, else nothing.

    `lines`: y0, y1 of its lines of print; `full`: y of those with print in several columns.
    """
    level = _level(rulings, xs, text_height)
    least = 0.0 if level and _are_broken(level, xs) else SPANNING
    wide = [line.position for line in level if line.covered(xs[0], xs[-1]) > least]
    inside = [y for y in wide if lines[0][0] - 2 * text_height <= y <= lines[-1][1] + 2 * text_height]
    # three rulings frame a head and all rows below it
    parted = len(inside) > LEAST_RULINGS or (len(inside) == LEAST_RULINGS and _part_rows(inside, full))
    if (parted and len(inside) >= len(lines) // 5) or _holds_rows(inside, lines, full, text_height):
        top, bottom = [], []
        if lines[0][1] < inside[0]:
            top = [lines[0][0] - 0.3 * text_height]
        if lines[-1][0] > inside[-1]:
            bottom = [lines[-1][1] + 0.3 * text_height]
        return [*top, *inside, *bottom]
    return []


def _holds_rows(
    rulings: Sequence[float], lines: Sequence[tuple[float, float]], full: Sequence[float], text_height: float
) -> bool:
    """Whether rulings frame all lines, with no more than a row between two: notes of many lines make it high."""
    if len(rulings) <= LEAST_RULINGS:
        return False
    framed = rulings[0] < lines[0][0] + text_height / 2 and lines[-1][1] - text_height / 2 < rulings[-1]
    return framed and _part_rows(rulings, full)


def _part_rows(rulings: Sequence[float], full: Sequence[float]) -> bool:
    """Whether no more than a row lies between two rulings. `full`: y of the lines with print in several columns."""
    return all(sum(a < y < b for y in full) <= MOST_FULL for a, b in pairwise(rulings))


def find_lost_rulings(
    told: Sequence[float],
    ruled: Sequence[float],
    rulings: Rulings,
    phrases: Sequence[Phrase],
    xs: Sequence[float],
    text_height: float,
) -> list[float]:
    """Those of the borders told by white that no ruling is near to, and on both sides of which a label stands.

    The lines of a long note stand apart as well, but beside one label; and where the rulings are whole, white that
    tells a few rows more tells lines of one, unless a number, unit or value of its own stands beside either label.
    """
    free = [y for y in told if min(abs(y - r) for r in ruled) > text_height]
    left, right = _label_column(xs)
    middles = [((p.x0 + p.x1) / 2, (p.y0 + p.y1) / 2) for p in phrases]
    labels = [y for x, y in middles if left <= x < right]
    beside = [y for x, y in middles if x < left or right <= x < xs[-2]]
    borders = [-np.inf, *sorted([*ruled, *free]), np.inf]
    rows = [(a, y, b) for a, y, b in zip(borders, borders[1:], borders[2:], strict=False) if y in free]
    lost = [row for row in rows if _on_both_sides(row, labels)]
    if not _are_broken(_level(rulings, xs, text_height), xs) and len(lost) < MOST_TOLD * len(ruled):
        lost = [row for row in lost if _on_both_sides(row, beside)]
    return [y for _, y, _ in lost]


def _on_both_sides(row: tuple[float, float, float], ys: Sequence[float]) -> bool:
    """Whether print at one of the heights `ys` stands above the middle border of the three, and some below it."""
    return all(any(a < y < b for y in ys) for a, b in pairwise(row))


def _are_broken(rulings: Sequence[Line], xs: Sequence[float]) -> bool:
    """Whether level rulings are in pieces beside labels, as a copy leaves pale or dotted ones: others are lost."""
    return float(np.mean([line.covered(*_label_column(xs)) for line in rulings])) < WHOLE


def _label_column(xs: Sequence[float]) -> tuple[float, float]:
    """The widest, which no merged cell takes part of."""
    return max(pairwise(xs), key=lambda column: column[1] - column[0])


def _level(rulings: Rulings, xs: Sequence[float], text_height: float) -> list[Line]:
    """Level rulings that run along the table, some of them in pieces."""
    return [line for line in collinear(list(rulings.rows), text_height) if line.covered(xs[0], xs[-1]) > PIECES]
