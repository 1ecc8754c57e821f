"""Which lines of text a second engine reads."""

from __future__ import annotations

import numpy as np
import pytest

from extractor.indicator import load_catalogue
from extractor.reading.careful import _plain
from extractor.reading.texts import choose_line, settle_text
from extractor.records import CellInk, CellText, GridCell, Piece, Reading, TextLine
from extractor.vocabulary import words_of

PAPER = np.zeros((4, 4), np.uint8)
LINE = TextLine((0.0, 0.0, 4.0, 4.0), PAPER, PAPER, (0, 0, 4, 4), 4.0)


def test_a_word_that_the_form_does_not_know_is_read_twice_however_sure_the_first_reader_is() -> None:
    assert not _plain(Reading("trueocr", "Đat", 0.999), frozenset())
    assert _plain(Reading("trueocr", "28/3/2022", 0.999), frozenset())
    # a row's number is no word of a vocabulary
    assert _plain(Reading("trueocr", "VII.4.3.1", 0.999), frozenset())
    assert not _plain(Reading("trueocr", "VII.4.3.1", 0.5), frozenset())
    # a dash before a label is one, a lone one between words may be an equals sign
    words = frozenset({"số", "có"})
    assert _plain(Reading("trueocr", "- Số", 0.999), words)
    assert not _plain(Reading("trueocr", "Có - 1", 0.999), words)


def test_two_readings_that_differ_in_spaces_and_equals_signs_have_those_of_both() -> None:
    ours, theirs = Reading("trueocr", "Không = 0;Có = 1", 0.9), Reading("tesseract-vie", "Không = 0; Có 1", 0.9)
    assert choose_line(ours, theirs, frozenset())[0] == "Không = 0; Có = 1"
    # another word is another reading, but none without an equals sign that was told by its shape
    unlike = Reading("tesseract-vie", "Khong 0; Có 1", 0.9)
    assert choose_line(ours, unlike, frozenset())[0].count("=") == 2


@pytest.mark.parametrize(
    ("lines", "raw"),
    [
        (("Cơ quan, đơn", "Vị"), "Cơ quan, đơn vị"),
        (("Cơ quan, đơn", "VỊ khác"), "Cơ quan, đơn vị khác"),
        (("CƠ QUAN, ĐƠN", "VỊ"), "CƠ QUAN, ĐƠN VỊ"),
        (("Huyện", "Vĩnh Châu"), "Huyện Vĩnh Châu"),
        (("Vị", "đơn"), "Vị đơn"),
    ],
)
def test_a_wrapped_unit_goes_on_in_the_case_of_its_phrase(lines: tuple[str, ...], raw: str) -> None:
    readings = tuple(Reading("trueocr", line, 0.99) for line in lines)
    box = (0.0, 0.0, 1.0, 1.0)
    ink = CellInk(GridCell(0, 0, 1, 1, box), Piece(1, box), lines=(LINE,) * len(lines))
    words = words_of([load_catalogue("soctrang-cchc-huyen")])
    assert settle_text((CellText(ink, " ".join(lines), 0.99, readings),), {}, words).raw == raw


def test_a_tone_mark_that_the_reader_thought_possible_is_chosen_where_it_goes_on_a_phrase() -> None:
    box = (0.0, 0.0, 1.0, 1.0)
    words = words_of([load_catalogue("soctrang-cchc-huyen")])
    for candidates, raw in (((("i", 0.9), ("ị", 0.05)), "đơn vị"), ((("i", 0.9),), "đơn vi")):
        lines = (Reading("trueocr", "đơn", 0.9), Reading("trueocr", "vi", 0.9, chars=((("v", 0.99),), candidates)))
        ink = CellInk(GridCell(0, 0, 1, 1, box), Piece(1, box), lines=(LINE,) * 2)
        assert settle_text((CellText(ink, "đơn vi", 0.9, lines),), {}, words).raw == raw
