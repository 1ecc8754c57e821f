"""Blind checks that people settled -> whether the error found among accepted cells still keeps the promise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractor.calibrate.risk import LEVEL, binomial_tail, upper_bound
from extractor.calibrate.samples import Sample

ALARM = 0.05  # chance of a false alarm while the promise holds


@dataclass(frozen=True, slots=True)
class Drift:
    """Blind checks of accepted cells. `holds`: None where there are none; `bound`: upper bound of the error."""

    checked: int
    wrong: int
    promised: float
    bound: float
    holds: bool | None


def check_drift(samples: Sequence[Sample], promised: float) -> Drift:
    """`samples`: accepted value cells that were looked at blindly; others are passed over."""
    blind = [s for s in samples if s.blind and s.target == "value" and not s.blocked]
    wrong = sum(not s.right for s in blind)
    if not blind:
        return Drift(0, 0, promised, 1.0, None)
    # P(at least as many wrong) if the promise held
    surprise = 1.0 - binomial_tail(wrong - 1, len(blind), promised) if wrong else 1.0
    return Drift(len(blind), wrong, promised, upper_bound(wrong, len(blind), LEVEL), surprise > ALARM)
