"""Samples -> weights: a logistic model a kind of field, with the signs that each piece of evidence can have.

Penalised maximum likelihood by iteratively reweighted least squares (Hastie, Tibshirani, Friedman: The Elements of
Statistical Learning, 2nd ed., 4.4.1), with a normal prior around what each piece of evidence should mean, so that rare
evidence counts before the data says how much. A weight that comes out with the wrong sign is set to 0 and the others
are fitted again: dissent must never lift a confidence because few samples happened to say so.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extractor.calibrate.samples import Sample

RIDGE = 1.0  # precision of the prior of a weight
STEPS = 60
SETTLED = 1e-6  # change of a weight below which the fit is done
LOOSE = 0.01  # the same for the base, of which nothing is known before
# what each piece of evidence adds where the data does not say: its sign is what it can only mean
PRIOR = {
    "certainty": 1.0, "support": 0.4, "agreeing": 0.7, "confirmed": 0.7, "known": 2.0, "layer": 2.0, "row": 1.0,
    "dissent": -1.0, "single-reader": -1.0, "under-stamp": -1.0, "touches-rule": -1.0, "handwriting": -4.0,
    "lighter-ink": -1.0, "grid-doubt": -4.0, "guessed-grid": -2.0, "page-noise": -2.0, "label-gap": -2.0,
    "unparsed": -4.0, "ambiguous": -2.0, "outside-list": -1.0, "contradicted": -1.5, "fits-other": -2.0,
    "specks": -0.5, "lone-specks": -3.0, "merged-cell": -3.0, "illegible": -3.0, "doubts": -1.0, "length": -0.1,
}  # fmt: skip


def fit_weights(samples: Sequence[Sample]) -> dict[str, float]:
    """Weights by feature. All samples of one kind."""
    if not samples:
        return {}
    names = sorted({name for sample in samples for name in sample.features})
    x = np.array([[sample.features.get(name, 0.0) for name in names] for sample in samples])
    y = np.array([sample.right for sample in samples], float)
    weight = np.array([sample.weight for sample in samples])
    prior = np.array([PRIOR.get(name, 0.0) for name in names])
    free = np.ones(len(names), bool)
    while True:
        fitted = np.zeros(len(names))
        fitted[free] = _solve(x[:, free], y, weight, prior[free], (prior != 0)[free])
        wrong = np.array([PRIOR.get(name, 0) * value < 0 for name, value in zip(names, fitted, strict=True)])
        if not wrong.any():
            return {name: round(float(v), 4) for name, v in zip(names, fitted, strict=True) if round(float(v), 4)}
        free &= ~wrong


def _solve(x: np.ndarray, y: np.ndarray, weight: np.ndarray, prior: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Weights (features,) of x (samples, features), drawn to their prior where `held`."""
    strength = np.where(held, RIDGE, LOOSE)

    def loss(at: np.ndarray) -> float:
        likelihood = weight @ (np.logaddexp(0.0, x @ at) - y * (x @ at))
        return float(likelihood + strength @ (at - prior) ** 2 / 2)

    fitted, reached = prior.copy(), loss(prior)
    for _ in range(STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(x @ fitted, -500, 500)))
        gradient = x.T @ (weight * (y - p)) - strength * (fitted - prior)
        curvature = (x * (weight * p * (1 - p))[:, None]).T @ x + np.diag(strength + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        while (now := loss(fitted + step)) > reached and float(np.abs(step).max()) > SETTLED:
            step = step / 2
        if now > reached:
            break
        fitted, settled, reached = fitted + step, float(np.abs(step).max()) < SETTLED, now
        if settled:
            break
    return fitted
