"""A page of an input -> overlays: rulings, cells, lines of ink, roles and readings, matched codes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from extractor.errors import NoCatalogue, UsageError
from extractor.grid import find_grids
from extractor.ingest import open_source
from extractor.page import open_pages, prepare_page
from extractor.pipeline import extract
from extractor.reading import find_ink
from extractor.records import Box, Grid, PageImage, PageInk
from extractor.report import Document
from extractor.settings import Settings, load_settings

RED, BLUE, GREEN, AMBER = (220, 30, 30), (30, 60, 220), (0, 140, 60), (230, 140, 0)
TEXT_SIZE = 0.011  # of the page's height


def draw_overlays(
    path: Path, page: int, out: Path, *, catalogue: str | Path | None = None, settings: Settings | None = None
) -> Iterator[Path]:
    """Write PNG files into `out` and yield their paths: straightened, cells, lines, matched. Raises UsageError."""
    settings = settings or load_settings()
    source = open_source(path, settings.ingest)
    if page > source.page_count:
        raise UsageError(f"the file has {source.page_count} pages", "give a smaller --page")
    with open_pages(source, settings) as reader:
        straight = prepare_page(reader, page)
        sheet = reader.draw(page).pixels
    grids = find_grids(straight)
    stem = f"{path.stem}-{page:03d}"
    yield _save(_ink_layers(straight), out / f"{stem}-1-straight.png")
    yield _save(_cells(straight, grids), out / f"{stem}-2-cells.png")
    yield _save(_lines(straight, find_ink(straight, grids)), out / f"{stem}-3-lines.png")
    try:
        document = extract(path, catalogue=catalogue, settings=settings)
    except NoCatalogue:
        return
    yield _save(_matches(sheet, page, document), out / f"{stem}-4-matched.png")


def _save(picture: Image.Image, path: Path) -> Path:
    picture.save(path)
    return path


def _ink_layers(page: PageImage) -> Image.Image:
    """The cleaned page, stamps in red, pen in blue."""
    pixels = cv2.cvtColor(page.gray, cv2.COLOR_GRAY2RGB)
    for mask, colour in ((page.stamp, RED), (page.signature, RED), (page.pen, BLUE)):
        if mask is not None:
            pixels[mask] = colour
    return Image.fromarray(pixels)


def _cells(page: PageImage, grids: tuple[Grid, ...]) -> Image.Image:
    """Cells in red, merged ones in blue; inferred grids in amber."""
    picture = Image.fromarray(page.gray).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for grid in grids:
        for cell in grid.cells:
            merged = cell.row_span * cell.column_span > 1
            colour = BLUE if merged else RED if grid.ruled else AMBER
            x0, y0, x1, y1 = cell.box
            draw.rectangle((x0 + 2, y0 + 2, max(x1 - 2, x0 + 3), max(y1 - 2, y0 + 3)), outline=colour, width=2)
    return picture


def _lines(page: PageImage, ink: PageInk) -> Image.Image:
    picture = Image.fromarray(page.raw).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for grid in ink.grids:
        for cell in grid.cells:
            colour = AMBER if cell.touches or cell.stamped > 0 else GREEN
            for line in cell.lines:
                draw.rectangle(line.box, outline=colour, width=2)
    for loose in ink.loose:
        if loose.line is not None:
            draw.rectangle(loose.line.box, outline=BLUE, width=2)
    return picture


def _matches(sheet: np.ndarray, number: int, document: Document) -> Image.Image:
    """The source page with value cells: green accepted, amber review; the code and the reading beside them."""
    pixels = sheet if sheet.ndim == 2 else sheet[:, :, ::-1]
    picture = Image.fromarray(np.ascontiguousarray(pixels)).convert("RGB")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(max(round(TEXT_SIZE * picture.height), 9))
    for indicator in document.indicators:
        value = indicator.value
        if value.page != number or value.box is None:
            continue
        colour = GREEN if value.status == "accepted" else AMBER
        box = _scaled(value.box, picture)
        draw.rectangle(box, outline=colour, width=3)
        draw.text((box[0] + 4, box[1] + 2), f"{indicator.code} {value.raw or ''}", fill=colour, font=font)
    for row in document.unmatched_rows:
        if row.page == number:
            draw.rectangle(_scaled(row.box, picture), outline=RED, width=3)
    return picture


def _scaled(box: Box, picture: Image.Image) -> Box:
    return box[0] * picture.width, box[1] * picture.height, box[2] * picture.width, box[3] * picture.height
