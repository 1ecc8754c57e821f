"""A value cell's field -> the same as it can only be meant: letters that are figures, a word of the form, strokes."""

from __future__ import annotations

from dataclasses import replace

from extractor.reading.consensus import DASH_BY_SHAPE, FLAT_SIGNS, NUMBER_CHARS, STRAY_BLANK, canonical
from extractor.reading.layer import fold
from extractor.reading.lexicon import is_known
from extractor.reading.texts import LAYER
from extractor.records import Field

FIGURES = str.maketrans("OoIl|Ss", "0011155")  # letters that old-style and typewritten figures look like
ONLY_ALIKE = 0.5  # of its confidence: that of figures for which all readers see letters
SURE_WORD = 0.5  # score of a reading from which its word is one
OTHERS_INK = frozenset(("under-stamp", "streak"))  # reasons: ink passes over the cell that is not its own
SIGNS = frozenset("-–—xX×✓√vV")  # what alone is a value


def settle_meaning(field: Field, words: frozenset[str]) -> Field:
    """The field, as what it can only be; with a reason by which a person looks at it, and what was read beside it.

    `words`: the form's vocabulary. What a text layer says is left as it is.
    """
    if field.state != "read" or (bool(field.readings) and field.readings[0].engine == LAYER):
        return field
    alike = "-" if not field.raw.strip("_") else _as_number(field.raw)
    if alike is not None:
        return _instead(field, alike, "look-alike", ONLY_ALIKE * field.confidence)
    letters = [word for word in field.raw.split() if sum(map(str.isalpha, word)) > 1]
    unknown = not all(is_known(word, words) for word in letters)
    if unknown and (known := _known_reading(field, words)) is not None:
        return _instead(field, known, "unknown-word", field.confidence)
    if _is_stroke(field) and (unknown or not letters):
        return replace(_instead(field, "", "stray-ink", STRAY_BLANK), state="blank")
    return replace(field, reasons=(*field.reasons, "unknown-word")) if unknown else field


def as_dash(blank: Field) -> Field:
    """A cell held for what is left of a dash, in a report that prints dashes: as one, for a person."""
    others = (("", blank.confidence), *(a for a in blank.alternatives if a[0] != "-"))
    return replace(blank, raw="-", state="read", confidence=DASH_BY_SHAPE, alternatives=others)


def _as_number(raw: str) -> str | None:
    """Letters alone, or beside figures, that are nothing but a number; None where they may be something else."""
    number = canonical(raw.translate(FIGURES))
    alike = " " not in raw and any(map(str.isalpha, raw)) and NUMBER_CHARS.match(number)
    return number if alike and any(map(str.isdigit, number)) else None


def _known_reading(field: Field, words: frozenset[str]) -> str | None:
    """What another reader sees that differs in tone marks alone, and whose words the form knows."""
    own = fold(field.raw)
    seen = [r for r in field.readings if r.confidence >= SURE_WORD and r.text != field.raw and fold(r.text) == own]
    known = [r.text for r in seen if all(is_known(word, words) for word in r.text.split())]
    return known[0] if known else None


def _is_stroke(field: Field) -> bool:
    """Whether strokes of a stamp or a streak are all there is: no figure, no sign, and no two readers agree.

    What a pen wrote in the cell is its own ink, which is never blank, be it illegible.
    """
    others = not OTHERS_INK.isdisjoint(field.reasons) and "handwriting" not in field.reasons
    signs = field.raw in SIGNS or not field.raw.strip(FLAT_SIGNS)
    return others and "single-reader" in field.reasons and not signs and not any(map(str.isdigit, field.raw))


def _instead(field: Field, raw: str, reason: str, confidence: float) -> Field:
    others = ((field.raw, field.confidence), *(a for a in field.alternatives if a[0] not in (raw, field.raw)))
    reasons = tuple(dict.fromkeys((*field.reasons, reason)))
    return replace(field, raw=raw, confidence=confidence, alternatives=others, reasons=reasons)
