"""Every record that crosses a stage border, in the order of the stages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

import numpy as np

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1. Pixels of the straightened page inside page/, grid/ and reading/; fractions of the source page as a
viewer shows it everywhere after `table/`."""

Role = Literal["stt", "label", "unit", "value", "note"]
ValueType = Literal["count", "percent", "boolean", "enum", "text", "header"]
CellState = Literal["read", "blank", "illegible"]
ValueState = Literal["read", "blank", "illegible", "absent", "unread"]
Status = Literal["accepted", "review"]
FindingKind = Literal["arithmetic", "range", "unit", "completeness", "format", "structure", "page"]
Severity = Literal["error", "warning", "info"]

LEAST_GRID = 0.5  # certainty of a grid below which its rows or columns are guessed


# ── ingest ────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class PageFile:
    """An image that is a page, or one frame of it is: where it lies in the bytes of the source, and its name."""

    name: str
    start: int
    end: int
    frame: int = 0


@dataclass(frozen=True, slots=True)
class Source:
    """One input file, opened and sized. `name` is the base name (NFC), never a path.

    `notes`: what is odd about the file: repaired-file, wrong-page-count, javascript, attachments, xfa, joined-images,
    missing-image:NUMBERS. `unfit`: (page, code) of pages whose content is damaged or beyond measure. `files`: the image
    of each page, where the file was put together from a folder. `plain`: pages of a PDF that are one plain image each.
    """

    name: str
    sha256: str
    media_type: str
    page_count: int
    data: bytes = field(repr=False)
    notes: tuple[str, ...] = ()
    unfit: tuple[tuple[int, str], ...] = ()
    files: tuple[PageFile, ...] = ()
    plain: tuple[int, ...] = ()


# ── page ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Word:
    """A word of the PDF's own text layer. `box` in pixels of the straightened page."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page, upright and straight.

    `gray`: uint8 (H, W), paper evened to white, coloured ink removed; what lines are found on.
    `raw`: uint8 (H, W), the same geometry without any cleaning; what engines read first.
    `stamp`, `signature`: bool (H, W) or None, where ink of stamps and of signatures lay; `pen`: bool (H, W) or None,
    where coloured ink lay that is no larger than writing in a cell; `stray`: bool (H, W) or None, where ink without
    colour need not be print, because a stamp or a signature lies there; the grey ink of stamps is not in `gray`.
    `text_height`: median height of a text line's ink in pixels.
    `to_source(box)`: pixel box -> fraction box of the source page as a viewer shows it.
    `words`: the PDF's own words when the page is born-digital, else empty.
    `notes`: what is odd about the page: decoded-apart, legacy-layer, scaled-page, form-fields.
    `hidden`: bool or None, a thumbnail of the source page: where a dark edge, or what lay on the sheet, was whitened.
    """

    number: int
    gray: np.ndarray
    raw: np.ndarray
    stamp: np.ndarray | None
    dpi: float
    text_height: float
    origin: Literal["digital", "scan"]
    to_source: Callable[[Box], Box]
    words: tuple[Word, ...] = ()
    signature: np.ndarray | None = None
    pen: np.ndarray | None = None
    turned: int = 0
    skew: float = 0.0
    stray: np.ndarray | None = None
    notes: tuple[str, ...] = ()
    hidden: np.ndarray | None = None


