"""Rulings -> lattices: where rows and columns of a table part, and which cells are merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extractor.grid.borders import CROWDED, find_borders
from extractor.grid.line import EDGE_COVERED, Line, collinear, common_ends, thin_out
from extractor.grid.lossy import MOSTLY_DRAWN, go_on
from extractor.grid.pen import without_pen_strokes
from extractor.grid.rulings import Rulings, Segment
from extractor.records import Box, Grid, GridCell

REACH = 0.9  # text heights: a ruling that ends this near a crossing one meets it
OVERHANG = 1.6  # text heights: rulings that go on this far past the last crossing one have lost their border
FREE_END = 0.33  # text heights from the outermost crossing ruling at which an upright line ends in the open
SURELY_DRAWN = 0.5  # share of a line's sides that are drawn, from which a side that a blot covers is drawn too
HIDDEN = 0.3  # share of a side under a blot, from which nothing is known of it
LEAST_COLUMNS = 3  # upright strokes of a table that may stand right below another one
GOES_ON = 0.9  # share of the way from one level ruling to the next along which a column that goes on is drawn
OTHER_SIDE = 1.5  # text heights between the sides of two tables of which neither is in line with the other's
MIN_ROW, MIN_COLUMN = 1.0, 0.7  # text heights: nearer rulings are one double ruling


def find_lattices(
    rulings: Rulings, page: int, text_height: float, known: Sequence[float] = (), *, lossy: bool = False
) -> tuple[Grid, ...]:
    """Ruled tables of a page, top to bottom. `known`: borders of the same table on other pages, in any unit.

    `lossy`: much of the rulings is lost, so one that is seen in part goes on wherever no ink is in its way.
    """
    groups = _group(rulings.rows, rulings.columns, text_height)
    grids = [_lattice(rows, columns, page, rulings, known, lossy) for rows, columns in groups]
    kept = [grid for grid in grids if grid is not None]
    return tuple(sorted(kept, key=lambda grid: (grid.box[1], grid.box[0])))


def _group(
    rows: tuple[Segment, ...], columns: tuple[Segment, ...], text_height: float
) -> list[tuple[list[Segment], list[Segment]]]:
    """Segments that meet, directly or through others, belong to one table."""
    reach = REACH * text_height
    boxes = [(s.start, s.position, s.end, s.position) for s in rows]
    boxes += [(s.position, s.start, s.position, s.end) for s in columns]
    if not boxes:
        return []
    array = np.array(boxes)
    parent = list(range(len(boxes)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, box in enumerate(array):
        near = (
            (array[:, 0] <= box[2] + reach)
            & (array[:, 2] >= box[0] - reach)
            & (array[:, 1] <= box[3] + reach)
            & (array[:, 3] >= box[1] - reach)
        )
        for j in np.nonzero(near)[0]:
            parent[root(int(j))] = root(i)
    groups: dict[int, tuple[list[Segment], list[Segment]]] = {}
    for i, segment in enumerate((*rows, *columns)):
        groups.setdefault(root(i), ([], []))[0 if i < len(rows) else 1].append(segment)
    return [part for group in groups.values() for part in _cut_apart(*group, text_height) if len(part[0]) >= 2]


def _cut_apart(
    rows: list[Segment], columns: list[Segment], text_height: float
) -> list[tuple[list[Segment], list[Segment]]]:
    """The segments of one table, or of two that meet by a stroke that is a little too long, or by a streak.

    No column goes on between them, unless it ends far from any row and is none, and neither side of one is in line with
    the other's.
    """
    lines = collinear(rows, text_height)
    far = OVERHANG * text_height
    top, bottom = (lines[0].position - far, lines[-1].position + far) if lines else (0.0, 0.0)
    for above, below in zip(lines, lines[1:], strict=False):
        gap, middle = below.position - above.position, (above.position + below.position) / 2
        through = [c for c in columns if min(c.end, below.position) - max(c.start, above.position) > GOES_ON * gap]
        if any(column.start >= top and column.end <= bottom for column in through):
            continue
        own = [column for column in columns if column not in through]
        parts = [
            (
                [row for row in rows if (row.position < middle) == upper],
                [column for column in own if ((column.start + column.end) / 2 < middle) == upper],
            )
            for upper in (True, False)
        ]
        if all(len(part[0]) >= 2 and len(part[1]) >= LEAST_COLUMNS for part in parts):
            upper, lower = (common_ends(collinear(part[0], text_height)) for part in parts)
            if min(abs(a - b) for a, b in zip(upper, lower, strict=True)) > OTHER_SIDE * text_height:
                return [parts[0], *_cut_apart(*parts[1], text_height)]
    return [(rows, columns)]


def _lattice(
    rows: list[Segment], columns: list[Segment], page: int, rulings: Rulings, known: Sequence[float], lossy: bool
) -> Grid | None:
    text_height = rulings.text_height
    horizontal, vertical = _prune(collinear(rows, text_height), collinear(columns, text_height), text_height)
    if len(horizontal) < 2 or not vertical:
        return None
    if _are_streaks(horizontal, vertical, rulings):
        return None
    horizontal = without_pen_strokes(horizontal, vertical, text_height)
    horizontal, vertical = _close_borders(horizontal, vertical, text_height)
    horizontal = thin_out(horizontal, MIN_ROW * text_height)
    vertical = thin_out(vertical, MIN_COLUMN * text_height)
    vertical = find_borders(vertical, horizontal, rulings, known)
    if len(horizontal) < 2 or len(vertical) < 2:
        return None
    seen = 1.0
    if lossy:
        seen = build_grid(horizontal, vertical, page, rulings).certainty
        horizontal = go_on(horizontal, vertical, rulings, upright=False)
        vertical = go_on(vertical, horizontal, rulings, upright=True)
    horizontal, vertical = _parting(horizontal, vertical), _parting(vertical, horizontal)
    if len(horizontal) < 2 or len(vertical) < 3:
        return None
    grid = build_grid(horizontal, vertical, page, rulings)
    return replace(grid, certainty=min(grid.certainty, seen))


def _prune(horizontal: list[Line], vertical: list[Line], text_height: float) -> tuple[list[Line], list[Line]]:
    """Drop strokes that cross no other: underlines, dashes, tall letters."""
    for _ in range(2):
        vertical = [line for line in vertical if _crossings(line, horizontal, text_height) >= 2]
        # a ruling may have lost its other end to a scan's edge, so one crossing is enough for a long one
        horizontal = [line for line in horizontal if _crossings(line, vertical, text_height) >= min(2, len(vertical))]
    return horizontal, vertical


def _crossings(line: Line, others: list[Line], text_height: float) -> int:
    reach = REACH * text_height
    return sum(
        any(a - reach <= other.position <= b + reach for a, b in line.stretches)
        and any(a - reach <= line.position <= b + reach for a, b in other.stretches)
        for other in others
    )


def _parting(lines: list[Line], crossing: list[Line]) -> list[Line]:
    """Without the inner lines that part no two cells."""
    spans = list(zip(crossing, crossing[1:], strict=False))
    return [
        line
        for i, line in enumerate(lines)
        if i in (0, len(lines) - 1) or any(line.covered(a.position, b.position) >= EDGE_COVERED for a, b in spans)
    ]


def _are_streaks(horizontal: list[Line], vertical: list[Line], rulings: Rulings) -> bool:
    """Whether all upright lines are a scanner's streaks in a table without any.

    None stands at the ends of the level rulings, and each runs through text, or ends elsewhere than at a ruling.
    """
    left, right = common_ends(horizontal)
    far, near = OVERHANG * rulings.text_height, FREE_END * rulings.text_height
    if vertical[0].position - left <= far or right - vertical[-1].position <= far:
        return False
    top, bottom = horizontal[0].position, horizontal[-1].position

    def is_streak(line: Line) -> bool:
        ends = max(abs(line.start - top), abs(line.end - bottom))
        return ends > near or rulings.crowded_share(line.position, line.start, line.end) > CROWDED

    return all(map(is_streak, vertical))


def _close_borders(horizontal: list[Line], vertical: list[Line], text_height: float) -> tuple[list[Line], list[Line]]:
    """Add an outer border where the rulings go on past the last crossing one."""
    far = OVERHANG * text_height
    left, right = common_ends(horizontal)
    top, bottom = common_ends(vertical)
    if vertical[0].position - left > far:
        vertical = [Line(left, ((horizontal[0].position, horizontal[-1].position),)), *vertical]
    if right - vertical[-1].position > far:
        vertical = [*vertical, Line(right, ((horizontal[0].position, horizontal[-1].position),))]
    if horizontal[0].position - top > far:
        horizontal = [Line(top, ((vertical[0].position, vertical[-1].position),)), *horizontal]
    if bottom - horizontal[-1].position > far:
        horizontal = [*horizontal, Line(bottom, ((vertical[0].position, vertical[-1].position),))]
    return horizontal, vertical


def build_grid(horizontal: list[Line], vertical: list[Line], page: int, rulings: Rulings | None) -> Grid:
    """Cells between the lines; neighbours without a ruling between them are merged. `rulings`: None if not ruled."""
    ys, xs = [line.position for line in horizontal], [line.position for line in vertical]
    n_rows, n_columns = len(ys) - 1, len(xs) - 1
    right = np.array([[vertical[c + 1].covered(ys[r], ys[r + 1]) for c in range(n_columns)] for r in range(n_rows)])
    below = np.array([[horizontal[r + 1].covered(xs[c], xs[c + 1]) for c in range(n_columns)] for r in range(n_rows)])
    if rulings is not None:
        _look_again(right, vertical[1:], ys, rulings, vertical_lines=True)
        _look_again(below.T, horizontal[1:], xs, rulings, vertical_lines=False)
    spans = _spans(right >= EDGE_COVERED, below >= EDGE_COVERED)
    cells = tuple(
        GridCell(r0, c0, r1 - r0 + 1, c1 - c0 + 1, _cell_box(horizontal, vertical, (r0, c0, r1 + 1, c1 + 1)))
        for r0, c0, r1, c1 in spans
    )
    box: Box = (xs[0], ys[0], xs[-1], ys[-1])
    return Grid(page, n_rows, n_columns, cells, box, rulings is not None, _certainty(right, below))


def _cell_box(horizontal: list[Line], vertical: list[Line], lines: tuple[int, int, int, int]) -> Box:
    """Box between the lines (top, left, bottom, right) where they pass the cell."""
    top, left, bottom, right = lines
    y = (horizontal[top].position + horizontal[bottom].position) / 2
    x = (vertical[left].position + vertical[right].position) / 2
    x0, x1 = vertical[left].at(y), vertical[right].at(y)
    y0, y1 = horizontal[top].at(x), horizontal[bottom].at(x)
    return float(x0), float(y0), float(max(x1, x0 + 1)), float(max(y1, y0 + 1))


def _look_again(
    covered: np.ndarray, lines: list[Line], crossing: list[float], rulings: Rulings, *, vertical_lines: bool
) -> None:
    """Raise `covered[i, j]`, of line j between crossing i and i + 1, where a mostly drawn line is faint or hidden."""
    for j, line in enumerate(lines[:-1]):
        share = (covered[:, j] >= EDGE_COVERED).mean()
        if share < MOSTLY_DRAWN:
            continue
        drawn = share >= SURELY_DRAWN
        for i in np.nonzero(covered[:, j] < EDGE_COVERED)[0]:
            stretch = crossing[i], crossing[i + 1]
            faint = rulings.faint_share(line.position, *stretch, vertical=vertical_lines)
            hidden = rulings.hidden_share(line.position, *stretch, vertical=vertical_lines) if drawn else 0.0
            covered[i, j] = max(covered[i, j], faint, min(covered[i, j] + hidden, 1.0) if hidden > HIDDEN else 0.0)


def _certainty(right: np.ndarray, below: np.ndarray) -> float:
    """How decided the rulings are: 1 where every side is clearly drawn or clearly missing."""
    decided = [
        np.abs(side - EDGE_COVERED) / np.where(side > EDGE_COVERED, 1 - EDGE_COVERED, EDGE_COVERED)
        for side in (right, below)
    ]
    return float(np.mean([np.clip(part * 1.25, 0, 1).mean() for part in decided]))


def _spans(right: np.ndarray, below: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Rectangles r0, c0, r1, c1 (inclusive) of unit cells not parted by a ruling, in reading order."""
    n_rows, n_columns = right.shape
    owner = -np.ones((n_rows, n_columns), int)
    spans: list[tuple[int, int, int, int]] = []
    for r in range(n_rows):
        for c in range(n_columns):
            if owner[r, c] >= 0:
                continue
            r1, c1 = _grow(r, c, right, below, owner)
            owner[r : r1 + 1, c : c1 + 1] = len(spans)
            spans.append((r, c, r1, c1))
    return spans


def _grow(r: int, c: int, right: np.ndarray, below: np.ndarray, owner: np.ndarray) -> tuple[int, int]:
    n_rows, n_columns = right.shape
    c1 = c
    while c1 + 1 < n_columns and not right[r, c1] and owner[r, c1 + 1] < 0:
        c1 += 1
    r1 = r
    while r1 + 1 < n_rows and not below[r1, c : c1 + 1].any():
        inner = right[r1 + 1, c:c1]
        walled = (c == 0 or right[r1 + 1, c - 1]) and right[r1 + 1, c1]
        if inner.any() or not walled or (owner[r1 + 1, c : c1 + 1] >= 0).any():
            break
        r1 += 1
    return r1, c1
