"""Reports of several districts and years without pixels: figures of the generator that change by the year."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from random import Random
from typing import Any

from extractor.store import Store, save_report
from fixtures.generator.figures import draw_figures
from tests.export.reports import DISTRICTS, form, make_report

NOISE = 0.15  # of a year, in logarithms
TURNS, TURN = 0.03, 1.0  # how often an indicator really changes, and by how much
Series = dict[tuple[str, int], dict[str, int]]


def draw_series(districts: Iterable[str], years: Iterable[int], *, noise: float = NOISE, seed: int = 1) -> Series:
    """Counts by district and year: each district has its size, each year varies around it."""
    rng = Random(seed)
    counts = {one.code for one in form().indicators if one.type == "count"}
    drawn: Series = {}
    for district in districts:
        usual = draw_figures(Random(int(district)), 10)
        for year in years:
            drawn[district, year] = {
                code: _vary(rng, number, noise) for code, number in usual.items() if code in counts
            }
    return drawn


def _vary(rng: Random, number: int, noise: float) -> int:
    around = number * math.exp(rng.gauss(0, noise)) * (math.exp(rng.gauss(0, TURN)) if rng.random() < TURNS else 1.0)
    return max(round(rng.gauss(around, math.sqrt(around + 0.3))), 0)


def changes_of(figures: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Figures as changes of `make_report`."""
    return {code.replace(".", "_"): {"raw": str(number), "number": number} for code, number in figures.items()}


def fill_series(store: Store, series: Series) -> dict[tuple[str, int], int]:
    """Ids of the stored documents, by district and year."""
    return {
        (district, year): save_report(
            store, *make_report(district, str(year), number=None, **changes_of(figures)), None
        )
        for (district, year), figures in series.items()
    }


ALL = tuple(DISTRICTS)
