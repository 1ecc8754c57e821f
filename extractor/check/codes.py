"""Cells -> findings that the contract calls errors: a code outside its list, a number in a header row."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.check.cell import CheckedCell, Facts
from extractor.check.rules import find_severity
from extractor.check.words import shorten
from extractor.records import Finding, Indicator


def check_codes(facts: Facts) -> Iterator[Finding]:
    """A number in a yes/no or enumerated cell that is none of its codes: 10 where 0 or 1 is expected."""
    for indicator, cell in facts.given():
        codes = [code for code, _ in indicator.enum_codes]
        if indicator.type in ("boolean", "enum") and codes and str(cell.known) not in codes:
            listed = "; ".join(f"{code} = {meaning}" for code, meaning in indicator.enum_codes)
            yield Finding(
                "CODE-LIST", "range", find_severity([cell], hard=True), ((indicator.code, "value"),), cell.page,
                f"«{shorten(indicator.label)}» in {cell.raw}, ngoài danh sách mã ({listed}).",
                f"«{shorten(indicator.label)}» prints {cell.raw}, which is not in its list of codes ({listed}).",
            )  # fmt: skip


def check_headers(facts: Facts) -> Iterator[Finding]:
    """Ink in the value cell of a row that only heads others."""
    for indicator in facts.catalogue.indicators:
        cell = facts.cells.get(indicator.code)
        if indicator.type == "header" and cell is not None and cell.state == "read" and cell.number is not None:
            yield _header_number(indicator, cell)


def _header_number(indicator: Indicator, cell: CheckedCell) -> Finding:
    return Finding(
        "HEADER-VALUE", "structure", find_severity([cell], hard=True), ((indicator.code, "value"),), cell.page,
        f"Dòng tiêu đề «{shorten(indicator.label)}» in số {cell.raw}, trong khi dòng này không có số liệu.",
        f"The header row «{shorten(indicator.label)}» prints {cell.raw}, though it holds no value.",
    )  # fmt: skip