# ── grid ──────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell of the ruled (or inferred) grid; `box` in pixels of the straightened page.

    `by_print`: one of its sides is no ruling, but told by the print beside it. `open`: it goes on overleaf.
    """

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    by_print: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """One table on one page. Cells cover every grid position exactly once. `certainty` 0..1."""

    page: int
    n_rows: int
    n_columns: int
    cells: tuple[GridCell, ...]
    box: Box
    ruled: bool
    certainty: float


@dataclass(frozen=True, slots=True)
class Guide:
    """Borders of the columns of a page's main table as fractions of the page's width; where it has none, empty.

    `usual`: most pages of the report share them, so a page must have a good reason to differ. `ruled`: by rulings, not
    by the alignment of print. `broken`: the table lies on the page in several pieces. `others`: borders of each of the
    page's further tables.
    """

    borders: tuple[float, ...] = ()
    usual: bool = False
    ruled: bool = False
    broken: bool = False
    others: tuple[tuple[float, ...], ...] = ()


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Reading:
    """What one engine (on one preparation of the crop) saw. `confidence` is the engine's own score, 0..1.

    `alternatives`: further strings of the same engine, best first, with their scores. `chars`: for engines that tell,
    the candidates of each character of `text` with their probabilities, best first; `places`: the x of its middle in
    the line's crop.
    """

    engine: str
    text: str
    confidence: float
    preparation: str = "raw"
    alternatives: tuple[tuple[str, float], ...] = ()
    chars: tuple[tuple[tuple[str, float], ...], ...] = ()
    places: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """Where something is printed: page from 1, box as fractions of the source page."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of ink. `box` in page pixels.

    `raw`, `clean`: uint8 (h, w), the line with its surroundings from the page's raw and cleaned pixels (both cleaned
    where a stamp crosses the line);
    `inner`: the ink box (x0, y0, x1, y1) inside these crops; `text_height`: the page's, in pixels;
    `sign`: a check box before the text, which the crops leave out, or a ditto mark, which is all of the line.
    """

    box: Box
    raw: np.ndarray = field(repr=False)
    clean: np.ndarray = field(repr=False)
    inner: tuple[int, int, int, int]
    text_height: float
    sign: str = ""


@dataclass(frozen=True, slots=True)
class CellInk:
    """What lies in one grid cell. `words`: its text from an honest text layer, else None.

    `word_boxes`: where each line of `words` lies, in pixels of the page. `drawn`: where `words` may be a value, what is
    drawn there; None: nobody looked.
    `stamped`: share of the ink box, or of a blank cell, under stamps or signatures.
    `pen`: the ink is written with a coloured pen.
    `touches`: ink runs into the cell's border. `specks`: ink too small for print was left out.
    `stray`: none of its marks is surely print: they belong to strokes or stamps over it, or to the page's dirt;
    `dirt`: all are as small as the specks that the page is full of.
    `blot`: a solid mass of ink lies in it. `cut`: the sheet ends in it. `covered`: something hides its rulings.
    `parted`: print stands on both sides of where a ruling may have been lost, in it or in its column.
    `crossed`: a streak that was lifted touches its ink.
    `runs_over`: print seems to go on beyond its side. `paler`: some of it is paler than print is sought in.
    `lifted`: it has no lines, but as much coloured ink as a figure was taken from it with a stamp or a signature.
    `faint`: where it has no lines, ink too pale or broken to be sure of, or all of it where some was `lifted`.
    `marks`: boxes of specks as large as a dash.
    """

    cell: GridCell
    piece: Piece
    lines: tuple[TextLine, ...] = ()
    words: str | None = None
    word_boxes: tuple[Box, ...] = ()
    drawn: tuple[TextLine, ...] | None = None
    stamped: float = 0.0
    pen: bool = False
    touches: bool = False
    specks: bool = False
    stray: bool = False
    dirt: bool = False
    blot: bool = False
    faint: tuple[TextLine, ...] = ()
    cut: bool = False
    covered: bool = False
    parted: bool = False
    crossed: bool = False
    lifted: bool = False
    runs_over: bool = False
    paler: bool = False
    marks: tuple[Box, ...] = ()

    @property
    def has_ink(self) -> bool:
        """Whether anything is printed or written in the cell."""
        return bool(self.lines) or bool(self.words)


@dataclass(frozen=True, slots=True)
class LooseLine:
    """A line of ink outside every table. `upright`: its box on the page set upright, as fractions."""

    piece: Piece
    line: TextLine | None
    words: str | None
    upright: Box


@dataclass(frozen=True, slots=True)
class GridInk:
    """A grid with the ink of each of its cells, in the order of `grid.cells`.

    `box` as fractions of the source page, `upright` of the page set upright, where above is above.
    `cut`: the table goes on above or below the sheet.
    """

    grid: Grid
    cells: tuple[CellInk, ...]
    box: Box
    upright: Box
    cut: bool = False


@dataclass(frozen=True, slots=True)
class PageInk:
    """Everything printed on one page, its pixels dropped but for the lines' crops."""

    number: int
    origin: Literal["digital", "scan"]
    grids: tuple[GridInk, ...]
    loose: tuple[LooseLine, ...]


