"""Notes -> citations dated after the report, dated in another year than their number, or broken off."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from extractor.check.cell import CheckedCell, Facts
from extractor.check.words import plain
from extractor.records import Citation, Finding

SURE_DATE = 0.5  # of the report's own date; below it a misread date would accuse every citation
BREAKS_OFF = re.compile(
    r"(?:\bngày|\bsố|\bcủa|\btháng\s*\d*|\btháng\s*\d+\s*năm|/|\bvề việc|\bban hành|,|\(|\bvà)\W*$"
    r"|-(?:ubnd|hđnd|bnv|ttg|cp)[\s,]*ngày\s*(?!\s*\d)(?=\D{0,3}\b(?:của|về|tháng|-)|[.;)])",
)  # with tone marks: "hồ sơ" and "Ngã Năm" end sentences
NUMBER_BLANK = re.compile(r"\bso\s*[:.]?[\s.…_]*/\s*[a-z]{2,5}-")


def check_citations(facts: Facts) -> Iterator[Finding]:
    """Findings on the notes of all rows, in the form's order."""
    reported = facts.head.report_date
    date = reported.value if reported.confidence >= SURE_DATE else None
    for indicator in facts.catalogue.indicators:
        cell = facts.cells.get(indicator.code)
        if cell is not None and cell.note.raw.strip():
            yield from _later(cell, date)
            yield from _other_year(cell)
            yield from _broken(cell)


def _later(cell: CheckedCell, reported: str | None) -> Iterator[Finding]:
    for citation in cell.note.citations:
        if reported and citation.date and citation.date > reported:
            yield _finding(
                "CITATION-LATER", cell,
                f"Văn bản {citation.number} ghi ngày {_day(citation)}, sau ngày của báo cáo.",
                f"The document {citation.number} is dated {citation.date}, after the report's own date {reported}.",
            )  # fmt: skip


def _other_year(cell: CheckedCell) -> Iterator[Finding]:
    for citation in cell.note.citations:
        parts = citation.number.split("/")
        year = parts[1] if len(parts) > 2 else None
        if year and citation.date and not citation.date.startswith(year):
            yield _finding(
                "CITATION-YEAR", cell,
                f"Văn bản {citation.number} mang năm {year} nhưng ghi ngày {_day(citation)}.",
                f"The document {citation.number} is numbered in {year} but dated {citation.date}.",
            )  # fmt: skip


def _broken(cell: CheckedCell) -> Iterator[Finding]:
    text = plain(cell.note.raw)
    cites = bool(cell.note.citations) or re.search(r"\bso\b", text) is not None
    printed = " ".join(unicodedata.normalize("NFC", cell.note.raw).lower().split())
    if cites and (BREAKS_OFF.search(printed) or NUMBER_BLANK.search(text)):
        end = cell.note.raw.strip()[-40:]
        yield _finding(
            "CITATION-OPEN", cell,
            f"Trích dẫn văn bản trong ghi chú bị bỏ dở: «…{end}».",
            f"A citation in the note breaks off: «…{end}».",
        )  # fmt: skip


def _day(citation: Citation) -> str:
    year, month, day = (citation.date or "--").split("-")
    return f"{day}/{month}/{year}"


def _finding(rule: str, cell: CheckedCell, vi: str, en: str) -> Finding:
    return Finding(rule, "format", "warning", ((cell.code, "note"),), cell.page, vi, en)
