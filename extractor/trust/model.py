"""models/trust.json -> weights and thresholds for these engines; features -> a probability whose parts add up to it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from extractor.resources import resource_path
from extractor.trust.features import Features, Kind

Target = Literal["value", "row", "absent", "unit", "label", "note", "head"]
NUMBERS: frozenset[Target] = frozenset({"value", "row", "absent"})  # the rest is text, with a target error of its own
Parts = tuple[tuple[str, float], ...]

LEAST = 1e-9  # no probability is nearer to 0 or 1 than this
LARGEST_EXPONENT = 500.0  # of what math.exp can take
NEVER = 2.0  # the threshold of a target that is stricter than any that the model knows


@dataclass(frozen=True, slots=True)
class TrustModel:
    """One calibration: weights by kind of field and feature; for each target, pairs (target error, least confidence).

    `engines`: name and version of the engines whose readings it was fitted on; `known`: it was made for those in use.
    """

    engines: Mapping[str, str]
    weights: Mapping[Kind, Mapping[str, float]]
    thresholds: Mapping[Target, tuple[tuple[float, float], ...]]
    ceiling: float
    known: bool = True


def load_model(engines: Mapping[str, str] | None = None, path: Path | None = None) -> TrustModel:
    """The calibration of this set of engines, by name and version; the first one where `engines` is None.

    For a set without one it is the first one without thresholds: it ranks cells for review and accepts none.
    `path`: a file other than the shipped one.
    """
    models = _load(path or resource_path("models") / "trust.json")
    if engines is None:
        return models[0]
    fitting = [model for model in models if model.engines == dict(engines)]
    return fitting[0] if fitting else TrustModel(dict(engines), models[0].weights, {}, models[0].ceiling, known=False)


@cache
def _load(path: Path) -> tuple[TrustModel, ...]:
    tree = json.loads(path.read_text(encoding="utf-8"))
    return tuple(read_model(item) for item in tree["calibrations"])


def read_model(tree: Mapping[str, Any]) -> TrustModel:
    """One calibration of the file."""
    thresholds: dict[Target, tuple[tuple[float, float], ...]] = {
        name: tuple(sorted((float(error), float(least)) for error, least in pairs))
        for name, pairs in tree["thresholds"].items()
    }
    return TrustModel(tree["engines"], tree["weights"], thresholds, float(tree["ceiling"]))


def find_threshold(model: TrustModel, target: Target, error: float) -> float:
    """The least confidence that the largest known target error at or below `error` asks for."""
    fitting = [least for known, least in model.thresholds.get(target, ()) if known <= error]
    return fitting[-1] if fitting else NEVER


def score_parts(model: TrustModel, kind: Kind, features: Features) -> Parts:
    """Log-odds that each feature adds, without those that add nothing. Features without a weight say nothing."""
    weights = model.weights.get(kind, {})
    products = [(name, weights.get(name, 0.0) * value) for name, value in features.items() if value]
    return tuple([(name, round(part, 6)) for name, part in products if part])


def find_probability(model: TrustModel, parts: Parts) -> tuple[Parts, float]:
    """Sum of log-odds -> probability; where the model's ceiling cuts it, a further part says so."""
    total = sum(part for _, part in parts)
    top = math.log(model.ceiling / (1.0 - model.ceiling))
    if total > top:
        return (*parts, ("ceiling", round(top - total, 6))), model.ceiling
    return parts, 1.0 / (1.0 + math.exp(-max(total, -LARGEST_EXPONENT)))
