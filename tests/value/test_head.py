"""The head: who reports, number, date, period, out of everything that is printed around a table."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.indicator import load_catalogue
from extractor.records import Head, HeadLine, Piece, Place
from extractor.value import find_head

PLACES = load_catalogue("soctrang-cchc-huyen").places
REFERENCE = "(Kèm theo Báo cáo số 319 /BC-UBND ngày 16 tháng 12 năm 2022 của UBND huyện Thanh Trị)"
SEED = ("PHỤ LỤC 2", "BẢNG 2", "THỐNG KÊ SỐ LIỆU", "NĂM 2022 TẠI UBND HUYỆN THANH TRỊ", REFERENCE)
NARRATIVE = (
    "UBND TỈNH SÓC TRĂNG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "UBND HUYỆN CHÂU THÀNH Độc lập - Tự do - Hạnh phúc",
    "Số: 45/BC-UBND Châu Thành, ngày 14 tháng 6 năm 2021",
    "BÁO CÁO",
    "Kết quả công tác cải cách hành chính 6 tháng đầu năm 2021",
    "Thực hiện Kế hoạch số 08/KH-UBND ngày 19/01/2021 của UBND tỉnh về CCHC năm 2021, UBND huyện Kế Sách đã",
    "Nơi nhận:",
    "- UBND huyện Kế Sách;",
    "- UBND huyện Mỹ Tú;",
)


def head_of(*texts: str, confidence: float = 0.99) -> Head:
    lines = [HeadLine(t, confidence, Piece(1, (0.1, 0.02 * i, 0.9, 0.02 * i + 0.01))) for i, t in enumerate(texts)]
    return find_head(tuple(lines), PLACES)


def test_seed() -> None:
    head = head_of(*SEED)
    assert (head.organisation.raw, head.organisation.value) == ("UBND HUYỆN THANH TRỊ", "UBND huyện Thạnh Trị")
    assert dict(head.organisation.extra)["code"] == "949"
    assert head.organisation.piece == Piece(1, (0.1, 0.06, 0.9, 0.06999999999999999))
    assert (head.report_number.raw, head.report_number.value) == ("319 /BC-UBND", "319/BC-UBND")
    assert (head.report_date.raw, head.report_date.value) == ("ngày 16 tháng 12 năm 2022", "2022-12-16")
    assert (head.period.raw, head.period.value) == ("NĂM 2022", "2022")
    assert dict(head.period.extra) == {"kind": "year", "from": "2022-01-01", "to": "2022-12-31", "cumulative": True}
    fields = (head.organisation, head.report_number, head.report_date, head.period)
    assert all(field.confidence > 0.9 for field in fields)


def test_narrative_receivers_and_parent_do_not_win() -> None:
    head = head_of(*NARRATIVE)
    assert head.organisation.value == "UBND huyện Châu Thành"
    assert head.report_number.value == "45/BC-UBND"
    assert head.report_date.value == "2021-06-14"
    assert head.period.value == "2021-S1"


def test_narrative_before_the_appendix() -> None:
    reference = "(Kèm theo Báo cáo số 45/BC-UBND ngày 14 tháng 6 năm 2021 của UBND huyện Châu Thành)"
    head = head_of(*NARRATIVE, "Phụ lục II", "BẢNG SỐ LIỆU 6 THÁNG ĐẦU NĂM 2021", reference)
    assert head.organisation.value == "UBND huyện Châu Thành"
    assert (head.report_number.value, head.report_date.value) == ("45/BC-UBND", "2021-06-14")
    assert head.report_number.raw == "45/BC-UBND"
    assert head.report_number.reasons == ()


def test_reference_over_two_lines() -> None:
    head = head_of(
        "BẢNG 2", "(Kèm theo Báo cáo số 319/BC-UBND ngày 16 tháng", "12 năm 2022 của UBND huyện Thạnh", "Trị)"
    )
    assert head.report_date.value == "2022-12-16"
    assert head.organisation.value == "UBND huyện Thạnh Trị"
    assert head.report_date.piece == Piece(1, (0.1, 0.02, 0.9, 0.05))


@pytest.mark.parametrize("blank", ["số       /BC-UBND", "số ...../BC-UBND", "số: …/BC-UBND"])
def test_number_left_blank(blank: str) -> None:
    head = head_of("NĂM 2022", f"(Kèm theo Báo cáo {blank} ngày     tháng     năm 2022 của UBND thị xã Vĩnh Châu)")
    assert head.report_number.value is None
    assert head.report_number.reasons == ("printed-blank",)
    assert head.report_date.value is None
    assert head.period.value == "2022"
    assert head.organisation.value == "UBND thị xã Vĩnh Châu"


def test_blank_reference_takes_the_electronic_signature() -> None:
    head = head_of(
        "319/BC-UBND 2022-12-16T09:30:00+07:00", "PHỤ LỤC", "(Kèm theo Báo cáo số    /BC-UBND ngày   tháng   năm 2022)"
    )
    assert head.report_number.value == "319/BC-UBND"
    assert head.report_date.value == "2022-12-16"


@pytest.mark.parametrize("place", PLACES, ids=[place.code for place in PLACES])
@pytest.mark.parametrize("style", ["TẠI UBND {}", "CỦA {}", "TRÊN ĐỊA BÀN {}", "ỦY BAN NHÂN DÂN {}"])
def test_every_district(place: Place, style: str) -> None:
    for title in (style.format(place.name.upper()), style.format(place.name)):
        head = head_of("PHỤ LỤC 2", f"SỐ LIỆU CCHC NĂM 2023 {title}")
        assert dict(head.organisation.extra)["code"] == place.code
        assert head.organisation.value == f"UBND {place.name[0].lower()}{place.name[1:]}"


@pytest.mark.parametrize(
    "text",
    ["UBND HUYỆN THẠNH TRỊ", "UBND HUYEN THANH TRI", "UBND HUYỆN THANH TRỊ", "UBND HUYỆN THANH TRÌ",
     "UBND HUYỆN THẠNHTRỊ", "ỦY BAN NHÂN DÂN HUYỆN THẠNH TRl", "UBND H. THẠNH TRỊ",
     "UBND HUYỆN THẬNH TRỊ", "UBND HUYỆN  THẠNH  TRỊ"],
)  # fmt: skip
def test_lost_marks_and_slips(text: str) -> None:
    assert dict(head_of("BẢNG 2", f"NĂM 2022 TẠI {text}").organisation.extra)["code"] == "949"


def test_communes_provinces_and_other_places() -> None:
    assert head_of("UBND xã Thạnh Trị, thị trấn Châu Thành").organisation.value is None
    assert head_of("UBND TỈNH SÓC TRĂNG").organisation.value is None
    assert head_of("UBND cấp huyện, cấp xã").organisation.value is None
    other = head_of("UBND HUYỆN THANH TRÌ THÀNH PHỐ HÀ NỘI").organisation
    assert (other.value, dict(other.extra)["code"]) == ("UBND huyện Thanh Trì", None)
    unknown = head_of("NĂM 2022", "TẠI UBND HUYỆN TRI TÔN").organisation
    assert (unknown.value, dict(unknown.extra)["code"]) == ("UBND huyện Tri Tôn", None)
    assert unknown.confidence < 0.9
    parent = head_of("UBND TỈNH BẠC LIÊU", "UBND HUYỆN CHÂU THÀNH").organisation
    assert dict(parent.extra)["code"] is None


@pytest.mark.parametrize(
    ("text", "value", "kind", "start", "end", "cumulative"),
    [
        ("NĂM 2022", "2022", "year", "2022-01-01", "2022-12-31", True),
        ("6 THÁNG ĐẦU NĂM 2021", "2021-S1", "half", "2021-01-01", "2021-06-30", True),
        ("06 tháng năm 2021", "2021-S1", "half", "2021-01-01", "2021-06-30", True),
        ("6 THÁNG CUỐI NĂM 2021", "2021-S2", "half", "2021-07-01", "2021-12-31", True),
        ("QUÝ III NĂM 2022", "2022-Q3", "quarter", "2022-07-01", "2022-09-30", False),
        ("QUÝ III/2022", "2022-Q3", "quarter", "2022-07-01", "2022-09-30", False),
        ("QUÝ lII NĂM 2O22", "2022-Q3", "quarter", "2022-07-01", "2022-09-30", False),
        ("QUÝ INĂM 2022", "2022-Q1", "quarter", "2022-01-01", "2022-03-31", False),
        ("QUY IIINAM 2023", "2023-Q3", "quarter", "2023-07-01", "2023-09-30", False),
        ("QUÝ 1 - 2024", "2024-Q1", "quarter", "2024-01-01", "2024-03-31", False),
        ("Quý IV năm 2020", "2020-Q4", "quarter", "2020-10-01", "2020-12-31", False),
        ("3 THÁNG ĐẦU NĂM 2022", "2022-Q1", "quarter", "2022-01-01", "2022-03-31", False),
        ("9 THÁNG ĐẦU NĂM 2022", "2022-01-01/P9M", "nine-months", "2022-01-01", "2022-09-30", True),
        ("9 THÁNG NĂM 2022", "2022-01-01/P9M", "nine-months", "2022-01-01", "2022-09-30", True),
        ("THÁNG 5 NĂM 2022", "2022-05", "month", "2022-05-01", "2022-05-31", False),
        ("tháng 02/2024", "2024-02", "month", "2024-02-01", "2024-02-29", False),
    ],
)
def test_period(text: str, value: str, kind: str, start: str, end: str, cumulative: bool) -> None:
    period = head_of("PHỤ LỤC II", f"SỐ LIỆU CCHC {text}", REFERENCE).period
    assert period.value == value
    assert dict(period.extra) == {"kind": kind, "from": start, "to": end, "cumulative": cumulative}


def test_period_over_lines_and_with_a_later_year() -> None:
    assert head_of("KẾT QUẢ 6 THÁNG", "ĐẦU NĂM 2022").period.value == "2022-S1"
    assert head_of("KẾT QUẢ 6 THÁNG ĐẦU NĂM VÀ NHIỆM VỤ 6 THÁNG CUỐI NĂM 2022").period.value == "2022-S1"
    assert head_of("GIAI ĐOẠN 2021-2025", "SỐ LIỆU NĂM 2022").period.value == "2022"
    assert head_of("QUÝ III", "ngày 16 tháng 9 năm 2022").period.value is None


def test_dates_disagree() -> None:
    head = head_of("Thạnh Trị, ngày 15 tháng 12 năm 2022", *SEED)
    assert head.report_date.value == "2022-12-16"
    assert head.report_date.reasons == ("head-disagrees",)
    assert head.report_date.confidence < 0.7


def test_nothing_printed() -> None:
    head = head_of()
    for field in (head.organisation, head.report_number, head.report_date, head.period):
        assert (field.raw, field.value, field.piece) == (None, None, None)


def test_other_kinds_of_documents() -> None:
    head = head_of("(Ban hành kèm theo Công văn số 1234/UBND-NV ngày 14/9/2022 của UBND huyện Mỹ Tú)")
    assert (head.report_number.value, head.report_date.value) == ("1234/UBND-NV", "2022-09-14")


def test_weak_reading_weak_confidence() -> None:
    strong, weak = head_of(*SEED), head_of(*SEED, confidence=0.6)
    for one, other in zip((strong.organisation, strong.period), (weak.organisation, weak.period), strict=True):
        assert other.confidence < one.confidence


@given(st.lists(st.text(max_size=60), max_size=6))
def test_any_lines(texts: list[str]) -> None:
    head = head_of(*texts)
    for field in (head.organisation, head.report_number, head.report_date, head.period):
        assert 0 <= field.confidence <= 1
        assert field.raw is None or field.piece is not None


def test_pages_do_not_mix() -> None:
    lines = [HeadLine("KẾT QUẢ 6 THÁNG", 0.9, Piece(1, (0.1, 0.9, 0.9, 0.95))),
             HeadLine("ĐẦU NĂM 2022", 0.9, Piece(2, (0.1, 0.1, 0.9, 0.15)))]  # fmt: skip
    period = find_head((replace(lines[0]), lines[1]), PLACES).period
    assert period.value == "2022-S1"
    assert period.piece == Piece(1, (0.1, 0.9, 0.9, 0.95))


@pytest.mark.parametrize(
    "reference",
    [
        "(Kèm theo Báo cáo số 583/8C-UBND ngày 16 tháng 9 năm 2019 của UBND huyện Mỹ Tú)",
        "(Kèm thco Bá0 cáo số 583 /BC-UBN ngày l6 tháng 9 nărn 2O19 của UBND huyện Mỹ Tú)",
        "(Kèrn theo Báo cáosố 583/BC-UBND ngày 16 tháng 9 năm 2019 của UBND huyện Mỹ Tú)",
        "(Ban bành kèm the0 Báo cáo số 583/BC-UBND ugày 16 tháng 9 năm 2019)",
    ],
)
def test_a_garbled_reference_line(reference: str) -> None:
    head = head_of("NĂM 2019", reference)
    assert head.report_number.value == "583/BC-UBND"
    assert head.report_date.value == "2019-09-16"


def test_what_is_guessed_is_not_sure() -> None:
    head = head_of("NĂM 2019", "(Kèm theo Báo cáo số 5l3/8C-UBND ngày l6 thánq 9 nărn 2O19 của UBND huyện Mỹ Tú)")
    assert (head.report_number.value, head.report_date.value) == ("513/BC-UBND", "2019-09-16")
    assert head.report_number.reasons == head.report_date.reasons == ("garbled",)
    assert max(head.report_number.confidence, head.report_date.confidence) < 0.7


def test_a_cut_year_is_no_date() -> None:
    assert head_of("NĂM 2019", "(Kèm theo Báo cáo số 12/BC-UBND ngày 10/12/20)").report_date.value is None


def test_a_year_behind_a_garbled_part_of_it_is_not_sure() -> None:
    garbled = head_of("SỐ LIỆU 6 THNG CUI NĂM 2020").period
    assert garbled.confidence < 0.7
    assert garbled.reasons == ("garbled",)


@pytest.mark.parametrize(("period", "doubted"), [("QUÝ III/2023", False), ("QUÝ I/2023", True), ("NĂM 2023", True)])
def test_a_period_far_from_the_reports_date_is_doubted(period: str, *, doubted: bool) -> None:
    lines = (f"BẢNG TỔNG HỢP {period}", "(Kèm theo Báo cáo số 338/BC-UBND ngày 25 tháng 9 năm 2023)")
    head = head_of(*lines)
    assert ("head-disagrees" in head.period.reasons) == doubted
    assert (head.period.confidence < 0.6) == doubted


def test_figures_that_a_wide_space_parts_are_not_sure() -> None:
    head = head_of("NĂM 2023", "(Kèm theo Báo cáo số 6 1 /BC-UBND ngày 1 6/09/2023 của UBND huyện Kế Sách)")
    assert (head.report_number.reasons, head.report_date.reasons) == (("garbled",), ("garbled",))
    lettered = head_of("NĂM 2023", "(Kèm theo Báo cáo số ó 1 /BC-UBND ngày 16/09/2023 của UBND huyện Kế Sách)")
    assert (lettered.report_number.reasons, lettered.report_date.reasons) == (("garbled",), ())
    glued = head_of("NĂM 2023", "(Kèm theo Báo cáo số61/BC-UBND ngày 16/09/2023 của UBND huyện Kế Sách)")
    assert glued.report_number.reasons == ()
    sound = head_of("NĂM 2023", "(Kèm theo Báo cáo số 61/BC-UBND ngày 16/09/2023 của UBND huyện Kế Sách)")
    assert (sound.report_number.reasons, sound.report_date.reasons) == ((), ())
