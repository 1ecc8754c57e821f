"""The alignment of whole tables: slips, strangers, moved blocks, lost labels."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractor.indicator import load_catalogue, match_rows
from extractor.records import Catalogue, Field, Matching, Reading
from tests.indicator.printing import Habit, Printed, print_report, table_of

CATALOGUE = load_catalogue("soctrang-cchc-huyen")
HABITS = {
    "as-the-form": (Habit(0, 1, 0, 0, 0), 1.0),
    "usual": (Habit(), 0.999),
    "slips": (Habit(slipped=0.3, slips=2, strangers=4, dropped=0.05), 0.999),
    "many-slips": (Habit(slipped=0.6, slips=3, strangers=6, dropped=0.05), 0.998),
    "moved": (Habit(slipped=0.2, slips=2, strangers=4, moved=True, sections_moved=True), 0.999),
    "moved-many-slips": (Habit(slipped=0.6, slips=3, strangers=6, moved=True, sections_moved=True), 0.997),
    "two-percent-misread": (Habit(cer=0.02), 0.999),
    "five-percent-misread": (Habit(cer=0.05, strangers=4), 0.997),
    "eight-percent-misread": (Habit(cer=0.08, strangers=4), 0.993),
    "look-alikes": (Habit(likenesses=4, cer=0.01), 0.998),
    "numbered-through": (Habit(stt="all"), 0.999),
    "number-in-label": (Habit(stt="glued"), 0.999),
    "numbers-shifted": (Habit(stt="shifted"), 0.999),
    "a-third-dropped": (Habit(dropped=0.3, blocks_dropped=0.2, strangers=6, slipped=0.2, slips=2), 0.99),
    "labels-cut-and-unread": (Habit(cut=0.1, unread=0.03, cer=0.02), 0.98),
}
SEEDS = range(8)


def _match(rows: Sequence[Printed], catalogue: Catalogue = CATALOGUE) -> Matching:
    return match_rows(table_of(tuple(rows)), catalogue)


def _codes(matching: Matching) -> list[str | None]:
    return [match.code for match in matching.matches]


def _form() -> list[Printed]:
    return list(print_report(CATALOGUE, Habit(0, 1, 0, 0, 0, unit_wrong=0), 0))


@pytest.mark.parametrize("name", HABITS)
def test_rows_of_noisy_reports_are_found(name: str) -> None:
    habit, least = HABITS[name]
    right = total = 0
    for seed in SEEDS:
        printed = print_report(CATALOGUE, habit, seed)
        right += sum(a == row.code for a, row in zip(_codes(_match(printed)), printed, strict=True))
        total += len(printed)
    assert right / total >= least


def test_the_form_itself_is_matched_surely() -> None:
    matching = _match(_form())
    assert _codes(matching) == [indicator.code for indicator in CATALOGUE.indicators]
    assert min(match.confidence for match in matching.matches) > 0.999
    assert matching.absent == ()
    assert matching.fit == 1.0


def test_sure_matches_are_right() -> None:
    sure = wrong = 0
    for seed in SEEDS:
        for habit, _ in HABITS.values():
            printed = print_report(CATALOGUE, habit, 1000 + seed)
            for match, row in zip(_match(printed).matches, printed, strict=True):
                if match.confidence > 0.999:
                    sure += 1
                    wrong += match.code != row.code
    assert wrong / sure < 0.001


def test_look_alikes_in_a_rows_place_are_not_matched_surely() -> None:
    habit = Habit(likenesses=4, replacing=True)
    sure = 0
    for seed in range(12):
        printed = print_report(CATALOGUE, habit, seed)
        for match, row in zip(_match(printed).matches, printed, strict=True):
            sure += row.code is None and match.code is not None and match.confidence > 0.999
    assert sure == 0


def _stranger(label: str, unit: str = "Hồ sơ") -> Printed:
    return Printed(None, "", label, unit, True)


@pytest.mark.parametrize(
    "label",
    [
        "Số hồ sơ TTHC trễ hạn",
        "Số hồ sơ TTHC do UBND cấp huyện giải quyết trễ hạn",
        "Số hồ sơ TTHC do UBND cấp tỉnh tiếp nhận",
        "Số thư xin lỗi đã gửi",
        "Số hồ sơ kỳ trước chuyển qua",
    ],
)
def test_a_stranger_steals_no_row(label: str) -> None:
    rows = _form()
    place = next(i for i, row in enumerate(rows) if row.code == "III.6.3")
    rows.insert(place, _stranger(label))
    matching = _match(rows)
    assert _codes(matching) == [row.code for row in rows]
    assert matching.matches[place].runner_up is not None


@pytest.mark.parametrize("label", ["Số hồ sơ TTHC trễ hạn", "Số TTHC nội bộ đã công bố", "Số cuộc đối thoại"])
def test_a_stranger_takes_no_dropped_rows_place(label: str) -> None:
    rows = [_stranger(label) if row.code == "III.6.3" else row for row in _form()]
    matching = _match(rows)
    assert _codes(matching) == [row.code for row in rows]
    assert [code for code, _ in matching.absent] == ["III.6.3"]


def test_the_better_of_two_rows_wins() -> None:
    rows = _form()
    place = next(i for i, row in enumerate(rows) if row.code == "III.2.1")
    rows.insert(place, replace(rows[place], code=None, label="Số TTHC được công bố mới hằng quý của tỉnh"))
    assert _codes(_match(rows)) == [row.code for row in rows]


def test_twin_blocks_are_told_apart_by_their_headers() -> None:
    rows = _form()
    first = next(i for i, row in enumerate(rows) if row.code == "VII.11.1")
    rows[first : first + 12] = [*rows[first + 6 : first + 12], *rows[first : first + 6]]
    assert _codes(_match(rows)) == [row.code for row in rows]


def test_twin_rows_across_sections_follow_their_section() -> None:
    rows = [row for row in _form() if row.code is not None and not row.code.startswith("I.")]
    matching = _match(rows)
    found = dict(zip((row.code for row in rows), _codes(matching), strict=True))
    assert found["IV.6.1"] == "IV.6.1"


def test_a_lone_twin_block_is_doubtful() -> None:
    rows = [row for row in _form() if row.code is not None and row.code not in ("VII.11.1", "VII.11.2")]
    rows = [row for row in rows if not (row.code or "").startswith("VII.11.2.")]
    matching = _match(rows)
    doubts = [
        match for match, row in zip(matching.matches, rows, strict=True) if (row.code or "").startswith("VII.11.1.")
    ]
    assert all(match.confidence < 0.999 for match in doubts)
    assert all(match.runner_up is not None for match in doubts)


def test_a_row_without_label_is_placed_by_its_neighbours() -> None:
    rows = [replace(row, label="") if row.code == "IV.5.2" else row for row in _form()]
    matching = _match(rows)
    assert _codes(matching) == [row.code for row in rows]
    place = next(i for i, row in enumerate(rows) if row.code == "IV.5.2")
    assert matching.matches[place].confidence < 0.9999


def test_a_smudge_that_an_engine_guessed_at_is_placed_by_its_neighbours() -> None:
    rows = _form()
    place = next(i for i, row in enumerate(rows) if row.code == "IV.5.2")
    table = table_of(tuple(replace(row, label="vq jI rnz,, tl") if i == place else row for i, row in enumerate(rows)))
    smudge = replace(table.rows[place], label=replace(table.rows[place].label, confidence=0.15))
    match = match_rows(replace(table, rows=(*table.rows[:place], smudge, *table.rows[place + 1 :])), CATALOGUE)
    assert match.matches[place].code == "IV.5.2"
    assert match.matches[place].confidence < 0.999


@pytest.mark.parametrize(
    ("code", "printed"),
    [
        ("II.1", "Số văn bản quy phạm pháp luật đã ban hành"),
        ("II.1", "Sô VBQPPI đã ban hanh"),
        ("VII.3", "Tham gia Hệ thống hợp trực tuyến của tỉnh"),
        ("I.9", "Việc chấp hành Chỉ thị 15 của Chủ tịch UBND tỉnh và Chỉ thị 12, Chỉ thị 20 của Thủ tướng Chính phủ về "
                "kỷ luật, kỷ cương hành chính"),
        ("VII.6.2.2", "Số TTHC đang cung cấp trực tuyến toàn trình"),
        ("III.5.1", "S0 TTHC 1iên th0ng cùng cấp"),
        ("I.2", "2. Kiểm tra cải cách hành chính"),
        ("III.2.3.1", "Số TTHC áp dụng tại UBND thị xã"),
        ("IV.5.4", "Số lượng lãnh đạo UBND cấp xã (nếu có)"),
        ("V.4.2", "Số người đã được đào tạo, bồi dưỡng đào tạo, bồi dưỡng thực tế"),
        ("VII.12.3", "SỐ LƯỢNG ĐƠN VỊ THUỘC, TRỰC THUỘC THỰC HIỆN XEM XÉT CỦA LÃNH ĐẠO ĐỐI VỚI HỆ THỐNG QUẢN LÝ"),
        ("VII.1", "Ban hành kế hoạch phát triểnchính quyền số, ứng dụng CNTT"),
    ],
)  # fmt: skip
def test_wordings_of_offices_are_known(code: str, printed: str) -> None:
    rows = [replace(row, label=printed) if row.code == code else row for row in _form()]
    assert _codes(_match(rows)) == [row.code for row in rows]


def test_a_second_copy_of_the_form_is_not_matched_twice() -> None:
    rows = [*_form(), *_form()]
    codes = [code for code in _codes(_match(rows)) if code is not None]
    assert len(codes) == len(set(codes)) == len(CATALOGUE.indicators)


def test_an_empty_table_matches_nothing() -> None:
    matching = _match([])
    assert matching.matches == ()
    assert len(matching.absent) == len(CATALOGUE.indicators)


def test_a_table_of_another_kind_fits_badly() -> None:
    words = "bàn ghế tủ máy in giấy bút mực xe đạp nhà kho sân vườn cây xanh".split()
    rng = random.Random(5)
    rows = [_stranger(" ".join(rng.choices(words, k=6)), "Cái") for _ in range(60)]
    matching = _match(rows)
    assert matching.fit < 0.1
    assert all(code is None for code in _codes(matching))


def test_a_table_takes_little_time() -> None:
    table = table_of(print_report(CATALOGUE, Habit(cer=0.02), 3))
    match_rows(table, CATALOGUE)
    started = time.process_time()
    match_rows(table, CATALOGUE)
    assert time.process_time() - started < 0.5  # 0.06 on a desktop; continuous integration is slower


def test_the_same_table_gives_the_same_matching() -> None:
    table = table_of(print_report(CATALOGUE, Habit(cer=0.05, moved=True), 11))
    assert match_rows(table, CATALOGUE) == match_rows(table, CATALOGUE)


ANY_ROW = st.builds(
    Printed,
    st.none(),
    st.sampled_from(["", "1", "IV", "7"]),
    st.one_of(
        st.text(max_size=60),
        st.sampled_from([indicator.label for indicator in CATALOGUE.indicators]),
    ),
    st.sampled_from(["", "%", "TTHC", "Hồ sơ", "Có = 1; Không = 0", '"']),
    st.booleans(),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ANY_ROW, max_size=30))
def test_whatever_is_printed_codes_are_unique_and_nothing_is_lost(rows: list[Printed]) -> None:
    matching = _match(rows)
    assert [match.row for match in matching.matches] == list(range(len(rows)))
    codes = [match.code for match in matching.matches if match.code is not None]
    assert len(codes) == len(set(codes))
    absent = [code for code, _ in matching.absent]
    assert set(codes).isdisjoint(absent)
    assert len(codes) + len(absent) == len(CATALOGUE.indicators)
    order = {indicator.code: indicator.order for indicator in CATALOGUE.indicators}
    assert absent == sorted(absent, key=order.__getitem__)
    doubts = [match.confidence for match in matching.matches] + [chance for _, chance in matching.absent]
    assert all(0.0 <= doubt <= 1.0 for doubt in doubts)


def test_an_added_row_in_the_place_of_one_left_out_is_a_stranger_where_two_readers_agree_on_its_label() -> None:
    table = table_of(tuple(row for row in _form() if row.code != "II.1.2"))
    place = next(i for i, row in enumerate(_form()) if row.code == "II.1.2")
    text = "Số máy quét tài liệu đã trang bị cho Bộ phận Một cửa"
    seen = (Reading("trueocr", text, 0.6), Reading("tesseract-vie", f"{text} 7” 7”", 0.0))
    added = replace(table.rows[place], label=Field(text, "read", 0.29, table.rows[place].label.pieces, seen))
    rows = (*table.rows[:place], added, *table.rows[place:])
    table = replace(table, rows=tuple(replace(row, index=i) for i, row in enumerate(rows)))
    assert _codes(match_rows(table, CATALOGUE))[place] is None


def test_a_label_that_one_reader_garbled_is_known_by_what_the_other_saw() -> None:
    place = next(i for i, row in enumerate(_form()) if row.code == "VII.7")
    table = table_of(tuple(_form()))
    right = table.rows[place].label.raw
    garbled = right.replace("UBND tỉnh", "UBND binh").replace("đôn đốc", "dồn dập")
    assert garbled != right
    seen = (Reading("trueocr", garbled, 0.6), Reading("tesseract-vie", right, 0.5))
    codes = []
    for readings in (seen, seen[:1]):
        label = Field(garbled, "read", 0.7, table.rows[place].label.pieces, readings)
        rows = (*table.rows[:place], replace(table.rows[place], label=label), *table.rows[place + 1 :])
        codes.append(_codes(match_rows(replace(table, rows=rows), CATALOGUE))[place])
    assert codes == ["VII.7", None]


@pytest.mark.parametrize("abbreviation", ["1 BXD", "I BNb", "BXD"])
def test_an_abbreviation_misread_in_several_letters_is_still_the_forms(abbreviation: str) -> None:
    rows = [
        replace(row, label=row.label.replace("UBND", abbreviation).replace("huyện", "huxện"))
        if row.code == "III.6.3"
        else row
        for row in _form()
    ]
    assert _codes(_match(rows)) == [row.code for row in rows]


def test_an_added_row_is_a_stranger_though_a_reader_saw_only_how_its_label_begins() -> None:
    table = table_of(tuple(row for row in _form() if row.code != "III.6.6"))
    place = next(i for i, row in enumerate(_form()) if row.code == "III.6.6")
    text = "Số hồ sơ thủ tục hành chính do UBND cấp xã đang giải quyết"
    seen = (Reading("trueocr", text, 0.74), Reading("tesseract-vie", "Số hồ sơ thủ tục hành chính do UBND", 0.91))
    added = replace(table.rows[place - 1], label=Field(text, "read", 0.9, table.rows[place].label.pieces, seen))
    rows = (*table.rows[:place], added, *table.rows[place:])
    table = replace(table, rows=tuple(replace(row, index=i) for i, row in enumerate(rows)))
    assert _codes(match_rows(table, CATALOGUE))[place] is None
