"""Drafted rows whose borders are doubtful, and a catalogue -> rows as its labels tell them.

Where the lines of a cell stand as far apart as rows do, no geometry tells them apart; the labels of the form do. They
do so where a ruling between two rows was lost. What is printed beside a label follows it by its height on the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import numpy as np

from extractor.indicator import is_label, part_labels
from extractor.records import (
    Box,
    Catalogue,
    CellInk,
    CellText,
    DraftRow,
    DraftTable,
    GridCell,
    Piece,
    Reading,
    TextLine,
)
from extractor.table import rejoin_rows, role_of

GUESSED = 0.4  # certainty of a grid up to which its rows were told by white alone
LEAST_GAIN = 0.02  # share of the letters by which another parting of the rows must be likelier
LEAST_LINES = 4
MERGED_GAIN = 0.25  # the same within one ruled row: two labels in it are far more alike than one
LEAST_REST = 12  # letters of a row that the form lacks
COUNT = re.compile(r"\(\s*\d{1,2}\s*\)$")
LEAST_COUNTS = 3  # numbers of columns at one height
ABOVE = 0.25  # of a line's height: where a row begins above its first line, in a table aligned at the top


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a cell: its text with its first reading, or of a text layer (no `ink`, no `reading`)."""

    box: Box
    text: str
    cell: CellText
    ink: TextLine | None = None
    reading: Reading | None = None

    @property
    def top(self) -> float:
        return float(self.box[1])

    @property
    def bottom(self) -> float:
        return float(self.box[3])

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def part_by_labels(draft: DraftTable, catalogue: Catalogue) -> DraftTable:
    """The table, with the rows of its pages parted anew where the catalogue's labels fit far better so."""
    drafted, rows = list(draft.rows), list[DraftRow]()
    for at, head in reversed(draft.headed):
        drafted[at:at] = _below_header(head, catalogue)
    for loose, run in groupby(map(_by_break, drafted), key=lambda pair: _loose_page(pair[0])):
        pairs = list(run)
        members = [row if loose is None else _without_counts(row) for row, _ in pairs]
        parted = _part_run(members, catalogue) if loose is not None else []
        rows += parted or [part for row in members for part in _part_merged(row, catalogue)]
        if (overleaf := pairs[-1][1]) is not None:
            rows[-1] = rejoin_rows(rows[-1], overleaf)
    return replace(draft, rows=tuple(rows))


def _by_break(row: DraftRow) -> tuple[DraftRow, DraftRow | None]:
    """A row whose borders were guessed, and what of it stands overleaf: before the break there may be several rows."""
    first = row.pieces[0].page
    if row.grid_certainty > GUESSED or all(piece.page == first for piece in row.pieces):
        return row, None

    def part(*, here: bool) -> DraftRow:
        def on(cells: Sequence[CellText]) -> tuple[CellText, ...]:
            return tuple(cell for cell in cells if (cell.ink.piece.page == first) is here)

        return replace(
            row,
            stt=on(row.stt),
            label=on(row.label),
            unit=on(row.unit),
            value=on(row.value),
            note=on(row.note),
            others=tuple(map(on, row.others)),
            pieces=tuple(piece for piece in row.pieces if (piece.page == first) is here),
        )

    return part(here=True), part(here=False)


def _loose_page(row: DraftRow) -> int | None:
    """The page of a row whose borders were guessed, None of any other."""
    return row.pieces[0].page if row.grid_certainty <= GUESSED and _has_heights(row) else None


def _has_heights(row: DraftRow) -> bool:
    """Whether each line of the row is known by its height on one page, so that none is lost when it is parted."""
    return len(row.pieces) == 1 and all(
        len(cell.ink.lines) == len(cell.lines)
        if cell.ink.words is None
        else len(cell.ink.word_boxes) == len(cell.ink.words.split("\n"))
        for cell in _cells(row)
    )


def _below_header(head: DraftRow, catalogue: Catalogue) -> tuple[DraftRow, ...]:
    """The row that white did not part from the header above it, if a label of the form stands below its words."""
    if not _has_heights(head):
        return ()
    words = [line for line in _lines(_cells(head)) if role_of(line.text) is not None or COUNT.match(line.text)]
    foot = max((line.bottom for line in words), default=np.inf)
    below = [line.text for line in _lines(head.label) if line.middle > foot]
    # of more than one row below it the labels part them later
    begins = any(is_label(" ".join(below[:n]), catalogue) for n in range(1, len(below) + 1))
    return (_row((head,), _place((head,)), foot, np.inf),) if begins else ()