# ── table ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class CellText:
    """A cell with its first reading, line by line; enough to tell what its column and row are."""

    ink: CellInk
    text: str
    confidence: float
    lines: tuple[Reading, ...] = ()


@dataclass(frozen=True, slots=True)
class GridText:
    """A grid whose cells have a first reading, in the order of `ink.grid.cells`."""

    ink: GridInk
    cells: tuple[CellText, ...]


@dataclass(frozen=True, slots=True)
class PageText:
    """A page whose tables have a first reading. `loose`: lines outside the tables that later looks may need."""

    number: int
    origin: Literal["digital", "scan"]
    grids: tuple[GridText, ...]
    loose: tuple[LooseLine, ...]


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A printed row before its cells are read with care. A cell cut by a page break has several parts.

    `value_merged`: one cell covers the label's and the value's column, or the values of several rows; `note_merged`:
    one with print covers the notes of several rows.
    """

    stt: tuple[CellText, ...]
    label: tuple[CellText, ...]
    unit: tuple[CellText, ...]
    value: tuple[CellText, ...]
    note: tuple[CellText, ...]
    others: tuple[tuple[CellText, ...], ...] = ()
    pieces: tuple[Piece, ...] = ()
    columns_missing: tuple[Role, ...] = ()
    grid_certainty: float = 1.0
    value_merged: bool = False
    note_merged: bool = False


@dataclass(frozen=True, slots=True)
class DraftTable:
    """Grids of one or more pages that are one table. `roles`: role of each column of the widest grid, None unknown.

    `measures`: the lowest header cell of each value column, left to right; `header`: the header's words by column;
    `header_rows`: how many rows at the top of each grid are header. `further`: the lowest header cell of each column
    without a role; their cells follow those of the value columns in `DraftRow.others`. `headed`: the lowest header row
    of each grid whose rows white parts, with the number of rows before it: the first one may be a part of it.
    """

    grids: tuple[GridText, ...]
    rows: tuple[DraftRow, ...]
    roles: tuple[Role | None, ...]
    measures: tuple[CellText | None, ...]
    header: tuple[str, ...]
    header_rows: tuple[int, ...] = ()
    further: tuple[CellText | None, ...] = ()
    headed: tuple[tuple[int, DraftRow], ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One cell of one printed row, as read. Lines of a cell are joined by one space.

    `confidence`: how sure reading is of `raw` (uncalibrated, 0..1). `state` tells no ink (blank) from ink that could
    not be read (illegible). `reasons`: machine-readable doubts of the reading (`engines-disagree`, `under-stamp`,
    `touches-rule`, `handwriting`, `single-reader`, ...). `readings` are whole-cell readings, the chosen one first.
    """

    raw: str
    state: CellState
    confidence: float
    pieces: tuple[Piece, ...] = ()
    readings: tuple[Reading, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()
    reasons: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row of the logical table. `index` counts from 0 over all pages.

    `others`: (measure name, field) of further value columns, and of columns whose role is unknown.
    `pieces`: the row's boxes, one a page it lies on.
    `columns_missing`: roles whose column this page does not have.
    """

    index: int
    stt: Field
    label: Field
    unit: Field
    value: Field
    note: Field
    others: tuple[tuple[str, Field], ...] = ()
    pieces: tuple[Piece, ...] = ()
    columns_missing: tuple[Role, ...] = ()
    grid_certainty: float = 1.0

    @property
    def guessed(self) -> bool:
        """Whether the grid is so uncertain that a cell may not belong to its row or column."""
        return self.grid_certainty < LEAST_GRID

    @property
    def page(self) -> int:
        """The page of the row's first piece."""
        return self.pieces[0].page


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A line of text printed outside the table, for the report's head."""

    text: str
    confidence: float
    piece: Piece
    certain: bool = True


@dataclass(frozen=True, slots=True)
class OtherTable:
    """A table of the report that is not the form."""

    page: int
    box: Box
    n_rows: int
    n_columns: int


NoteRule = Literal[
    "missing-page", "doubled-page", "page-order", "foreign-page", "doubtful-page", "doubtful-border", "part-of-file"
]


@dataclass(frozen=True, slots=True)
class PageNote:
    """What is to be known of a page among the pages of its file, as `report/` words it.

    `others`: the pages that it is compared with; `words`: numbers or names that the message tells.
    """

    rule: NoteRule
    page: int | None
    others: tuple[int, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """How the pages of a file make this report.

    `gaps`: (page before, page after) where pages are missing, None at the report's ends; `foreign`: pages of another
    report, whose rows belong to no indicator of this one; `doubted`: pages that may be of another report, whose values
    need a person.
    """

    gaps: tuple[tuple[int | None, int | None], ...] = ()
    foreign: tuple[int, ...] = ()
    doubted: tuple[int, ...] = ()
    notes: tuple[PageNote, ...] = ()


AS_FILED = Order()


@dataclass(frozen=True, slots=True)
class Table:
    """The logical table of a report over all its pages.

    `measure`: the name of the main value column as its header prints it; `head`: lines above the table, top to bottom;
    `pages`: pages that carry the table, in the order in which they are read; `unread_pages`: pages that could not be
    read at all; `second_form`: pages of a second copy of the form; `near`: how many lines of `head` stand above the
    table, where the others are of the report's first page; `page_notes`: (page, code) of what is odd about a page, or
    why it was not read; `order`: what is to be known of its pages among those of the file.
    """

    rows: tuple[Row, ...]
    measure: str
    head: tuple[HeadLine, ...]
    pages: tuple[int, ...]
    other_tables: tuple[OtherTable, ...] = ()
    unread_pages: tuple[int, ...] = ()
    second_form: tuple[int, ...] = ()
    near: int | None = None
    page_notes: tuple[tuple[int, str], ...] = ()
    order: Order = AS_FILED


# ── indicator ─────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of a catalogue. `path`: labels of the ancestors and its own. `variants`: further known labels.

    `enum_codes`: (code, meaning) pairs of boolean and enum indicators. `order`: printed position from 0.
    """

    code: str
    level: str
    parent: str | None
    stt: str
    label: str
    unit: str
    type: ValueType
    order: int
    path: tuple[str, ...]
    variants: tuple[str, ...] = ()
    enum_codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over indicator codes; `expression` as in rules.csv (`{A} == {B} + {C}`)."""

    id: str
    type: str
    expression: str
    hard: bool
    tolerance: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A canonical unit, its kind (count, percent, boolean, enum) and its spellings."""

    name: str
    kind: str
    variants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A district (or other reporting organisation): code, full name, number of communes, commune names, province.

    `valid_from`, `valid_to`: ISO days between which it existed so; None: not known, not ended.
    """

    code: str
    name: str
    communes: int
    commune_names: tuple[str, ...]
    province: str
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A form: its indicators in printed order, rules, units, places and the head that its title looks like.

    `series`: version, code and the series over the years that they belong to, where that is not the code itself.
    """

    name: str
    version: str
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    units: tuple[Unit, ...]
    places: tuple[Place, ...]
    titles: tuple[str, ...]
    main_measures: tuple[str, ...]
    sha256: str
    series: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RowMatch:
    """Row -> indicator. `code` None: the row belongs to no indicator (then `runner_up` is the nearest one).

    `confidence`: P(this decision is right) from the margin of the global alignment, 0..1.
    """

    row: int
    code: str | None
    confidence: float
    runner_up: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """The whole table aligned to a catalogue: one RowMatch a row, and P(not printed) of each code without a row."""

    matches: tuple[RowMatch, ...]
    absent: tuple[tuple[str, float], ...]
    fit: float


# ── value ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Candidate:
    """One normalised possibility of a value cell. `weight`: relative plausibility from its reading, 0..1."""

    raw: str
    number: Decimal | None
    text: str | None
    weight: float


@dataclass(frozen=True, slots=True)
class Value:
    """A value cell normalised by contract rule 3. `raw` is what is printed; `alternatives` are other possibilities.

    `ambiguous`: the printed string itself has several readings (goes to review whatever the confidence).
    `parsed`: False where ink was read that is no value of the indicator's type.
    """

    state: ValueState
    raw: str
    number: Decimal | None
    text: str | None
    ambiguous: bool = False
    parsed: bool = True
    alternatives: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A document cited in a note: number as 08/KH-UBND, type KH, issuer UBND, date ISO or None."""

    number: str
    type: str | None
    issuer: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """A note cell with what it cites."""

    raw: str
    citations: tuple[Citation, ...] = ()
    urls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeadField:
    """A field of the report's head: organisation, report_number, report_date or period."""

    raw: str | None
    value: str | None
    confidence: float
    piece: Piece | None
    extra: tuple[tuple[str, object], ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The report's head."""

    organisation: HeadField
    report_number: HeadField
    report_date: HeadField
    period: HeadField


@dataclass(frozen=True, slots=True)
class RowValue:
    """What a row holds, normalised: one for each row of the table, matched or not, in the table's order.

    `unit`: the canonical name of the printed unit, or None. `others`: values of further columns, as in `Row.others`.
    """

    row: int
    value: Value
    unit: str | None
    unit_confidence: float
    note: Note
    others: tuple[tuple[str, Value], ...] = ()


# ── check ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know. `cells`: (code, field) pairs. Messages in Vietnamese and English."""

    rule: str
    kind: FindingKind
    severity: Severity
    cells: tuple[tuple[str, str], ...]
    page: int | None
    message_vi: str
    message_en: str


# ── trust ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Trust:
    """P(exactly right) of one field, whether it is accepted, and why not.

    `parts`: (name, log-odds that it adds), in the order of the model; they sum up to the confidence's log-odds.
    `kind`, `features`: what the model saw, for explaining and for fitting it again. `blocked`: for review whatever the
    confidence.
    """

    confidence: float
    status: Status
    reasons: tuple[str, ...] = ()
    parts: tuple[tuple[str, float], ...] = ()
    kind: str = ""
    features: tuple[tuple[str, float], ...] = ()
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Support:
    """What arithmetic says of one cell's number: ids of the rules that confirm it and of those that it breaks.

    `fits`: the one alternative reading of the cell with which its rules hold, where the number as read breaks them.
    """

    code: str
    confirmed: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    fits: str | None = None


@dataclass(frozen=True, slots=True)
class RowTrust:
    """The trust in each field of one row. `match`: in its indicator; `others`: in the order of `Row.others`."""

    row: int
    code: str | None
    match: Trust
    label: Trust
    value: Trust
    unit: Trust
    note: Trust
    others: tuple[Trust, ...] = ()


@dataclass(frozen=True, slots=True)
class Scores:
    """The trust in everything that a report says. `absent`: by code; `head`: by the field's name in `Head`."""

    rows: tuple[RowTrust, ...]
    absent: tuple[tuple[str, Trust], ...]
    head: tuple[tuple[str, Trust], ...]
