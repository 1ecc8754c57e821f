"""A printed number -> what it may mean: thousands and decimal marks resolved by the type of its row."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from extractor.records import ValueType
from extractor.value.plain import plain

SPACES = re.compile(r"[\s\u00a0\u2009\u202f]+")
DASH = re.compile(r"^[-–—−_](?:\s*[-–—−_])*$")
PLAIN_NUMBER = re.compile(r"^\d+$")
ONE_MARK = re.compile(r"^(\d+) ?([.,]) ?(\d+)$")
SPACED = re.compile(r"^\d{1,3}(?: \d{3})+$")
SAME_MARKS = re.compile(r"^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+$")
MIXED_MARKS = re.compile(r"^(\d{1,3}(?:([. ,])\d{3})*)(?!\2)([.,])(\d+)$")
SHARE = re.compile(r"^(\d+) ?/ ?(\d+)$")
WITH_WORDS = re.compile(r"^([\d][\d.,/ ]*?) ?((?:[^\W\d_]{2,}[ ,]*)+)\.?$")  # "12 phòng", "0 vụ"
SPECKS = re.compile(r"^[\W_]*(\d(?:[\d.,/ ]*\d)?)[\W_]*$")
TOKEN = re.compile(r"\d+(?:[.,]\d+)*")
LOOK_ALIKE = str.maketrans("OoQDlI|!iZzSsBbGgq", "000011111225588669")  # letters that engines read for digits
ACRONYM = re.compile(r"[A-ZĐ]{3,}")
VOWEL = re.compile(r"[aeiouy]")
PERCENT_PLACES = Decimal("0.01")  # shares of two counts are offered as offices print them
LONGEST = 15  # digits; anything longer is no figure of a report


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a printed string may mean. `number`: the best guess; `ambiguous`: `others` are as good (it is among them).

    `clean`: False where the string is no number as offices write them; `others` then are what it may have been.
    """

    number: Decimal | None
    others: tuple[Decimal, ...] = ()
    ambiguous: bool = False
    clean: bool = True
    reasons: tuple[str, ...] = ()


NO_NUMBER = Meaning(None, clean=False, reasons=("not-a-value",))


def is_dash(raw: str) -> bool:
    """Whether a cell says by a dash that there is nothing to report."""
    return DASH.fullmatch(raw.strip()) is not None


def parse_number(raw: str, type_: ValueType) -> Meaning:
    """The meaning of a value cell's string in a row of this type; percentages are in points."""
    text = SPACES.sub(" ", unicodedata.normalize("NFC", raw)).strip()
    whole, _, rest = text.partition("%")
    if whole and _ and not rest.strip(" ."):
        return _percent_sign(whole.strip(), type_)
    words = WITH_WORDS.fullmatch(text)
    if words and (VOWEL.search(plain(words[2])) or ACRONYM.fullmatch(words[2])):
        text = words[1].strip()
    return _parse_digits(text, type_) or _parse_dirty(text, type_)


def _percent_sign(text: str, type_: ValueType) -> Meaning:
    """A number with a percent sign: decimal whatever the row; in a row of counts it needs a person."""
    meaning = _parse_digits(text, "percent") or _parse_dirty(text, "percent")
    if type_ == "percent" or meaning.number is None:
        return meaning
    return Meaning(meaning.number, meaning.others, True, meaning.clean, (*meaning.reasons, "percent-in-count"))


def _parse_digits(text: str, type_: ValueType) -> Meaning | None:
    """The meaning of a clean number, None if it is not clean."""
    if sum(char.isdigit() for char in text) > LONGEST:
        return None
    if PLAIN_NUMBER.fullmatch(text):
        return Meaning(Decimal(text))
    if SPACED.fullmatch(text):
        number = Decimal(text.replace(" ", ""))
        return _open(number, number) if type_ == "percent" else Meaning(number)
    one = ONE_MARK.fullmatch(text)
    if one:
        return _parse_one_mark(one[1], one[3], type_)
    if SAME_MARKS.fullmatch(text):
        number = Decimal(re.sub(r"[.,]", "", text))
        return _open(number, number) if type_ == "percent" else Meaning(number)
    mixed = MIXED_MARKS.fullmatch(text)
    if mixed:
        left = re.sub(r"[., ]", "", mixed[1])
        return _open(Decimal(f"{left}.{mixed[4]}"), Decimal(f"{left}{mixed[4]}"))
    share = SHARE.fullmatch(text)
    return _parse_share(Decimal(share[1]), Decimal(share[2]), type_) if share else None


def _parse_one_mark(left: str, right: str, type_: ValueType) -> Meaning:
    decimal, thousands = Decimal(f"{left}.{right}"), Decimal(left + right)
    if type_ == "percent":
        return _open(decimal, thousands) if len(right) == 3 else Meaning(decimal)
    if len(right) != 3:
        return _open(decimal, thousands)
    if len(left) > 3 or left.startswith("0"):
        return _open(thousands, decimal)  # 1234.567 and 0.123 are no thousands as anybody groups them
    return Meaning(thousands)


def _parse_share(part: Decimal, whole: Decimal, type_: ValueType) -> Meaning:
    """20/24: a share in a row of percentages, in a row of counts most often "20 of 24"; never settled by us."""
    others: tuple[Decimal, ...] = (part, whole)
    if type_ == "percent":
        others = ((100 * part / whole).quantize(PERCENT_PLACES),) if whole else ()
    return Meaning(None, others, True, True, ("share-printed",))


def _open(best: Decimal, other: Decimal) -> Meaning:
    return Meaning(best, tuple(dict.fromkeys((best, other))), True)


def _parse_dirty(text: str, type_: ValueType) -> Meaning:
    """A string that is no clean number: what it would be without specks or look-alike letters; never taken for it."""
    specks = SPECKS.fullmatch(text)
    inner = _parse_digits(specks[1], type_) if specks and specks[1] != text else None
    if inner is not None:
        both = (inner.number, *inner.others) if inner.number is not None else inner.others
        return Meaning(inner.number, tuple(dict.fromkeys(both)), inner.ambiguous, False, ("stray-marks",))
    others = [*_look_alikes(text, type_), *_tokens(text, type_)]
    return Meaning(None, tuple(dict.fromkeys(others)), False, False, NO_NUMBER.reasons) if others else NO_NUMBER


def _look_alikes(text: str, type_: ValueType) -> list[Decimal]:
    """Numbers that the string is if its letters are digits; a word of letters is none."""
    packed = text.replace(" ", "").strip(".,'`:;")
    letters = sum(char.isalpha() or char in "|!" for char in packed)
    if not packed or letters > max(1, len(packed) // 2):
        return []
    found = _parse_digits(packed.translate(LOOK_ALIKE), type_)
    return [found.number] if found and found.number is not None else []


def _tokens(text: str, type_: ValueType) -> list[Decimal]:
    found = [_parse_digits(token, type_) for token in TOKEN.findall(text)]
    return [one.number for one in found if one is not None and one.number is not None]
