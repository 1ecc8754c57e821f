"""A drawn PDF page -> whether what it holds is in its pixels: images that did not decode, content that left no ink."""

from __future__ import annotations

import ctypes
import io
import sys
from collections.abc import Sequence

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from extractor.errors import UnreadableFile
from extractor.page.device import to_pixels

INVISIBLE = 3  # text render mode: neither fill nor stroke
SAME = 2  # grey levels within which a region shows nothing
SMALL_IMAGE = 0.02  # of the page: smaller ones are logos and rulings
CUT_SHARE = 0.03  # of an image's side: an even band as wide at its end may be what was not decoded
BLANK_BYTES = {"JBIG2Decode": 1_500, "CCITTFaxDecode": 20_000}  # an empty page never takes more
PAINTS = frozenset({"Do", "Tj", "TJ", "'", '"', "sh", "INLINE IMAGE"})
WHITE = 250
MOST_LETTERS = 2_000  # looked at for one that should be seen
LEAST_FILLED = 0.01  # of a page of absurd size
PLAIN_COLOURS = (
    raw.FPDF_COLORSPACE_DEVICEGRAY,
    raw.FPDF_COLORSPACE_DEVICERGB,
    raw.FPDF_COLORSPACE_DEVICECMYK,
    raw.FPDF_COLORSPACE_CALGRAY,
    raw.FPDF_COLORSPACE_CALRGB,
    raw.FPDF_COLORSPACE_ICCBASED,
)


def replace_images(page: pdfium.PdfPage, images: Sequence[pdfium.PdfImage], most_pixels: int) -> bool:
    """Decode apart what the renderer cannot decode, and put it in its place. Whether anything was replaced."""
    replaced = False
    for item in images:
        if _needs_other_decoder(item):
            pixels = _decode_apart(item, most_pixels)
            if pixels is not None:
                item.set_bitmap(pdfium.PdfBitmap.from_pil(pixels), pages=[page])
                replaced = True
    return replaced


def _needs_other_decoder(item: pdfium.PdfImage) -> bool:
    codec = _codec(item)
    if codec not in ("JPXDecode", "DCTDecode"):
        return False
    if item.get_metadata().bits_per_pixel == 0:
        return True
    if codec != "JPXDecode":
        return False
    try:
        with Image.open(io.BytesIO(_data(item))) as image:  # the stream is right where the dictionary is not
            return image.size != item.get_px_size()
    except (OSError, SyntaxError, ValueError):
        return False


def _decode_apart(item: pdfium.PdfImage, most_pixels: int) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(_data(item)), formats=("JPEG2000", "JPEG")) as image:
            if image.width * image.height > most_pixels:
                return None
            image.load()
            return image.convert("L" if image.mode in ("1", "L", "LA", "I;16", "I") else "RGB")
    except (OSError, SyntaxError, ValueError, EOFError):
        return None


def check_images(page: pdfium.PdfPage, images: Sequence[pdfium.PdfImage], pixels: np.ndarray, number: int) -> None:
    """Raises UnreadableFile where an image of the page is not in its pixels, or only a part of it."""
    for item in images:
        region = _region(page, item, pixels)
        if region.size < SMALL_IMAGE * pixels.size:
            continue
        if (_is_even(region) and _holds_more(item)) or (_ends_even(region) and _is_cut(item)):
            raise undrawn(number, "an image on it is damaged or of a kind that cannot be decoded")


def check_size(page: pdfium.PdfPage, number: int) -> None:
    """Of a page of absurd size. Raises UnreadableFile where what it holds is lost on it."""
    boxes = [item.get_bounds() for item in page.get_objects(max_depth=1)]
    if boxes:
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        width, height = page.get_size()
        if (max(rights) - min(lefts)) * (max(tops) - min(bottoms)) < LEAST_FILLED * width * height:
            raise undrawn(number, "its paper size is absurd, and what it holds is too small on it")


def _holds_more(item: pdfium.PdfImage) -> bool:
    """Whether an image whose place is even holds more than an even picture."""
    least = BLANK_BYTES.get(_codec(item))
    if least is not None and len(_data(item)) > least:
        return True
    try:
        bitmap = item.get_bitmap()
    except pdfium.PdfiumError:
        return True
    return _codec(item) != "JBIG2Decode" and not _is_even(bitmap.to_numpy())


