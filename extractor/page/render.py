"""Source -> Sheet: one page as a viewer shows it, at its own resolution, with the words of an honest text layer."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageOps

from extractor.errors import TooLarge, UnreadableFile
from extractor.page.layer import read_words
from extractor.records import Source, Word
from extractor.settings import Settings

POINTS_PER_INCH = 72.0
SCAN_COVERAGE = 0.5  # a page mostly covered by images is a scan, whatever text lies under them
MIN_DPI, MAX_DPI = 100.0, 320.0  # below: enlarged by PDFium for the engines; above: no engine reads better
DIGITAL_DPI = 200.0  # enough to find hairlines; the text comes from the layer
MIN_LAYER_CHARS = 12  # fewer are a header or a page number over a drawing
A4_INCHES = 8.27
DEFAULT_IMAGE_DPI = 200.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """`pixels`: uint8 (H, W) or BGR (H, W, 3) as a viewer shows the page; `words`: boxes in these pixels."""

    number: int
    pixels: np.ndarray
    dpi: float
    words: tuple[Word, ...]


class PageReader(Protocol):
    """An opened file whose pages can be drawn."""

    def draw(self, number: int, *, trust_layer: bool = True) -> Sheet:
        """Page `number` (from 1). Raises UnreadableFile or TooLarge for this page alone."""
        ...


@contextmanager
def open_pages(source: Source, settings: Settings) -> Iterator[PageReader]:
    """Open the source's pages for drawing; closes what it opened."""
    if source.media_type == "application/pdf":
        document = pdfium.PdfDocument(source.data)
        try:
            yield _PdfPages(document, settings)
        finally:
            document.close()
    else:
        with Image.open(io.BytesIO(source.data)) as image:
            yield _ImagePages(image)


@dataclass(frozen=True, slots=True)
class _PdfPages:
    document: pdfium.PdfDocument
    settings: Settings

    def draw(self, number: int, *, trust_layer: bool = True) -> Sheet:
        try:
            page = self.document[number - 1]
        except pdfium.PdfiumError as error:
            raise UnreadableFile(f"page {number} cannot be opened", "scan the page again") from error
        try:
            scan_dpi, coloured = _scan_of(page)
            is_scan = scan_dpi is not None
            dpi = min(max(scan_dpi or DIGITAL_DPI, MIN_DPI), MAX_DPI)
            words: tuple[Word, ...] = ()
            if not is_scan and trust_layer:
                words = read_words(page, dpi / POINTS_PER_INCH)
            if not is_scan and sum(len(word.text) for word in words) < MIN_LAYER_CHARS:
                words, dpi = (), float(self.settings.page.dpi)
            pixels = self._render(page, number, dpi, coloured or not is_scan)
            return Sheet(number, pixels, dpi, words)
        finally:
            page.close()

    def _render(self, page: pdfium.PdfPage, number: int, dpi: float, coloured: bool) -> np.ndarray:
        width, height = page.get_size()
        scale = dpi / POINTS_PER_INCH
        if width * height * scale**2 > self.settings.ingest.max_pixels:
            raise TooLarge(f"page {number} is {width:.0f} x {height:.0f} points", "scan at 300 dpi on A4 or A3")
        bitmap = page.render(scale=scale, grayscale=not coloured)
        pixels = bitmap.to_numpy()
        if pixels.ndim == 3 and pixels.shape[2] == 1:
            pixels = pixels[:, :, 0]
        return np.ascontiguousarray(pixels[:, :, :3] if pixels.ndim == 3 else pixels).copy()


def _scan_of(page: pdfium.PdfPage) -> tuple[float | None, bool]:
    """(dpi of the page's largest image, coloured) when images cover the page, else (None, True)."""
    width, height = page.get_size()
    covered, largest, dpi, coloured = 0.0, 0.0, None, False
    for item in page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = item.get_bounds()
        area = max(right - left, 0.0) * max(top - bottom, 0.0)
        covered += area
        metadata = item.get_metadata()
        coloured = coloured or metadata.bits_per_pixel > 8
        if area > largest:
            largest = area
            dpi = math.sqrt(metadata.width * metadata.height / area) * POINTS_PER_INCH
    if dpi is None or covered < SCAN_COVERAGE * width * height:
        return None, True
    return dpi, coloured


@dataclass(frozen=True, slots=True)
class _ImagePages:
    image: Image.Image

    def draw(self, number: int, *, trust_layer: bool = True) -> Sheet:  # noqa: ARG002 an image has no layer
        try:
            self.image.seek(number - 1)
            upright = ImageOps.exif_transpose(self.image)
            bitonal_or_gray = upright.mode in {"1", "L", "I;16", "I"}
            pixels = np.asarray(_on_white(upright).convert("L" if bitonal_or_gray else "RGB"))
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise UnreadableFile(f"page {number} is damaged: {error}", "scan the page again") from error
        if pixels.ndim == 3:
            pixels = pixels[:, :, ::-1]
        return self._within_dpi(number, np.ascontiguousarray(pixels), upright)

    def _within_dpi(self, number: int, pixels: np.ndarray, image: Image.Image) -> Sheet:
        dpi = _dpi_of(image)
        if dpi > MAX_DPI:
            scale = MAX_DPI / dpi
            size = (round(image.width * scale), round(image.height * scale))
            pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
            dpi = MAX_DPI
        return Sheet(number, pixels, dpi, ())


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _dpi_of(image: Image.Image) -> float:
    """The stored resolution where it gives a paper size, else that of an A4 sheet."""
    stored = float(image.info.get("dpi", (0.0, 0.0))[0])
    short = min(image.width, image.height)
    if stored and 5 <= short / stored <= 17:
        return stored
    return short / A4_INCHES if short > 600 else DEFAULT_IMAGE_DPI
