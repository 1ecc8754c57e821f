"""Print in the columns of a table without rulings -> where its rows part.

Lines of one cell stand a constant pitch apart; between rows there is more white, or a line that ended early although
the next word would have fit. The column that is fuller than the others on both sides of a gap tells which it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from extractor.grid.phrases import Phrase, group_lines

CORE = 0.6  # text heights above the baseline that no other line's marks and tails reach
PITCHES = (1.1, 2.6)  # text heights from line to line within a cell
SINGLE = 2.0  # the same where nothing else tells the pitch of lines from that of rows
APART = 1.12  # how many times wider the pitch of rows is, where there is white between them
APART_BUT_ONE = 1.17  # the same where one pitch lies between: a line of larger letters, a slip of a baseline
LEAST_WRAPPED = 3  # gaps as narrow on a page; fewer may be a slip of a baseline
MANY_FIT = 0.4  # share of the narrow gaps over which the next word would have fit: then they part rows
FEW_FIT = 0.2  # the same where a column alone tells it
WRAPS = 4.0  # text heights: in a narrower column no words are wrapped
NO_ROOM = 1.9  # pitches of lines between two rows: one more line would not fit
LEVEL = 0.35  # text heights between the baselines, or middles, of what stands level
SPACE = 0.35  # text heights: a word needs this much before it


@dataclass(frozen=True, slots=True)
class _Line:
    """Print of one column on one line."""

    x0: float
    x1: float
    y0: float
    y1: float
    baseline: float
    first_word: float
    full: bool


@dataclass(frozen=True, slots=True)
class _Gap:
    """White between two bands of print: `pitch` of the lines that stand closest over it; whether a word would `fit`.

    `shared`: lines of several columns stand as close over it, as where rows of one line follow each other.
    """

    top: float
    bottom: float
    pitch: float
    fits: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class _Span:
    """Baselines of the first and the last line of a cell in one column."""

    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class RowBorders:
    """`ys`: top to bottom. `by_white`: whether white alone told the rows.

    `merged`: for each cell that is merged over several rows its column and the y between which they part.
    """

    ys: list[float]
    by_white: bool
    merged: tuple[tuple[int, float, float], ...]


def find_row_borders(phrases: Sequence[Phrase], xs: Sequence[float], text_height: float) -> RowBorders:
    """Where the rows of a table part. `xs`: borders of its columns, in pixels as the phrases."""
    members = _by_column(phrases, xs)
    columns = [[_line(group) for group in group_lines(column, text_height)] for column in members]
    cells = _find_merged(columns, text_height)
    merged = tuple((n, room.top, room.bottom) for n, own in enumerate(cells) for room in own.values())
    columns = [
        [line for line in column if not any(_lies_in(line, cell, text_height) for cell in own)]
        for column, own in zip(columns, cells, strict=True)
    ]
    gaps = _gaps([lines for lines in columns if lines], text_height)
    narrow = _within_cells(gaps, text_height)
    told = bool(narrow)
    if not told:
        narrow = [gap for gap in gaps if gap.pitch <= SINGLE * text_height and not gap.fits]
    top, bottom = min(p.y0 for p in phrases) - 0.3 * text_height, max(p.y1 for p in phrases) + 0.3 * text_height
    inner = [(gap.top + gap.bottom) / 2 for gap in gaps if gap not in narrow]
    return RowBorders(_without_remains([top, *inner, bottom], phrases, xs), told, merged)


def _find_merged(columns: Sequence[Sequence[_Line]], text_height: float) -> list[dict[_Span, _Span]]:
    """Of each column the cells of several rows, with the last baseline of the first row and the first of the last one.

    The lines of a cell stand level with its row: at the top, in the middle or at the foot. Those of a cell merged over
    several rows are level with the middle of them all, often where two of them part.
    """
    fullest = max(columns, key=len)
    gaps = _gaps([fullest], text_height) if fullest else []
    pitches = [gap.pitch for gap in _within_cells(gaps, text_height, alone=True)]
    found: list[dict[_Span, _Span]] = []
    for column in columns:
        # letters of another size stand a little further apart
        cells = _cells(column, APART * max(pitches)) if pitches and column is not fullest else []
        rows = _rows([c for c in columns if c and c is not column], max(pitches), text_height) if cells else []
        room = NO_ROOM * float(np.median(pitches)) if pitches else 0.0
        over = [_rows_of(cell, cells, rows, room, LEVEL * text_height) for cell in cells]
        merged = {cell: _Span(own[0].bottom, own[-1].top) for cell, own in zip(cells, over, strict=True) if own}
        # where each cell stands lower than its row, none is merged
        found.append(merged if len(merged) + len(cells) <= len(rows) else {})
    return found


def _rows(columns: Sequence[Sequence[_Line]], pitch: float, text_height: float) -> list[_Span]:
    """Baselines of the rows that some columns make, of lines that stand no further apart than the pitch."""
    parting = [(gap.top + gap.bottom) / 2 for gap in _gaps(columns, text_height) if gap.pitch > pitch]
    baselines = np.sort([line.baseline for lines in columns for line in lines])
    return [_Span(*part[[0, -1]]) for part in np.split(baselines, np.searchsorted(baselines, parting))]


def _rows_of(cell: _Span, column: Sequence[_Span], rows: Sequence[_Span], room: float, near: float) -> Sequence[_Span]:
    """The rows over which a cell is merged, none where it is of one row. `column`: its column's cells."""
    below = next((i for i, row in enumerate(rows) if cell.top < row.top - near), 0)
    above = below - 1
    if below == 0 or rows[above].bottom + near >= cell.bottom:
        return ()
    # where a line more would have room, something that was not seen made the row so high
    if rows[below].top - rows[above].bottom >= room or any(_is_level(cell, rows[i], near) for i in (above, below)):
        return ()
    others = [other for other in column if other is not cell]
    spans = [rows[i : j + 1] for i in range(below) for j in range(below, len(rows))]
    level = [
        span
        for span in spans
        if abs(span[0].top + span[-1].bottom - 2 * cell.middle) < 2 * near
        and not any(other.top <= span[-1].bottom + near and other.bottom >= span[0].top - near for other in others)
    ]
    return min(level, key=len, default=())


