"""Source -> Sheet: one page as a viewer shows it, at its own resolution, with the words of an honest text layer."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from extractor.errors import TooLarge, UnreadableFile
from extractor.page.images import ImagePages, JoinedPages
from extractor.page.layer import Layer, read_layer
from extractor.page.sheet import A4_INCHES, MAX_DPI, MIN_DPI, POINTS_PER_INCH, PageReader, Sheet, is_paper
from extractor.page.undrawn import SAME, check_blank, check_images, check_size, replace_images, undrawn
from extractor.records import Source
from extractor.settings import Settings

SCAN_COVERAGE = 0.5  # a page mostly covered by images is a scan, whatever text lies under them
DIGITAL_DPI = 200.0  # enough to find hairlines; the text comes from the layer
MIN_LAYER_CHARS = 12  # fewer are a header or a page number over a drawing
SHRUNK = 2e-6  # of its size: less than rounding adds, by which an image would be drawn over one more pixel
OFF_PIXELS = 0.02  # that an image may lie beside the page's edge and still be drawn pixel by pixel
NEAR = 1.002  # times: the scales of one picture, by its area and by its sides
NO_LAYER = Layer((), legacy=False)


@contextmanager
def open_pages(source: Source, settings: Settings) -> Iterator[PageReader]:
    """Open the source's pages for drawing; closes what it opened."""
    if source.media_type == "application/pdf":
        document = pdfium.PdfDocument(source.data)
        try:
            document.init_forms()  # so that fields are drawn; the library has no engine that could run scripts
            yield _PdfPages(document, source, settings)
        finally:
            document.close()
    elif source.files:
        yield JoinedPages(source)
    else:
        with Image.open(io.BytesIO(source.data)) as image:
            yield ImagePages(image)


@dataclass(frozen=True, slots=True)
class _PdfPages:
    document: pdfium.PdfDocument
    source: Source
    settings: Settings

    def draw(self, number: int, *, trust_layer: bool = True) -> Sheet:
        if (number, "too-large") in self.source.unfit:
            raise TooLarge(f"the content of page {number} is too large", "print it to a new PDF, or scan it")
        if (number, "undrawn-page") in self.source.unfit:
            raise undrawn(number, "its content is cut, damaged or lost")
        try:
            page = self.document[number - 1]
        except pdfium.PdfiumError as error:
            raise UnreadableFile(f"page {number} cannot be opened", "scan the page again") from error
        try:
            return self._draw(page, number, trust_layer=trust_layer)
        finally:
            page.close()

    def _draw(self, page: pdfium.PdfPage, number: int, *, trust_layer: bool) -> Sheet:
        images = self._images(page, number)
        notes = ["decoded-apart"] if replace_images(page, images, self.settings.ingest.max_pixels) else []
        inch = _inch(page)
        if inch != POINTS_PER_INCH:
            notes.append("scaled-page")
        scan_dpi, coloured = _scan_of(page, images, inch)
        is_scan = scan_dpi is not None
        dpi = min(max(scan_dpi or DIGITAL_DPI, MIN_DPI), MAX_DPI)
        layer = NO_LAYER if is_scan or not trust_layer else read_layer(page, dpi / inch)
        if layer.legacy:
            notes.append("legacy-layer")
        words = layer.words
        if not is_scan and sum(len(word.text) for word in words) < MIN_LAYER_CHARS:
            words, dpi = (), float(self.settings.page.dpi)
        scale = dpi / inch
        own = None
        if is_scan:
            scale = _fit_pixels(page, images, scale)
            own = _own_pixels(page, images[0], scale) if number in self.source.plain else None
            _shrink(images)
        pixels = self._render(page, number, scale, coloured or not is_scan) if own is None else own
        check_images(page, images, pixels, number)
        if inch != POINTS_PER_INCH:
            check_size(page, number)
        if int(pixels.max()) - int(pixels.min()) <= SAME:
            check_blank(page, images, self.source.data, number)
        return Sheet(number, pixels, dpi, words, tuple(notes))

    def _images(self, page: pdfium.PdfPage, number: int) -> tuple[pdfium.PdfImage, ...]:
        """The page's images, none of which is decoded before its size is known."""
        images = tuple(page.get_objects(filter=[pdfium.raw.FPDF_PAGEOBJ_IMAGE], max_depth=4))
        for item in images:
            width, height = item.get_px_size()
            if width * height > self.settings.ingest.max_pixels:
                raise TooLarge(f"an image of page {number} is {width} x {height} pixels", "scan at 300 dpi")
        return images

    def _render(self, page: pdfium.PdfPage, number: int, scale: float, coloured: bool) -> np.ndarray:
        width, height = page.get_size()
        if width * height * scale**2 > self.settings.ingest.max_pixels:
            raise TooLarge(f"page {number} is {width:.0f} x {height:.0f} points", "scan at 300 dpi on A4 or A3")
        try:
            bitmap = page.render(scale=scale, grayscale=not coloured)
        except (pdfium.PdfiumError, ValueError) as error:
            raise undrawn(number, f"its size is {width:g} x {height:g} points") from error
        return _plain_array(bitmap.to_numpy())


