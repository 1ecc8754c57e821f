"""Rows of no indicator -> those that repeat a matched row's label with another number."""

from __future__ import annotations

from collections.abc import Iterator

from extractor.check.cell import CheckedCell, Facts
from extractor.check.words import plain, shorten
from extractor.records import Finding


def check_twins(facts: Facts) -> Iterator[Finding]:
    """A row that is printed twice must say the same twice."""
    by_label: dict[str, list[CheckedCell]] = {}
    for indicator, cell in facts.given():
        by_label.setdefault(plain(indicator.label).strip(" .:-"), []).append(cell)
    for stranger in facts.strangers:
        twins = by_label.get(plain(stranger.label).strip(" .:-"), [])
        if stranger.number is not None and twins and all(cell.known != stranger.number for cell in twins):
            twin = twins[0]
            yield Finding(
                "TWIN-ROWS", "structure", "warning", tuple((cell.code, "value") for cell in twins), stranger.page,
                f"«{shorten(stranger.label)}» in hai lần với số khác nhau: {twin.raw} và {stranger.number:f}.",
                f"«{shorten(stranger.label)}» is printed twice with other numbers: {twin.raw} and {stranger.number:f}.",
            )  # fmt: skip
