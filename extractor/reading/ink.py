"""A page and its grids -> the lines of ink in each cell and outside the tables, cut out for the engines."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from extractor.reading.adjacent import find_adjacent
from extractor.reading.corrected import is_corrected
from extractor.reading.crops import covered_share, cut_line, inside, share_of
from extractor.reading.drawn import find_drawn
from extractor.reading.edges import Cut, find_covered, find_cut
from extractor.reading.lines import (
    BORDER_ZONE,
    BROKEN_DASH,
    FLATTISH,
    INK_BELOW,
    SPECK,
    FoundLines,
    InkLine,
    find_lines,
    find_marks,
)
from extractor.reading.parted import find_parted
from extractor.reading.shades import without_shades
from extractor.reading.signs import DITTO
from extractor.reading.stray import (
    FIGURE,
    Speck,
    find_mark,
    has_blot,
    is_dirt,
    is_shadow,
    is_stray,
    measure_specks,
)
from extractor.reading.streaks import without_streaks
from extractor.reading.strokes import mark_crossing
from extractor.reading.words import lines_in
from extractor.records import (
    Box,
    CellInk,
    Grid,
    GridCell,
    GridInk,
    LooseLine,
    PageImage,
    PageInk,
    Piece,
    TextLine,
)

TRACE = 0.004  # the same: less may be a stray pixel
DIRTY = 0.25  # share of the cells without print that hold specks, from which a page is full of them
AROUND = 4.0  # text heights
LIGHTEST = 255  # what no paper is lighter than
STRONG = 0.55  # of the paper's light: ink darker than this shows through no sheet
PEN_FRINGE = 0.12  # text heights around a pen's strokes that its ink still darkens
MOST_FRINGE = 0.15  # share of a cell's ink that may lie around a pen's strokes and is the pen's
BESIDE, CROSSED = 0.1, 0.3  # text heights beside print, and share of its height, where a lifted streak touches it
WRITTEN = 0.03  # square text heights of small coloured strokes in a cell that are writing, not a smudge


def find_ink(page: PageImage, grids: tuple[Grid, ...]) -> PageInk:
    """Cut every line of ink out of the page; after this the page's pixels may go."""
    page = mark_crossing(without_streaks(without_shades(page, grids), grids), grids)
    cuts = [find_cut(page, grid) for grid in grids]
    inks = [
        find_adjacent(page, grid, find_parted(_cells_ink(page, grid, cut)))
        for grid, cut in zip(grids, cuts, strict=True)
    ]
    empty = [ink for cells in inks for ink in cells if not ink.has_ink]
    specked = [ink for ink in empty if ink.specks]
    dirty = len(specked) > DIRTY * len(empty)
    speck = measure_specks([_crop(page, ink.cell) for ink in specked]) if dirty else Speck()
    tables = tuple(
        GridInk(
            grid,
            tuple(_doubted(page, ink, speck) for ink in cells),
            page.to_source(grid.box),
            _shares_of(page, grid.box),
            cut.rows,
        )
        for grid, cells, cut in zip(grids, inks, cuts, strict=True)
    )
    return PageInk(page.number, page.origin, tables, _loose_lines(page, grids))


def _cells_ink(page: PageImage, grid: Grid, cut: Cut) -> tuple[CellInk, ...]:
    covered = find_covered(page, grid)
    inks = (_cell_ink(page, cell) for cell in grid.cells)
    return tuple(
        replace(ink, cut=ink.cell.open or ink.cell in cut.cells, covered=ink.cell in covered)
        if ink.cell.open or ink.cell in cut.cells or ink.cell in covered
        else ink
        for ink in inks
    )


