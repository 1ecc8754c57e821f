"""A page with its first reading -> what tells which report it is of and where in it: codes, layout, head, number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from extractor.indicator import find_codes
from extractor.reading import Engine
from extractor.records import Box, Catalogue, CellText, DraftRow, GridText, HeadLine, LooseLine, PageText, Piece, Table
from extractor.value import find_head, plain_words

TOP_SHARE = 0.45  # of the height of a page without a table: where a letterhead stands
MOST_LINES = 12  # of a page's head that are read
EDGE = 0.09  # of the page's height: where page numbers stand
NUMBER_WIDTH = 0.16  # of the page's width: a page number is no wider
LIKE = 78.0  # rapidfuzz partial ratio of a motto or title that is misread in places
LEAST_MATCHED = 0.4  # share of a page's rows with a code from which it is a page of the form
LEAST_ROWS = 2
PAGE_NUMBER = re.compile(r"\W*(?:trang|tr)?\s*[.:]?\s*(\d{1,3})(?:\s*/\s*\d{1,3})?\W*")
CAPTION = re.compile(r"(?:phu luc|bang|bieu|mau)(?: bieu| mau| so)?(?: [0-9ivx]{1,4})?\b")
REFERENCE = "kem theo bao cao"
MOTTO = ("cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc")
LONGEST_CAPTION = 40


@dataclass(frozen=True, slots=True)
class Clues:
    """What a page says of its place. `rows`: of the form; `codes`: their places in the catalogue, None unknown.

    `borders`, `heights`: of the columns and rows of its table, as shares of the table; `printed`: its page number;
    `letterhead`: the state's motto stands on it; `titled`: a caption or title stands above its table.
    """

    page: int
    rows: tuple[DraftRow, ...] = ()
    codes: tuple[int | None, ...] = ()
    borders: tuple[float, ...] = ()
    heights: tuple[float, ...] = ()
    printed: int | None = None
    letterhead: bool = False
    titled: bool = False
    organisation: str | None = None
    period: str | None = None
    number: str | None = None

    @property
    def known(self) -> tuple[int, ...]:
        """The codes that were recognised, in the order of print."""
        return tuple(code for code in self.codes if code is not None)

    @property
    def is_form(self) -> bool:
        """Whether the page carries rows of the form."""
        return len(self.known) >= max(LEAST_ROWS, LEAST_MATCHED * len(self.rows))

    @property
    def headed(self) -> bool:
        """Whether a report, or its appendix, begins on the page."""
        return self.letterhead or self.titled


def find_clues(
    pages: Sequence[PageText], table: Table, rows: Sequence[DraftRow], catalogue: Catalogue, engine: Engine
) -> tuple[Clues, ...]:
    """One for each page, in the order of the file. `table`: a sketch of `rows`, the rows of all pages."""
    places: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(row.pieces[0].page, []).append(place)
    by_page: dict[int, list[tuple[DraftRow, int | None]]] = {}
    before: dict[int, str] = {}
    for page, mine in places.items():
        # by itself: the page before may be another report's, and would draw the first rows to its own codes
        own = replace(table, rows=tuple(table.rows[place] for place in mine))
        codes = _not_again(find_codes(own, catalogue), before, own, catalogue)
        before = {code: row.value.raw for code, row in zip(codes, own.rows, strict=True) if code is not None}
        # a row without a label has a code by its place alone
        told = [code if table.rows[place].label.raw else None for place, code in zip(mine, codes, strict=True)]
        by_page[page] = [(rows[place], code) for place, code in zip(mine, told, strict=True)]
    lines = read_edges(pages, engine)
    return tuple(_clues(page, by_page.get(page.number, []), lines[page.number], catalogue) for page in pages)


def _not_again(
    codes: tuple[int | None, ...], before: Mapping[int, str], page: Table, catalogue: Catalogue
) -> tuple[int | None, ...]:
    """The codes of a page, later ones where those that the page before has too have the same labels once more.

    A form has groups whose rows are named alike, and a page may hold nothing else. `before`: the values of the page
    before by code; where they are the same, the page may be there twice.
    """
    again = {place: code for place, code in enumerate(codes) if code is not None and code in before}
    if all(page.rows[place].value.raw == before[code] for place, code in again.items()):
        return codes
    later = find_codes(page, catalogue, max(before))
    labels = [indicator.label for indicator in catalogue.indicators]
    alike = [(code, later[place]) for place, code in again.items()]
    return later if all(other is not None and labels[code] == labels[other] for code, other in alike) else codes


def read_edges(pages: Sequence[PageText], engine: Engine) -> Mapping[int, tuple[HeadLine, ...]]:
    """What stands above and below the tables of each page, read once by the cheapest engine, all in one batch.

    Boxes are those on the page set upright.
    """
    wanted = {page.number: _edge_lines(page) for page in pages}
    crops = [line.line for lines in wanted.values() for line in lines if line.line is not None]
    read = iter(engine.read(crops) if crops else ())
    found: dict[int, tuple[HeadLine, ...]] = {}
    for number, lines in wanted.items():
        texts = []
        for line in lines:
            if line.line is None:
                texts.append(HeadLine(line.words or "", 1.0, Piece(number, line.upright)))
            else:
                reading = next(read)
                texts.append(HeadLine(reading.text, reading.confidence, Piece(number, line.upright)))
        found[number] = tuple(one for one in texts if one.text.strip())
    return found


def _edge_lines(page: PageText) -> list[LooseLine]:
    """The page's head, and short lines at its edges that may be its number."""
    top = min((grid.ink.upright[1] for grid in page.grids), default=TOP_SHARE)
    head = [line for line in page.loose if line.upright[3] <= top + 0.01][:MOST_LINES]
    known = set(map(id, head))
    return head + [line for line in page.loose if id(line) not in known and _at_edge(line.upright)]