def _inch(page: pdfium.PdfPage) -> float:
    """Points of an inch on the paper: 72, or such that the page is a sheet of A4 where it is no size of paper."""
    short = min(page.get_size())
    if not short > 0:
        return POINTS_PER_INCH
    return POINTS_PER_INCH if is_paper(short / POINTS_PER_INCH) else short / A4_INCHES


def _fit_pixels(page: pdfium.PdfPage, images: Sequence[pdfium.PdfImage], scale: float) -> float:
    """The scale at which the pixels of a page's only image are drawn one to one, where there is one near.

    A page that is wider by the least part of a pixel is drawn a pixel wider, and all of it blurred and slower.
    """
    fitted = scale * (1 - SHRUNK)
    if len(images) != 1:
        return fitted
    width, height = page.get_size()
    across, down = images[0].get_px_size()[:: -1 if page.get_rotation() % 180 else 1]
    exact = min(across / width, down / height) * (1 - SHRUNK)
    fits = (math.ceil(exact * width), math.ceil(exact * height)) == (across, down)
    return exact if fits and scale / NEAR < exact < scale * NEAR else fitted


def _own_pixels(page: pdfium.PdfPage, image: pdfium.PdfImage, scale: float) -> np.ndarray | None:
    """The pixels of a page that is this image, None where they don't lie one to one on all of it.

    They are what would be drawn, in a fourth of the time.
    """
    turned, (a, b, c, d, e, f) = page.get_rotation() // 90, image.get_matrix().get()
    left, bottom, right, top = page.get_bbox()
    off = max(abs(e - left), abs(f - bottom), abs(e + a - right), abs(f + d - top)) * scale
    size = tuple(math.ceil(side * scale) for side in page.get_size())
    if b or c or min(a, d) <= 0 or off > OFF_PIXELS or image.get_px_size()[:: -1 if turned % 2 else 1] != size:
        return None
    try:
        pixels = image.get_bitmap().to_numpy()
    except pdfium.PdfiumError:
        return None
    upright = np.rot90(pixels, -turned)
    return _plain_array(upright) if upright.shape[1::-1] == size else None


def _plain_array(pixels: np.ndarray) -> np.ndarray:
    """Grey (H, W) or BGR (H, W, 3) of what PDFium gives."""
    if pixels.ndim == 3:
        pixels = pixels[:, :, 0] if pixels.shape[2] == 1 else pixels[:, :, :3]
    return np.array(pixels, order="C")


def _shrink(images: Sequence[pdfium.PdfImage]) -> None:
    """Draw the images smaller about their middles, by so little that they fall on whole pixels."""
    for item in images:
        left, bottom, right, top = item.get_bounds()
        matrix, x, y = item.get_matrix(), (left + right) / 2, (bottom + top) / 2
        a, b, c, d = (value * (1 - SHRUNK) for value in matrix.get()[:4])
        e, f = (old + (middle - old) * SHRUNK for old, middle in ((matrix.e, x), (matrix.f, y)))
        item.set_matrix(pdfium.PdfMatrix(a, b, c, d, e, f))


def _scan_of(page: pdfium.PdfPage, images: Sequence[pdfium.PdfImage], inch: float) -> tuple[float | None, bool]:
    """(dpi of the page's largest image, coloured) when images cover the page, else (None, True)."""
    width, height = page.get_size()
    covered, largest, dpi, coloured = 0.0, 0.0, None, False
    for item in images:
        left, bottom, right, top = item.get_bounds()
        area = max(right - left, 0.0) * max(top - bottom, 0.0)
        covered += area
        metadata = item.get_metadata()
        coloured = coloured or metadata.bits_per_pixel > 8
        if area > largest:
            largest = area
            dpi = math.sqrt(metadata.width * metadata.height / area) * inch
    if dpi is None or covered < SCAN_COVERAGE * width * height:
        return None, True
    return dpi, coloured