def _cell_ink(page: PageImage, cell: GridCell) -> CellInk:
    piece = Piece(page.number, page.to_source(cell.box))
    if page.origin == "digital":
        layer = lines_in(page.words, cell.box)
        if layer:
            words = "\n".join(text for text, _ in layer)
            places = tuple(own for _, own in layer)
            return CellInk(cell, piece, words=words, word_boxes=places, drawn=find_drawn(page, cell, words))
    box = x0, y0, x1, y1 = inside(page, cell.box)
    area = (x1 - x0) * (y1 - y0) / page.text_height**2
    pen = share_of(page.pen, box) * area
    written = pen > WRITTEN
    beside = _beside_pen(page, box) if written else None
    pixels = page.raw if written else page.gray
    found = beside or find_lines(pixels[y0:y1, x0:x1], page.text_height)
    if not found.lines and written:
        found = _pale_pen(page, box) or found
    if not found.lines:
        found = _unseen(page, box) or found
    lines = tuple(cut_line(page, line, (x0, y0), (x0, x1), lifted=beside is not None) for line in found.lines)
    faint = tuple(cut_line(page, line, (x0, y0), (x0, x1)) for line in found.faint)
    lifted = share_of(page.stamp, box) + share_of(page.signature, box)
    taken = not lines and lifted * area > WRITTEN
    if taken:
        faint = _coloured(page, box)
    boxes = [line.box for line in lines] or [box]
    stamped = max(covered_share(page, b) + share_of(page.stray, b) for b in boxes)
    # strokes of a signature in a blank cell may be a figure that was lifted with it
    strokes = share_of(page.signature, box) + share_of(page.stray, box)
    specks = found.specks or pen > TRACE or strokes * area > WRITTEN
    corrected = bool(lines) and is_corrected(page, box)
    return CellInk(
        cell,
        piece,
        lines,
        stamped=stamped,
        pen=written and bool(lines),
        touches=found.touches,
        specks=specks,
        faint=faint,
        marks=_marks(page, box) if found.specks and not lines else (),
        crossed=any(_is_crossed(page, line.box) for line in lines) or corrected,
        lifted=taken,
        runs_over=found.runs_over,
        paler=found.paler,
    )


def _marks(page: PageImage, box: tuple[int, int, int, int]) -> tuple[Box, ...]:
    x0, y0, x1, y1 = box
    found = find_marks(page.gray[y0:y1, x0:x1], page.text_height)
    return tuple((mark.x0 + x0, mark.y0 + y0, mark.x1 + x0, mark.y1 + y0) for mark in found)


def _is_crossed(page: PageImage, box: Box) -> bool:
    """Whether ink that was lifted lies in print or right beside it, over much of its height: some may be its own."""
    if page.stray is None:
        return False
    x0, y0, x1, y1 = (round(v) for v in box)
    reach = round(BESIDE * page.text_height)
    around = page.stray[y0:y1, max(x0 - reach, 0) : x1 + reach]
    return bool(around.size) and float(around.any(axis=1).mean()) >= CROSSED


def _paper_of(raw: np.ndarray) -> float:
    """Grey of the paper: nine tenths of the pixels are no lighter. Counted, not sorted: this runs for every cell."""
    counts = np.cumsum(cv2.calcHist([raw], [0], None, [256], [0, 256]))
    return float(np.searchsorted(counts, 0.9 * raw.size))


def _beside_pen(page: PageImage, box: tuple[int, int, int, int]) -> FoundLines | None:
    """Print beside what a coloured pen wrote; None where all is the pen's: its ink was lifted off the clean page."""
    x0, y0, x1, y1 = box
    print_only = page.gray[y0:y1, x0:x1].copy()
    if page.pen is not None:
        side = max(round(2 * PEN_FRINGE * page.text_height), 3)
        near = cv2.dilate(page.pen[y0:y1, x0:x1].astype(np.uint8), np.ones((side, side), np.uint8)) > 0
        ink = print_only < INK_BELOW
        if (ink & near).sum() > MOST_FRINGE * ink.sum():
            return None  # black print with coloured edges, or crossed by the pen: whitening would take letters
        print_only[near] = 255
    found = find_lines(print_only, page.text_height)
    return found if found.lines else None


