"""Code lists in any order, and units in any spelling."""

from __future__ import annotations

import random
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.records import Unit
from extractor.value import match_unit, parse_codes
from extractor.value.codes import find_code, find_likely_code
from extractor.value.units import is_ditto

YES_NO = (("0", "Không"), ("1", "Có"))
FLAG = "Không = 0; Có = 1"
UNITS = (
    Unit(FLAG, "boolean", ("Có = 1 Không = 0", "Có/Không", "(1/0)")),
    Unit("Chưa thực hiện = 0; Đã thực hiện = 1", "boolean", ()),
    Unit("Có vi phạm = 0; Tốt = 1", "enum", ("Tốt/Vi phạm",)),
    Unit("%", "percent", ("Tỷ lệ %", "Phần trăm")),
    Unit("TTHC", "count", ("Thủ tục", "thủ tục hành chính")),
    Unit("Hồ sơ", "count", ("HS",)),
    Unit("Cơ quan, đơn vị", "count", ("Đơn vị", "CQ, ĐV")),
    Unit("Người", "count", ("Biên chế",)),
    Unit("Tin, bài", "count", ("Tin/bài",)),
    Unit("Văn bản", "count", ("VB",)),
)


@pytest.mark.parametrize(
    "text",
    [
        "Có = 1 Không = 0", "Không = 0; Có = 1", "Có = 1; Không = 0", "Có=1, Không=0", "1: Có; 0: Không",
        "0 = Không, 1 = Có", "Có/Không", "Có = 01; Không = 00", "(Có = 1; Không = 0)", "Có=1Không=0",
        "Có - 1 Không - 0", "Không: 0 Có: 1", "1=Có 0=Không", "Có\n= 1\nKhông = 0",
    ],
)  # fmt: skip
def test_yes_no_in_any_order(text: str) -> None:
    assert parse_codes(text) == YES_NO


def test_other_lists() -> None:
    assert parse_codes("Tốt = 1 Có vi phạm = 0") == (("0", "Có vi phạm"), ("1", "Tốt"))
    assert parse_codes("Tốt/Vi phạm") == (("0", "Vi phạm"), ("1", "Tốt"))
    assert parse_codes("Đã thực hiện = 1 Chưa thực hiện = 0") == (("0", "Chưa thực hiện"), ("1", "Đã thực hiện"))
    assert parse_codes("(1/0)") == (("0", ""), ("1", ""))


@pytest.mark.parametrize("text", ["", "Hồ sơ", "%", "Tin/bài", "Cơ quan, đơn vị", "Số lượng", "Có = 1", "100", "1"])
def test_no_list(text: str) -> None:
    assert parse_codes(text) == ()


WORDS = st.lists(
    st.sampled_from(["Trực tuyến", "Phát phiếu", "Kết hợp", "Khác", "Chưa có"]), min_size=2, max_size=4, unique=True
)


@given(WORDS, st.sampled_from([" = ", "=", ": "]), st.sampled_from(["; ", ", ", " "]), st.randoms())
def test_pairs_never_positions(words: list[str], sign: str, between: str, rng: random.Random) -> None:
    pairs = [(str(code), word) for code, word in enumerate(words)]
    shuffled = rng.sample(pairs, len(pairs))
    assert parse_codes(between.join(f"{word}{sign}{code}" for code, word in shuffled)) == tuple(pairs)


def test_code_of_a_word() -> None:
    assert find_code("CÓ", YES_NO) == "1"
    assert find_code("không", YES_NO) == "0"
    assert find_code("Không có", YES_NO) == "0"
    assert find_code("Có = 1", YES_NO) == "1"
    assert find_code("10", YES_NO) is None
    assert find_code("Đạt", YES_NO) is None
    assert find_likely_code("Khônq", YES_NO) == "0"
    assert find_likely_code("Đã thực hiên", (("0", "Chưa thực hiện"), ("1", "Đã thực hiện"))) == "1"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("Hồ sơ", "Hồ sơ"), ("HỒ SƠ", "Hồ sơ"), ("Ho so", "Hồ sơ"), ("Hồ sợ", "Hồ sơ"), ("HS", "Hồ sơ"),
        ("Thủ tục", "TTHC"), ("TTHC.", "TTHC"), ("%", "%"), ("Tỷ lệ %", "%"), ("Cơ quan, đơn vi", "Cơ quan, đơn vị"),
        ("Cơ quan,đơn vị", "Cơ quan, đơn vị"), ("Có = 1; Không = 0", FLAG), ("1: Có; 0: Không", FLAG),
        ("Khong = 0; Co = 1", FLAG), ("Tốt = 1 Có vi phạm = 0", "Có vi phạm = 0; Tốt = 1"), ("Nguời", "Người"),
        ("Tin bài", "Tin, bài"), ("Đã thực hiện = 1 Chưa thực hiện = 0", "Chưa thực hiện = 0; Đã thực hiện = 1"),
    ],
)  # fmt: skip
def test_unit_in_any_spelling(raw: str, name: str) -> None:
    found, confidence = match_unit(raw, UNITS)
    assert found == name
    assert confidence > 0.7


def test_unknown_and_empty_units() -> None:
    assert match_unit("", UNITS) == (None, 1.0)
    assert match_unit("Triệu đồng", UNITS)[0] is None
    assert match_unit("Km", UNITS)[0] is None


@pytest.mark.parametrize("order", list(permutations(["Trực tuyến = 0", "Phát phiếu = 1", "Kết hợp = 2"])))
def test_unit_of_codes_in_any_order(order: tuple[str, ...]) -> None:
    unit = Unit("Trực tuyến = 0; Phát phiếu = 1; Kết hợp = 2", "enum", ())
    assert match_unit(" ".join(order), (*UNITS, unit))[0] == unit.name


def test_ditto() -> None:
    assert is_ditto('"')
    assert is_ditto("-nt-")
    assert not is_ditto("Hồ sơ")
    assert not is_ditto("")
