"""A printed label or unit -> its words, blind to tone marks, case, numbering and the office's abbreviations."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

LONG_FORMS = {
    "cchc": "cai cach hanh chinh",
    "tthc": "thu tuc hanh chinh",
    "qppl": "quy pham phap luat",
    "vbqppl": "van ban quy pham phap luat",
    "sncl": "su nghiep cong lap",
    "bcci": "buu chinh cong ich",
    "dvc": "dich vu cong",
    "dvctt": "dich vu cong truc tuyen",
    "nsnn": "ngan sach nha nuoc",
    "ubnd": "uy ban nhan dan",
    "hdnd": "hoi dong nhan dan",
    "cntt": "cong nghe thong tin",
    "qlcl": "quan ly chat luong",
    "pakn": "phan anh kien nghi",
    "cbccvc": "can bo cong chuc vien chuc",
    "cbcc": "can bo cong chuc",
    "ccvc": "cong chuc vien chuc",
    "kstthc": "kiem soat thu tuc hanh chinh",
}  # what the administration abbreviates
SHORT_FORMS = {tuple(long.split()): short for short, long in LONG_FORMS.items()}
DISTRICT_WORDS = ("uy ban nhan dan thi xa", "uy ban nhan dan thanh pho")  # a town's form says what a district's says
DISTRICT = "uy ban nhan dan huyen"
LEAST_TO_MEND = 4  # letters from which an abbreviation with one wrong letter is known for one among capitals
NUMBERING = re.compile(
    r"^\s*(?:\(?(?:[ivxl]{1,5}|\d{1,3}|[a-eđ])(?:\.\d{1,2})*\s*[.)/:]\s*|\d{1,3}\s+|[-+*•–—]\s*)+",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"(?:https?\W*)?\b[\w.-]+\.gov\.?vn\b/?", re.IGNORECASE)  # every province has its own portal
SAME_SOUNDS = (("tr", "ch"), ("gi", "d"), ("x", "s"), ("y", "i"), ("ngh", "ng"), ("gh", "g"))
LONGEST_DOUBLE = 12  # words of a phrase typed twice
SYLLABLE = re.compile(
    r"(?!.*(?:aa|ee|ii|yy))(?:b|ch?|d|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    r"(?:uye|uyu|ieu|yeu|oai|oay|oeo|uoi|uou|uay|[aeiou]?[aeiouy][aeiouy]?|[aeiouy])(?:ch?|m|nh?|ng|p|t)?"
)
RUN_TOGETHER = re.compile(r"(?<=[^\W\d_A-ZĐÀ-Ý]{2})(?=[A-ZĐ]{3})|(?<=[A-ZĐ]{4})(?=[^\W\d_A-ZĐÀ-Ý]{2})")  # "SốVBQPPL"
LONGER_FORMS = tuple(short for short in LONG_FORMS if len(short) >= LEAST_TO_MEND)
LIKE_T = r"[T17Ili]\s?"  # what engines take a capital T for
MANGLED = re.compile(
    "|".join(
        rf"(?P<{short}>\b{''.join(LIKE_T if letter == 't' else letter.upper() for letter in short)})"
        for short in LONGER_FORMS
        if "t" in short
    )
)
IN_CAPITALS = re.compile(r"(?<=[A-Z])[.,'](?=[A-Z])")  # specks in an abbreviation
NO_WORD = re.compile(r"[^A-Za-z0-9]+")
LEAST_CAPITALS = 2


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Lower case, no tone marks, numbering stripped, abbreviations spelled out; only letters, digits, single spaces."""
    mended = MANGLED.sub(lambda found: f"{str(found.lastgroup).upper()} ", unicodedata.normalize("NFC", text))
    apart = RUN_TOGETHER.sub(" ", NUMBERING.sub("", mended, count=1))
    plain = IN_CAPITALS.sub("", _without_marks(apart))
    shouted = plain.upper() == plain
    words = NO_WORD.sub(" ", ADDRESS.sub(" ", plain)).split()
    long = " ".join(_spelled_out(word, shouted) for word in words)
    for town in DISTRICT_WORDS:
        long = long.replace(town, DISTRICT)
    return " ".join(_once(long.split()))


@lru_cache(maxsize=16384)
def _spelled_out(word: str, shouted: bool) -> str:
    """The long form of an abbreviation, also of one with a wrong letter or run together with its neighbour."""
    small = word.lower()
    if small in LONG_FORMS:
        return LONG_FORMS[small]
    if sum(char.isupper() for char in word) < LEAST_CAPITALS or is_syllable(small):
        return small
    for short in LONGER_FORMS:
        for rest, order in ((small.removeprefix(short), (0, 1)), (small.removesuffix(short), (1, 0))):
            if rest != small and is_syllable(rest):
                pair = (LONG_FORMS[short], rest)
                return f"{pair[order[0]]} {pair[order[1]]}"
    if shouted and len(word) < LEAST_TO_MEND:
        return small
    found = process.extractOne(small, LONGER_FORMS, scorer=OSA.distance, score_cutoff=1)
    return LONG_FORMS[found[0]] if found else small


def _once(words: list[str]) -> list[str]:
    """The words without phrases typed twice."""
    kept: list[str] = []
    for word in words:
        kept.append(word)
        for size in range(1, min(LONGEST_DOUBLE, len(kept) // 2) + 1):
            if not word.isdigit() and _is_again(kept[-2 * size : -size], kept[-size:]):
                del kept[-size:]
                break
    return kept


def _is_again(one: list[str], other: list[str]) -> bool:
    """Whether the second phrase is the first, but for slips in a word or two of a longer one."""
    different = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if not different:
        return True
    if 2 * len(different) > len(one) or any(a.isdigit() or b.isdigit() for a, b in different):
        return False
    slips = sum(OSA.distance(a, b) == 1 for a, b in different)
    return len(one) > 2 and len(different) - slips <= (len(one) > 3)


@lru_cache(maxsize=16384)
def fold_plain(text: str) -> str:
    """Like `fold` for short texts such as units: numbering and long forms stay, so does a percent sign."""
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", _without_marks(text).lower()).split())


@lru_cache(maxsize=16384)
def is_syllable(word: str) -> bool:
    """Whether a folded word can be Vietnamese; what engines make of a smudge seldom is."""
    return SYLLABLE.fullmatch(word) is not None


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """A folded word as it sounds to one who spells by ear: chỉ tiêu and trỉ tiêu are the same."""
    for spelled, heard in SAME_SOUNDS:
        word = word.replace(spelled, heard)
    return word


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
