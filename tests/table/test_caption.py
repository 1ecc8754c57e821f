"""Lines above a table -> its caption."""

from __future__ import annotations

from extractor.records import LooseLine, Piece
from extractor.table import find_caption

TABLE = (0.1, 0.5, 0.9, 0.8)


def line(y: float, x0: float, x1: float, words: str) -> LooseLine:
    return LooseLine(Piece(1, (0.1, 0.1, 0.2, 0.2)), None, words, (x0, y, x1, y + 0.015))


PROSE = [line(0.30, 0.13, 0.9, "a"), line(0.32, 0.1, 0.9, "b"), line(0.34, 0.1, 0.9, "c"), line(0.36, 0.1, 0.6, "d")]
TITLES = [line(0.40, 0.4, 0.6, "PHỤ LỤC"), line(0.42, 0.1, 0.9, "THỐNG KÊ"), line(0.44, 0.3, 0.7, "NĂM 2022"),
          line(0.46, 0.12, 0.88, "(Kèm theo"), line(0.48, 0.45, 0.55, "xã)")]  # fmt: skip


def words(*lines: LooseLine, above: float = 0.0) -> list[str | None]:
    return [found.words for found in find_caption(lines, TABLE, above)]


def test_every_centred_line_above_a_table_and_no_prose() -> None:
    assert words(*PROSE, *TITLES) == ["PHỤ LỤC", "THỐNG KÊ", "NĂM 2022", "(Kèm theo", "xã)"]


def test_a_paragraph_above_a_table_is_no_caption() -> None:
    low = [line(one.upright[1] + 0.12, one.upright[0], one.upright[2], "prose") for one in PROSE]
    assert words(*low) == []
    assert words(*low[:3]) == []


def test_a_line_at_the_left_and_none_of_the_table_above() -> None:
    assert words(line(0.46, 0.1, 0.4, "Bảng 2")) == ["Bảng 2"]
    assert words(line(0.44, 0.3, 0.7, "của bảng trên"), line(0.48, 0.4, 0.6, "Bảng 2"), above=0.46) == ["Bảng 2"]
    assert words(line(0.2, 0.4, 0.6, "xa")) == []
