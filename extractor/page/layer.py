"""A PDF page -> the words of its visible text layer, with boxes in rendered pixels."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

from extractor.records import Box, Word

INVISIBLE = 3  # text render mode: neither fill nor stroke
WORD_GAP = 0.28  # in font sizes: a wider gap is a space even where none is written
LINE_DRIFT = 0.5  # in character heights: a larger step down starts another word


@dataclass(frozen=True, slots=True)
class _Char:
    text: str
    box: Box


def read_words(page: pdfium.PdfPage, scale: float) -> tuple[Word, ...]:
    """Visible words in reading order of the content stream; () where the layer is invisible or turned.

    `scale`: pixels a point. Boxes are x0, y0, x1, y1 in pixels of the page as rendered at that scale.
    """
    textpage = page.get_textpage()
    try:
        words = tuple(_join(_visible_chars(page, textpage, scale)))
    finally:
        textpage.close()
    return words


def _visible_chars(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, scale: float) -> Iterator[_Char | None]:
    width, height = (round(side * scale) for side in page.get_size())
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        text = chr(code) if code else ""
        item = raw.FPDFText_GetTextObject(textpage, index)
        if item and raw.FPDFTextObj_GetTextRenderMode(item) == INVISIBLE:
            continue
        if not text.strip() or unicodedata.category(text) == "Cc":
            yield None
            continue
        if not raw.FPDFText_GetLooseCharBox(textpage, index, rect := raw.FS_RECTF()):
            continue
        left.value, right.value, bottom.value, top.value = rect.left, rect.right, rect.bottom, rect.top
        yield _Char(text, _to_pixels(page, (left.value, bottom.value, right.value, top.value), width, height))


def _to_pixels(page: pdfium.PdfPage, points: Box, width: int, height: int) -> Box:
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    # a hundredfold canvas keeps the fraction that the integer interface drops
    for px, py in ((points[0], points[1]), (points[2], points[3])):
        raw.FPDF_PageToDevice(page, 0, 0, width * 100, height * 100, 0, px, py, x, y)
        corners.append((x.value / 100, y.value / 100))
    (xa, ya), (xb, yb) = corners
    return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)


def _join(chars: Iterator[_Char | None]) -> Iterator[Word]:
    run: list[_Char] = []
    for char in chars:
        if run and (char is None or _breaks(run[-1].box, char.box)):
            yield _word(run)
            run = []
        if char is not None:
            run.append(char)
    if run:
        yield _word(run)


def _breaks(before: Box, after: Box) -> bool:
    height = max(before[3] - before[1], 1.0)
    gap = after[0] - before[2]
    return gap > WORD_GAP * height or gap < -height or abs(after[3] - before[3]) > LINE_DRIFT * height


def _word(run: list[_Char]) -> Word:
    text = unicodedata.normalize("NFC", "".join(char.text for char in run))
    boxes = [char.box for char in run]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return Word(text, box)
