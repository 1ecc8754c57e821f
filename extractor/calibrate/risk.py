"""Confidences and whether each was right -> the least confidence at which a target error is kept, with a guarantee.

Learn then Test (Angelopoulos, Bates, Candès, Jordan, Lei, 2021): for each candidate threshold the hypothesis "more
than `error` of the accepted are wrong" is tested by the exact binomial tail; candidates are tested in a fixed order,
from the strictest on, and the last one before the first that is not rejected is chosen. The strictest hold too few
samples to be rejected whatever their labels, so testing begins at several places that depend on the confidences alone,
and the level is shared between them. With probability 1 - LEVEL the share of wrong among accepted fields of documents
like these is at most `error`. Fields of one document err together; counts are divided by the design effect.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

LEVEL = 0.1  # chance that a threshold does not keep its promise
STARTS = (1.0, 1.5, 2.5, 4.0)  # times the fewest samples that could be enough: where testing begins
CANDIDATES = 400  # thresholds tried
WORST = 15.0  # times the target error that a single accepted field may be expected to err
MOST_EFFECT = 4.0  # design effect: beyond it the few wrong samples stand in one or two documents


@dataclass(frozen=True, slots=True)
class Outcome:
    """One field that may be accepted. `weight`: how many fields it stands for."""

    confidence: float
    right: bool
    document: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Threshold:
    """`least` None: no threshold can be promised, and at least `missing` more samples are needed for one."""

    error: float
    least: float | None
    accepted: int
    wrong: int
    missing: int = 0


def binomial_tail(k: int, n: int, p: float) -> float:
    """P(X <= k) of a binomial with n trials and probability p."""
    if k >= n:
        return 1.0
    logs = [
        math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p)
        for i in range(k + 1)
    ]
    top = max(logs)
    return min(math.exp(top) * sum(math.exp(value - top) for value in logs), 1.0)


def upper_bound(k: int, n: int, level: float) -> float:
    """One-sided exact (Clopper-Pearson) upper bound of a share of which k of n were seen."""
    if n == 0 or k >= n:
        return 1.0
    low, high = k / n, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_tail(k, n, middle) > level else (low, middle)
    return high


def samples_needed(k: int, error: float, level: float) -> int:
    """The fewest samples with k wrong among them that reject "more than `error` are wrong"."""
    low, high = k + 1, 2 * k + 2
    while binomial_tail(k, high, error) > level:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if binomial_tail(k, middle, error) <= level else (middle + 1, high)
    return low


@dataclass(frozen=True, slots=True)
class Step:
    """The `accepted` fields from the surest down to `least`; as independent ones they are worth `n`, with `k` wrong."""

    least: float
    accepted: int
    wrong: int
    n: int
    k: int


def find_steps(outcomes: Sequence[Outcome]) -> list[Step]:
    """Candidate thresholds, strictest first; fields of one confidence are accepted together."""
    ordered = sorted(outcomes, key=lambda outcome: -outcome.confidence)
    ends = [i for i in range(1, len(ordered)) if ordered[i].confidence < ordered[i - 1].confidence]
    stride = max(len(ends) // CANDIDATES, 1)
    chosen = {*ends[::stride], len(ordered)}
    counts: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    steps = []
    for at, outcome in enumerate(ordered, start=1):
        counts[outcome.document][0] += outcome.weight * (not outcome.right)
        counts[outcome.document][1] += outcome.weight
        if at in chosen:
            steps.append(_step(outcome.confidence, at, ordered, counts))
    return steps


def _step(least: float, at: int, ordered: Sequence[Outcome], counts: dict[str, list[float]]) -> Step:
    wrong, total = (sum(count[i] for count in counts.values()) for i in (0, 1))
    effect = design_effect([(k, n) for k, n in counts.values()])
    # a field that stands for many is one observation all the same
    worth = at / total / effect
    seen = sum(not outcome.right for outcome in ordered[:at]) if wrong else 0
    return Step(least, at, seen, math.floor(total * worth + 1e-9), math.ceil(wrong * worth - 1e-9))


def design_effect(counts: Sequence[tuple[float, float]]) -> float:
    """How much more (wrong, all) vary from document to document than by chance; at least 1."""
    wrong, total = (sum(count[i] for count in counts) for i in (0, 1))
    if wrong < 2 or len(counts) < 2:
        return 1.0
    share = wrong / total
    between = sum((k - share * n) ** 2 for k, n in counts) * len(counts) / (len(counts) - 1)
    return min(max(between / (total * share * (1 - share)), 1.0), MOST_EFFECT)


def find_threshold(steps: Sequence[Step], error: float, level: float = LEVEL) -> Threshold:
    """The threshold that accepts most while it keeps `error`. `steps`: of `find_steps`.

    The promise is about the average; no accepted field may be so doubtful that it only hides among better ones.
    """
    steps = [step for step in steps if step.least >= 1.0 - WORST * error]
    shared = level / len(STARTS)
    fewest = samples_needed(0, error, shared)
    best = Threshold(error, None, 0, 0)
    for start in STARTS:
        for step in (step for step in steps if step.accepted >= start * fewest):
            if binomial_tail(step.k, step.n, error) > shared:
                break
            if step.accepted > best.accepted:
                best = Threshold(error, step.least, step.accepted, step.wrong)
    if best.least is not None or not steps:
        return best if steps else Threshold(error, None, 0, 0, fewest)
    tried = next((step for step in steps if step.accepted >= fewest), steps[-1])
    return Threshold(error, None, 0, 0, max(samples_needed(tried.k, error, shared) - tried.n, 1))
