"""Drafted tables of a file and the known catalogues -> the form among them, its rows in order, and what is not it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.errors import NoCatalogue
from extractor.halves import rejoin
from extractor.indicator import choose_catalogue, match_rows
from extractor.records import (
    Catalogue,
    CellState,
    CellText,
    DraftRow,
    DraftTable,
    Field,
    GridText,
    LooseLine,
    OtherTable,
    PageText,
    Row,
    Table,
)

PIECE_FIT = 0.5  # share of a table's rows with a label of the catalogue from which it is a piece of the form
SAME_SIDES = 0.02  # of the page's width: how far the sides of one table may differ from page to page
SECOND_COPY = 0.5  # share of a piece's indicators that other pieces hold too: then it is a second copy
LEAST_ROWS = 3
SLICE = 60  # rows: less than a report, where one table holds several reports and so fits none as a whole
GUESSED_COLUMNS = 0.4  # certainty of rows whose columns were told by content alone
FRONT_SHARE = 0.4  # of the first page's height: where a report's letterhead stands


@dataclass(frozen=True, slots=True)
class Form:
    """The form as found. `head`: lines above it; `front`: lines of the report's first page, where that is another.

    `measures`, `further`: as in `DraftTable`.
    """

    catalogue: Catalogue
    confidence: float
    rows: tuple[DraftRow, ...]
    measures: tuple[CellText | None, ...]
    further: tuple[CellText | None, ...]
    pages: tuple[int, ...]
    head: tuple[LooseLine, ...]
    front: tuple[LooseLine, ...]
    other_tables: tuple[OtherTable, ...]
    second_form: tuple[int, ...]


def choose_form(
    drafts: Sequence[DraftTable], catalogues: Sequence[Catalogue], *, chosen: bool
) -> tuple[Catalogue, float]:
    """The catalogue that a table follows, and how sure that is. `chosen`: the user named it, so a weak fit stands.

    Raises NoCatalogue where no table does.
    """
    candidates = _candidates(drafts)
    best = _choose([draft.rows for draft in candidates], catalogues) or _choose(
        [draft.rows[k : k + SLICE] for draft in candidates for k in range(0, len(draft.rows) - SLICE, SLICE)],
        catalogues,
    )
    if best is None and chosen and candidates:
        best = (0.0, 0.0, catalogues[0])
    if best is None:
        advice = "name it with --catalogue, or read the tables as they are with extractor tables"
        raise NoCatalogue("no table of the file follows a known catalogue", advice)
    return best[2], best[1]


def _choose(
    tables: Sequence[tuple[DraftRow, ...]], catalogues: Sequence[Catalogue]
) -> tuple[float, float, Catalogue] | None:
    """(weight, confidence, catalogue) of the table that fits best."""
    choices = [(rows, *choose_catalogue(sketch(rows), catalogues)) for rows in tables]
    fitting = [(sure * len(rows), sure, catalogue) for rows, catalogue, sure in choices if catalogue is not None]
    return max(fitting, key=lambda item: item[0], default=None)


def _candidates(drafts: Sequence[DraftTable]) -> list[DraftTable]:
    return [draft for draft in drafts if draft.rows and "label" in draft.roles]


def find_form(
    drafts: Sequence[DraftTable], pages: Sequence[PageText], choice: tuple[Catalogue, float], front: int = 1
) -> Form:
    """The tables that are the form. `pages`: in the report's order; `front`: the first of them.

    Raises NoCatalogue where no table is.
    """
    catalogue, confidence = choice
    pieces, copies = _pieces(_candidates(drafts), catalogue, [page.number for page in pages])
    if not pieces:
        raise NoCatalogue("no table of the file follows the catalogue", "check the catalogue, or leave it out")
    others = [draft for draft in drafts if draft not in pieces and draft not in copies]
    grids = [grid for draft in pieces for grid in draft.grids]
    widest = max(pieces, key=lambda draft: len(draft.measures))
    head = _lines_above(pages, grids[0].ink.grid.page, grids[0].ink.upright[1])
    return Form(
        catalogue,
        confidence,
        rejoin([row for draft in pieces for row in (draft.rows if draft is pieces[0] else _doubted(draft))], catalogue),
        widest.measures,
        widest.further,
        tuple(dict.fromkeys(grid.ink.grid.page for grid in grids)),
        head,
        _front(pages, head, front),
        tuple(_other(grid) for draft in others for grid in draft.grids),
        tuple(sorted({grid.ink.grid.page for draft in copies for grid in draft.grids})),
    )


def _doubted(draft: DraftTable) -> tuple[DraftRow, ...]:
    """Rows of a later piece; without a header of its own, what its columns are was guessed: they differ from the first.

    A scratch along a page makes such a piece, and cuts figures in two.
    """
    if any(draft.header):
        return draft.rows
    return tuple(replace(row, grid_certainty=min(row.grid_certainty, GUESSED_COLUMNS)) for row in draft.rows)


def sketch(drafted: Sequence[DraftRow]) -> Table:
    """Rows as their first reading gives them; enough to tell which form it is."""
    rows = tuple(
        Row(i, _field(r.stt), _field(r.label), _field(r.unit), _field(r.value), _field(r.note), (), r.pieces)
        for i, r in enumerate(drafted)
    )
    return Table(rows, "", (), tuple(dict.fromkeys(row.page for row in rows)))


def _field(parts: tuple[CellText, ...]) -> Field:
    text = " ".join(part.text for part in parts if part.text)
    inked = any(part.ink.has_ink for part in parts)
    pieces = tuple(part.ink.piece for part in parts)
    state: CellState = "read" if text else "illegible" if inked else "blank"
    return Field(text, state, min((part.confidence for part in parts), default=1.0), pieces)


def _pieces(
    drafts: Sequence[DraftTable], catalogue: Catalogue, pages: Sequence[int]
) -> tuple[list[DraftTable], list[DraftTable]]:
    """(tables that together are the form, second copies of what they hold), in reading order: that of `pages`."""
    follows = {page: page + 1 for page in pages}
    if list(pages) != sorted(pages):
        follows = dict(zip(pages, pages[1:], strict=False))
    pieces: list[DraftTable] = []
    copies: list[DraftTable] = []
    seen: set[str] = set()
    for draft in drafts:
        matching = match_rows(sketch(draft.rows), catalogue)
        codes = {match.code for match in matching.matches if match.code is not None}
        goes_on = bool(pieces) and _goes_on(pieces[-1], draft, follows)
        if (matching.fit < PIECE_FIT and not goes_on) or (len(draft.rows) < LEAST_ROWS and not pieces):
            continue
        if not goes_on and len(codes & seen) > SECOND_COPY * len(codes):
            copies.append(draft)
        else:
            pieces.append(draft)
            seen |= codes
    return pieces, copies


def _goes_on(piece: DraftTable, draft: DraftTable, follows: Mapping[int, int]) -> bool:
    """Whether a table is a damaged page of the form: ruled, without a header, on the next page, between the same sides.

    Its labels may be too damaged to fit the catalogue; its rows must not be lost all the same.
    """
    last, first = piece.grids[-1].ink, draft.grids[0].ink
    sides = zip(last.upright[::2], first.upright[::2], strict=True)
    return (
        not any(draft.header)
        and first.grid.ruled
        and first.grid.page == follows.get(last.grid.page)
        and all(abs(a - b) <= SAME_SIDES for a, b in sides)
    )


def _lines_above(pages: Sequence[PageText], number: int, top: float) -> tuple[LooseLine, ...]:
    page = next(page for page in pages if page.number == number)
    return tuple(line for line in page.loose if line.upright[3] <= top + 0.01)


def _front(pages: Sequence[PageText], head: tuple[LooseLine, ...], front: int) -> tuple[LooseLine, ...]:
    """The top of the report's first page, and lines that stand on the page before the form."""
    lines = [line for page in pages if page.number == front for line in page.loose if line.upright[1] < FRONT_SHARE]
    known = set(map(id, head))
    return tuple(line for line in lines if id(line) not in known)


def _other(grid: GridText) -> OtherTable:
    return OtherTable(grid.ink.grid.page, grid.ink.box, grid.ink.grid.n_rows, grid.ink.grid.n_columns)
