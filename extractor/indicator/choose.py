"""A table and the known catalogues -> the catalogue that the report follows, or None."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from extractor.indicator.align import match_rows
from extractor.indicator.words import fold
from extractor.records import Catalogue, Table

LEAST_FIT = 0.5  # share of rows with a label of the catalogue from which the table is the form
FIT_WITH_TITLE = 0.3  # the same where the title speaks for it
TITLE_LIKE = 80  # rapidfuzz partial ratio


def choose_catalogue(table: Table, catalogues: Sequence[Catalogue]) -> tuple[Catalogue | None, float]:
    """(catalogue, confidence in it); (None, confidence that none fits) where none does."""
    best: tuple[float, Catalogue] | None = None
    for catalogue in catalogues:
        fit = match_rows(table, catalogue).fit
        titled = has_title(table, catalogue)
        enough = fit >= (FIT_WITH_TITLE if titled else LEAST_FIT)
        score = min(fit + (0.1 if titled else 0.0), 1.0)
        if enough and (best is None or score > best[0]):
            best = (score, catalogue)
    if best is None:
        return None, 1.0
    return best[1], best[0]


def has_title(table: Table, catalogue: Catalogue) -> bool:
    """Whether the lines above the table hold one of the catalogue's titles."""
    head = fold(" ".join(line.text for line in table.head))
    return any(fuzz.partial_ratio(fold(title), head) >= TITLE_LIKE for title in catalogue.titles) if head else False
