"""Checks of the data's sense, one by one: what a careful clerk would question, and what not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extractor.check import CheckedCell, Stranger, check_rules
from extractor.records import Catalogue, Citation, Finding, Head, HeadField, Indicator, Note, Piece, Place, Rule, Unit
from tests.builders import make_head

PLACE = Place("949", "Huyện Thạnh Trị", 10, (), "Sóc Trăng")
FLAG = "Không = 0; Có = 1"
HEAD = replace(make_head(), organisation=replace(make_head().organisation, raw="UBND HUYỆN THẠNH TRỊ"))
UNITS = (
    Unit(FLAG, "boolean", ()),
    Unit("%", "percent", ()),
    Unit("TTHC", "count", ()),
    Unit("Hồ sơ", "count", ()),
    Unit("Văn bản", "count", ()),
)


def row(code: str, label: str, unit: str = "Hồ sơ", type_: str = "count", parent: str | None = None) -> Indicator:
    codes = (("0", "Không"), ("1", "Có")) if type_ == "boolean" else ()
    return Indicator(code, "item", parent, "", label, unit, type_, 0, (f"Nhóm {parent}", label), (), codes)  # type: ignore[arg-type]


def form(*rows: Indicator, rules: tuple[str, ...] = ()) -> Catalogue:
    kinds = {"==": "sum", "<=": "part_whole", ">=": "sum"}
    made = tuple(
        Rule(f"R{i}", kinds.get(text.split()[1], "implication"), text, True, Decimal(0), "")
        for i, text in enumerate(rules)
    )
    return Catalogue("mini", "1", rows, made, UNITS, (PLACE,), (), (), "")


def cell(code: str, raw: str = "", unit: str = "Hồ sơ", note: Note | str = "", **changes: object) -> CheckedCell:
    number = Decimal(raw.replace(".", "").replace(",", ".").rstrip("%")) if raw else None
    beside = Note(note) if isinstance(note, str) else note
    plain = CheckedCell(
        code, "read" if raw else "blank", number, page=1, raw=raw, unit_raw=unit, unit=unit or None, note=beside
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def find(
    catalogue: Catalogue, *cells: CheckedCell, head: Head | None = None, strangers: tuple[Stranger, ...] = ()
) -> list[Finding]:
    return list(check_rules({one.code: one for one in cells}, catalogue, head or HEAD, strangers))


def rules_of(findings: list[Finding]) -> list[str]:
    return [one.rule for one in findings]


@pytest.mark.parametrize(
    ("indicator", "unit", "rule"),
    [
        (row("A", "Số nhiệm vụ đề ra", "Văn bản"), "%", "UNIT-LABEL"),
        (row("A", "Số lượng hồ sơ tiếp nhận"), "TTHC", "UNIT-OTHER"),
        (row("A", "Số lượng đơn vị công bố ISO", FLAG, "boolean"), FLAG, "UNIT-FLAG-FOR-COUNT"),
        (row("A", "Có thực hiện tuyên truyền", "Văn bản"), "Văn bản", "UNIT-COUNT-FOR-FLAG"),
        (row("A", "Ban hành kế hoạch", FLAG, "boolean"), "Hồ sơ", "UNIT-COUNT-FOR-FLAG"),
        (row("A", "Thống kê", "", "header"), "TTHC", "UNIT-ON-HEADER"),
        (row("A", "Số phiếu"), "Số lượng", "UNIT-VAGUE"),
        (row("A", "Số phiếu"), "", "UNIT-EMPTY"),
    ],
)
def test_units(indicator: Indicator, unit: str, rule: str) -> None:
    raw = "" if indicator.type == "header" else "1"
    (finding,) = [one for one in find(form(indicator), cell("A", raw, unit)) if one.kind == "unit"]
    assert finding.rule == rule
    assert finding.severity == ("warning" if raw else "info")
    assert ("A", "unit") in finding.cells
    assert finding.message_vi.endswith(".")
    assert finding.message_en.endswith(".")


def test_units_that_nobody_questions() -> None:
    assert find(form(row("A", "Số hồ sơ")), cell("A", "5")) == []
    assert find(form(row("A", "Tỷ lệ đúng hạn", "%", "percent")), cell("A", "50", "%")) == []
    assert find(form(row("A", "Số hồ sơ")), cell("A", "5", "", unit_printed=False)) == []
    assert find(form(row("A", "Số hồ sơ")), replace(cell("A", "5", "Hò sọ"), unit=None)) == []
    assert find(form(row("A", "Số hồ sơ")), cell("A", "5", "TTHC", unit_certain=False)) == []


def test_merged_unit_cells_are_no_news() -> None:
    rows = [row(f"A.{i}", f"Số người {i}") for i in range(10)]
    assert (
        rules_of(find(form(*rows), *(cell(one.code, "5", "" if i % 2 else "Hồ sơ") for i, one in enumerate(rows))))
        == []
    )


FORMULA = "Số lượng TTHC đã giải quyết đúng hạn/Số lượng TTHC đã giải quyết"
PART = "{A.1} <= {A}"


def test_a_share_hidden_in_a_count_row() -> None:
    both = form(row("A", "Số hồ sơ tiếp nhận"), row("A.1", "Số hồ sơ đúng hạn"), rules=(PART,))
    by_note = find(both, cell("A", "4.304"), cell("A.1", "100", note=FORMULA))
    assert [(one.rule, one.cells) for one in by_note] == [("SHARE-IN-COUNT", (("A.1", "value"), ("A.1", "note")))]
    by_whole = find(both, cell("A", "14.022"), cell("A.1", "100"))
    assert [(one.rule, one.cells) for one in by_whole] == [("SHARE-IN-COUNT", (("A.1", "value"), ("A", "value")))]
    by_print = find(both, cell("A", "50"), cell("A.1", "98%", ambiguous=True))
    assert rules_of(by_print) == ["SHARE-IN-COUNT"]


@pytest.mark.parametrize(
    ("whole", "part", "note"),
    [
        ("999", "100", ""), ("14.022", "99", ""), ("14.022", "101", ""), ("14.022", "1.402", FORMULA),
        ("4.304", "50", "Kế hoạch số 08/KH-UBND ngày 19/01/2022; Công văn số 9/UBND-NV"),
    ],
)  # fmt: skip
def test_a_part_that_is_no_share(whole: str, part: str, note: str) -> None:
    both = form(row("A", "Số hồ sơ tiếp nhận"), row("A.1", "Số hồ sơ đúng hạn"), rules=(PART,))
    assert find(both, cell("A", whole), cell("A.1", part, note=note)) == []


def test_percentages_above_hundred() -> None:
    share = form(row("A", "Tỷ lệ hài lòng", "%", "percent"))
    assert rules_of(find(share, cell("A", "120", "%"))) == ["PERCENT-RANGE"]
    assert find(share, cell("A", "100", "%")) == []


TOTAL = (row("A", "Tổng số"), row("A.1", "Loại một"), row("A.2", "Loại hai"))


@pytest.mark.parametrize(
    ("rule", "values", "expected"),
    [
        ("{A} == {A.1} + {A.2}", ("5", "3", ""), ["PARTS-BLANK"]),
        ("{A} == {A.1} + {A.2}", ("", "3", ""), ["TOTAL-BLANK"]),
        ("{A} == {A.1} + {A.2}", ("5", "7", ""), ["PARTS-ABOVE-TOTAL"]),
        ("{A} >= {A.1} + {A.2}", ("5", "7", ""), ["PARTS-ABOVE-TOTAL"]),
        ("{A} >= {A.1} + {A.2}", ("5", "3", ""), []),
        ("{A} == {A.1} + {A.2}", ("0", "", ""), []),
        ("{A} == {A.1} + {A.2}", ("", "", ""), []),
        ("{A} == {A.1} + {A.2}", ("5", "3", "2"), []),
    ],
)
def test_totals_with_blanks(rule: str, values: tuple[str, str, str], expected: list[str]) -> None:
    cells = [cell(one.code, value) for one, value in zip(TOTAL, values, strict=True)]
    findings = find(form(*TOTAL, rules=(rule,)), *cells)
    assert rules_of(findings) == expected
    assert all(one.severity == "warning" for one in findings)


def blocks(*values: str, twins: bool) -> list[str]:
    half = len(values) // 2
    rows = [row(f"{p}.{i}", f"Chỉ tiêu {i if twins else p + str(i)}", parent=p) for p in "AB" for i in range(half)]
    return rules_of(find(form(*rows), *(cell(one.code, raw) for one, raw in zip(rows, values, strict=True))))


def test_copied_blocks() -> None:
    assert blocks("129", "129", "7", "129", "129", "0", twins=False) == ["BLOCK-COPIED"]
    assert blocks("129", "250", "7", "250", "129", "0", twins=False) == []
    assert blocks("12", "15", "7", "12", "15", "7", twins=False) == []
    assert blocks("12", "15", "7", "12", "15", "7", twins=True) == ["BLOCK-COPIED"]
    assert blocks("76", "", "", "76", "", "", twins=True) == ["BLOCK-COPIED"]
    assert blocks("76", "1", "", "76", "", "", twins=True) == []
    assert blocks("0", "1", "0", "0", "1", "0", twins=True) == []


def test_a_row_printed_twice_with_other_numbers() -> None:
    one = form(row("A", "Số hồ sơ tiếp nhận"))
    assert rules_of(find(one, cell("A", "5"), strangers=(Stranger("Số hồ sơ tiếp nhận:", Decimal(6), 3),))) == [
        "TWIN-ROWS"
    ]
    assert find(one, cell("A", "5"), strangers=(Stranger("Số hồ sơ tiếp nhận", Decimal(5), 3),)) == []
    assert find(one, cell("A", "5"), strangers=(Stranger("Số hồ sơ trễ hạn", Decimal(6), 3),)) == []


def test_more_communes_than_there_are() -> None:
    assert rules_of(find(form(row("A", "Số UBND cấp xã đã kiểm tra")), cell("A", "11"))) == ["ABOVE-COMMUNES"]
    assert find(form(row("A", "Số UBND cấp xã đã kiểm tra")), cell("A", "10")) == []
    assert find(form(row("A", "Số TTHC áp dụng tại UBND cấp xã")), cell("A", "130")) == []
    ruled = form(row("A", "Số UBND cấp xã đã kiểm tra"), rules=("{A} <= communes",))
    assert rules_of(find(ruled, cell("A", "11"))) == ["R0"]


def cited(number: str, date: str | None, raw: str = "x") -> CheckedCell:
    return cell("A", "1", note=Note(raw, (Citation(number, "KH", "UBND", date),)))


def test_citations() -> None:
    one = form(row("A", "Số hồ sơ"))
    head = replace(HEAD, report_date=HeadField("", "2022-12-16", 0.9, Piece(1, (0, 0, 1, 1))))
    assert rules_of(find(one, cited("08/KH-UBND", "2022-12-17"), head=head)) == ["CITATION-LATER"]
    assert find(one, cited("08/KH-UBND", "2022-12-16"), head=head) == []
    assert find(one, cited("08/KH-UBND", "2030-12-16")) == []
    assert rules_of(find(one, cited("01/2022/QĐ-UBND", "2021-03-28"), head=head)) == ["CITATION-YEAR"]
    assert find(one, cited("01/2022/QĐ-UBND", "2022-03-28"), head=head) == []


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        ("Theo Quyết định số 2093/QĐ-UBND ngày", True),
        ("Theo Quyết định số 2093/QĐ-UBND ngày của UBND tỉnh", True),
        ("Kế hoạch số 12/", True),
        ("Kế hoạch số       /KH-UBND", True),
        ("Công văn số 91/UBND-NV ngày 28/01/2022 của", True),
        ("Kế hoạch số 08/KH-UBND ngày 19/01/2022", False),
        ("Kế hoạch số 08/KH-UBND, ngày 19/01/2022 của UBND tỉnh.", False),
        ("Quyết định số 31/2021/QĐ-TTg của Thủ tướng Chính phủ", False),
        ("Phát vào tuần thứ hai hàng tháng", False),
        ("", False),
    ],
)
def test_a_citation_that_breaks_off(note: str, expected: bool) -> None:
    found = rules_of(find(form(row("A", "Số hồ sơ")), cell("A", "1", note=note)))
    assert found == (["CITATION-OPEN"] if expected else [])


def test_names_and_dates_of_the_head() -> None:
    one = form(row("A", "Số hồ sơ"))
    (name,) = find(one, cell("A", "1"), head=make_head())
    assert (name.rule, name.severity, name.cells) == ("HEAD-NAME", "info", ())
    (note,) = find(one, cell("A", "1", note="Phòng Dân tộc huyện Thanh Trì."), head=HEAD)
    assert (note.rule, note.severity, note.cells) == ("NOTE-NAME", "info", (("A", "note"),))
    early = replace(HEAD, report_date=HeadField("", "2021-12-16", 0.9, Piece(1, (0, 0, 1, 1))))
    assert rules_of(find(one, cell("A", "1"), head=early)) == ["HEAD-DATE"]
