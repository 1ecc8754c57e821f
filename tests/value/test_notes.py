"""Notes: citations in every spelling seen, and addresses."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.value import parse_note
from extractor.value.dates import find_dates

with Path(__file__).with_name("legal_refs.csv").open(encoding="utf-8", newline="") as file:
    REFERENCES = list(csv.DictReader(file))


@pytest.mark.parametrize("line", REFERENCES, ids=[line["note"] for line in REFERENCES])
def test_citation(line: dict[str, str]) -> None:
    note = parse_note(line["note"])
    assert note.raw == line["note"]
    (citation,) = note.citations
    assert citation.number == line["number"]
    assert citation.type == (line["type"] or None)
    assert citation.issuer == (line["issuer"] or None)
    assert citation.date == (line["date"] or None)


def test_several_in_order() -> None:
    text = "; ".join(line["note"] for line in REFERENCES)
    assert [one.number for one in parse_note(text).citations] == [line["number"] for line in REFERENCES]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12/2022",
        "Tin CCHC tháng 7/2022",
        "ngày 19/01/2022",
        "đạt 20/24",
        "Chỉ thị 10, Chỉ thị 26",
        "4-5 phút",
        "A/B",
    ],
)
def test_no_citation(text: str) -> None:
    assert parse_note(text).citations == ()


def test_urls() -> None:
    note = parse_note("https://thanhtri.soctrang.gov.vn/ Đường dẫn: (https://cchc.soctrang.gov.vn/tin-tuc.html).")
    assert note.urls == ("https://thanhtri.soctrang.gov.vn/", "https://cchc.soctrang.gov.vn/tin-tuc.html")
    assert parse_note("https: //thanhtri.soctrang .gov.vn/ Đường").urls == ("https://thanhtri.soctrang.gov.vn/",)
    assert parse_note("xem cchc.soctrang.gov.vn.").urls == ("cchc.soctrang.gov.vn",)
    assert parse_note("Phú Lộc. Vn là chữ viết tắt; 1.209 người").urls == ()


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 1, 1)))
def test_dates_in_every_form(day: date) -> None:
    for form in (f"{day:%d/%m/%Y}", f"{day.day}/{day.month}/{day.year}", f"{day:%d.%m.%Y}", f"{day.isoformat()}"):
        assert [one.iso for one in find_dates(f"ngày {form},")] == [day.isoformat()]
    words = f"ngày {day:%d} tháng {day:%m} năm {day.year}"
    assert [one.iso for one in find_dates(words)] == [day.isoformat()]


@given(st.text(max_size=80))
def test_any_note_is_kept(text: str) -> None:
    assert parse_note(text).raw == text
