"""A PDF page -> the words of its visible text layer, with boxes in rendered pixels."""

from __future__ import annotations

import ctypes
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2 as pdfium
from pypdfium2 import raw

from extractor.page.device import to_pixels
from extractor.records import Box, Word

INVISIBLE = 3  # text render mode: neither fill nor stroke
WORD_GAP = 0.28  # in font sizes: a wider gap is a space even where none is written
TOLD_GAP = 0.1  # and a narrower one where PDFium tells a new line: it does between all letters of some pages
LEGACY_FONT = re.compile(r"(?:[A-Z]{6}\+)?(?:\.Vn|VNI[-A-Z]|VN[a-z]*Times|TCVN)")
# letters and signs that stand for Vietnamese letters in TCVN3 and VNI, and that Unicode Vietnamese never has
STRANGE = frozenset("¨©ª«¬\xad®¯µ¶·¸¹»¼½¾ÄÅÆÇËÎÏÑÖ×ØÛÜÞßäåæçëîïñö÷øûüþÿ")
LEAST_STRANGE, STRANGE_SHARE = 3, 0.08  # words with such letters: a foreign name or a sign may have some
LINE_ENDS = ("\r", "\n")
LINE_END_HYPHEN = 2  # what PDFium makes of a printed hyphen at a line's end, to join the word
SMALL, RAISED = 0.8, 0.1  # of the largest letter's height: a footnote's mark is no higher, and its foot is so far up
SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LINE_DRIFT = 0.5  # in character heights: a larger step down starts another word


@dataclass(frozen=True, slots=True)
class Layer:
    """`words`: visible ones in reading order of the content stream. `legacy`: letters in an encoding of old fonts."""

    words: tuple[Word, ...]
    legacy: bool


@dataclass(frozen=True, slots=True)
class _Char:
    """A letter; `starts`: PDFium makes it the first of a line."""

    text: str
    box: Box
    starts: bool = False


def read_layer(page: pdfium.PdfPage, scale: float) -> Layer:
    """The visible words; none where the layer is invisible, or in a legacy encoding and thus not what is printed.

    `scale`: pixels a point. Boxes are x0, y0, x1, y1 in pixels of the page as rendered at that scale.
    """
    textpage = page.get_textpage()
    try:
        words = tuple(_join(_visible_chars(page, textpage, scale)))
        legacy = bool(words) and (_has_legacy_font(page) or _is_legacy(words))
    finally:
        textpage.close()
    return Layer(() if legacy else words, legacy)


def _has_legacy_font(page: pdfium.PdfPage) -> bool:
    """Whether text is set in a font whose letters lie at other codes: .VnTime and its like, VNI-Times and its like."""
    names: dict[int, bool] = {}
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=4):
        font = raw.FPDFTextObj_GetFont(item)
        key = ctypes.addressof(font.contents) if font else 0
        if font and key not in names:
            names[key] = bool(LEGACY_FONT.match(_font_name(font)))
            if names[key]:
                return True
    return False


def _font_name(font: ctypes._Pointer[raw.fpdf_font_t__]) -> str:
    buffer = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    return buffer.value.decode("utf-8", errors="replace")


def _is_legacy(words: tuple[Word, ...]) -> bool:
    """Whether letters that Vietnamese does not have stand within words: fonts may be renamed."""
    lettered = [word.text for word in words if any(char.isalpha() for char in word.text)]
    strange = sum(any(char in STRANGE for char in text) for text in lettered)
    return strange >= LEAST_STRANGE and strange > STRANGE_SHARE * len(lettered)


def _visible_chars(page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, scale: float) -> Iterator[_Char | None]:
    width, height = (round(side * scale) for side in page.get_size())
    starts = False
    for index in range(textpage.count_chars()):
        code = raw.FPDFText_GetUnicode(textpage, index)
        text = "-" if code == LINE_END_HYPHEN else _sign(code)
        item = raw.FPDFText_GetTextObject(textpage, index)
        if item and raw.FPDFTextObj_GetTextRenderMode(item) == INVISIBLE:
            continue
        if text in LINE_ENDS and raw.FPDFText_IsGenerated(textpage, index) == 1:
            starts = True
            continue
        if not text.strip() or unicodedata.category(text) == "Cc":
            yield None
            continue
        if not raw.FPDFText_GetLooseCharBox(textpage, index, rect := raw.FS_RECTF()):
            continue
        yield _Char(text, to_pixels(page, (rect.left, rect.bottom, rect.right, rect.top), width, height), starts)
        starts = False


def _sign(code: int) -> str:
    """The character, U+FFFD where the file names none that there is."""
    is_there = 0 < code <= sys.maxunicode and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_there else "\ufffd" if code else ""


def _join(chars: Iterator[_Char | None]) -> Iterator[Word]:
    run: list[_Char] = []
    for char in chars:
        if run and (char is None or _breaks(run[-1].box, char.box, TOLD_GAP if char.starts else WORD_GAP)):
            yield _word(run)
            run = []
        if char is not None:
            run.append(char)
    if run:
        yield _word(run)


def _breaks(before: Box, after: Box, widest: float) -> bool:
    height = max(before[3] - before[1], 1.0)
    gap = after[0] - before[2]
    return gap > widest * height or gap < -height or abs(after[3] - before[3]) > LINE_DRIFT * height


def _word(run: list[_Char]) -> Word:
    """The letters as a word, the small raised figures of a footnote as such: "36²" is another number than "362"."""
    boxes = [char.box for char in run]
    tallest = max(boxes, key=lambda box: box[3] - box[1])
    height = tallest[3] - tallest[1]
    texts = (
        char.text.translate(SUPERSCRIPT)
        if char.box[3] - char.box[1] < SMALL * height and char.box[3] < tallest[3] - RAISED * height
        else char.text
        for char in run
    )
    text = unicodedata.normalize("NFC", "".join(texts))
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return Word(text, box)