def _is_level(cell: _Span, row: _Span, near: float) -> bool:
    return min(abs(row.top - cell.top), abs(row.bottom - cell.bottom), abs(row.middle - cell.middle)) <= near


def _cells(lines: Sequence[_Line], pitch: float) -> list[_Span]:
    """The lines of a column, those that stand no further apart than the pitch as one."""
    cells: list[_Span] = []
    for line in lines:
        if not line.full:
            continue
        if cells and line.baseline - cells[-1].bottom < pitch:
            cells[-1] = _Span(cells[-1].top, line.baseline)
        else:
            cells.append(_Span(line.baseline, line.baseline))
    return cells


def _lies_in(line: _Line, cell: _Span, text_height: float) -> bool:
    middle = (line.y0 + line.y1) / 2
    return cell.top - text_height < middle < cell.bottom + SPACE * text_height


def _without_remains(borders: Sequence[float], phrases: Sequence[Phrase], xs: Sequence[float]) -> list[float]:
    """The borders without rows that are none: what is left of a level ruling, and where a note alone goes on."""
    letters = [((p.x0 + p.x1) / 2, (p.y0 + p.y1) / 2) for p in phrases if p.full]
    kept = [borders[0]]
    for y, following in pairwise(borders[1:]):
        between = [x for x, middle in letters if kept[-1] < middle < y]
        below = [x for x, middle in letters if y < middle < following]
        if not between and len(kept) > 1:
            kept[-1] = (kept[-1] + y) / 2
        elif not below or min(below) < xs[-2]:
            kept.append(y)
    return [*kept, borders[-1]]


