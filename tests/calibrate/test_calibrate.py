"""Drawn samples with known error rates -> weights that recover them, and thresholds that keep their promise."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.calibrate import Sample, calibrate, check_drift, load_samples, save_samples
from extractor.calibrate.build import probability
from extractor.calibrate.fit import fit_weights
from extractor.calibrate.risk import (
    WORST,
    Outcome,
    binomial_tail,
    design_effect,
    find_steps,
    find_threshold,
    samples_needed,
    upper_bound,
)
from extractor.errors import UsageError
from extractor.trust import read_model

ENGINES = {"ppocr": "1"}


def draw_samples(n_documents: int, cells: int = 60, seed: int = 1) -> list[Sample]:
    """Value cells whose chance of being right grows with certainty, and falls with page noise."""
    draw = random.Random(seed)
    samples = []
    for document in range(n_documents):
        noise = draw.random() * 0.3
        for _ in range(cells):
            certainty = draw.choice((0.5, 2.0, 4.0))
            p = 1 / (1 + math.exp(-(1.0 + 2.2 * certainty - 4.0 * noise)))
            seen = {"base": 1.0, "certainty": certainty, "page-noise": noise}
            samples.append(Sample(f"d{document}", "p", 1, "value", "read", seen, draw.random() < p))
    return samples


def test_the_fit_recovers_what_the_data_was_drawn_from() -> None:
    weights = fit_weights(draw_samples(200))
    assert weights["base"] == pytest.approx(1.0, abs=0.4)
    assert weights["certainty"] == pytest.approx(2.2, abs=0.3)
    assert weights["page-noise"] == pytest.approx(-4.0, abs=1.6)


def test_evidence_never_gets_a_sign_that_it_cannot_have() -> None:
    samples = [
        replace(sample, features={**sample.features, "dissent": float(sample.right)}) for sample in draw_samples(20)
    ]
    assert fit_weights(samples).get("dissent", 0.0) <= 0


def test_confidences_are_calibrated_on_documents_that_the_fit_did_not_see() -> None:
    found = calibrate(draw_samples(300), ENGINES, number_error=0.01, text_error=0.01, recipe="drawn")
    model = read_model(found.tree)
    fresh = draw_samples(100, seed=2)
    expected = sum(probability(model, sample) for sample in fresh) / len(fresh)
    assert expected == pytest.approx(sum(sample.right for sample in fresh) / len(fresh), abs=0.01)


def test_thresholds_keep_the_promise_on_fresh_documents() -> None:
    found = calibrate(draw_samples(400), ENGINES, number_error=0.01, text_error=0.01, recipe="drawn")
    model = read_model(found.tree)
    least = dict(model.thresholds["value"])[0.01]
    accepted = [sample for sample in draw_samples(300, seed=3) if probability(model, sample) >= least]
    assert len(accepted) > 5000
    assert sum(not sample.right for sample in accepted) / len(accepted) <= 0.01


def test_too_few_documents_are_refused_with_what_is_missing() -> None:
    with pytest.raises(UsageError, match=r"can't support a target error of 0\.001") as caught:
        calibrate(draw_samples(20), ENGINES, number_error=0.001, text_error=0.01, recipe="drawn")
    assert "more value cells" in caught.value.advice


def test_decisions_of_people_serve_the_fit_but_only_blind_ones_set_thresholds() -> None:
    samples = draw_samples(300)
    chosen = [replace(s, document=f"r{i}", blind=False) for i, s in enumerate(samples[:3000])]
    plain = calibrate(samples, ENGINES, number_error=0.01, text_error=0.01, recipe="")
    mixed = calibrate([*samples, *chosen], ENGINES, number_error=0.01, text_error=0.01, recipe="")
    assert mixed.tree["seen"]["threshold_fields"] == plain.tree["seen"]["threshold_fields"]
    assert mixed.tree["seen"]["fit_fields"] == plain.tree["seen"]["fit_fields"] + 3000


@pytest.mark.parametrize(("k", "n", "p", "expected"), [(0, 10, 0.1, 0.3487), (2, 10, 0.5, 0.0547), (10, 10, 0.2, 1.0)])
def test_binomial_tail(k: int, n: int, p: float, expected: float) -> None:
    assert binomial_tail(k, n, p) == pytest.approx(expected, abs=1e-4)


def test_exact_bounds() -> None:
    assert upper_bound(0, 2995, 0.05) == pytest.approx(0.001, rel=1e-3)  # the rule of three
    assert samples_needed(0, 0.001, 0.05) == 2995
    assert binomial_tail(3, samples_needed(3, 0.01, 0.1), 0.01) <= 0.1


def test_errors_of_one_document_count_as_fewer_observations() -> None:
    assert design_effect([(1.0, 100.0)] * 10) == 1.0
    assert design_effect([(10.0, 100.0), *[(0.0, 100.0)] * 9]) > 3


def test_the_promise_holds_on_average_over_draws_of_calibration_data() -> None:
    """Of many calibrations, at most about one in ten may have a threshold whose true error is above the target."""
    broken = 0
    for seed in range(40):
        draw = random.Random(seed)
        outcomes = [
            Outcome(p, draw.random() < 1 - (1 - p) * 1.5, f"d{i % 40}")
            for i in range(2500)
            for p in [1 - 0.08 * draw.random() ** 2]
        ]
        found = find_threshold(find_steps(outcomes), 0.02)
        if found.least is not None:
            # true error of what is accepted: 1.5 times the mean of 1 - p above the threshold
            above = [1.5 * 0.08 * u**2 for u in (i / 1000 for i in range(1000)) if 1 - 0.08 * u**2 >= found.least]
            broken += sum(above) / len(above) > 0.02
    assert broken <= 8


def test_no_accepted_field_is_far_worse_than_the_promise() -> None:
    outcomes = [Outcome(0.9999, True, f"d{i % 50}") for i in range(20000)]
    outcomes += [Outcome(0.9, i % 3 > 0, f"d{i % 50}") for i in range(30)]
    found = find_threshold(find_steps(outcomes), 0.005)
    assert found.least is not None
    assert found.least >= 1 - WORST * 0.005


def test_samples_survive_their_file(tmp_path: Path) -> None:
    samples = draw_samples(2, cells=3)
    save_samples(samples, tmp_path / "samples.jsonl")
    assert load_samples(tmp_path / "samples.jsonl") == samples
    (tmp_path / "bad.jsonl").write_text(json.dumps({"document": "x"}) + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 1"):
        load_samples(tmp_path / "bad.jsonl")


@pytest.mark.parametrize(("wrong", "holds"), [(0, True), (2, True), (12, False)])
def test_drift_shows_in_blind_checks(wrong: int, holds: bool) -> None:
    base = draw_samples(1, cells=1)[0]
    checks = [replace(base, right=i >= wrong) for i in range(1000)]
    found = check_drift(checks, 0.001)
    assert (found.checked, found.wrong, found.holds) == (1000, wrong, holds)
    assert found.bound >= wrong / 1000


def test_without_blind_checks_nothing_is_said() -> None:
    chosen = [replace(sample, blind=False) for sample in draw_samples(1)]
    assert check_drift(chosen, 0.001).holds is None
