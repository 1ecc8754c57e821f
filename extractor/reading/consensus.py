"""Readings of one cell by several engines -> the reading that stands, and what speaks against it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from extractor.reading.lexicon import SURE_WORD, is_known, read_words
from extractor.records import CellState, CellText, Field, Piece, Reading

STAMP_COUNTS = 0.04  # share of the ink under coloured ink from which the reading may suffer
SECOND_PREPARATION = 0.35  # weight of an origin's further preparations beside its best one
ENGINE_WEIGHT: Mapping[str, float] = {"ppocr": 1.0, "trueocr": 0.9, "tesseract-eng": 0.8, "tesseract-vie": 0.7}
LIGHTER_INK = 0.5  # what was left out so that this could be read may have been a part of it
WORD_WEIGHT: Mapping[str, float] = {"ppocr": 0.3, "trueocr": 0.9, "tesseract-eng": 0.2, "tesseract-vie": 0.7}
SURE_FIGURE = 0.5  # score from which a reader counts where the ink may be no print
STRAY_BLANK = 0.8
LETTERS = 3  # as many letters are a word, and only readers of Vietnamese know its tone marks
NUMBER_CHARS = re.compile(r"^[\d.,%/\s-]+$")
SURE_TEXT = 0.62  # Tesseract's least word score from which its text is preferred: it knows the stacked tone marks


def canonical(text: str) -> str:
    """What two engines must agree on: NFC without spaces around marks."""
    text = unicodedata.normalize("NFC", text).strip()
    text = text.replace("–", "-").replace("—", "-").replace("−", "-")
    return re.sub(r"\s*([.,/%])\s*(?=\d|$)", r"\1", text) if NUMBER_CHARS.match(text) else text


def settle_number(parts: Sequence[CellText], readings: Sequence[Reading]) -> Field:
    """The value cell as read. `readings`: whole-cell readings of every engine and preparation."""
    pieces, reasons = _pieces(parts), list(_ink_reasons(parts))
    if not any(part.ink.has_ink for part in parts):
        return Field("", "blank", _blank_confidence(parts), pieces, (), (), tuple(reasons))
    scores = _votes(readings)
    if any(part.ink.blot for part in parts):
        # what a blot covers cannot be told from what it was meant to strike out
        return Field(
            "", "illegible", 0.0, pieces, tuple(readings), _alternatives([("", 0.0)], readings), (*reasons, "blot")
        )
    if all(part.ink.stray or not part.ink.has_ink for part in parts) and not _is_figure(readings):
        found = _alternatives([("", 0.0)], readings)
        return Field("", "blank", STRAY_BLANK, pieces, tuple(readings), found, (*reasons, "stray-ink"))
    if not scores:
        return Field("", "illegible", 0.0, pieces, tuple(readings), (), (*reasons, "no-reading"))
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    text, score = ranked[0]
    agreeing = {reading.engine.split("-")[0] for reading in readings if canonical(reading.text) == text}
    origins = {reading.engine.split("-")[0] for reading in readings}
    if len(ranked) > 1:
        reasons.append("engines-disagree")
    if all(reading.preparation == "dark" for reading in readings if canonical(reading.text) == text):
        reasons.append("lighter-ink")
    if len(agreeing) < 2:
        reasons.append("single-reader")
    total = sum(scores.values()) or 1.0
    confidence = score / total * _strength(readings, text) * (1.0 if len(agreeing) > 1 or len(origins) == 1 else 0.8)
    if "lighter-ink" in reasons:
        confidence *= LIGHTER_INK
    ordered = sorted(readings, key=lambda r: (canonical(r.text) != text, -r.confidence))
    return Field(text, "read", confidence, pieces, tuple(ordered), _alternatives(ranked, readings), tuple(reasons))


def _is_figure(readings: Sequence[Reading]) -> bool:
    """Whether engines of two origins see the same figures in ink that may be no print."""
    sure: dict[str, set[str]] = {}
    for reading in readings:
        text = canonical(reading.text)
        if reading.confidence >= SURE_FIGURE and NUMBER_CHARS.match(text) and any(map(str.isdigit, text)):
            sure.setdefault(text, set()).add(reading.engine.split("-")[0])
    return any(len(origins) > 1 for origins in sure.values())


def _votes(readings: Sequence[Reading]) -> dict[str, float]:
    """Score of each string: engines of one origin are one voice, further preparations count less."""
    voices: dict[tuple[str, str], list[float]] = {}
    for reading in readings:
        text = canonical(reading.text)
        if text:
            by_engine = WORD_WEIGHT if sum(map(str.isalpha, text)) >= LETTERS else ENGINE_WEIGHT
            weight = by_engine.get(reading.engine, 0.7) * max(reading.confidence, 0.02)
            voices.setdefault((text, reading.engine), []).append(weight)
    scores: dict[str, float] = {}
    for (text, _), weights in voices.items():
        best = max(weights)
        scores[text] = scores.get(text, 0.0) + best + SECOND_PREPARATION * (sum(weights) - best)
    return scores


def _strength(readings: Sequence[Reading], text: str) -> float:
    """P(at least one agreeing engine is right) with engines' own scores taken at a discount."""
    doubt = 1.0
    for engine in {reading.engine for reading in readings}:
        scores = [r.confidence for r in readings if r.engine == engine and canonical(r.text) == text]
        if scores:
            doubt *= 1.0 - 0.97 * max(scores)
    return 1.0 - doubt


