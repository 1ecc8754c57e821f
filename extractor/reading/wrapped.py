"""Lines of a cell -> its text: an address or a document's number that a line break cuts is one word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.reading.lexicon import is_known

ADDRESS = re.compile(r"(?:https?:/{1,2}|www\.)[\w./?=&%#~:+-]*$", re.ASCII | re.IGNORECASE)
HOST = re.compile(r"(?:https?:/{1,2})?[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net|info)\b", re.ASCII | re.IGNORECASE)
ADDRESS_WORD = re.compile(r"[\w./?=&%#~:+-]+[),;.]*$", re.ASCII)
ADDRESS_MARKS = re.compile(r"[./?=&%#_\d-]")
NUMBER_OPEN = re.compile(r"\b\d+/(?:[\wĐ]+[/-])*$")  # 45/BC-, 01/2022/: what follows belongs to it
NUMBER_END = re.compile(r"[A-ZĐ\d][\wĐ-]*")
ISSUER_OPEN = re.compile(r"\b\d+/(?:\d{4}/)?[A-ZĐ]+-[A-ZĐ]+(?:-[A-ZĐ]+)*$")  # 16/2021/QĐ-UB, whose issuer may go on
ISSUER_END = re.compile(r"(?!UBND)[A-ZĐ]{1,4}[,.;]?$")


def join_lines(lines: Sequence[str], words: frozenset[str]) -> str:
    """The text with single spaces. `words`: a vocabulary; an address ends before a word of it."""
    text = ""
    for line in lines:
        line = " ".join(line.split())
        if not line:
            continue
        last, first = text.rsplit(" ", 1)[-1], line.split(" ", 1)[0]
        text += line if not text or _is_cut(last, first, words) else f" {line}"
    return text


def _is_cut(last: str, first: str, words: frozenset[str]) -> bool:
    """Whether two words beside a line break are one."""
    if NUMBER_OPEN.search(last):
        return bool(NUMBER_END.match(first))
    if ISSUER_OPEN.search(last):
        return bool(ISSUER_END.match(first))
    if not ADDRESS.match(last) or not ADDRESS_WORD.match(first) or first in "-+":
        return False
    if not HOST.match(last):
        return True
    return bool(ADDRESS_MARKS.search(first.rstrip(".,;"))) or not is_known(first, words)
