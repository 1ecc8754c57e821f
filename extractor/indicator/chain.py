"""Emissions and steps of a hidden Markov chain -> its best path, and the probability of every state at every place.

The state is the indicator printed last; a row either prints an indicator (a step, then the emission) or is a stranger
(the state stays). Log units throughout. After Rabiner, A Tutorial on Hidden Markov Models, 1989.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Chain:
    """`emission` (rows, codes); `step` (codes + 1, codes), its last line from "nothing yet"; `stranger` (rows,).

    All natural logarithms; float64.
    """

    emission: np.ndarray
    step: np.ndarray
    stranger: np.ndarray


def find_path(chain: Chain) -> tuple[np.ndarray, float]:
    """Best code of each row, -1 for strangers, and the score of the whole (Viterbi)."""
    rows, codes = chain.emission.shape
    arriving = np.ascontiguousarray(chain.step.T)  # (codes, codes + 1): the maximum runs along memory
    source = np.zeros((rows, codes), np.intp)
    is_stranger = np.zeros((rows, codes + 1), bool)
    score = np.full(codes + 1, -np.inf)
    score[codes] = 0.0
    everyone = np.arange(codes)
    for i in range(rows):
        reach = arriving + score
        source[i] = reach.argmax(axis=1)
        matched = np.append(reach[everyone, source[i]] + chain.emission[i], -np.inf)
        passed = score + chain.stranger[i]
        is_stranger[i] = passed > matched
        score = np.where(is_stranger[i], passed, matched)
    return _trace(source, is_stranger, int(score.argmax())), float(score.max())


def _trace(source: np.ndarray, is_stranger: np.ndarray, state: int) -> np.ndarray:
    path = np.full(len(source), -1)
    for i in range(len(source) - 1, -1, -1):
        if not is_stranger[i, state]:
            path[i] = state
            state = int(source[i, state])
    return path


def find_posteriors(chain: Chain, temperature: float) -> tuple[np.ndarray, np.ndarray]:
    """P(row prints code) (rows, codes) and P(row is a stranger) (rows,), by forward-backward.

    All log units are divided by `temperature` before.
    """
    rows, codes = chain.emission.shape
    step = np.exp(chain.step / temperature)
    peak = np.maximum(chain.emission.max(axis=1), chain.stranger)
    emission = np.exp((chain.emission - peak[:, None]) / temperature)
    stranger = np.exp((chain.stranger - peak) / temperature)
    forward, arriving = np.zeros((rows + 1, codes + 1)), np.zeros((rows, codes))
    forward[0, codes] = 1.0
    for i in range(rows):
        arriving[i] = (forward[i] @ step) * emission[i]
        forward[i + 1] = forward[i] * stranger[i]
        forward[i + 1, :codes] += arriving[i]
        scale = forward[i + 1].sum()
        forward[i + 1] /= scale
        arriving[i] /= scale
        stranger[i] /= scale
        emission[i] /= scale
    backward = np.ones((rows + 1, codes + 1))
    for i in range(rows - 1, -1, -1):
        backward[i] = step @ (emission[i] * backward[i + 1, :codes]) + stranger[i] * backward[i + 1]
        backward[i] /= backward[i].max()
    printed = arriving * backward[1:, :codes]
    passed = (forward[:-1] * stranger[:, None] * backward[1:]).sum(axis=1)
    total = printed.sum(axis=1) + passed
    return printed / total[:, None], passed / total
