"""A value cell as read, its indicator and unit -> Value by what offices mean: numbers, codes, dashes, words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from extractor.records import Candidate, Field, Indicator, Value, ValueType
from extractor.value.codes import Codes, find_code, find_likely_code, parse_codes
from extractor.value.numbers import NO_NUMBER, Meaning, is_dash, parse_number
from extractor.value.plain import plain_words

AFFIRMATIVE = frozenset(("x", "v", "dat", "da thuc hien", "da co", "co"))  # marks and words that often stand for 1
NONE_AT_ALL = frozenset(("khong co", "khong"))  # in a row of counts: 0 or "nothing to report", a person decides
OWN_WEIGHT = 0.5  # of another meaning of the printed string itself
LEAST_WEIGHT = 0.001  # lighter candidates are noise


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a row expects: its type and codes."""

    type: ValueType
    codes: Codes = ()


def parse_value(field: Field, indicator: Indicator | None, printed_unit: str) -> Value:
    """The value of a cell; `indicator` None for a row of no indicator, whose printed unit then tells its type.

    `raw` stays as read. A blank or illegible cell has no number; neither has a dash, which is `read`.
    """
    if field.state != "read":
        return Value(field.state, field.raw if field.state == "blank" else "", None, None, reasons=field.reasons,
                     alternatives=_candidates(field, _expect(indicator, printed_unit), None))  # fmt: skip
    expected = _expect(indicator, printed_unit)
    if expected.type == "text":
        return Value("read", field.raw, None, field.raw, alternatives=_texts(field), reasons=field.reasons)
    meaning = _mean(field.raw, expected)
    own = tuple(Candidate(field.raw, number, None, OWN_WEIGHT) for number in meaning.others)
    reasons = (*meaning.reasons, "ambiguous-number") if meaning.ambiguous else meaning.reasons
    return Value(
        "read",
        field.raw,
        meaning.number,
        None,
        ambiguous=meaning.ambiguous,
        parsed=meaning.clean,
        alternatives=_merge(own, _candidates(field, expected, meaning)),
        reasons=tuple(dict.fromkeys((*field.reasons, *reasons))),
    )


def _expect(indicator: Indicator | None, printed_unit: str) -> Expectation:
    if indicator is not None:
        return Expectation(indicator.type, indicator.enum_codes)
    codes = parse_codes(printed_unit)
    if codes:
        return Expectation("boolean" if len(codes) == 2 else "enum", codes)
    words = plain_words(printed_unit)
    return Expectation("percent" if "%" in words or words in ("ty le", "phan tram") else "count")


def _mean(raw: str, expected: Expectation) -> Meaning:
    """The meaning of a string in a row that expects a number or a code."""
    if not raw.strip():
        return NO_NUMBER
    if is_dash(raw):
        return Meaning(None)
    code = find_code(raw, expected.codes)
    if code is not None:
        return Meaning(Decimal(code))
    word = plain_words(raw)
    if expected.codes and word in AFFIRMATIVE:
        return Meaning(None, (Decimal(1),), True, True, ("mark-for-code",))
    if word in NONE_AT_ALL:
        return Meaning(None, (Decimal(0),), True, True, ("word-for-number",))
    likely = find_likely_code(raw, expected.codes)
    if likely is not None:
        return Meaning(Decimal(likely), clean=False, reasons=("misspelled-code",))
    return parse_number(raw, expected.type)


def _candidates(field: Field, expected: Expectation, chosen: Meaning | None) -> tuple[Candidate, ...]:
    """What the engines' other strings mean, as far as it differs from what was chosen."""
    weights: dict[str, float] = {}
    for text, weight in (*_other_strings(field), *field.alternatives):
        if text != field.raw and weight > LEAST_WEIGHT:
            weights[text] = max(weights.get(text, 0.0), min(weight, 1.0))
    if expected.type == "text":
        return tuple(Candidate(text, None, text, weight) for text, weight in weights.items())
    found = []
    for text, weight in weights.items():
        meaning = _mean(text, expected)
        numbers = meaning.others if meaning.number is None else (meaning.number,)
        if meaning.number is None and meaning.clean and not meaning.others:
            found.append(Candidate(text, None, None, weight))
        found += [Candidate(text, number, None, weight) for number in numbers]
    if chosen is None:
        return _merge(tuple(found))
    if chosen.number is None:
        return tuple(one for one in found if one.number is not None)
    return tuple(one for one in found if one.number != chosen.number)


def _other_strings(field: Field) -> tuple[tuple[str, float], ...]:
    """Each string of an engine with its share of all engines' scores."""
    total = sum(reading.confidence for reading in field.readings) or 1.0
    scores: dict[str, float] = {}
    for reading in field.readings:
        scores[reading.text.strip()] = scores.get(reading.text.strip(), 0.0) + reading.confidence / total
    return tuple((text, score) for text, score in scores.items() if text)


def _texts(field: Field) -> tuple[Candidate, ...]:
    return _candidates(field, Expectation("text"), None)


def _merge(*groups: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """One candidate a number, the heaviest first."""
    best: dict[tuple[Decimal | None, str | None], Candidate] = {}
    for one in (candidate for group in groups for candidate in group):
        key = (one.number, one.text)
        old = best.get(key)
        best[key] = one if old is None else replace(old, weight=max(old.weight, one.weight))
    return tuple(sorted(best.values(), key=lambda one: -one.weight))
