"""Readings of one value cell by several engines -> the reading that stands, and what speaks against it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from extractor.reading.signs import is_one_stroke
from extractor.records import CellText, Field, Reading

STAMP_COUNTS = 0.04  # share of the ink under coloured ink from which the reading may suffer
SECOND_PREPARATION = 0.35  # weight of an origin's further preparations beside its best one
ENGINE_WEIGHT: Mapping[str, float] = {"ppocr": 1.0, "trueocr": 0.9, "tesseract-eng": 0.8, "tesseract-vie": 0.7}
LIGHTER_INK = 0.5  # what was left out so that this could be read may have been a part of it
WORD_WEIGHT: Mapping[str, float] = {"ppocr": 0.3, "trueocr": 0.9, "tesseract-eng": 0.2, "tesseract-vie": 0.7}
SURE_LETTERS = 3  # small letters of a word that no stamp and no stroke looks like
SURE_FIGURE = 0.5  # score from which a reader counts where the ink may be no print
STRAY_BLANK = 0.8
FLAT = 1.6  # widths of its height that a dash has
HIGHEST_DASH, RAGGED_DASH = 0.22, 0.32  # text heights: no figure is as low; a dash with a speck at it
LONGEST_DASH = 1.6  # text heights
FLAT_SIGNS = " -–—_"  # what a reader makes of a dash
SURE_DASH, DASH_BY_SHAPE = 0.85, 0.4  # scores: of a reader, and of flat ink in which no reader sees anything
ROUND = str.maketrans("OoÔôƠơ", "000000")  # letters that a zero is read as
ALIKE = str.maketrans("lI|ịỊi:", "111111.")  # what a figure or a mark within a number is read as
STROKES = {"/": "1", "|": "1", "!": "1", "l": "1", "I": "1", "Q": "0", "D": "0"}  # lone signs that a figure is read as
FAINT_FIGURE = 0.3  # score from which a figure seen in pale ink makes a blank cell doubtful
AS_SURE = 0.75  # of the surest one's scores, from which a longer number is as sure
ALL_READERS = 3  # of one preparation: what all see alike is no part of what they make of all the ink
LEFT_OUT = 0.5  # what was left out may have been a part of the number
SURE_WORDS = 0.5  # score from which a word that is read is one
LETTERS = 3  # as many letters are a word, and only readers of Vietnamese know its tone marks
OVERLAID = frozenset(("under-stamp", "stray-ink"))  # reasons: ink that is not of the cell passes over it
NUMBER_CHARS = re.compile(r"^[\d.,%/\s-]+$")
FIGURES = re.compile(r"\d(?:[\d.,]*\d)?")


def canonical(text: str) -> str:
    """What two engines must agree on: NFC without spaces around marks."""
    text = unicodedata.normalize("NFC", text).strip()
    text = text.replace("–", "-").replace("—", "-").replace("−", "-")
    return re.sub(r"\s*([.,/%])\s*(?=\d|$)", r"\1", text) if NUMBER_CHARS.match(text) else text


def settle_number(parts: Sequence[CellText], readings: Sequence[Reading]) -> Field:
    """The value cell as read. `readings`: whole-cell readings of every engine and preparation."""
    pieces, reasons = tuple(part.ink.piece for part in parts), _figure_reasons(parts)
    if not any(part.ink.has_ink for part in parts):
        return Field("", "blank", blank_confidence(parts), pieces, (), (), reasons)
    nothing = Field("", "illegible", 0.0, pieces, tuple(readings), _alternatives([("", 0.0)], readings), reasons)
    if any(part.ink.blot for part in parts):
        # what a blot covers cannot be told from what it was meant to strike out
        return replace(nothing, reasons=(*reasons, "blot"))
    possible = as_figures(_without_impossible(parts, readings))
    if all(part.ink.stray or not part.ink.has_ink for part in parts) and not _is_figure(possible):
        nothing = replace(nothing, reasons=(*reasons, "stray-ink"))
        seen = _is_dash(parts, readings) or any(map(_has_words, possible))
        if any(part.ink.dirt for part in parts) or not seen:
            return replace(nothing, state="blank", confidence=STRAY_BLANK)
    if alike := _as_alike(possible):
        possible, nothing = alike, replace(nothing, reasons=(*nothing.reasons, "look-alike"))
    if not any(reading.text for reading in possible):
        silent = replace(nothing, alternatives=(), reasons=(*nothing.reasons, "no-reading"))
        # what a reader guesses that blows flat ink up says nothing
        told = _looks_like_dash(parts) and not any(r.text and r.confidence >= SURE_FIGURE for r in readings)
        return replace(silent, raw="-", state="read", confidence=DASH_BY_SHAPE) if told else silent
    return _settle_read(nothing, possible)


def _settle_read(field: Field, possible: Sequence[Reading]) -> Field:
    """The field with the string that most speaks for. `possible`: its readings as they count, in the same order."""
    reasons = list(field.reasons)
    ranked = sorted(_votes(possible).items(), key=lambda item: -item[1])
    text, score = ranked[0]
    agreeing = {reading.engine.split("-")[0] for reading in possible if canonical(reading.text) == text}
    origins = {reading.engine.split("-")[0] for reading in possible}
    if len(ranked) > 1:
        reasons.append("engines-disagree")
    if all(reading.preparation == "dark" for reading in possible if canonical(reading.text) == text):
        reasons.append("lighter-ink")
    if len(agreeing) < 2:
        reasons.append("single-reader")
    total = sum(score for _, score in ranked) or 1.0
    confidence = score / total * _strength(possible, text) * (1.0 if len(agreeing) > 1 or len(origins) == 1 else 0.8)
    if "lighter-ink" in reasons:
        confidence *= LIGHTER_INK
    order = sorted(range(len(possible)), key=lambda n: (canonical(possible[n].text) != text, -possible[n].confidence))
    readings = tuple(field.readings[n] for n in order)
    return replace(field, raw=text, state="read", confidence=confidence, readings=readings,
                   alternatives=_alternatives(ranked, readings), reasons=tuple(reasons))  # fmt: skip


def is_clear(field: Field) -> bool:
    """Whether a value cell needs no look at its parts: a number or a dash, or what two readers see, on one line."""
    if "blot" in field.reasons:
        return True
    alone = "single-reader" in field.reasons
    # what one reader makes of a figure and a stroke from beyond the cell may be a number as well
    agreed = not alone or (bool(NUMBER_CHARS.match(field.raw)) and "touches-rule" not in field.reasons)
    return field.state == "read" and agreed and "several-lines" not in field.reasons


def settle_apart(
    field: Field,
    parts: Sequence[CellText],
    seen: Sequence[Sequence[Reading]],
    *,
    dashes: bool = True,
    placed: bool = False,
) -> Field:
    """The field, or the one figure that readers of two origins see in a part of its ink, the rest left out.

    A dash that one is sure of, where there is no figure, if `dashes`. `seen`: readings of each part. `placed`: they
    stand where the page's figures do, so that a lone figure beside them is none. Words are never left out.
    """
    figures = [(alike, readings) for readings in seen if _is_figure(alike := _with_strokes(readings))]
    if not figures and dashes and not _numbers_of(field.readings):
        figures = [(_without_signs(readings), readings) for readings in seen if _sees_dash(readings)]
    # figures of two rows between which a ruling was lost are none of this one; a stamp's rim looks like a lone one
    overlaid = placed or not OVERLAID.isdisjoint(field.reasons)
    others = [n for n in _numbers_of(field.readings) if len(n) > 1 or not overlaid]
    told = {_figure_of(alike) or "" for alike, _ in figures}
    if len(told) != 1 or (len(others) > 1 and not placed) or _are_part(told, field.readings):
        return field
    if any(_has_words(reading, SURE_LETTERS if placed else 1) for reading in field.readings):
        return field
    return _chosen(field, parts, *figures[0])


def settle_window(field: Field, parts: Sequence[CellText], seen: Sequence[Sequence[Reading]]) -> Field:
    """The field, or the figure that readers of two origins see where the page's figures stand.

    `seen`: readings of what stands where a number of one digit would, of two and so on. A part of the number may be
    seen too, and what is beside it as one more digit: of those seen about as surely the longest stands.
    """
    told: list[tuple[float, int, Sequence[Reading]]] = []
    for digits, readings in enumerate(seen, start=1):
        figure = _figure_of(_with_strokes(readings))
        if figure is not None and sum(map(str.isdigit, figure)) == digits:
            sure = [r.confidence for r in readings if canonical(r.text) == figure]
            told.append((sum(sure), sum(score >= SURE_FIGURE for score in sure), readings))
    least = AS_SURE * max((score for score, _, _ in told), default=0.0)
    _, n_sure, readings = next((one for one in reversed(told) if one[0] >= least), (0.0, 0, ()))
    if n_sure >= ALL_READERS and not any(_has_words(reading, SURE_LETTERS) for reading in field.readings):
        return _chosen(field, parts, _with_strokes(readings), readings)
    return settle_apart(field, parts, [readings], dashes=False, placed=True)


def _are_part(figures: Collection[str], whole: Sequence[Reading]) -> bool:
    """Whether readers of two origins see longer numbers in the whole, of which these are a part."""
    if any(figure != number and figure in number for figure in figures for number in _numbers_of(whole)):
        return True
    longer = {
        reading.engine.split("-")[0]
        for reading in whole
        for number in FIGURES.findall(canonical(reading.text))
        if any(figure != number and len(figure) > 1 and figure in number for figure in figures)
    }
    return len(longer) > 1


def settle_beside(field: Field, parts: Sequence[CellText]) -> Field:
    """The field, or where ink passes over its cell the one number that readers of two origins see, beside other ink.

    Where all is taken for such ink, a lone figure may be a letter or a stroke of it.
    """
    number = next(iter(numbers), "") if len(numbers := _numbers_of(field.readings)) == 1 else ""
    if (
        OVERLAID.isdisjoint(field.reasons)
        or NUMBER_CHARS.match(field.raw)
        or any(_has_words(r, letters=2) for r in field.readings)
    ):
        return field
    if len(number) < (1 if field.raw else 2):
        return field
    holds = [number in FIGURES.findall(canonical(r.text)) for r in field.readings]
    seen = [
        replace(r, text=number) if held else replace(r, text="", confidence=0.0)
        for r, held in zip(field.readings, holds, strict=True)
    ]
    return _chosen(field, parts, seen, field.readings)


def _chosen(field: Field, parts: Sequence[CellText], possible: Sequence[Reading], seen: Sequence[Reading]) -> Field:
    """The field as a part of its ink is read. `possible`: the readings as they count; `seen`: those of that part."""
    chosen = _settle_read(replace(field, readings=tuple(seen), reasons=_figure_reasons(parts)), possible)
    if (chosen.raw, chosen.state) == (field.raw, field.state):
        return field
    others = _alternatives([(chosen.raw, 1.0), (field.raw, 0.5)], field.readings) if field.raw else chosen.alternatives
    return replace(
        chosen,
        confidence=chosen.confidence * LEFT_OUT,
        readings=tuple(dict.fromkeys((*chosen.readings, *field.readings))),
        alternatives=others,
        reasons=tuple(dict.fromkeys((*chosen.reasons, "engines-disagree", "stray-ink"))),
    )


def doubt_dash(field: Field) -> Field:
    """A dash elsewhere than figures stand, as specks do; under a stamp, what one reader alone sees is its ink."""
    doubted = replace(field, reasons=(*field.reasons, "off-place"))
    if OVERLAID.isdisjoint(field.reasons) or "single-reader" not in field.reasons:
        return doubted
    reasons = tuple(dict.fromkeys((*doubted.reasons, "stray-ink")))
    other = ((field.raw, 0.5), *field.alternatives)
    return replace(doubted, raw="", state="blank", confidence=STRAY_BLANK, reasons=reasons, alternatives=other)


def settle_faint(blank: Field, readings: Sequence[Reading]) -> Field:
    """A cell with ink too pale for print: what two readers see in it, else blank; surely so if none sees figures."""
    sure = [r for r in readings if r.confidence >= FAINT_FIGURE and NUMBER_CHARS.match(canonical(r.text))]
    sure += [r for r in readings if r not in sure and r.text.strip() and not r.text.strip(FLAT_SIGNS)]  # however unsure
    if not sure:
        return blank
    held = replace(blank, readings=tuple(readings), reasons=(*blank.reasons, "stray-ink"))
    if _sees_dash(readings) or _is_figure(readings):
        field = _settle_read(held, readings if _is_figure(readings) else _without_signs(readings))
        return replace(field, confidence=field.confidence * LEFT_OUT)
    return replace(held, confidence=STRAY_BLANK, alternatives=_alternatives([("", 0.0)], sure))


def _has_words(reading: Reading, letters: int = 1) -> bool:
    """Whether a word of so many small letters is read; a stamp's letters are capitals, and strokes are single ones."""
    words = [word for word in reading.text.split() if sum(map(str.isalpha, word)) > 1]
    return reading.confidence >= SURE_WORDS and any(sum(map(str.islower, word)) >= letters for word in words)