def _pale_pen(page: PageImage, box: tuple[int, int, int, int]) -> FoundLines | None:
    """One line of all that a coloured pen wrote, where it is too pale to be seen as ink; None: no figure is as low."""
    x0, y0, x1, y1 = box
    if page.pen is None:
        return None
    left, top, width, height = cv2.boundingRect(page.pen[y0:y1, x0:x1].astype(np.uint8))
    if height < FIGURE * page.text_height:
        return None
    return FoundLines((InkLine(left, top, left + width, top + height),), touches=False, specks=False)


def _coloured(page: PageImage, box: tuple[int, int, int, int]) -> tuple[TextLine, ...]:
    """Lines of all the ink of a cell, the coloured that was lifted with a stamp or a signature among it."""
    x0, y0, x1, y1 = box
    seen = _against_paper(page.raw[y0:y1, x0:x1])
    return tuple(
        TextLine(
            (line.x0 + x0, line.y0 + y0, line.x1 + x0, line.y1 + y0),
            seen,
            seen,
            (line.x0, line.y0, line.x1, line.y1),
            page.text_height,
        )
        for line in find_lines(seen, page.text_height).lines
    )


def _against_paper(raw: np.ndarray) -> np.ndarray:
    """The pixels with the paper as white."""
    return np.clip(raw * (255 / max(_paper_of(raw), 1.0)), 0, 255).astype(np.uint8)


def _unseen(page: PageImage, box: tuple[int, int, int, int]) -> FoundLines | None:
    """What cleaning took from a cell although nothing tells that it is no print; None: nothing."""
    x0, y0, x1, y1 = box
    region = np.s_[y0:y1, x0:x1]
    raw = page.raw[region]
    if not raw.size or raw.min() >= STRONG * LIGHTEST:
        return None
    if raw.min() >= STRONG * _paper_of(raw):
        return None
    seen = _against_paper(raw)
    for mask in (page.stamp, page.signature, page.pen, page.stray):
        if mask is not None:
            seen[mask[region]] = 255
    found = find_lines(seen, page.text_height)
    return found if found.lines else None


def _may_be_dash(line: TextLine) -> bool:
    """Whether a pale line is as flat as a dash: no reader may see it, but its cell need not be blank."""
    x0, y0, x1, y1 = line.inner
    narrowest, widest, highest = (share * line.text_height for share in BROKEN_DASH)
    return narrowest <= x1 - x0 <= widest and y1 - y0 <= min(highest, (x1 - x0) / FLATTISH)


def _crop(page: PageImage, cell: GridCell) -> np.ndarray:
    """The inside of a cell, away from what a ruling may leave there."""
    x0, y0, x1, y1 = inside(page, cell.box)
    zone = round(BORDER_ZONE * page.text_height)
    return page.gray[y0 + zone : max(y1 - zone, y0 + zone), x0 + zone : max(x1 - zone, x0 + zone)]


def _doubted(page: PageImage, ink: CellInk, speck: Speck) -> CellInk:
    """With what speaks against its ink's being print. `speck`: those that the page is full of."""
    if speck.width and all(line.sign == DITTO and _is_speck(line) for line in ink.lines):
        mark = _find_mark(page, ink.cell, speck)
        ink = replace(ink, lines=() if mark is None else (mark,), specks=ink.specks or bool(ink.lines))
        if mark is None and ink.specks:
            ink = replace(ink, marks=_marks(page, inside(page, ink.cell.box)))
    if not ink.lines:
        faint = tuple(line for line in ink.faint if not _is_dirt(page, line, speck))
        dashes = () if ink.lifted else tuple(line.box for line in faint if _may_be_dash(line))
        return replace(ink, faint=faint, marks=(*ink.marks, *dashes))
    x0, y0, x1, y1 = inside(page, ink.cell.box)
    region = np.s_[y0:y1, x0:x1]
    stray = None if page.stray is None else page.stray[region]
    ditto = any(line.sign == DITTO for line in ink.lines)
    dirt = not ink.pen and not ditto and is_dirt(page.gray[region], page.text_height, speck)
    is_doubted = dirt or (not ink.pen and is_stray(page.gray[region], stray, page.text_height, speck))
    blot = _has_blot(page, (x0, y0, x1, y1))
    return replace(ink, stray=is_doubted, dirt=dirt, blot=blot) if is_doubted or blot else ink