def _by_column(phrases: Sequence[Phrase], xs: Sequence[float]) -> list[list[Phrase]]:
    columns: list[list[Phrase]] = [[] for _ in xs[1:]]
    for phrase in phrases:
        at = int(np.searchsorted(xs, (phrase.x0 + phrase.x1) / 2)) - 1
        columns[min(max(at, 0), len(columns) - 1)].append(phrase)
    return columns


def _line(group: Sequence[Phrase]) -> _Line:
    first = min(group, key=lambda p: p.x0)
    widest = max(group, key=lambda p: (p.full, p.x1 - p.x0))
    return _Line(
        first.x0,
        max(p.x1 for p in group),
        min(p.y0 for p in group),
        max(p.y1 for p in group),
        widest.baseline,
        first.words[0][1] - first.words[0][0],
        any(p.full for p in group),
    )


def _gaps(columns: Sequence[Sequence[_Line]], text_height: float) -> list[_Gap]:
    """Heights that no column's print covers, top to bottom."""
    lines = sorted((line for lines in columns for line in lines), key=lambda line: line.baseline)
    gaps: list[_Gap] = []
    floor = lines[0].baseline
    for line in lines[1:]:
        if line.baseline - CORE * text_height > floor:
            gaps.append(_gap(columns, floor, line.baseline - CORE * text_height, text_height))
        floor = max(floor, line.baseline)
    return gaps


def _gap(columns: Sequence[Sequence[_Line]], top: float, bottom: float, text_height: float) -> _Gap:
    found = []
    tails, heads = [top], [bottom]
    for lines in columns:
        above = [line for line in lines if line.baseline <= top]
        below = [line for line in lines if line.baseline > top]
        if above and below and above[-1].full and below[0].full:
            width = max(line.x1 - line.x0 for line in lines)
            last, first = above[-1], below[0]
            fits = last.x1 - last.x0 + SPACE * text_height + first.first_word <= width
            found.append((first.baseline - last.baseline, fits and width >= WRAPS * text_height))
        tails += [line.y1 for line in above[-1:]]
        heads += [line.y0 for line in below[:1]]
    # marks and tails of letters lie clear of the border where there is room for them
    clear = max(tails), min(heads)
    edges = clear if clear[0] < clear[1] else (top, bottom)
    pitch = min((pitch for pitch, _ in found), default=np.inf)
    nearest = [fits for other, fits in found if other <= pitch + 0.1 * text_height]
    return _Gap(*edges, float(pitch), any(nearest), len(nearest) > 1)


def _within_cells(gaps: Sequence[_Gap], text_height: float, *, alone: bool = False) -> list[_Gap]:
    """The gaps between lines of one cell, where their pitch tells them from those between rows.

    `alone`: they are of one column, so that no other one tells where rows of one line follow each other.
    """
    least, most = (bound * text_height for bound in PITCHES)
    pitches = sorted(gap.pitch for gap in gaps if least <= gap.pitch < np.inf)
    for count, cut in enumerate((pitch for pitch in pitches if pitch <= most), 1):
        # the white around cells of many lines makes pitches of all kinds, so the least that recurs is the lines'
        if count < LEAST_WRAPPED or not _ends(pitches, count):
            continue
        narrow = [gap for gap in gaps if gap.pitch <= cut]
        # a note of many lines may be ragged, but stands alone beside its row
        fit = [gap.fits and (gap.shared or alone) for gap in narrow]
        if np.mean(fit) <= (FEW_FIT if alone else MANY_FIT):
            return narrow
    return []


def _ends(pitches: Sequence[float], count: int) -> bool:
    """Whether the pitches from `count` on are wider, apart from one that lies between, nearer to those before."""
    pitch, *wider = pitches[count - 1 : count + 1]
    if wider and wider[0] >= APART * pitch:
        return True
    before = pitches[count - 2]
    return bool(wider) and wider[0] >= APART_BUT_ONE * before and pitch / before < wider[0] / pitch
