"""Drafted tables -> the JSON of `extractor tables`: grids over pages, cut rows joined, repeated headers left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extractor.reading import Engine, read_cells, read_lines
from extractor.records import CellText, DraftTable, Field, GridText, PageText, Source
from extractor.report import FindingInfo, Outcome, Place, TableCell, TableGrid, TablesAbout, TablesDocument
from extractor.table import boundaries, find_caption, fit_columns, fold

MOTTO = re.compile(r"cong hoa xa hoi|doc lap.{1,5}tu do|tu do.{1,5}hanh phuc")  # the letterhead's last lines


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell at its place in the whole table, with its further pieces."""

    parts: tuple[CellText, ...]
    row: int
    column: int
    row_span: int
    column_span: int

    @property
    def last_row(self) -> int:
        """The last row that it covers."""
        return self.row + self.row_span - 1


def write_tables(
    source: Source,
    drafts: Sequence[DraftTable],
    pages: Sequence[PageText],
    findings: tuple[FindingInfo, ...],
    engines: Mapping[str, Engine],
    words: frozenset[str],
) -> TablesDocument:
    """All tables with the text of their cells."""
    tables = tuple(_write_table(draft, pages, engines, words) for draft in drafts)
    about = TablesAbout(source_name=source.name, sha256=source.sha256, page_count=source.page_count)
    outcome: Outcome = "partial" if any(one.rule == "unread-page" for one in findings) else "complete"
    return TablesDocument(outcome=outcome, document=about, tables=tables, findings=findings)


def _write_table(
    draft: DraftTable, pages: Sequence[PageText], engines: Mapping[str, Engine], words: frozenset[str]
) -> TableGrid:
    placed = _place(draft)
    fields = read_cells([cell.parts for cell in placed], engines, words)
    n_rows = max(cell.last_row for cell in placed) + 1
    n_columns = max(cell.column + cell.column_span for cell in placed)
    pairs = zip(placed, fields, strict=True)
    cells = [_cell(cell, field) for cell, field in pairs]
    return TableGrid(
        caption=_caption(draft.grids[0], pages, engines, words),
        pages=tuple(dict.fromkeys(grid.ink.grid.page for grid in draft.grids)),
        n_rows=n_rows,
        n_columns=n_columns,
        header_rows=draft.header_rows[0],
        confidence=min(grid.ink.grid.certainty for grid in draft.grids),
        cells=tuple(sorted((*cells, *_missing(cells, n_columns)), key=lambda cell: (cell.row, cell.column))),
    )


def _place(draft: DraftTable) -> list[_Placed]:
    """Cells of all grids, a later grid's header left out, rows counted through and those cut by a page break joined."""
    widest = max(draft.grids, key=lambda grid: grid.ink.grid.n_columns)
    cut = {b.page for row in draft.rows for a, b in pairwise(row.pieces) if a.page != b.page}
    placed: list[_Placed] = []
    offset = 0
    for index, grid in enumerate(draft.grids):
        skipped = draft.header_rows[index] if index else 0
        columns = _columns(grid, widest)
        own = [_placed(cell, offset - skipped, columns) for cell in grid.cells if cell.ink.cell.row >= skipped]
        if index and grid.ink.grid.page in cut:
            joined = _join(placed, own, offset)
            if joined is not None:
                placed, own = joined
                offset -= 1
        placed += own
        offset += grid.ink.grid.n_rows - skipped
    return placed


def _columns(grid: GridText, widest: GridText) -> tuple[int, ...]:
    """Which column of the widest grid each of the grid's is: a last page may lack the first one."""
    fitted = fit_columns(boundaries(widest), grid)[0]
    return fitted or tuple(range(grid.ink.grid.n_columns))


def _placed(cell: CellText, down: int, columns: Sequence[int]) -> _Placed:
    at = cell.ink.cell
    first, last = columns[at.column], columns[at.column + at.column_span - 1]
    return _Placed((cell,), at.row + down, first, at.row_span, last - first + 1)


def _join(before: Sequence[_Placed], after: Sequence[_Placed], row: int) -> tuple[list[_Placed], list[_Placed]] | None:
    """(cells with the rest of their last row, the cells below it), one row up; None where their cells differ.

    `row`: where the later page's cells begin.
    """
    rest = {cell.column: cell for cell in after if cell.row == row}
    last = {cell.column: cell for cell in before if cell.last_row == row - 1}
    if any(cell.row_span > 1 for cell in rest.values()):
        return None
    if any(c not in last or last[c].column_span != cell.column_span for c, cell in rest.items()):
        return None
    whole = {id(last[c]): replace(last[c], parts=last[c].parts + cell.parts) for c, cell in rest.items()}
    return [whole.get(id(cell), cell) for cell in before], [replace(c, row=c.row - 1) for c in after if c.row > row]


def _missing(cells: Sequence[TableCell], n_columns: int) -> Iterator[TableCell]:
    """Empty cells where a page lacks a column that others have."""
    covered = {(cell.row + r, cell.column + c): cell
               for cell in cells for r in range(cell.row_span) for c in range(cell.column_span)}  # fmt: skip
    for row in range(max(row for row, _ in covered) + 1):
        near = next((covered[row, c] for c in range(n_columns) if (row, c) in covered), None)
        for column in range(n_columns):
            if (row, column) not in covered and near is not None:
                side = near.box[0] if column < near.column else near.box[2]
                box = (side, near.box[1], side, near.box[3])
                yield TableCell(row=row, column=column, row_span=1, column_span=1, text="",
                                confidence=near.confidence, page=near.page, box=box)  # fmt: skip


def _cell(placed: _Placed, field: Field) -> TableCell:
    first, *rest = (part.ink.piece for part in placed.parts)
    return TableCell(
        row=placed.row,
        column=placed.column,
        row_span=placed.row_span,
        column_span=placed.column_span,
        text=_text(placed.parts, field),
        confidence=field.confidence,
        page=first.page,
        box=first.box,
        continued=tuple(Place(page=piece.page, box=piece.box) for piece in rest),
    )


def _text(parts: Sequence[CellText], field: Field) -> str:
    """The field with its line breaks where the text layer or the lines of ink have them."""
    layers = [part.ink.words for part in parts]
    if all(layer is not None for layer in layers):
        return "\n".join(" ".join(line.split()) for layer in layers for line in (layer or "").split("\n"))
    return "\n".join(field.lines) if field.lines else field.raw


def _caption(grid: GridText, pages: Sequence[PageText], engines: Mapping[str, Engine], words: frozenset[str]) -> str:
    page = next(page for page in pages if page.number == grid.ink.grid.page)
    own = grid.ink.upright
    above = [other.ink.upright[3] for other in page.grids if other.ink.upright[3] <= own[1]]
    lines = find_caption(page.loose, own, max(above, default=0.0))
    texts = [text for text, _ in read_lines(lines, engines, words) if text]
    heads = [n for n, text in enumerate(texts) if MOTTO.search(fold(text))]
    return " ".join(texts[heads[-1] + 1 :] if heads else texts)
