"""Numbers of communes -> those above what the district has, where no rule of the catalogue says so already."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.check.cell import Facts
from extractor.check.expression import parse_expression
from extractor.check.judge import find_codes, has_communes
from extractor.check.words import plain, shorten
from extractor.records import Finding

OF_COMMUNES = re.compile(r"^\W*(?:tong )?so (?:luong )?(?:(?:ubnd|don vi|uy ban nhan dan) )?(?:cap )?(?:xa|phuong)\b")


def check_communes(facts: Facts) -> Iterator[Finding]:
    """A warning, since only the label says that communes are counted."""
    if facts.place is None:
        return
    ruled = _ruled(facts)
    for indicator, cell in facts.given():
        number, most = cell.known, facts.place.communes
        counts = indicator.type == "count" and OF_COMMUNES.match(plain(indicator.label))
        if counts and indicator.code not in ruled and number is not None and number > most:
            yield Finding(
                "ABOVE-COMMUNES", "range", "warning", ((indicator.code, "value"),), cell.page,
                f"«{shorten(indicator.label)}» in {cell.raw}, nhiều hơn {most} xã của huyện.",
                f"«{shorten(indicator.label)}» prints {cell.raw}, above the {most} communes of the district.",
            )  # fmt: skip


def _ruled(facts: Facts) -> set[str]:
    conditions = [parse_expression(rule.expression) for rule in facts.catalogue.rules]
    return {code for one in conditions if has_communes(one) for code, _ in find_codes(one, ())}
