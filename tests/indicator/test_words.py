"""Folding of labels, and what edits between them cost."""

from __future__ import annotations

import pytest

from extractor.indicator.edits import find_difference
from extractor.indicator.words import fold, is_syllable

SLIGHT, GRAVE = 5.0, 12.0  # a slip or two; more than an exact label is worth


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Số TTHC", "Số thủ tục hành chính"),
        ("2. Kiểm tra CCHC", "Kiểm tra cải cách hành chính"),
        ("- Số hồ sơ", "SỐ HỒ SƠ"),
        ("a) Số hồ sơ", "Số hồ sơ."),
        ("III.2.1 Số hồ sơ", "Số hồ sơ"),
        ("SốVBQPPL đã ban hành", "Số VBQPPL đã ban hành"),
        ("Số TTHG", "Số TTHC"),
        ("Số hồ sơ 1 1HC đã tiếp nhận", "Số hồ sơ TTHC đã tiếp nhận"),
        ("Số Ti HCthực hiện", "Số TTHC thực hiện"),
        ("lãnh đạo UNBD cấp huyện", "lãnh đạo UBND cấp huyện"),
        ("Số UBND thị xã", "Số UBND huyện"),
        ("kết quả kết quả giải quyết", "kết quả giải quyết"),
        ("Chuyên trang (https://cchc.soctrang.gov.vn/)", "Chuyên trang (https://cchc.kiengiang.gov.vn)"),
    ],
)
def test_the_same_said_otherwise_folds_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def _difference(printed: str, label: str) -> float:
    return find_difference(tuple(fold(printed).split()), tuple(fold(label).split()), {})


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("Số hồ sơ trã kết quà", "Số hồ sơ trả kết quả"),
        ("Số hồ so trả kêt qua", "Số hồ sơ trả kết quả"),
        ("Số hồ sơ trảkết quả", "Số hồ sơ trả kết quả"),
        ("Số hồ sơ trả kqết quả", "Số hồ sơ trả kết quả"),
        ("Số hồ sơ kết quả", "Số hồ sơ trả kết quả"),
        ("Số hồ sơ trả kết quả (nếu có)", "Số hồ sơ trả kết quả"),
        ("Tuyển dụng CCVC", "Tuyển dụng công chức, viên chức"),
        ("Số văn bản xai", "Số văn bản sai"),
        ("Chỉ thị 15", "Chỉ thị 10"),
    ],
)
def test_slips_are_slight(printed: str, label: str) -> None:
    assert _difference(printed, label) < SLIGHT


@pytest.mark.parametrize(
    ("printed", "label"),
    [
        ("Số hồ sơ giải quyết trễ hạn", "Số hồ sơ giải quyết đúng hạn"),
        ("Số hồ sơ cấp huyện tiếp nhận", "Số hồ sơ cấp xã tiếp nhận"),
        ("Số hồ sơ không giải quyết", "Số hồ sơ giải quyết"),
        ("Số hồ sơ chưa giải quyết", "Số hồ sơ đã giải quyết"),
        ("Số TTHC nội bộ đã công bố", "Số TTHC đã công bố"),
    ],
)
def test_other_words_are_grave(printed: str, label: str) -> None:
    assert _difference(printed, label) > GRAVE


def test_numerals_tell_indicators_apart() -> None:
    assert _difference("trực tuyến mức độ 4", "trực tuyến mức độ 3") > SLIGHT
    assert _difference("trực tuyến mức độ 3", "trực tuyến mức độ 3, 4") > SLIGHT


def test_syllables() -> None:
    assert all(map(is_syllable, "thuyen quyet nghiep truoc huyen xa giai ngoai khuya".split()))
    assert not any(map(is_syllable, "tlep nhqn bcci xyz vii".split()))