def _at_edge(box: Box) -> bool:
    x0, y0, x1, y1 = box
    return x1 - x0 <= NUMBER_WIDTH and (y1 <= EDGE or y0 >= 1.0 - EDGE)


def _clues(
    page: PageText,
    rows: Sequence[tuple[DraftRow, int | None]],
    lines: tuple[HeadLine, ...],
    catalogue: Catalogue,
) -> Clues:
    grid = max(page.grids, key=lambda one: sum(bool(cell.text) for cell in one.cells), default=None)
    texts = [plain_words(line.text) for line in lines]
    titled = bool(rows) and any(_is_caption(text, catalogue) for text in texts)
    letterhead = any(fuzz.partial_ratio(text, motto) >= LIKE for text in texts for motto in MOTTO if len(text) >= 12)
    head = find_head(lines, catalogue.places) if titled or letterhead else NO_HEAD
    return Clues(
        page.number,
        tuple(row for row, _ in rows),
        tuple(code for _, code in rows),
        _shares(grid, 0) if grid is not None and grid.ink.grid.ruled else (),
        _shares(grid, 1) if grid is not None and grid.ink.grid.ruled else (),
        _find_number(lines),
        letterhead,
        titled,
        head.organisation.value,
        head.period.value,
        head.report_number.value,
    )


NO_HEAD = find_head((), ())


def _is_caption(text: str, catalogue: Catalogue) -> bool:
    if len(text) <= LONGEST_CAPTION and CAPTION.match(text):
        return True
    return len(text) >= len(REFERENCE) and (
        fuzz.partial_ratio(REFERENCE, text) >= LIKE
        or any(fuzz.partial_ratio(plain_words(title), text) >= LIKE for title in catalogue.titles)
    )


def _find_number(lines: Sequence[HeadLine]) -> int | None:
    """The page's number, where just one line at its edges is one."""
    texts = [line.text.casefold() for line in lines if _at_edge(line.piece.box)]
    found = [match for text in texts if (match := PAGE_NUMBER.fullmatch(text))]
    return int(found[0][1]) if len(found) == 1 else None


def _shares(grid: GridText, axis: int) -> tuple[float, ...]:
    """Where the grid's columns (axis 0) or rows (1) end, as shares of its width or height."""
    edges: dict[int, float] = {}
    low, high = grid.ink.grid.box[axis], grid.ink.grid.box[axis + 2]
    for cell in grid.ink.grid.cells:
        start, span = (cell.column, cell.column_span) if axis == 0 else (cell.row, cell.row_span)
        edges[start] = float((cell.box[axis] - low) / max(high - low, 1.0))
        edges[start + span] = float((cell.box[axis + 2] - low) / max(high - low, 1.0))
    return tuple(edges[i] for i in sorted(edges))


def text_of(cells: Sequence[CellText]) -> str:
    """What a field's cells print, by the first reading."""
    return " ".join(cell.text for cell in cells if cell.text)
