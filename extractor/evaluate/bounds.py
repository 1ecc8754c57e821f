"""Cells of documents -> bounds of their shares that respect that the cells of one document err together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractor.evaluate.compare import CellScore

RESAMPLES = 2000
LEVEL = 0.05
SEED = 20221216  # the same bounds every time


@dataclass(frozen=True, slots=True)
class Bounds:
    """Silent errors among accepted cells, and the accepted share of all; `upper`, `lower`: one-sided 95 % bounds."""

    accepted: int
    silent: int
    silent_upper: float
    accepted_share: float
    accepted_lower: float


def find_bounds(cells: Sequence[CellScore]) -> Bounds | None:
    """Bootstrap over documents (Efron, Tibshirani: An Introduction to the Bootstrap); None without cells."""
    counts = count_by_document(cells)
    if not len(counts):
        return None
    sums = resample(counts)
    accepted, silent, total = (int(v) for v in counts.sum(axis=0))
    errors = sums[:, 1] / np.maximum(sums[:, 0], 1)
    shares = sums[:, 0] / np.maximum(sums[:, 2], 1)
    return Bounds(
        accepted,
        silent,
        float(np.quantile(errors, 1 - LEVEL)),
        accepted / max(total, 1),
        float(np.quantile(shares, LEVEL)),
    )


def count_by_document(cells: Sequence[CellScore]) -> np.ndarray:
    """(documents, 3): accepted, accepted and wrong, all."""
    counts: dict[tuple[str, str], list[int]] = {}
    for cell in cells:
        count = counts.setdefault((cell.profile, cell.document), [0, 0, 0])
        count[0] += cell.accepted
        count[1] += cell.accepted and not cell.right
        count[2] += 1
    return np.array(list(counts.values()), dtype=np.int64).reshape(-1, 3)


def resample(counts: np.ndarray) -> np.ndarray:
    """(RESAMPLES, columns): sums over as many documents drawn with replacement."""
    draws = np.random.default_rng(SEED).integers(0, len(counts), (RESAMPLES, len(counts)))
    return np.stack([counts[:, column][draws].sum(axis=1) for column in range(counts.shape[1])], axis=1)
