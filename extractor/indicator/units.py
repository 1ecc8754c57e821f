"""Printed units and the catalogue's -> what the unit says for or against each indicator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz, process

from extractor.indicator.words import fold_plain
from extractor.records import Catalogue

# log odds; weak, since offices print wrong units, leave them out or merge them over rows
SAME, SAME_KIND, OTHER, TO_HEADER = 0.8, -0.3, -0.7, -0.8
LIKE = 78.0  # rapidfuzz ratio of folded units from which one is a slip of the other


def unit_odds(printed: Sequence[str], catalogue: Catalogue) -> np.ndarray:
    """Log odds by units alone, array (rows, indicators); zeros where no known unit is printed (ditto marks too)."""
    names, kinds = _spellings(catalogue)
    wanted = [names.get(fold_plain(one.unit), "") for one in catalogue.indicators]
    result = np.zeros((len(printed), len(wanted)))
    seen: dict[str, np.ndarray] = {}
    for row, text in enumerate(printed):
        folded = fold_plain(text)
        if folded and folded not in seen:
            seen[folded] = _row(_canonical(folded, names), wanted, kinds)
        result[row] = seen.get(folded, 0.0)
    return result


def _spellings(catalogue: Catalogue) -> tuple[dict[str, str], dict[str, str]]:
    """Canonical unit of each folded spelling, and the kind of each canonical unit."""
    names: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for unit in catalogue.units:
        kinds[unit.name] = unit.kind
        for spelling in (unit.name, *unit.variants):
            names.setdefault(fold_plain(spelling), unit.name)
    for indicator in catalogue.indicators:
        if indicator.unit:
            names.setdefault(fold_plain(indicator.unit), indicator.unit)
            kinds.setdefault(names[fold_plain(indicator.unit)], indicator.type)
    return names, kinds


def _canonical(folded: str, names: dict[str, str]) -> str | None:
    if folded in names:
        return names[folded]
    found = process.extractOne(folded, names.keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    return names[found[0]] if found else None


def _row(unit: str | None, wanted: list[str], kinds: dict[str, str]) -> np.ndarray:
    if unit is None:
        return np.zeros(len(wanted))
    kind = kinds[unit]
    return np.array(
        [
            SAME if other == unit else TO_HEADER if not other else SAME_KIND if kinds[other] == kind else OTHER
            for other in wanted
        ]
    )
