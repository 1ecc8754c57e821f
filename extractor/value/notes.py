"""A note cell's text -> Note: the documents it cites and the addresses it gives."""

from __future__ import annotations

import re
import unicodedata

from extractor.records import Note
from extractor.value.citations import find_citations

DOMAIN_END = r"(?:gov\.vn|edu\.vn|org\.vn|com\.vn|vn|com|net|org)"
PATH = r"(?:/[^\s,;()<>\"”]*)?"
ADDRESS = re.compile(
    rf"(?:https? ?: ?/ ?/ ?(?:[\w-]+ ?\. ?)+?{DOMAIN_END}(?!\.?\w){PATH}"
    rf"|(?<![\w@.-])(?:[\w-]+\.)+{DOMAIN_END}(?![\w.]*\w){PATH})",
    re.IGNORECASE,
)
OPEN_END = re.compile(r"[.,;:)]+$")


def parse_note(raw: str) -> Note:
    """Citations in the order of the text; URLs without the spaces that engines put in."""
    text = unicodedata.normalize("NFC", raw)
    return Note(raw, tuple(found.citation for found in find_citations(text)), _urls(text))


def _urls(text: str) -> tuple[str, ...]:
    found = (OPEN_END.sub("", re.sub(r"\s", "", match[0])) for match in ADDRESS.finditer(text))
    return tuple(dict.fromkeys(found))
