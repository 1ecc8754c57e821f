"""Rulings -> lattices: where rows and columns of a table part, and which cells are merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractor.grid.rulings import Rulings, Segment
from extractor.records import Box, Grid, GridCell

SAME_LINE = 0.35  # text heights: segments nearer than this are one ruling
REACH = 0.9  # text heights: a ruling that ends this near a crossing one meets it
EDGE_COVERED = 0.55  # share of a cell's side that must be ruled to part two cells
OVERHANG = 1.6  # text heights: rulings that go on this far past the last crossing one have lost their border
TIGHT_ROW = 2.0  # text heights: in a lower row tall letters reach from ruling to ruling and look like one
FEW_ROWS = 0.15  # a vertical line that parts no more than this share of the rows is letters or the rim of a stamp,
MANY_ROWS = 8  # where the rows are tight or as many as this
SLIVER = 1.5  # text heights: no column is narrower
WHOLE = 0.8  # share of the table's height from which a line is a border, whatever touches it
CLEAR, CROWDED = 0.08, 0.12  # shares of a vertical line with ink close beside it: a ruling's, a scratch's
OVERSHOT = 1.0  # text heights by which a scratch leaves the table and a border does not
MANY_LEAVE = 0.4  # share of the lines that leave the table from which it is the table that ends too early
LEAST_BORDERS = 3  # inner vertical lines, of which most must be rulings to tell a scratch
SURELY_DRAWN = 0.5  # the same, from which a side that a blot covers is drawn too
HIDDEN = 0.3  # share of a side under a blot, from which nothing is known of it
MOSTLY_DRAWN = 0.2  # share of a line's sides that are drawn, from which its other sides are looked at again
MIN_ROW, MIN_COLUMN = 0.55, 0.7  # text heights: nearer rulings are one double ruling


@dataclass(frozen=True, slots=True)
class Line:
    """Collinear segments: mean position across, the stretches covered along, and the segments where there are any."""

    position: float
    stretches: tuple[tuple[float, float], ...]
    segments: tuple[Segment, ...] = ()

    @property
    def start(self) -> float:
        """First covered pixel."""
        return self.stretches[0][0]

    @property
    def end(self) -> float:
        """Last covered pixel."""
        return self.stretches[-1][1]

    def at(self, along: float) -> float:
        """Where the line lies at this place along it."""
        if not self.segments:
            return self.position
        near = min(self.segments, key=lambda s: (max(s.start - along, along - s.end, 0.0), -s.length))
        share = (min(max(along, near.start), near.end) - near.start) / max(near.length, 1.0)
        return near.position + (share - 0.5) * near.drift

    def covered(self, start: float, end: float) -> float:
        """Share of start..end that is ruled."""
        inked = sum(max(min(b, end) - max(a, start), 0.0) for a, b in self.stretches)
        return inked / max(end - start, 1.0)


def find_lattices(rulings: Rulings, page: int, text_height: float, known: Sequence[float] = ()) -> tuple[Grid, ...]:
    """Ruled tables of a page, top to bottom. `known`: borders of the same table on other pages, in any unit."""
    groups = _group(rulings.rows, rulings.columns, text_height)
    grids = [_lattice(rows, columns, page, rulings, known) for rows, columns in groups]
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
    return [group for group in groups.values() if len(group[0]) >= 2]


def collinear(segments: list[Segment], text_height: float) -> list[Line]:
    """Segments at one position, joined."""
    lines: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: s.position):
        if lines and segment.position - _weighted(lines[-1]) <= SAME_LINE * text_height:
            lines[-1].append(segment)
        else:
            lines.append([segment])
    return [_line(members, text_height) for members in lines]


def _weighted(segments: list[Segment]) -> float:
    total = sum(s.length for s in segments)
    return sum(s.position * s.length for s in segments) / max(total, 1.0)


def _line(segments: list[Segment], text_height: float) -> Line:
    stretches: list[tuple[float, float]] = []
    for segment in sorted(segments, key=lambda s: s.start):
        if stretches and segment.start - stretches[-1][1] <= 0.5 * text_height:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], segment.end))
        else:
            stretches.append((segment.start, segment.end))
    return Line(_weighted(segments), tuple(stretches), tuple(segments))


def _lattice(
    rows: list[Segment], columns: list[Segment], page: int, rulings: Rulings, known: Sequence[float]
) -> Grid | None:
    text_height = rulings.text_height
    horizontal, vertical = _prune(collinear(rows, text_height), collinear(columns, text_height), text_height)
    if len(horizontal) < 2 or not vertical:
        return None
    horizontal, vertical = _close_borders(horizontal, vertical, text_height)
    horizontal = _thin_out(horizontal, MIN_ROW * text_height)
    vertical = _thin_out(vertical, MIN_COLUMN * text_height)
    vertical = [*vertical[:1], *_not_letters(vertical[1:-1], horizontal, rulings), *vertical[-1:]]
    vertical = _not_slivers(vertical, horizontal, text_height)
    vertical = [*vertical[:1], *_not_scratches(vertical[1:-1], horizontal, rulings), *vertical[-1:]]
    vertical = _not_unknown(vertical, known, rulings)
    horizontal, vertical = _parting(horizontal, vertical), _parting(vertical, horizontal)
    if len(horizontal) < 2 or len(vertical) < 3:
        return None
    return build_grid(horizontal, vertical, page, rulings)


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


def _not_letters(vertical: list[Line], horizontal: list[Line], rulings: Rulings) -> list[Line]:
    spans = list(zip(horizontal, horizontal[1:], strict=False))
    if len(spans) == 1:
        # of a single row, such as a header at a page's foot, nothing else tells
        top, bottom = (line.position for line in horizontal)
        return [line for line in vertical if rulings.is_whole(line.position, top, bottom)]
    kept = []
    for line in vertical:
        parted = [b.position - a.position for a, b in spans if line.covered(a.position, b.position) >= EDGE_COVERED]
        few = len(parted) <= max(1, FEW_ROWS * len(spans))
        tight = all(height < TIGHT_ROW * rulings.text_height for height in parted)
        if not few or not (tight or len(spans) >= MANY_ROWS):
            kept.append(line)
    return kept


def _not_slivers(vertical: list[Line], horizontal: list[Line], text_height: float) -> list[Line]:
    """Without inner lines over a part of the table that leave no room for a column beside a longer line."""
    height = horizontal[-1].position - horizontal[0].position

    def is_sliver(line: Line) -> bool:
        near = [other for other in vertical if 0 < abs(other.position - line.position) < SLIVER * text_height]
        return inked(line) < WHOLE * height and any(inked(other) > inked(line) for other in near)

    return [*vertical[:1], *(line for line in vertical[1:-1] if not is_sliver(line)), *vertical[-1:]]


def _not_scratches(vertical: list[Line], horizontal: list[Line], rulings: Rulings) -> list[Line]:
    """Without short lines that run through text, where the others keep clear of it: scratches, a scanner's streaks."""
    height = horizontal[-1].position - horizontal[0].position
    crowded = [_crowded(line, rulings) for line in vertical]
    if len(vertical) < LEAST_BORDERS or np.median(crowded) > CLEAR:
        return vertical
    pairs = zip(vertical, crowded, strict=True)
    kept = [line for line, share in pairs if share < CROWDED or inked(line) > WHOLE * height]
    # no border leaves its table, but for all of them where the table's first or last ruling is lost
    over = OVERSHOT * rulings.text_height
    leaving = [line.start < horizontal[0].position - over or line.end > horizontal[-1].position + over for line in kept]
    return kept if np.mean(leaving) > MANY_LEAVE else [x for x, out in zip(kept, leaving, strict=True) if not out]


