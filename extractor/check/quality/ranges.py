"""Numbers -> percentages out of 0..100 and counts that are not whole."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.check.cell import Facts
from extractor.check.words import shorten
from extractor.records import Finding

HUNDRED = 100


def check_ranges(facts: Facts) -> Iterator[Finding]:
    """Over 100 % can be honest (more than was planned), yet a person should look."""
    for indicator, cell in facts.given():
        number = cell.known
        if indicator.type == "percent" and number is not None and number > HUNDRED:
            yield Finding(
                "PERCENT-RANGE", "range", "warning", ((indicator.code, "value"),), cell.page,
                f"Tỷ lệ «{shorten(indicator.label)}» in {cell.raw}, lớn hơn 100 %.",
                f"The percentage «{shorten(indicator.label)}» prints {cell.raw}, which is above 100 %.",
            )  # fmt: skip
