"""models/trust.json -> weights and thresholds; features -> a probability whose parts add up to it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from extractor.resources import resource_path
from extractor.trust.features import Features, Kind

Target = Literal["value", "row", "text"]
Parts = tuple[tuple[str, float], ...]

LEAST = 1e-9  # no probability is nearer to 0 or 1 than this
LARGEST_EXPONENT = 500.0  # of what math.exp can take
NEVER = 2.0  # the threshold of a target that is stricter than any that the model knows


@dataclass(frozen=True, slots=True)
class TrustModel:
    """Weights by kind of field and feature; for each kind of target, pairs (target error, least confidence)."""

    weights: Mapping[Kind, Mapping[str, float]]
    thresholds: Mapping[Target, tuple[tuple[float, float], ...]]
    ceiling: float


def load_model(path: Path | None = None) -> TrustModel:
    """The shipped model, or the one at `path`."""
    return _load(path or resource_path("models") / "trust.json")


@cache
def _load(path: Path) -> TrustModel:
    tree = json.loads(path.read_text(encoding="utf-8"))
    thresholds = {
        name: tuple(sorted((float(error), float(least)) for error, least in pairs))
        for name, pairs in tree["thresholds"].items()
    }
    return TrustModel(tree["weights"], thresholds, float(tree["ceiling"]))


def find_threshold(model: TrustModel, target: Target, error: float) -> float:
    """The least confidence that the largest known target error at or below `error` asks for."""
    fitting = [least for known, least in model.thresholds[target] if known <= error]
    return fitting[-1] if fitting else NEVER


def score_parts(model: TrustModel, kind: Kind, features: Features) -> Parts:
    """Log-odds that each feature adds, without those that add nothing. Features without a weight say nothing."""
    weights = model.weights[kind]
    products = ((name, weights.get(name, 0.0) * value) for name, value in features.items())
    return tuple((name, round(part, 6)) for name, part in products if part)


def find_probability(model: TrustModel, parts: Parts) -> tuple[Parts, float]:
    """Sum of log-odds -> probability; where the model's ceiling cuts it, a further part says so."""
    total = sum(part for _, part in parts)
    top = _logit(model.ceiling)
    if total > top:
        return (*parts, ("ceiling", round(top - total, 6))), model.ceiling
    return parts, 1.0 / (1.0 + math.exp(-max(total, -LARGEST_EXPONENT)))


def given(model: TrustModel, name: str, probability: float) -> tuple[Parts, float]:
    """A probability that another stage worked out, under the model's ceiling."""
    return find_probability(model, ((name, round(_logit(probability), 6)),))


def join(parts: Parts, probability: float, name: str, factor: float) -> tuple[Parts, float]:
    """Another condition must hold too: probabilities multiply, and the new part is what that costs."""
    joined = probability * factor
    return (*parts, (name, round(_logit(joined) - _logit(probability), 6))), joined


def _logit(probability: float) -> float:
    inside = min(max(probability, LEAST), 1.0 - LEAST)
    return math.log(inside / (1.0 - inside))