def _has_blot(page: PageImage, box: tuple[int, int, int, int]) -> bool:
    """Whether a mass of ink lies in a cell, and no shadow. The paper is only looked at where there may be one."""
    x0, y0, x1, y1 = box
    raw = page.raw[y0:y1, x0:x1]
    if not has_blot(raw, LIGHTEST, page.text_height):
        return False
    paper = _paper_around(page, box)
    return has_blot(raw, paper, page.text_height) and not is_shadow(raw, page.gray[y0:y1, x0:x1], paper)


def _find_mark(page: PageImage, cell: GridCell, speck: Speck) -> TextLine | None:
    """What may be a dash in a cell without print, on a page full of specks."""
    x0, y0, x1, y1 = inside(page, cell.box)
    mark = find_mark(page.gray[y0:y1, x0:x1], page.text_height, speck)
    return None if mark is None else cut_line(page, mark, (x0, y0), (x0, x1), signs=False)


def _is_dirt(page: PageImage, line: TextLine, speck: Speck) -> bool:
    """Whether what may be left of a dash is as dark and as small as the specks that the page is full of."""
    x0, y0, x1, y1 = (round(v) for v in line.box)
    crop = page.gray[y0:y1, x0:x1]
    return bool(speck.width and (crop < INK_BELOW).any() and is_stray(crop, None, page.text_height, speck))


def _is_speck(line: TextLine) -> bool:
    x0, y0, x1, y1 = line.box
    return max(x1 - x0, y1 - y0) < SPECK * line.text_height


def _paper_around(page: PageImage, box: tuple[int, int, int, int]) -> float:
    """Grey of the paper in and around a cell: a blot may leave none of it in the cell."""
    x0, y0, x1, y1 = box
    reach = round(AROUND * page.text_height)
    return _paper_of(page.raw[max(y0 - reach, 0) : y1 + reach, max(x0 - reach, 0) : x1 + reach])


def _loose_lines(page: PageImage, grids: tuple[Grid, ...]) -> tuple[LooseLine, ...]:
    """Lines outside the tables, top to bottom, one for each stretch of text."""
    height, width = page.gray.shape
    bands = _bands([grid.box for grid in grids], height)
    loose: list[LooseLine] = []
    for top, bottom in bands:
        box = (0.0, float(top), float(width), float(bottom))
        if page.origin == "digital":
            loose += [_loose(page, b, words=text) for text, b in _rows(page, box)]
            continue
        for line in find_lines(page.gray[top:bottom], page.text_height).lines:
            cut = cut_line(page, line, (0, top), (0, width), signs=False)
            loose.append(_loose(page, cut.box, cut))
    return tuple(loose)


def _loose(page: PageImage, box: Box, line: TextLine | None = None, words: str | None = None) -> LooseLine:
    return LooseLine(Piece(page.number, page.to_source(box)), line, words, _shares_of(page, box))


def _shares_of(page: PageImage, box: Box) -> Box:
    """The box as fractions of the page set upright."""
    height, width = page.gray.shape
    return box[0] / width, box[1] / height, box[2] / width, box[3] / height


def _rows(page: PageImage, box: Box) -> list[tuple[str, Box]]:
    return lines_in(page.words, box)


def _bands(boxes: list[Box], height: int) -> list[tuple[int, int]]:
    """Stretches of the page's height that no table covers."""
    bands, top = [], 0
    for box in sorted(boxes, key=lambda b: b[1]):
        if box[1] - top > 4:
            bands.append((top, int(box[1]) - 2))
        top = max(top, int(box[3]) + 3)
    if height - top > 4:
        bands.append((top, height))
    return bands