def _without_counts(row: DraftRow) -> DraftRow:
    """The row without the numbers of columns, "(1) (2) (3)", that stand above it, be it below a header's words."""
    lines = sorted(_lines(_cells(row)), key=lambda line: line.top)
    counts = [line for line in lines if COUNT.match(line.text)]
    level = [line for line in counts if line.top < counts[0].bottom]
    above = [line for line in lines if level and line.bottom < level[0].top]
    if len(level) < LEAST_COUNTS or any(role_of(line.text) is None for line in above):
        return row
    return _row((row,), _place((row,)), max(line.bottom for line in level), np.inf)


def _are_alike(rows: Sequence[DraftRow]) -> bool:
    """Whether all print is of a text layer, or none: a cell made of both would lose one."""
    kinds = {cell.ink.words is None for row in rows for cell in _cells(row) if cell.ink.has_ink}
    return len(kinds) < 2


def _cells(row: DraftRow) -> tuple[CellText, ...]:
    return (*row.stt, *row.label, *row.unit, *row.value, *row.note, *(cell for other in row.others for cell in other))


def _part_run(rows: Sequence[DraftRow], catalogue: Catalogue) -> list[DraftRow]:
    """The rows of a page anew; none where its geometry does as well."""
    label = [list(_lines(row.label)) for row in rows]
    lines = sorted((line for own in label for line in own), key=lambda line: line.top)
    if len(lines) < LEAST_LINES or not _are_alike(rows):
        return []
    firsts = {id(min(own, key=lambda line: line.top)) for own in label if own}
    borders = frozenset(i for i, line in enumerate(lines) if id(line) in firsts)
    starts, gain = part_labels([line.text for line in lines], catalogue, borders)
    return [] if gain < LEAST_GAIN or frozenset(starts) == borders else _parted(rows, lines, starts)


def _part_merged(row: DraftRow, catalogue: Catalogue) -> Sequence[DraftRow]:
    """The row, or the rows whose labels it holds."""
    lines = sorted(_lines(row.label), key=lambda line: line.top)
    texts = [line.text for line in lines]
    if len(lines) < 2 or not _has_heights(row) or not _are_alike((row,)) or is_label(" ".join(texts), catalogue):
        return [row]
    starts, gain = part_labels(texts, catalogue, frozenset((0,)))
    doubted = replace(row, grid_certainty=min(row.grid_certainty, GUESSED))
    if gain < MERGED_GAIN or len(starts) < 2:
        return [doubted if _holds_another(texts, catalogue) else row]
    return _parted([doubted], lines, starts)


def _holds_another(texts: Sequence[str], catalogue: Catalogue) -> bool:
    """Whether lines of a label are one of the form's, and those before or behind it another that the form lacks."""
    for at in range(1, len(texts)):
        parts = " ".join(texts[:at]), " ".join(texts[at:])
        for label, rest in (parts, parts[::-1]):
            begins = rest.lstrip("-+ ")[:1].isupper() and sum(map(str.isalpha, rest)) >= LEAST_REST
            if begins and is_label(label, catalogue):
                return True
    return False


def _parted(rows: Sequence[DraftRow], lines: Sequence[_Line], starts: Sequence[int]) -> list[DraftRow]:
    """The rows anew, each from the line that begins its label to the next one's."""
    blocks = [lines[a:b] for a, b in pairwise((*starts, len(lines)))]
    place = _place(rows)
    return [_row(rows, place, top, bottom) for top, bottom in pairwise((-np.inf, *_edges(blocks, rows), np.inf))]


def _lines(cells: Sequence[CellText]) -> Iterator[_Line]:
    for cell in cells:
        if cell.ink.words is not None:
            for text, box in zip(cell.ink.words.split("\n"), cell.ink.word_boxes, strict=False):
                yield _Line(box, text, cell)
        for ink, reading in zip(cell.ink.lines, cell.lines, strict=False):
            yield _Line(ink.box, reading.text, cell, ink, reading)


def _edges(blocks: Sequence[Sequence[_Line]], rows: Sequence[DraftRow]) -> list[float]:
    """Where each row but the first begins, in pixels of the page."""
    beside = np.array([line.middle for row in rows for cells in (row.unit, row.value) for line in _lines(cells)])
    at_top = centred = 0
    for block in blocks:
        own = beside[(beside > block[0].top) & (beside < block[-1].bottom)]
        if len(block) > 1 and len(own):
            middle = (block[0].top + block[-1].bottom) / 2
            at_top += int(abs(own[0] - block[0].middle) < abs(own[0] - middle))
            centred += int(abs(own[0] - block[0].middle) >= abs(own[0] - middle))
    if at_top >= centred:
        return [after[0].top - ABOVE * (after[0].bottom - after[0].top) for after in blocks[1:]]
    return [(before[-1].bottom + after[0].top) / 2 for before, after in pairwise(blocks)]


