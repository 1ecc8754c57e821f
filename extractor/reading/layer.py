"""A page with a text layer -> whether the layer says what is printed, by reading a few of its words from the pixels."""

from __future__ import annotations

import unicodedata

from rapidfuzz import fuzz

from extractor.reading.engines import Engine
from extractor.records import PageImage, TextLine, Word

SAMPLE = 10  # words read from the pixels
LEAST_WORD = 3  # letters of a word worth comparing
LIKE = 60.0  # mean rapidfuzz ratio, tone marks folded, above which the layer is believed
CONTEXT = 1.5  # word heights around the word that the engine sees


def is_true_layer(page: PageImage, engine: Engine) -> bool:
    """True where sampled words look as the layer says. Garbled and legacy encodings do not."""
    words = [word for word in page.words if len(word.text) >= LEAST_WORD]
    chosen = words[:: max(len(words) // SAMPLE, 1)][:SAMPLE]
    if not chosen:
        return True
    seen = engine.read([_cut(page, word) for word in chosen])
    alike = [fuzz.ratio(fold(word.text), fold(reading.text)) for word, reading in zip(chosen, seen, strict=True)]
    return sum(alike) / len(alike) >= LIKE


def _cut(page: PageImage, word: Word) -> TextLine:
    x0, y0, x1, y1 = (round(v) for v in word.box)
    reach = round(CONTEXT * max(y1 - y0, 1))
    top, left = max(y0 - reach, 0), max(x0 - reach // 4, 0)
    region = (slice(top, max(y1 + reach, top + 1)), slice(left, max(x1 + reach // 4, left + 1)))
    inner = (x0 - left, y0 - top, x1 - left, y1 - top)
    return TextLine(word.box, page.raw[region], page.gray[region], inner, page.text_height)


def fold(text: str) -> str:
    """Letters and digits alone, small and without tone marks."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c.isalnum())
