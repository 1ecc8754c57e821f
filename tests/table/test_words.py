"""Words of a text layer -> lines."""

from __future__ import annotations

from extractor.reading.words import lines_in
from extractor.records import Word


def test_a_unit_beside_the_middle_of_a_label_of_two_lines_does_not_join_them() -> None:
    words = (
        Word("Số UBND cấp xã", (10.0, 10.0, 90.0, 22.0)),
        Word("Đơn vị", (120.0, 15.5, 160.0, 27.5)),
        Word("xem xét", (10.0, 21.0, 60.0, 33.0)),
    )
    lines = [text for text, _ in lines_in(words, (0.0, 0.0, 200.0, 50.0))]
    assert lines == ["Số UBND cấp xã Đơn vị", "xem xét"]
