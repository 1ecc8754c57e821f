"""Lines outside the table -> one running text that knows what each line is and where each stretch of it stands."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz

from extractor.records import HeadLine, Piece
from extractor.value.plain import plain

Part = Literal["reference", "title", "body", "receivers"]

REFERENCE = "kem theo"
LIKE = 75.0  # ratio from which two of its eight letters are misread
REFERENCE_NAMES = re.compile(r"bao cao|cong van|quyet dinh|van ban|to trinh|ke hoach|/")
BEGINNING = 30  # letters in which a line says that it is a reference
RECEIVERS = re.compile(r"^\W*noi nhan")
TITLE_WORDS = re.compile(r"^\W*(?:phu luc|bang|bieu|mau|thong ke|tong hop|so lieu|ket qua|bao cao)\b")
NATION = re.compile(r"cong hoa xa hoi|doc lap|hanh phuc")
CAPITALS = 0.75  # share of a line's letters that are capitals in titles and issuers
LONGEST_REFERENCE = 4  # lines that a reference without its closing bracket may take
LONGEST_TITLE = 90  # letters; a longer line in small letters is running text


@dataclass(frozen=True, slots=True)
class HeadText:
    """`text` is NFC, lines joined by one space; `plain` the same letter for letter without marks and capitals."""

    lines: tuple[HeadLine, ...]
    parts: tuple[Part, ...]
    text: str
    plain: str
    starts: tuple[int, ...]

    def line_at(self, position: int) -> int:
        """Index of the line that holds a position."""
        return max(bisect_right(self.starts, position) - 1, 0)

    def part_at(self, position: int) -> Part:
        """What kind of line holds a position."""
        return self.parts[self.line_at(position)]

    def sureness(self, start: int, end: int) -> float:
        """The least reading confidence of the lines of a stretch."""
        return min(line.confidence for line in self.lines[self.line_at(start) : self.line_at(end - 1) + 1])

    def piece(self, start: int, end: int) -> Piece:
        """Box around the lines of a stretch, on the page of the first."""
        lines = self.lines[self.line_at(start) : self.line_at(end - 1) + 1]
        boxes = [line.piece.box for line in lines if line.piece.page == lines[0].piece.page]
        (x0, y0, x1, y1) = zip(*boxes, strict=True)
        return Piece(lines[0].piece.page, (min(x0), min(y0), max(x1), max(y1)))

    def raw(self, start: int, end: int) -> str:
        """A stretch as printed."""
        return self.text[start:end].strip()


def read_head_text(lines: Sequence[HeadLine]) -> HeadText:
    """The running text of the head; empty lines are left out."""
    kept = tuple(line for line in lines if line.text.strip())
    texts = [unicodedata.normalize("NFC", line.text.strip()) for line in kept]
    starts, position = [], 0
    for text in texts:
        starts.append(position)
        position += len(text) + 1
    whole = " ".join(texts)
    return HeadText(kept, _parts(texts), whole, plain(whole), tuple(starts))


def _parts(texts: Sequence[str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    open_reference = 0
    receiving = False
    for i, text in enumerate(texts):
        folded = plain(text)
        if _is_reference(folded, plain(" ".join(texts[i : i + 2]))):
            open_reference = LONGEST_REFERENCE
        title = _is_title(text, folded)
        receiving = (receiving or RECEIVERS.match(folded) is not None) and not title
        if open_reference:
            parts.append("reference")
            open_reference = 0 if ")" in text else open_reference - 1
        else:
            parts.append("receivers" if receiving else "title" if title else "body")
    return tuple(parts)


def _is_reference(folded: str, with_next: str) -> bool:
    """Whether a line begins as `(Kèm theo Báo cáo số ...`, also misread."""
    alike = fuzz.partial_ratio(REFERENCE, folded[:BEGINNING]) if len(folded) >= len(REFERENCE) else 0.0
    return alike >= LIKE and REFERENCE_NAMES.search(with_next) is not None


def _is_title(text: str, folded: str) -> bool:
    letters = [char for char in text if char.isalpha()]
    if not letters or NATION.search(folded):
        return False
    capital = sum(char.isupper() for char in letters) / len(letters)
    return capital >= CAPITALS or (TITLE_WORDS.match(folded) is not None and len(text) <= LONGEST_TITLE)
