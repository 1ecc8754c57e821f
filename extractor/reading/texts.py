"""Readings of one label, unit, note or number of a row by two engines -> its text, line by line and word by word."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from extractor.reading.consensus import STRAY_BLANK, blank_confidence, ink_reasons
from extractor.reading.doubtful import Second
from extractor.reading.layer import fold
from extractor.reading.lexicon import SURE_WORD, find_words, first_words, is_known, read_words
from extractor.reading.signs import DITTO
from extractor.reading.wrapped import close_address, join_lines
from extractor.records import CellState, CellText, Field, Reading

LAYER = "layer"  # the engine name of a PDF's own words
SAME_SHAPES = "cosuvwxz"  # letters whose capitals differ from them in size alone
SURE_SIGN = 0.95
SURE_TEXT = 0.62  # Tesseract's least word score from which its text is preferred: it knows the stacked tone marks


def settle_text(parts: Sequence[CellText], second: Mapping[int, tuple[Second, ...]], words: frozenset[str]) -> Field:
    """A label, unit, note or number-of-row cell as read.

    `second`: what the other engine saw of a line, by id() of its first reading; `words`: folded-free vocabulary that
    chooses between readings of one word, never replaces it.
    """
    pieces, reasons = tuple(part.ink.piece for part in parts), list(ink_reasons(parts))
    if not any(part.ink.has_ink for part in parts):
        return Field("", "blank", blank_confidence(parts), pieces, (), (), tuple(reasons))
    if all(part.ink.stray or not part.ink.has_ink for part in parts):
        reasons.append("stray-ink")
    if all(part.ink.dirt or not part.ink.has_ink for part in parts):
        return Field("", "blank", STRAY_BLANK, pieces, (), (), tuple(reasons))
    if all(part.ink.words is not None or not part.ink.has_ink for part in parts):
        raw = join_lines([line for part in parts for line in (part.ink.words or "").split("\n")], words)
        return Field(raw, "read", 1.0, pieces, (Reading(LAYER, raw, 1.0),), reasons=tuple(reasons))
    texts: list[str] = []
    scores: list[float] = []
    readings: list[Reading] = []
    for part in parts:
        if part.ink.words is not None:
            # a row may begin on a page with a text layer and end on a scanned one, which is what can be misread
            texts += part.ink.words.split("\n")
        signs = (*(line.sign for line in part.ink.lines), *("" for _ in part.lines))  # no reading is left out
        for line, sign in zip(part.lines, signs, strict=False):
            if sign == DITTO:
                # told by its shape; engines see figures in it
                texts.append(sign)
                scores.append(SURE_SIGN)
                continue
            seen = second.get(id(line), ())
            chosen, score = choose_parts(line, seen, words)
            both = [line, *_as_line(line, seen, words)]
            chosen = _going_on(chosen, texts[-1] if texts else "", words, both)
            texts.append(f"{sign} {chosen}".strip())
            scores.append(score)
            readings += both
    raw = close_address(join_lines(texts, words), words)
    state: CellState = "read" if raw else "illegible"
    lines = tuple(text for text in texts if text)
    return Field(raw, state, min(scores, default=0.0), pieces, _whole(readings), (), tuple(reasons), lines)


def doubt_tones(field: Field, words: frozenset[str]) -> Field:
    """A note, with a reason where one of its small words is one of the form's but for its tone marks.

    In blurred print all readers see the same wrong mark ("tông hợp"). Names have marks of their own, and a capital.
    """
    if field.state != "read" or (bool(field.readings) and field.readings[0].engine == LAYER):
        return field
    small = [word for word in field.raw.split() if word.islower() and word.isalpha() and not is_known(word, words)]
    bare = _without_tones(words) if small else frozenset()
    alike = any(fold(word) in bare for word in small)
    return replace(field, reasons=(*field.reasons, "unknown-word")) if alike else field


@lru_cache(maxsize=8)
def _without_tones(words: frozenset[str]) -> frozenset[str]:
    """Words of the vocabulary that have marks, without them."""
    return frozenset(bare for word in words if word.isalpha() and (bare := fold(word)) != word)


def _going_on(line: str, before: str, words: frozenset[str], readings: Sequence[Reading]) -> str:
    """A line that goes on a phrase of the vocabulary, with the phrase's word where that is among what engines see.

    They see each line by itself, scaled to one height: `vị` alone looks like `Vị`, `VỊ` and `vi`.
    """
    first, _, rest = line.partition(" ")
    if not first or not before:
        return line
    last = before.rsplit(maxsplit=1)[-1]
    seen = dict.fromkeys(form for word in (first, *_first_words(readings)) for form in _cases(word))
    fits = next((word for word in (first, *seen) if f"{last} {word}" in words), first)
    return f"{fits} {rest}".strip()


def _first_words(readings: Sequence[Reading]) -> Iterator[str]:
    for reading in readings:
        yield from first_words(reading)


def _cases(word: str) -> tuple[str, ...]:
    """The word, and in small letters where only the size tells its first one from a capital."""
    small = word.lower()
    alike = unicodedata.normalize("NFD", small)[:1] in SAME_SHAPES
    return (word, small) if alike and small != word else (word,)


def _whole(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Line readings -> one reading of the whole cell for each engine."""
    engines = dict.fromkeys(reading.engine for reading in readings)
    joined = []
    for engine in engines:
        mine = [r for r in readings if r.engine == engine]
        joined.append(Reading(engine, " ".join(r.text for r in mine if r.text), min(r.confidence for r in mine)))
    return tuple(joined)