def _is_flat(parts: Sequence[CellText], highest: float) -> bool:
    """Whether the ink is one line as flat as only a dash is; `highest`: in text heights."""
    lines = [line for part in parts for line in part.ink.lines]
    if len(lines) != 1:
        return False
    x0, y0, x1, y1 = lines[0].inner
    return y1 - y0 <= highest * lines[0].text_height and x1 - x0 >= FLAT * (y1 - y0)


def _looks_like_dash(parts: Sequence[CellText]) -> bool:
    """Whether the ink is flat, no longer than a dash and away from the rulings."""
    lines = [line for part in parts for line in part.ink.lines]
    short = all(line.inner[2] - line.inner[0] <= LONGEST_DASH * line.text_height for line in lines)
    return _is_flat(parts, HIGHEST_DASH) and short and not any(part.ink.touches for part in parts)


def _is_dash(parts: Sequence[CellText], readings: Sequence[Reading]) -> bool:
    """Whether flat ink is surely read as a dash: dirt is seldom both."""
    return _is_flat(parts, RAGGED_DASH) and _sees_dash(readings)


def _sees_dash(readings: Sequence[Reading]) -> bool:
    """Whether a reader is sure of a dash."""
    return any(canonical(r.text) == "-" and r.confidence >= SURE_DASH for r in readings)