def _alternatives(ranked: list[tuple[str, float]], readings: Sequence[Reading]) -> tuple[tuple[str, float], ...]:
    total = sum(score for _, score in ranked) or 1.0
    found = {text: score / total for text, score in ranked[1:]}
    for reading in readings:
        for text, score in reading.alternatives:
            text = canonical(text)
            if text and text != ranked[0][0]:
                found[text] = max(found.get(text, 0.0), 0.3 * score)
    return tuple(sorted(found.items(), key=lambda item: -item[1])[:5])


def settle_text(parts: Sequence[CellText], second: Mapping[int, Reading], words: frozenset[str]) -> Field:
    """A label, unit, note or number-of-row cell as read.

    `second`: the other engine's reading by id() of the first reading; `words`: folded-free vocabulary that chooses
    between readings of one word, never replaces it.
    """
    pieces, reasons = _pieces(parts), list(_ink_reasons(parts))
    if not any(part.ink.has_ink for part in parts):
        return Field("", "blank", _blank_confidence(parts), pieces, (), (), tuple(reasons))
    if all(part.ink.words is not None or not part.ink.has_ink for part in parts):
        raw = " ".join(" ".join((part.ink.words or "").split()) for part in parts).strip()
        return Field(raw, "read", 1.0, pieces, (Reading("layer", raw, 1.0),))
    texts, scores, readings = [], [], []
    for part in parts:
        for line in part.lines:
            chosen, score = choose_line(line, second.get(id(line)), words)
            texts.append(chosen)
            scores.append(score)
            readings += [r for r in (line, second.get(id(line))) if r is not None]
    raw = " ".join(text for text in texts if text)
    state: CellState = "read" if raw else "illegible"
    lines = tuple(text for text in texts if text)
    return Field(raw, state, min(scores, default=0.0), pieces, _whole(readings), (), tuple(reasons), lines)


def _whole(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Line readings -> one reading of the whole cell for each engine."""
    engines = dict.fromkeys(reading.engine for reading in readings)
    joined = []
    for engine in engines:
        mine = [r for r in readings if r.engine == engine]
        joined.append(Reading(engine, " ".join(r.text for r in mine if r.text), min(r.confidence for r in mine)))
    return tuple(joined)


def choose_line(first: Reading, second: Reading | None, words: frozenset[str]) -> tuple[str, float]:
    """One of two readings of a line, or word by word where they have as many words; and how sure it is."""
    ours = read_words(first, words)
    text, score = " ".join(word for word, _ in ours), min((p for _, p in ours), default=0.0)
    if second is None or not second.text:
        return text, score
    theirs = second.text.split()
    if len(ours) != len(theirs):
        if second.confidence >= SURE_TEXT or not text:
            return second.text, 0.6 * second.confidence
        return text, 0.6 * score
    chosen = [_choose_word(a, p, b, second.confidence, words) for (a, p), b in zip(ours, theirs, strict=True)]
    return " ".join(word for word, _ in chosen), min((p for _, p in chosen), default=0.0)


def _choose_word(ours: str, score: float, theirs: str, their_score: float, words: frozenset[str]) -> tuple[str, float]:
    if ours == theirs:
        return ours, 1.0 - (1.0 - score) * (1.0 - 0.8 * their_score)
    known_ours, known_theirs = is_known(ours, words), is_known(theirs, words)
    if known_ours != known_theirs:
        return (ours, 0.9 * score) if known_ours else (theirs, 0.9 * their_score)
    # TrueOCR has no "=": where the other sees one it stands
    prefer_theirs = "=" in theirs or (their_score >= SURE_TEXT and score < SURE_WORD)
    return (theirs, 0.7 * their_score) if prefer_theirs else (ours, 0.7 * score)


def _pieces(parts: Sequence[CellText]) -> tuple[Piece, ...]:
    return tuple(part.ink.piece for part in parts)


def _ink_reasons(parts: Sequence[CellText]) -> tuple[str, ...]:
    reasons = []
    if any(part.ink.stamped > STAMP_COUNTS for part in parts):
        reasons.append("under-stamp")
    if any(part.ink.touches for part in parts):
        reasons.append("touches-rule")
    if any(part.ink.pen for part in parts):
        reasons.append("handwriting")
    return tuple(reasons)


def _blank_confidence(parts: Sequence[CellText]) -> float:
    return 0.9 if any(part.ink.specks for part in parts) else 0.999
