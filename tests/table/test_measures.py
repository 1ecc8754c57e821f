"""Which of several value columns is the report's own: named by its header, or held for a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.measures import find_measures, main_measure, with_main_measure
from extractor.records import Row
from tests.builders import make_field, make_row

WANTED = ("Kỳ này", "Thực hiện")


def _two(index: int, label: str, first: str, second: str) -> Row:
    return replace(make_row(index, label, first), others=(("", make_field(second)),))


def test_the_column_that_the_catalogue_wants_comes_first() -> None:
    rows = with_main_measure((_two(0, "Số hồ sơ", "102", "30"),), ("Kế hoạch", "Thực hiên"), WANTED)
    assert rows[0].value.raw == "30"
    assert [(name, field.raw) for name, field in rows[0].others] == [("Kế hoạch", "102")]
    assert not rows[0].guessed


def test_a_header_that_was_taken_for_content_still_names_the_columns() -> None:
    rows = (_two(0, "Nội dung", "Kế hoạch", "Thực hiện"), _two(1, "Số hồ sơ", "102", "30"))
    names = find_measures(("", ""), rows, WANTED)
    assert names == ("Kế hoạch", "Thực hiện")
    assert main_measure(names, WANTED) == "Thực hiện"


def test_columns_without_a_known_name_are_a_guess() -> None:
    """The plan's column was once accepted as the result: a whole report silently wrong."""
    for names in (("", ""), ("Chỉ tiêu giao", "Đạt được")):
        rows = (_two(0, "Số hồ sơ", "102", "30"), make_row(1, "Số phòng", "3"))
        guessed = with_main_measure(rows, find_measures(names, rows, WANTED), WANTED)
        assert guessed[0].value.raw == "102"
        assert [row.guessed for row in guessed] == [True, False]


@pytest.mark.parametrize(
    ("names", "own"),
    [
        (("Kết quả", "Cùng kỳ"), 0),
        (("Năm trước", "Năm nay"), 1),
        (("NĂM 2021", "NĂM 2022"), 1),
        (("Kế hoạch năm 2023", "Trong năm 2022"), 1),
        (("Trong quý", "Lũy kế đến nay"), 0),
        (("Số liệu", "Kế hoạch", "Tỷ lệ (%)"), 0),
        (("Số lượng/ tỷ lệ", "Điểm tự chấm"), 0),
        (("Điểm", "Số lượng"), 1),
        (("Năm trước", "Cùng kỳ"), None),
        (("Cấp huyện", "Cấp xã"), None),
        (("", "Lũy kế"), None),
        (("2021", "2022"), None),
    ],
)
def test_the_report_s_own_column_is_told_by_what_the_others_are(names: tuple[str, ...], own: int | None) -> None:
    assert main_measure(names, WANTED) == names[own or 0]
    first, *others = (str(n) for n in range(len(names)))
    row = replace(make_row(0, "Số hồ sơ", first), others=tuple(("", make_field(raw)) for raw in others))
    (told,) = with_main_measure((row,), names, WANTED)
    assert told.value.raw == str(own or 0)
    assert told.guessed == (own is None)


def test_columns_of_one_name_are_told_apart_by_their_place() -> None:
    row = replace(make_row(0, "Số hồ sơ", "3"), others=tuple(("", make_field(raw)) for raw in ("30", "II.1", "x")))
    (named,) = with_main_measure((row,), ("Kỳ này", "Kế hoạch"), WANTED, ("Kế hoạch", ""))
    assert [(name, field.raw) for name, field in named.others] == [
        ("Kế hoạch", "30"),
        ("Kế hoạch (3)", "II.1"),
        ("4", "x"),
    ]
    assert not named.guessed  # a column of another kind takes no value column's place


def test_one_column_needs_no_name() -> None:
    row = make_row(0, "Số hồ sơ", "102")
    assert with_main_measure((row,), ("",), WANTED) == (row,)
