"""Confidences and whether each was right -> how far the confidences can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_BINS = 15
LEAST_IN_BIN = 20
DOUBTFUL = 0.99  # cells below it are also judged by themselves: the sure ones would drown them


@dataclass(frozen=True, slots=True)
class Calibration:
    """Equal-mass expected calibration error over all cells and over the doubtful; AUROC None without both kinds."""

    ece: float | None
    ece_doubtful: float | None
    auroc: float | None


def measure_calibration(confidences: Sequence[float], right: Sequence[bool]) -> Calibration:
    """`right[i]` says whether the cell with `confidences[i]` was exactly right."""
    pairs = list(zip(confidences, right, strict=True))
    return Calibration(
        expected_error(pairs), expected_error([pair for pair in pairs if pair[0] < DOUBTFUL]), find_auroc(pairs)
    )


def expected_error(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """Mean distance of confidence and share right, over bins that hold equally many cells; ties stay together."""
    if not pairs:
        return None
    ordered = sorted(pairs)
    size = max(len(ordered) // MOST_BINS, LEAST_IN_BIN)
    total, start = 0.0, 0
    while start < len(ordered):
        end = min(start + size, len(ordered))
        while end < len(ordered) and ordered[end][0] == ordered[end - 1][0]:
            end += 1
        taken = ordered[start:end]
        total += abs(sum(c for c, _ in taken) - sum(r for _, r in taken))
        start = end
    return total / len(ordered)


def find_auroc(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """Probability that a right cell has a higher confidence than a wrong one (ties count half)."""
    n_right = sum(right for _, right in pairs)
    n_wrong = len(pairs) - n_right
    if not n_right or not n_wrong:
        return None
    ordered = sorted(pairs)
    rank_sum, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        mean_rank = (start + 1 + end) / 2
        rank_sum += mean_rank * sum(right for _, right in ordered[start:end])
        start = end
    return (rank_sum - n_right * (n_right + 1) / 2) / (n_right * n_wrong)
