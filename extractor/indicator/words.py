"""A printed label or unit -> its words, blind to tone marks, case, numbering and the office's abbreviations."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

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
    "kstthc": "kiem soat thu tuc hanh chinh",
}  # what the administration abbreviates
DISTRICT_WORDS = ("uy ban nhan dan thi xa", "uy ban nhan dan thanh pho")  # a town's form says what a district's says
DISTRICT = "uy ban nhan dan huyen"
LEAST_TO_MEND = 4  # letters from which an abbreviation with one wrong letter is still known
NUMBERING = re.compile(r"^\s*(?:(?:[ivxl]{1,5}|\d{1,3}|[a-eđ])(?:\.\d{1,2})*\s*[.)/:]\s*|[-+*•–—]\s*)+", re.IGNORECASE)
ADDRESS = re.compile(r"(?:https?\W*)?\b[\w.-]+\.gov\.?vn\b/?")  # every province has its own portal
VOWELS = re.compile(r"[aeoy]")
LONGER_FORMS = tuple(short for short in LONG_FORMS if len(short) >= LEAST_TO_MEND)
NO_WORD = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """Lower case, no tone marks, numbering stripped, abbreviations spelled out; only letters, digits, single spaces."""
    plain = _without_marks(NUMBERING.sub("", unicodedata.normalize("NFC", text), count=1))
    words = NO_WORD.sub(" ", ADDRESS.sub(" ", plain)).split()
    long = " ".join(LONG_FORMS.get(_mended(word), word) for word in words)
    for town in DISTRICT_WORDS:
        long = long.replace(town, DISTRICT)
    return long


@lru_cache(maxsize=16384)
def _mended(word: str) -> str:
    """The abbreviation that this word is with a letter wrong: none of them looks like a Vietnamese word."""
    if word in LONG_FORMS or len(word) < LEAST_TO_MEND - 1 or VOWELS.search(word[1:-1]):
        return word
    found = process.extractOne(word, LONGER_FORMS, scorer=Levenshtein.distance, score_cutoff=1)
    return str(found[0]) if found else word


def fold_plain(text: str) -> str:
    """Like `fold` for short texts such as units: numbering and long forms stay, so does a percent sign."""
    return " ".join(re.sub(r"[^a-z0-9%]+", " ", _without_marks(text)).split())


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
