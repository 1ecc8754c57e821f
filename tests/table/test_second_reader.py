"""Which lines of text a second engine reads."""

from __future__ import annotations

from extractor.reading.careful import _plain
from extractor.records import Reading


def test_a_word_that_the_form_does_not_know_is_read_twice_however_sure_the_first_reader_is() -> None:
    assert not _plain(Reading("trueocr", "Đat", 0.999), frozenset())
    assert _plain(Reading("trueocr", "28/3/2022", 0.999), frozenset())
