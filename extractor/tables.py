"""Drafted tables -> the JSON of `extractor tables`: grids over pages, cut rows joined, repeated headers left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractor.reading import Engine, read_cells, read_lines
from extractor.records import CellText, DraftTable, Field, GridText, LooseLine, PageText, Source
from extractor.report import FindingInfo, Outcome, TableCell, TableGrid, TablesAbout, TablesDocument

CAPTION_REACH = 0.08  # of the page's height above the table in which its caption stands
CAPTION_LINES = 3


@dataclass(frozen=True, slots=True)
class _Placed:
    """A cell at its row of the whole table, with its further pieces."""

    parts: tuple[CellText, ...]
    row: int
    row_span: int


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
    placed = list(_place(draft))
    fields = read_cells([cell.parts for cell in placed], engines, words)
    n_rows = max(cell.row + cell.row_span for cell in placed)
    n_columns = max(grid.ink.grid.n_columns for grid in draft.grids)
    return TableGrid(
        caption=_caption(draft.grids[0], pages, engines, words),
        pages=tuple(dict.fromkeys(grid.ink.grid.page for grid in draft.grids)),
        n_rows=n_rows,
        n_columns=n_columns,
        header_rows=draft.header_rows[0],
        confidence=min(grid.ink.grid.certainty for grid in draft.grids),
        cells=tuple(_cell(cell, field) for cell, field in zip(placed, fields, strict=True)),
    )


def _place(draft: DraftTable) -> Iterator[_Placed]:
    """Cells of all grids, a later grid's header left out, rows counted through."""
    offset = 0
    for index, grid in enumerate(draft.grids):
        skipped = draft.header_rows[index] if index else 0
        for cell in grid.cells:
            at = cell.ink.cell
            if at.row >= skipped:
                yield _Placed((cell,), offset + at.row - skipped, at.row_span)
        offset += grid.ink.grid.n_rows - skipped


def _cell(placed: _Placed, field: Field) -> TableCell:
    first = placed.parts[0].ink
    return TableCell(
        row=placed.row,
        column=first.cell.column,
        row_span=placed.row_span,
        column_span=first.cell.column_span,
        text=_text(placed.parts, field),
        confidence=field.confidence,
        page=first.piece.page,
        box=first.piece.box,
    )


def _text(parts: Sequence[CellText], field: Field) -> str:
    """The field with its line breaks where the text layer or the lines of ink have them."""
    layers = [part.ink.words for part in parts]
    if all(layer is not None for layer in layers):
        return "\n".join(" ".join(line.split()) for layer in layers for line in (layer or "").split("\n"))
    return "\n".join(field.lines) if field.lines else field.raw


def _caption(grid: GridText, pages: Sequence[PageText], engines: Mapping[str, Engine], words: frozenset[str]) -> str:
    top = grid.ink.box[1]
    page = next(page for page in pages if page.number == grid.ink.grid.page)
    near: list[LooseLine] = [
        line for line in page.loose if top - CAPTION_REACH <= line.piece.box[1] and line.piece.box[3] <= top + 0.005
    ]
    return " ".join(text for text, _ in read_lines(near[-CAPTION_LINES:], engines, words) if text)