def _row(rows: Sequence[DraftRow], place: _Place, top: float, bottom: float) -> DraftRow:
    """What stands between two heights, as one row."""
    low, high = max(top, place.start), min(bottom, place.end)

    def within(cells: Sequence[CellText]) -> tuple[CellText, ...]:
        found = [line for line in _lines(cells) if top <= line.middle < bottom]
        return (_cell(cells, found, place, (low, high)),) if cells else ()

    model = rows[0]
    columns = max(len(row.others) for row in rows)
    others = [[cell for row in rows if n < len(row.others) for cell in row.others[n]] for n in range(columns)]
    return DraftRow(
        stt=within([cell for row in rows for cell in row.stt]),
        label=within([cell for row in rows for cell in row.label]),
        unit=within([cell for row in rows for cell in row.unit]),
        value=within([cell for row in rows for cell in row.value]),
        note=within([cell for row in rows for cell in row.note]),
        others=tuple(within(cells) for cells in others),
        pieces=(Piece(model.pieces[0].page, place.source(place.box, low, high)),),
        columns_missing=model.columns_missing,
        grid_certainty=min(row.grid_certainty for row in rows),
        value_merged=any(row.value_merged for row in rows),
        note_merged=any(row.note_merged for row in rows),
    )


def _cell(cells: Sequence[CellText], lines: Sequence[_Line], place: _Place, span: tuple[float, float]) -> CellText:
    """One cell of the lines; what is known of the cells that they come from holds for it too."""
    ordered = sorted(lines, key=lambda line: (line.top, line.box[0]))
    x0, x1 = min(cell.ink.cell.box[0] for cell in cells), max(cell.ink.cell.box[2] for cell in cells)
    old = (
        min(cell.ink.piece.box[0] for cell in cells),
        min(cell.ink.piece.box[1] for cell in cells),
        max(cell.ink.piece.box[2] for cell in cells),
        max(cell.ink.piece.box[3] for cell in cells),
    )
    own = {id(line.cell): line.cell for line in ordered}
    touched = [cell.ink for cell in cells if cell.ink.cell.box[1] < span[1] and cell.ink.cell.box[3] > span[0]]
    inks = [cell.ink for cell in own.values()] or touched
    layer = [line.text for line in ordered if line.ink is None]
    ink = CellInk(
        GridCell(0, cells[0].ink.cell.column, 1, 1, (x0, span[0], x1, span[1])),
        Piece(cells[0].ink.piece.page, place.source(old, *span)),
        tuple(line.ink for line in ordered if line.ink is not None),
        words="\n".join(layer) if layer else None,
        word_boxes=tuple(line.box for line in ordered if line.ink is None),
        stamped=max((one.stamped for one in inks), default=0.0),
        pen=any(one.pen for one in inks),
        touches=any(one.touches for one in inks),
        specks=any(one.specks for one in touched),
        stray=any(one.stray for one in inks),
        dirt=any(one.dirt for one in inks),
        blot=any(one.blot for one in inks),
        cut=any(one.cut for one in touched),
        covered=any(one.covered for one in touched),
        faint=tuple(f for one in touched for f in one.faint if span[0] <= (f.box[1] + f.box[3]) / 2 < span[1]),
    )
    readings = tuple(line.reading for line in ordered if line.reading is not None)
    text = " ".join(line.text for line in ordered if line.text)
    return CellText(ink, text, min((reading.confidence for reading in readings), default=1.0), readings)


@dataclass(frozen=True, slots=True)
class _Place:
    """Heights `start` to `end` on the straight page -> `box` of the source page, along the side that the rows follow.

    `axis`: 1 downwards, 0 to the side, on a sheet that lies; `backwards`: on one that was turned.
    """

    box: Box
    start: float
    end: float
    axis: int
    backwards: bool

    def source(self, box: Box, top: float, bottom: float) -> Box:
        """The part of a box of the source page between two heights of the straight page."""
        low, high = self.box[self.axis], self.box[self.axis + 2]
        shares = [(y - self.start) / max(self.end - self.start, 1.0) for y in (top, bottom)]
        if self.backwards:
            shares = [1.0 - share for share in reversed(shares)]
        a, b = (low + min(max(share, 0.0), 1.0) * (high - low) for share in shares)
        return (a, box[1], b, box[3]) if self.axis == 0 else (box[0], a, box[2], b)


def _place(rows: Sequence[DraftRow]) -> _Place:
    cells = [cell.ink for row in rows for cell in _cells(row)]
    boxes = np.array([row.pieces[0].box for row in rows])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    first, last = min(cells, key=lambda cell: cell.cell.box[0]), max(cells, key=lambda cell: cell.cell.box[0])
    # where columns follow each other to the right, rows do downwards, and so on around
    right, down = (sum(last.piece.box[side::2]) - sum(first.piece.box[side::2]) for side in (0, 1))
    axis = 1 if abs(right) >= abs(down) else 0
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    start, end = min(cell.cell.box[1] for cell in cells), max(cell.cell.box[3] for cell in cells)
    return _Place(box, start, end, axis, right < 0 if axis else down > 0)
