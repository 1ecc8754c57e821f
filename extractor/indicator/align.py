"""Rows and a catalogue -> the one alignment of the whole table that is likeliest, with how sure it is of each row.

A hidden Markov chain over the printed rows: the state is the indicator last printed; a row either prints an indicator
or is a stranger. The next indicator is the cheap step; skipping rows, jumping to the head of a block and jumping
anywhere cost more. Viterbi gives the alignment, forward-backward the probability of each row's match, so that a label
that recurs is told apart by everything around it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractor.indicator.similarity import fold, label_similarity
from extractor.records import Catalogue, Indicator, Matching, Row, RowMatch, Table

STEEPNESS = 42.0  # log odds a unit of similarity: one wrong word in eight costs about what a jump costs
EVEN = 0.74  # similarity at which a stranger is as likely as the indicator
WORST, BEST = -9.0, 12.0  # log odds that one label can speak
NO_LABEL = -1.5  # a row without a legible label may be anything: its place decides
UNIT_SAME, UNIT_OTHER = 0.8, -0.5
NO_VALUE_HEADER = 0.6  # a row without unit and value is likelier a header
STT_SAME, STT_OTHER = 0.9, -0.2
STRANGER = -3.2  # log probability that a printed row is in no catalogue
SKIP, SKIP_ROW, SKIP_MOST = -1.2, -0.12, -4.0  # rows of the catalogue left out
JUMP, JUMP_HEAD = -8.5, -5.5  # back, or over more than a block; to a head of a block
ALREADY = -30.0  # a code that another row has taken
TEMPERATURE = 1.6  # the chain's parts are not independent: its log odds are divided by this for probabilities
MAX_REPAIRS = 60


@dataclass(frozen=True, slots=True)
class _Chain:
    """emission (rows, codes) and step (codes, codes) in log units; start (codes,)."""

    emission: np.ndarray
    step: np.ndarray
    start: np.ndarray


def match_rows(table: Table, catalogue: Catalogue) -> Matching:
    """Align all rows of the table to the catalogue; every code is used at most once."""
    if not table.rows:
        return Matching((), tuple((indicator.code, 0.5) for indicator in catalogue.indicators), 0.0)
    similarity = label_similarity(tuple(row.label.raw for row in table.rows), catalogue.indicators)
    chain = _Chain(_emission(table.rows, catalogue.indicators, similarity), *_steps(catalogue.indicators))
    path, chain = _unique_path(chain)
    posterior, stranger = _posteriors(chain)
    matches = tuple(
        _match(row, int(path[row.index]), posterior[row.index], float(stranger[row.index]), similarity[row.index],
               catalogue.indicators)
        for row in table.rows
    )  # fmt: skip
    return Matching(matches, _absent(path, posterior, catalogue.indicators), _fit(path, similarity))


def _emission(rows: tuple[Row, ...], indicators: tuple[Indicator, ...], similarity: np.ndarray) -> np.ndarray:
    scores = np.clip(STEEPNESS * (similarity - EVEN), WORST, BEST)
    units = [fold(indicator.unit) for indicator in indicators]
    numbers = [indicator.stt.strip().lower() for indicator in indicators]
    is_header = np.array([indicator.type == "header" for indicator in indicators])
    for i, row in enumerate(rows):
        if not fold(row.label.raw):
            scores[i] = NO_LABEL
        unit = fold(row.unit.raw)
        if unit:
            scores[i] += np.array([UNIT_SAME if unit == other else UNIT_OTHER if other else -1.0 for other in units])
        elif row.value.state == "blank":
            scores[i] += np.where(is_header, NO_VALUE_HEADER, 0.0)
        stt = row.stt.raw.strip(" .)").lower()
        scores[i] += np.array([STT_SAME if stt == other else STT_OTHER for other in numbers])
    return scores


def _steps(indicators: tuple[Indicator, ...]) -> tuple[np.ndarray, np.ndarray]:
    count = len(indicators)
    parents = {indicator.parent for indicator in indicators}
    is_head = np.array([indicator.code in parents for indicator in indicators])
    ahead = np.arange(count)[None, :] - np.arange(count)[:, None]
    skipped = np.maximum(SKIP + SKIP_ROW * (ahead - 1), SKIP_MOST)
    jump = np.where(is_head, JUMP_HEAD, JUMP)[None, :]
    step = np.where(ahead == 1, 0.0, np.where(ahead > 1, np.maximum(skipped, jump), jump))
    step[ahead == 0] = 4 * JUMP
    first = np.arange(count)
    start = np.where(first == 0, 0.0, np.maximum(SKIP + SKIP_ROW * first, SKIP_MOST))
    return step, start


def _viterbi(chain: _Chain) -> tuple[np.ndarray, float]:
    """Best code of each row, -1 for strangers, and the score of the whole."""
    rows, codes = chain.emission.shape
    # column 0..codes-1: last printed code; one more state for "nothing printed yet"
    best = np.full((rows, codes + 1), -np.inf)
    source = np.zeros((rows, codes), int)
    is_stranger = np.zeros((rows, codes + 1), bool)
    before = np.full(codes + 1, -np.inf)
    before[codes] = 0.0
    step = np.vstack([chain.step, chain.start[None, :]])
    for i in range(rows):
        reach = before[:, None] + step
        source[i] = reach.argmax(axis=0)
        matched = np.append(reach.max(axis=0) + chain.emission[i], -np.inf)
        passed = before + STRANGER
        is_stranger[i] = passed > matched
        best[i] = np.where(is_stranger[i], passed, matched)
        before = best[i]
    path = np.full(rows, -1)
    state = int(before.argmax())
    for i in range(rows - 1, -1, -1):
        if not is_stranger[i, state]:
            path[i] = state
            state = int(source[i, state])
    return path, float(before.max())


def _unique_path(chain: _Chain) -> tuple[np.ndarray, _Chain]:
    """The best path on which no code stands twice: the row that loses least by giving a code up does."""
    path, _ = _viterbi(chain)
    for _ in range(MAX_REPAIRS):
        codes, counts = np.unique(path[path >= 0], return_counts=True)
        twice = codes[counts > 1]
        if not len(twice):
            break
        options = []
        for row in np.flatnonzero(path == twice[0]):
            emission = chain.emission.copy()
            emission[row, twice[0]] = ALREADY
            without = _Chain(emission, chain.step, chain.start)
            options.append((*_viterbi(without), without))
        path, _, chain = max(options, key=lambda option: option[1])
    return path, chain


def _posteriors(chain: _Chain) -> tuple[np.ndarray, np.ndarray]:
    """P(row prints code) (rows, codes) and P(row is a stranger) (rows,), by forward-backward."""
    rows, codes = chain.emission.shape
    step = np.exp(np.vstack([chain.step, chain.start[None, :]]) / TEMPERATURE)
    peak = np.maximum(chain.emission.max(axis=1), 0.0)
    emission = np.exp((chain.emission - peak[:, None]) / TEMPERATURE)
    stranger = np.exp((STRANGER - peak) / TEMPERATURE)
    forward = np.zeros((rows + 1, codes + 1))
    forward[0, codes] = 1.0
    arriving = np.zeros((rows, codes))
    for i in range(rows):
        arriving[i] = (forward[i] @ step) * emission[i]
        forward[i + 1] = np.append(arriving[i], 0.0) + forward[i] * stranger[i]
        scale = forward[i + 1].sum()
        forward[i + 1] /= scale
        arriving[i] /= scale
        stranger[i] /= scale
    backward = np.ones((rows + 1, codes + 1))
    for i in range(rows - 1, -1, -1):
        backward[i] = step @ (emission[i] * backward[i + 1, :codes]) + stranger[i] * backward[i + 1]
        backward[i] /= backward[i].max()
    printed = arriving * backward[1:, :codes]
    passed = (forward[:-1] * stranger[:, None] * backward[1:]).sum(axis=1)
    total = printed.sum(axis=1) + passed
    return printed / total[:, None], passed / total


def _match(
    row: Row, code: int, posterior: np.ndarray, stranger: float, similarity: np.ndarray,
    indicators: tuple[Indicator, ...],
) -> RowMatch:  # fmt: skip
    if code < 0:
        nearest = int(similarity.argmax())
        return RowMatch(row.index, None, stranger, (indicators[nearest].code, float(posterior[nearest])))
    others = posterior.copy()
    others[code] = 0.0
    second = int(others.argmax())
    runner_up = (indicators[second].code, float(others[second])) if others[second] > 5e-5 else None
    return RowMatch(row.index, indicators[code].code, float(posterior[code]), runner_up)


def _absent(
    path: np.ndarray, posterior: np.ndarray, indicators: tuple[Indicator, ...]
) -> tuple[tuple[str, float], ...]:
    used = set(path.tolist())
    printed = np.minimum(posterior.sum(axis=0), 1.0)
    return tuple(
        (indicator.code, float(1.0 - printed[i])) for i, indicator in enumerate(indicators) if i not in used
    )


def _fit(path: np.ndarray, similarity: np.ndarray) -> float:
    """Share of the rows that print an indicator with a label that is clearly its own."""
    alike = [similarity[i, code] > EVEN for i, code in enumerate(path) if code >= 0]
    return float(sum(alike) / max(len(path), 1))
