"""Rows -> values: numbers, units, codes, notes and citations, dates, and the report's head."""

from extractor.value.cell import parse_value
from extractor.value.codes import parse_codes
from extractor.value.documents import document_codes, document_names
from extractor.value.head import find_head
from extractor.value.notes import parse_note
from extractor.value.period import parse_period
from extractor.value.plain import plain_words
from extractor.value.rows import parse_rows
from extractor.value.units import match_unit

__all__ = [
    "document_codes",
    "document_names",
    "find_head",
    "match_unit",
    "parse_codes",
    "parse_note",
    "parse_period",
    "parse_rows",
    "parse_value",
    "plain_words",
]
