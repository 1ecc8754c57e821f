"""Lines of a cell -> its text: an address, a document's number or a figure that a line break cuts is one word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor.reading.lexicon import is_known
from extractor.records import CellText

ADDRESS = re.compile(r"(?:https?:/{1,2}|www\.)[\w./?=&%#~:+-]*$", re.ASCII | re.IGNORECASE)
HOST = re.compile(r"(?:https?:/{1,2})?[\w-]+(?:\.[\w-]+)*\.(?:vn|com|org|net|info)\b", re.ASCII | re.IGNORECASE)
ADDRESS_WORD = re.compile(r"[\w./?=&%#~:+-]+[),;.]*$", re.ASCII)
ADDRESS_MARKS = re.compile(r"[./?=&%#_\d-]")
INNER_MARKS = re.compile(r"[./?=&%#_]|\w-\w|-$")
NUMBER_OPEN = re.compile(r"\b\d+/(?:[\wĐ]+[/-])*$")  # 45/BC-, 01/2022/: what follows belongs to it
NUMBER_END = re.compile(r"[A-ZĐ\d][\wĐ-]*")
TYPE = r"\b\d+/(?:\d{4}/)?[A-ZĐ][A-ZĐa-z]{0,5}"
TYPE_OPEN, TYPE_END = re.compile(f"{TYPE}$"), re.compile("[A-ZĐ]{0,2}-[A-ZĐ]")  # 08/2016/NĐ with -CP, or N with Đ-CP
ISSUER_OPEN = re.compile(f"{TYPE}-[A-ZĐ]+(?:-[A-ZĐ]+)*$")  # 16/2021/QĐ-UB, whose issuer may go on
ISSUER_END = re.compile(r"(?!UBND)[A-ZĐ]{1,4}[,.;]?$|g[,.;]?$")  # and TT with g
FIGURE = re.compile(r"[\d.,]*\d[\d.,]*")
PADDING = 0.6  # text heights of white that a cell may keep at each side of its print
NEXT_LINE = 0.9  # text heights of white between two lines of a cell; rows lie farther apart


def is_broken(parts: Sequence[CellText], texts: Sequence[str]) -> bool:
    """Whether the lines of a cell, read as `texts`, are one figure for which the column is too narrow.

    Each line but the last leaves no room for a further digit.
    """
    if len(parts) != 1 or len(texts) < 2 or not all(map(FIGURE.fullmatch, texts)):
        return False
    lines, (x0, _, x1, _) = parts[0].ink.lines, parts[0].ink.cell.box
    for line, below, text in zip(lines, lines[1:], texts, strict=False):
        width = line.box[2] - line.box[0]
        room = x1 - x0 - width - 2 * PADDING * line.text_height
        if room >= width / len(text) or below.box[1] - line.box[3] > NEXT_LINE * line.text_height:
            return False
    return True


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


def close_address(text: str, words: frozenset[str]) -> str:
    """The text, an address in which readers see wide letter spacing as one word. `words`: as for `join_lines`."""
    closed: list[str] = []
    for word in text.split():
        if closed and ADDRESS.match(closed[-1]) and word == word.lower() and _goes_on(closed[-1], word, words):
            closed[-1] += word
        else:
            closed.append(word)
    return " ".join(closed)


def _goes_on(address: str, word: str, words: frozenset[str]) -> bool:
    """Whether a word within a line is more of the address before it: figures alone are another thing."""
    if not ADDRESS_WORD.match(word) or not any(map(str.isalpha, word)):
        return False
    bare = word.rstrip(".,;")
    return not HOST.match(address) or bool(INNER_MARKS.search(bare)) or not is_known(word, words)


def _is_cut(last: str, first: str, words: frozenset[str]) -> bool:
    """Whether two words beside a line break are one."""
    address = ADDRESS.match(last)
    if not address and NUMBER_OPEN.search(last):
        return bool(NUMBER_END.match(first))
    if not address and ISSUER_OPEN.search(last):
        return bool(ISSUER_END.match(first))
    if not address and TYPE_OPEN.search(last):
        return bool(TYPE_END.match(first))
    if not address or not ADDRESS_WORD.match(first) or first in "-+":
        return False
    if not HOST.match(last):
        return True
    return bool(ADDRESS_MARKS.search(first.rstrip(".,;"))) or not is_known(first, words)