def _as_line(first: Reading, seen: Sequence[Second], words: frozenset[str]) -> Iterator[Reading]:
    """The second engine's reading of a line, or what it saw in parts of it with the first one's words around them."""
    if len(seen) == 1 and _is_whole(first, seen[0]):
        yield seen[0].reading
    elif seen:
        text = " ".join(_put([word for word, _ in read_words(first, words)], [(s, s.reading.text) for s in seen]))
        yield replace(seen[0].reading, text=text, confidence=min(s.reading.confidence for s in seen))


def _is_whole(first: Reading, seen: Second) -> bool:
    return seen.start == 0 and seen.end >= len(find_words(first))


def _put(line: list[str], parts: Sequence[tuple[Second, str]]) -> list[str]:
    """The words of a line, those of each part replaced."""
    for seen, text in reversed(parts):
        line[seen.start : seen.end] = [text] if text else line[seen.start : seen.end]
    return line


def choose_parts(first: Reading, seen: Sequence[Second], words: frozenset[str]) -> tuple[str, float]:
    """A line of which a second engine saw parts, one of two readings chosen in each of them; and how sure it is."""
    if not seen:
        return choose_line(first, None, words)
    if len(seen) == 1 and _is_whole(first, seen[0]):
        return choose_line(first, seen[0].reading, words)
    spans, read = find_words(first), read_words(first, words)
    left = [p for n, (_, p) in enumerate(read) if not any(s.start <= n < s.end for s in seen)]
    chosen = []
    for part in seen:
        start, end = spans[part.start][0], spans[part.end - 1][1]
        chars = first.chars[start:end]
        mine = Reading(first.engine, first.text[start:end], min(c[0][1] for c in chars), first.preparation, (), chars)
        chosen.append((part, choose_line(mine, part.reading, words)))
    text = " ".join(_put([word for word, _ in read], [(part, text) for part, (text, _) in chosen]))
    return text, min([*left, *(score for _, (_, score) in chosen)])


def choose_line(first: Reading, second: Reading | None, words: frozenset[str]) -> tuple[str, float]:
    """One of two readings of a line, or word by word where they have as many words; and how sure it is."""
    ours = read_words(first, words)
    text, score = " ".join(word for word, _ in ours), min((p for _, p in ours), default=0.0)
    if second is None or not second.text:
        return text, score
    theirs = second.text.split()
    if len(text) != len(second.text) and (merged := _merge(text, second.text)) is not None:
        return merged, 1.0 - (1.0 - score) * (1.0 - 0.8 * second.confidence)
    if len(ours) != len(theirs):
        # the first reader's equals signs are told by their shape
        if (second.confidence >= SURE_TEXT and text.count("=") <= second.text.count("=")) or not text:
            return second.text, 0.6 * second.confidence
        return text, 0.6 * score
    chosen = [_choose_word(a, p, b, second.confidence, words) for (a, p), b in zip(ours, theirs, strict=True)]
    return " ".join(word for word, _ in chosen), min((p for _, p in chosen), default=0.0)


def _merge(ours: str, theirs: str) -> str | None:
    """Two readings that differ in spaces and equals signs alone, with those of both; None where they differ in more."""
    merged, i, j = "", 0, 0
    while i < len(ours) or j < len(theirs):
        a, b = ours[i : i + 1], theirs[j : j + 1]
        if a == b or a in (" ", "="):
            merged, i, j = merged + a, i + 1, j + (a == b)
        elif b in (" ", "="):
            merged, j = merged + b, j + 1
        else:
            return None
    return " ".join(merged.split())


def _choose_word(ours: str, score: float, theirs: str, their_score: float, words: frozenset[str]) -> tuple[str, float]:
    if ours == theirs:
        return ours, 1.0 - (1.0 - score) * (1.0 - 0.8 * their_score)
    known_ours, known_theirs = is_known(ours, words), is_known(theirs, words)
    if known_ours != known_theirs:
        return (ours, 0.9 * score) if known_ours else (theirs, 0.9 * their_score)
    # TrueOCR has no "=", and drops a "%" behind figures or sees a 6 in it: where the other sees one it stands
    share = theirs.endswith("%") and theirs[:-1].isdigit() and ours in (theirs[:-1], f"{theirs[:-1]}6")
    prefer_theirs = "=" in theirs or share or (their_score >= SURE_TEXT and score < SURE_WORD)
    return (theirs, 0.7 * their_score) if prefer_theirs else (ours, 0.7 * score)
