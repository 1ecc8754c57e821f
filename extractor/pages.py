"""Every page of a file, one at a time -> its tables, their ink, a first reading; twice where a second look pays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from extractor.errors import DocumentError, NoTable, UnreadableFile
from extractor.grid import (
    NO_GUIDE,
    find_grids,
    find_guide,
    has_same_columns,
    is_unlike,
    lay,
    part_columns,
    usual_guide,
)
from extractor.page import PageReader, open_pages, prepare_page
from extractor.reading import Engine, find_ink, find_lost_borders, is_true_layer, part_cells, read_first
from extractor.records import Guide, PageImage, PageText, Source
from extractor.settings import Settings

KEPT_AREA, KEPT_ROWS = 0.8, 0.75  # of a page's first look: a second one with less of both is a worse one
FILLED, MOST_CUT_OFF = 3, 2  # columns with print of a row of the table, and how many such rows may not be lost
MOST_DRAWN = 3  # pages whose pixels are kept for a second look; each takes some 50 MB


@dataclass(frozen=True, slots=True)
class Pages:
    """What was read of a file's pages at first sight; `unread`: pages that could not be opened or drawn.

    `notes`: (page, code) of what is odd about a page, or why it was not read.
    """

    texts: tuple[PageText, ...]
    unread: tuple[int, ...]
    notes: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on. `tell(stage, page)`: what is being done; `skip`: pages that are left out, with the reason."""

    tell: Callable[[str, int], None] = lambda stage, page: None  # noqa: ARG005
    skip: Mapping[int, str] = field(default_factory=dict)


NOBODY = Watch()


def read_pages(source: Source, settings: Settings, engines: dict[str, Engine], watch: Watch = NOBODY) -> Pages:
    """Every page, one at a time: its tables, their ink, a first reading. The pixels are dropped page by page.

    Those of a few pages that seem to need a second look are kept, and what was cut out alike is not read again.
    """
    texts: dict[int, PageText] = {}
    guides: dict[int, Guide] = {}
    failures: dict[int, DocumentError] = {}
    notes: set[tuple[int, str]] = set()
    drawn: dict[int, PageImage] = {}
    with open_pages(source, settings) as reader:
        guide = NO_GUIDE
        for number in range(1, source.page_count + 1):
            watch.tell("page", number)
            if number in watch.skip:
                failures[number] = UnreadableFile(f"page {number} was given up", code=watch.skip[number])
                continue
            try:
                page = _draw_page(reader, number, engines)
                texts[number], guides[number], found = _read_page(page, engines, guide)
            except DocumentError as error:
                failures[number] = error
                continue
            notes.update((number, note) for note in found)
            own = guides[number]
            if len(drawn) < MOST_DRAWN and is_unlike(own, usual_guide(tuple(guides.values()))):
                drawn[number] = page
            guide = own if own.borders and not own.ruled else guide
        usual = usual_guide(tuple(guides.values()))
        for number, own in guides.items():
            if is_unlike(own, usual):
                watch.tell("page", number)
                page = drawn.pop(number) if number in drawn else _draw_page(reader, number, engines)
                again, _, _ = _read_page(page, engines, lay(usual, own), texts[number])
                texts[number] = texts[number] if _loses(texts[number], again) else again
    if not any(page.grids for page in texts.values()):
        raise _no_table(failures)
    notes.update((number, error.code) for number, error in failures.items())
    notes.update((number, f"image:{source.files[number - 1].name}") for number in failures if source.files)
    return Pages(tuple(texts[number] for number in sorted(texts)), tuple(sorted(failures)), tuple(sorted(notes)))


def _loses(first: PageText, again: PageText) -> bool:
    """Whether a second look at a page, with the columns of others, has lost a good part of its tables."""
    if not again.grids:
        return True
    seen = []
    for page in (first, again):
        boxes = [grid.ink.upright for grid in page.grids]
        area = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in boxes)
        seen.append((area, sum(grid.ink.grid.n_rows for grid in page.grids)))
    (area, n_rows), (area_again, n_again) = seen
    return (area_again < KEPT_AREA * area and n_again < KEPT_ROWS * n_rows) or _cuts_off(first, again)


def _cuts_off(first: PageText, again: PageText) -> bool:
    """Whether rows with print in several columns lie beyond a table that had as many columns at first."""
    if len(first.grids) != 1 or len(again.grids) != 1:
        return False
    whole, part = first.grids[0], again.grids[0]
    _, top, _, bottom = part.ink.grid.box
    beyond = Counter(
        cell.ink.cell.row
        for cell in whole.cells
        if cell.ink.has_ink and not top <= (cell.ink.cell.box[1] + cell.ink.cell.box[3]) / 2 <= bottom
    )
    same = whole.ink.grid.n_columns == part.ink.grid.n_columns
    return same and sum(filled >= FILLED for filled in beyond.values()) >= MOST_CUT_OFF


def _no_table(failures: Mapping[int, DocumentError]) -> DocumentError:
    """A page that could not be read may have held the table, and then that is what is wrong with the file."""
    if not failures:
        return NoTable("no page of the file carries a table", "check that the appendix was scanned")
    error = failures[min(failures)]
    if len(failures) > 1:
        error.message += f" ({len(failures)} pages could not be read)"
    return error


def _read_page(
    page: PageImage, engines: dict[str, Engine], guide: Guide, before: PageText | None = None
) -> tuple[PageText, Guide, tuple[str, ...]]:
    """The page, the columns of its unruled table, and what is odd about it.

    `guide`: columns of another page; `before`: a first look at this one.
    """
    grids = find_grids(page, guide)
    ink = find_ink(page, grids)
    own = find_guide(page, grids)
    lost = () if guide.usual and has_same_columns(own, guide) else find_lost_borders(ink)
    if any(lost):
        grids = tuple(part_columns(grid, borders) for grid, borders in zip(grids, lost, strict=True))
        ink, own = find_ink(page, grids), replace(find_guide(page, grids), broken=True)
    parted = tuple(part_cells(grid) if grid.grid.ruled else grid.grid for grid in ink.grids)
    if parted != grids:
        ink = find_ink(page, parted)
    cut = ("cut-table",) if any(cell.cut for grid in ink.grids for cell in grid.cells) else ()
    rows = ("cut-rows",) if any(grid.cut for grid in ink.grids) else ()
    return read_first(ink, next(iter(engines.values())), before), own, (*page.notes, *cut, *rows)


def _draw_page(reader: PageReader, number: int, engines: dict[str, Engine]) -> PageImage:
    """The page's pixels, with the words of its text layer where they are true."""
    first = next(iter(engines.values()), None)
    if first is None:
        raise UnreadableFile("no reading engine is installed", "see extractor doctor", code="no-engine")
    page = prepare_page(reader, number)
    if page.origin == "digital" and not is_true_layer(page, first):
        return prepare_page(reader, number, trust_layer=False)
    return page