def _not_unknown(vertical: list[Line], known: Sequence[float], rulings: Rulings) -> list[Line]:
    """Without inner lines beside those that the other pages have: streaks of a scanner's glass.

    Where the page does not have all of the others' borders, only those that run through text.
    """
    if len(known) < LEAST_BORDERS or len(vertical) <= len(known):
        return vertical
    left, width = vertical[0].position, vertical[-1].position - vertical[0].position
    borders = [left + width * (x - known[0]) / (known[-1] - known[0]) for x in known]
    drawn = [min(vertical, key=lambda line: abs(line.position - x)) for x in borders]
    missed = max(abs(line.position - x) for line, x in zip(drawn, borders, strict=True))
    own = set(map(id, drawn))
    if missed > rulings.text_height:
        own |= {id(line) for line in vertical if _crowded(line, rulings) <= CLEAR}
    return [line for line in vertical if id(line) in own or line in (vertical[0], vertical[-1])]


def _crowded(line: Line, rulings: Rulings) -> float:
    """Share of an upright line with ink close beside it."""
    shares = [rulings.crowded_share(line.position, a, b) for a, b in line.stretches]
    return float(np.average(shares, weights=[b - a for a, b in line.stretches]))


def _parting(lines: list[Line], crossing: list[Line]) -> list[Line]:
    """Without the inner lines that part no two cells."""
    spans = list(zip(crossing, crossing[1:], strict=False))
    return [
        line
        for i, line in enumerate(lines)
        if i in (0, len(lines) - 1) or any(line.covered(a.position, b.position) >= EDGE_COVERED for a, b in spans)
    ]


def _thin_out(lines: list[Line], least: float) -> list[Line]:
    """Double rulings become one."""
    kept: list[Line] = []
    for line in lines:
        if kept and line.position - kept[-1].position < least:
            both = kept[-1]
            longer = both if inked(both) >= inked(line) else line
            kept[-1] = Line(longer.position, tuple(sorted((*both.stretches, *line.stretches))), longer.segments)
        else:
            kept.append(line)
    return kept


def inked(line: Line) -> float:
    """Pixels along which the line is drawn."""
    return sum(b - a for a, b in line.stretches)


def _close_borders(horizontal: list[Line], vertical: list[Line], text_height: float) -> tuple[list[Line], list[Line]]:
    """Add an outer border where the rulings go on past the last crossing one."""
    far = OVERHANG * text_height
    left, right = _common_ends(horizontal)
    top, bottom = _common_ends(vertical)
    if vertical[0].position - left > far:
        vertical = [Line(left, ((horizontal[0].position, horizontal[-1].position),)), *vertical]
    if right - vertical[-1].position > far:
        vertical = [*vertical, Line(right, ((horizontal[0].position, horizontal[-1].position),))]
    if horizontal[0].position - top > far:
        horizontal = [Line(top, ((vertical[0].position, vertical[-1].position),)), *horizontal]
    if bottom - horizontal[-1].position > far:
        horizontal = [*horizontal, Line(bottom, ((vertical[0].position, vertical[-1].position),))]
    return horizontal, vertical


def _common_ends(lines: list[Line]) -> tuple[float, float]:
    """Where most of the longest lines start and end (one stray stroke doesn't widen a table)."""
    longest = sorted(lines, key=inked)[-max(len(lines) // 2, 1) :]
    starts, ends = sorted(line.start for line in longest), sorted(line.end for line in longest)
    return starts[min(len(starts) // 3, 1)], ends[-1 - min(len(ends) // 3, 1)]


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
