"""Samples -> a calibration: weights fitted on some documents, thresholds on others, and both tried on the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.calibrate.fit import fit_weights
from extractor.calibrate.risk import Outcome, Threshold, find_steps, find_threshold
from extractor.calibrate.samples import Sample, documents_of
from extractor.errors import UsageError
from extractor.trust import TrustModel, read_model
from extractor.trust.features import KINDS
from extractor.trust.model import NUMBERS, find_probability, score_parts
from extractor.trust.model import find_threshold as threshold_of

CEILING = 0.9999  # confidences are written with four decimals
ERRORS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)  # target errors that thresholds are sought for
TARGETS = ("value", "row", "absent", "unit", "label", "note", "head")
FIT, THRESHOLDS = 0.4, 0.5  # shares of the documents; the rest tests
DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Tried:
    """A target at its default error, on documents that neither weights nor thresholds saw."""

    target: str
    fields: int
    accepted: int
    wrong: int


@dataclass(frozen=True, slots=True)
class Calibrated:
    """`tree`: the calibration as models/trust.json holds it; `refused`: thresholds that the data can't support."""

    tree: dict[str, Any]
    thresholds: Mapping[str, tuple[Threshold, ...]]
    refused: tuple[tuple[str, Threshold], ...]
    tried: tuple[Tried, ...]


def calibrate(
    samples: Sequence[Sample], engines: Mapping[str, str], *, number_error: float, text_error: float, recipe: str
) -> Calibrated:
    """Raises UsageError where a target error that the user wants cannot be promised; it says how much is missing."""
    part = {document: _draw(document) for document in documents_of(samples)}
    fitting = [s for s in samples if part[s.document] < FIT or not s.blind]
    weights = {kind: fit_weights([s for s in fitting if s.kind == kind]) for kind in KINDS}
    tree: dict[str, Any] = {"engines": dict(engines), "made": recipe, "ceiling": CEILING, "thresholds": {}}
    model = read_model({**tree, "weights": weights})
    held = [s for s in samples if s.blind and FIT <= part[s.document] < FIT + THRESHOLDS]
    wanted = {target: number_error if target in NUMBERS else text_error for target in TARGETS}
    found = {target: _thresholds(held, target, model, wanted[target]) for target in TARGETS}
    tree["thresholds"] = {
        target: [[t.error, _cut(t.least)] for t in some if t.least is not None] for target, some in found.items()
    }
    tree["weights"] = weights
    tree["seen"] = _counts(fitting, held)
    refused = tuple(
        (target, threshold)
        for target, some in found.items()
        for threshold in some
        if threshold.error == wanted[target] and threshold.least is None
    )
    test = [s for s in samples if s.blind and part[s.document] >= FIT + THRESHOLDS]
    tried = tuple(_try(test, target, wanted[target], read_model(tree)) for target in TARGETS)
    if any(target == "value" for target, _ in refused):
        missing = next(threshold.missing for target, threshold in refused if target == "value")
        raise UsageError(
            f"these documents can't support a target error of {number_error:g} for numbers",
            f"add at least {missing} more value cells of known truth, or give a larger --target-error",
        )
    return Calibrated(tree, found, refused, tried)


def probability(model: TrustModel, sample: Sample) -> float:
    """What the model makes of a sample."""
    return round(find_probability(model, score_parts(model, sample.kind, sample.features))[1], DECIMALS)  # type: ignore[arg-type]


def _draw(document: str) -> float:
    """0..1, the same for a document every time."""
    return int.from_bytes(hashlib.sha256(document.encode()).digest()[:8], "big") / 2**64


def _cut(least: float | None) -> float:
    return round(least or 0.0, DECIMALS)


def _thresholds(samples: Sequence[Sample], target: str, model: TrustModel, wanted: float) -> tuple[Threshold, ...]:
    """For the usual target errors and the one that is wanted."""
    outcomes = [
        Outcome(probability(model, s), s.right, s.document, s.weight)
        for s in samples
        if s.target == target and not s.blocked
    ]
    steps = find_steps(outcomes)
    return tuple(find_threshold(steps, error) for error in sorted({*ERRORS, wanted}))


def _try(samples: Sequence[Sample], target: str, error: float, model: TrustModel) -> Tried:
    least = threshold_of(model, target, error)  # type: ignore[arg-type]
    mine = [s for s in samples if s.target == target]
    accepted = [s for s in mine if not s.blocked and probability(model, s) >= least]
    return Tried(target, len(mine), len(accepted), sum(not s.right for s in accepted))


def _counts(fitting: Sequence[Sample], held: Sequence[Sample]) -> dict[str, int]:
    return {
        "fit_documents": len(documents_of(fitting)),
        "fit_fields": len(fitting),
        "threshold_documents": len(documents_of(held)),
        "threshold_fields": len(held),
    }
