"""Rows of a table -> the indicators of a catalogue that they print."""

from extractor.indicator.align import match_rows
from extractor.indicator.catalogue import digest_catalogue, list_catalogues, load_catalogue
from extractor.indicator.choose import choose_catalogue
from extractor.indicator.edit import add_variants, copy_catalogue
from extractor.indicator.parting import is_label, part_labels
from extractor.indicator.pins import pin_rows
from extractor.indicator.sequence import find_codes

__all__ = [
    "add_variants",
    "choose_catalogue",
    "copy_catalogue",
    "digest_catalogue",
    "find_codes",
    "is_label",
    "list_catalogues",
    "load_catalogue",
    "match_rows",
    "part_labels",
    "pin_rows",
]