def _without_impossible(parts: Sequence[CellText], readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Flat ink holds no letter and no figure, though an engine that blows it up may see a 1 in it.

    A lone sign that is seen in it is a dash: alone it looks like a low line or a quotation mark as well. One stroke is
    one dash, though a long one is read as two.
    """
    if not _is_flat(parts, HIGHEST_DASH):
        return tuple(readings)
    seen = _without_signs(readings)
    if not _looks_like_dash(parts):
        return seen
    x0, y0, x1, y1 = (line := next(line for part in parts for line in part.ink.lines)).inner
    one = is_one_stroke(line.clean[y0:y1, x0:x1])
    flat = (len(r.text) == 1 or (one and bool(r.text) and not r.text.strip(FLAT_SIGNS)) for r in seen)
    return tuple(replace(r, text="-") if is_flat else r for r, is_flat in zip(seen, flat, strict=True))


def _without_signs(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings, those that hold letters or figures emptied."""
    return tuple(replace(r, text="", confidence=0.0) if any(map(str.isalnum, r.text)) else r for r in readings)


def as_figures(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Where an engine sees a zero and another a round letter in its place, both see the zero.

    A lone stroke or letter beside another's figure is no reading of a value, but no second one either.
    """
    figures = {canonical(r.text) for r in readings if NUMBER_CHARS.match(canonical(r.text))}
    seen = [
        replace(r, text=zeros) if (zeros := canonical(canonical(r.text).translate(ROUND))) in figures else r
        for r in readings
    ]
    return tuple(replace(r, text="", confidence=0.0) if STROKES.get(r.text) in figures else r for r in seen)


def _with_strokes(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings, signs and letters as the figures that they look like and another reader sees."""
    figures = {canonical(r.text) for r in readings}
    seen = tuple(replace(r, text=STROKES[r.text]) if STROKES.get(r.text) in figures else r for r in readings)
    return _as_alike(seen) or seen


def _alike(text: str) -> str:
    """Letters and signs as what they look like; one that stands alone beside figures may be a stroke."""
    words = [word for word in text.split() if any(map(str.isalpha, word)) and not any(map(str.isdigit, word))]
    return text if words and len(text.split()) > 1 else text.replace("()", "0").translate(ALIKE)


def _as_alike(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """The readings, those that are no number as what they look like, where another origin sees that; else none."""
    told = {n: canonical(_alike(r.text)) for n, r in enumerate(readings)}
    other = {n: text for n, text in told.items() if text != canonical(readings[n].text) and NUMBER_CHARS.match(text)}
    origins: dict[str, set[str]] = {}
    for n, text in told.items():
        origins.setdefault(text, set()).add(readings[n].engine.split("-")[0])
    seen = {n: text for n, text in other.items() if len(origins[text]) > 1}
    return tuple(replace(r, text=seen.get(n, r.text)) for n, r in enumerate(readings)) if seen else ()


def _is_figure(readings: Sequence[Reading]) -> bool:
    """Whether engines of two origins see the same figures in ink that may be no print."""
    return _figure_of(readings) is not None


def _figure_of(readings: Sequence[Reading]) -> str | None:
    """The figures that engines of two origins see, None where they don't agree on one string."""
    sure: dict[str, set[str]] = {}
    for reading in readings:
        text = canonical(reading.text)
        if reading.confidence >= SURE_FIGURE and NUMBER_CHARS.match(text) and any(map(str.isdigit, text)):
            sure.setdefault(text, set()).add(reading.engine.split("-")[0])
    agreed = [text for text, origins in sure.items() if len(origins) > 1]
    return max(agreed, key=len, default=None)


def _numbers_of(readings: Sequence[Reading]) -> frozenset[str]:
    """Numbers apart from each other that engines of two origins see in the same ink."""
    origins: dict[str, set[str]] = {}
    for reading in readings:
        for number in FIGURES.findall(canonical(reading.text)):
            origins.setdefault(number, set()).add(reading.engine.split("-")[0])
    return frozenset(number for number, seen in origins.items() if len(seen) > 1)


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


def ink_reasons(parts: Sequence[CellText]) -> tuple[str, ...]:
    """What a cell's ink is known to suffer from."""
    said = {
        "under-stamp": any(part.ink.stamped > STAMP_COUNTS for part in parts),
        "touches-rule": any(part.ink.touches for part in parts),
        "handwriting": any(part.ink.pen for part in parts),
        "cut-off": any(part.ink.cut for part in parts),
        "covered": any(part.ink.covered for part in parts),
        "streak": any(part.ink.crossed for part in parts),
        "runs-over": any(part.ink.runs_over for part in parts),
        "paler-ink": any(part.ink.paler for part in parts),
    }
    return tuple(reason for reason, holds in said.items() if holds)


def _figure_reasons(parts: Sequence[CellText]) -> tuple[str, ...]:
    """The same of a value cell, where wide white is none between words."""
    return ink_reasons(parts) + ("two-in-one",) * any(part.ink.parted for part in parts)


def blank_confidence(parts: Sequence[CellText]) -> float:
    """How sure it is that a cell without print holds none."""
    return 0.9 if any(part.ink.specks for part in parts) else 0.999