def _is_cut(item: pdfium.PdfImage) -> bool:
    """Whether the image's data end before its picture does."""
    codec = _codec(item)
    if codec == "DCTDecode":
        return b"\xff\xd9" not in _data(item)[-1024:]
    if codec:
        return False
    about = item.get_metadata()
    if about.colorspace not in PLAIN_COLOURS:
        return False
    expected = (about.width * about.bits_per_pixel + 7) // 8 * about.height
    return len(_data(item)) < expected - max(expected // 100, 1)


def _codec(item: pdfium.PdfImage) -> str:
    """The filter that makes pixels; empty where the data are pixels once unpacked."""
    filters = item.get_filters(skip_simple=True)
    return str(filters[-1]) if filters else ""


def _data(item: pdfium.PdfImage) -> bytes:
    return bytes(item.get_data(decode_simple=True))


def _region(page: pdfium.PdfPage, item: pdfium.PdfImage, pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = to_pixels(page, item.get_bounds(), width, height)
    # its very edge is mixed with what lies beside it
    rows = slice(max(int(y0) + 2, 0), max(int(y1) - 1, 0))
    return pixels[rows, max(int(x0) + 2, 0) : max(int(x1) - 1, 0)]


def _is_even(region: np.ndarray) -> bool:
    return region.size == 0 or int(region.max()) - int(region.min()) <= SAME


def _ends_even(region: np.ndarray) -> bool:
    """Whether a band along one of its sides is even, as where a picture was not decoded to its end."""
    height, width = region.shape[:2]
    rows, columns = max(int(height * CUT_SHARE), 1), max(int(width * CUT_SHARE), 1)
    return any(_is_even(band) for band in (region[-rows:], region[:rows], region[:, -columns:], region[:, :columns]))


def undrawn(number: int, why: str) -> UnreadableFile:
    """The error of a page that shows less than it holds."""
    return UnreadableFile(
        f"page {number} could not be drawn: {why}", "print it to a new PDF, or scan it again", code="undrawn-page"
    )


def check_blank(page: pdfium.PdfPage, images: Sequence[pdfium.PdfImage], data: bytes, number: int) -> None:
    """Of a page that shows nothing. Raises UnreadableFile where it holds something that should have been seen."""
    if any(_holds_more(item) for item in images):
        raise undrawn(number, "an image on it is damaged, or lies outside of the page")
    if _shows_text(page):
        raise undrawn(number, "it holds text, but shows none")
    objects = sum(1 for _ in page.get_objects(max_depth=2))
    fault = "" if objects else _content_fault(data, number)
    if fault:
        raise undrawn(number, fault)


def _shows_text(page: pdfium.PdfPage) -> bool:
    """Whether a letter should be seen, be its font at hand or not."""
    letters = page.get_textpage()
    try:
        for index in range(min(letters.count_chars(), MOST_LETTERS)):
            item = raw.FPDFText_GetTextObject(letters, index)
            code = raw.FPDFText_GetUnicode(letters, index)
            blank = code <= sys.maxunicode and not chr(code).strip()
            if item and not blank and raw.FPDFTextObj_GetTextRenderMode(item) != INVISIBLE and not _is_white(item):
                return True
    finally:
        letters.close()
    return False


def _is_white(item: object) -> bool:
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
        return False
    return min(red.value, green.value, blue.value) >= WHITE or alpha.value == 0


def _content_fault(data: bytes, number: int) -> str:
    """What is wrong with a page's content from which the renderer made nothing; empty where it has none."""
    try:
        with pikepdf.open(io.BytesIO(data)) as document:
            page = document.pages[number - 1].obj
            if "/Contents" not in page:
                return ""
            contents = page.Contents
            parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
            if any(not isinstance(part, pikepdf.Stream) for part in parts):
                return "its content is missing from the file"
            operators = {str(step.operator) for step in pikepdf.parse_content_stream(page)}
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError, TypeError, IndexError):
        return "its content is damaged"
    return "nothing of its content could be drawn" if operators & PAINTS else ""
