"""Words, figures and quarters that one reader alone sees, or all see wrongly -> for a person."""

from __future__ import annotations

import pytest

from extractor.reading.doubtful import find_doubtful
from extractor.reading.printed import read_lines
from extractor.reading.texts import choose_line, doubt_tones
from extractor.records import Field, LooseLine, Piece, Reading
from tests.table.test_second_reader import FORM, LINE, Eye, printed


@pytest.mark.parametrize("ours", ["100", "1006"])
def test_a_percent_sign_that_the_first_reader_drops_or_takes_for_a_figure_stands(ours: str) -> None:
    first = Reading("trueocr", f"đạt {ours} văn", 0.9)
    assert choose_line(first, Reading("tesseract-vie", "đạt 100% văn", 0.9), FORM)[0] == "đạt 100% văn"
    assert choose_line(first, Reading("tesseract-vie", "đạt 108% văn", 0.5), FORM)[0] == f"đạt {ours} văn"


@pytest.mark.parametrize(("before", "asked"), [("hành", True), ("ngày", False), ("năm", False)])
def test_a_figure_in_a_text_is_read_twice_unless_it_is_of_a_date(before: str, asked: bool) -> None:
    reading, line = printed(f"{before} 100 văn bản đã ban hành trong kỳ báo cáo")
    assert bool(find_doubtful(reading, line, FORM | {"ngày", "năm"})) is asked


@pytest.mark.parametrize(
    ("raw", "doubted"),
    [("Vân bản", False), ("bân hành", True), ("ban hành", False), ("của Bản Vê", False), ("xa lạ", False)],
)
def test_a_small_word_that_the_form_knows_but_for_its_marks_is_doubted(raw: str, doubted: bool) -> None:
    field = Field(raw, "read", 0.9, readings=(Reading("trueocr", raw, 0.9),))
    assert ("unknown-word" in doubt_tones(field, FORM).reasons) is doubted


@pytest.mark.parametrize(
    ("seen", "text", "sure"),
    [
        (("QUÝIII NĂM 2022", "QUÝ II NĂM 2022"), "QUÝ III NĂM 2022", False),
        (("QUÝ II NĂM 2022", "QUÝ III NĂM 2022"), "QUÝ III NĂM 2022", False),
        (("QUÝ II NĂM 2022", "QUÝ II NĂM 2022"), "QUÝ II NĂM 2022", True),
    ],
)
def test_a_quarter_that_two_readers_see_differently_has_most_strokes_and_is_unsure(
    seen: tuple[str, str], text: str, sure: bool
) -> None:
    engines = {"trueocr": Eye(seen[0]), "tesseract-vie": Eye(seen[1])}
    loose = LooseLine(Piece(1, (0.0, 0.0, 1.0, 1.0)), LINE, None, (0.0, 0.0, 1.0, 1.0))
    ((told, score),) = read_lines((loose,), engines, frozenset())
    assert told == text
    assert (score > 0.3) is sure
