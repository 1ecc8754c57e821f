"""Rows and a catalogue -> the one alignment of the whole table that is likeliest, with how sure it is of each row.

Labels, units and numbers speak for or against each pair of row and indicator; a chain over the rows (see `chain`) adds
the order of the form: the next indicator is the cheap step; leaving rows out, jumping to the head of a block and
jumping anywhere cost more. A label that recurs is thus told apart by everything around it, and a row that fits nothing
well enough is a stranger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from rapidfuzz import fuzz

from extractor.indicator.chain import Chain, find_path, find_posteriors
from extractor.indicator.similarity import label_odds
from extractor.indicator.units import unit_odds
from extractor.indicator.words import fold
from extractor.records import AS_FILED, Catalogue, Field, Indicator, Matching, Row, RowMatch, Table

# all of these are natural logarithms
NO_LABEL = -1.5  # a row without a legible label may be anything: its place decides
HEADER_EMPTY = 0.6  # a row without unit and value is likelier a header
STT_SAME, STT_OTHER = 0.9, -0.2  # numbers are often printed on the wrong row
STRANGER = -3.2  # about one row in twenty-five is in no catalogue
SKIP, SKIP_ROW, SKIP_MOST = -1.2, -0.12, -4.0  # rows of the catalogue left out
JUMP, JUMP_HEAD = -8.5, -5.5  # back, or over more than a block; to the head of a block
ALREADY = -40.0  # a code that another row has taken
TAKEN_MOST = -14.0  # how much a code speaks against a row once another row surely has it
TEMPERATURE = 1.6  # label, unit and order are not independent: log odds are divided by this for probabilities
EXCLUSIONS = 2  # rounds in which rows learn what the others have taken
WEIGHED_ONE_BY_ONE = 3  # codes found twice up to which each is settled by trying both ways
MAX_REPAIRS = 12
LEAST_DOUBT = 0.00005  # a runner-up with less is not worth naming
SURE_READING, GUESSED_READING = 0.6, 0.2  # engine scores between which a label's "no" gains its full weight
UNDER_STAMP = 0.5  # the most that the "no" of a label under a stamp weighs
UNLIKE_READINGS, LIKE_READINGS = 75.0, 92.0  # rapidfuzz ratios of two engines' readings between which it does as well
UNLIKE_ANY, OTHER_READING = 2.0, 1.0  # odds below which a label is like none; what one engine's reading of it costs
MOST_OF_LABEL = 0.9  # share of a label's letters from which a reading of it is no part
LEAST_TO_AGREE = 10  # letters of a label that engines hardly misread alike


def match_rows(table: Table, catalogue: Catalogue) -> Matching:
    """Align all rows of the table to the catalogue; every code is used at most once.

    Rows of foreign pages belong to no indicator; their nearest one is what they would be in a report of their own.
    """
    foreign = tuple(row for row in table.rows if row.page in table.order.foreign)
    if foreign:
        own = match_rows(
            replace(
                table, rows=tuple(row for row in table.rows if row.page not in table.order.foreign), order=AS_FILED
            ),
            catalogue,
        )
        apart = match_rows(replace(table, rows=foreign, order=AS_FILED), catalogue)
        return replace(own, matches=(*own.matches, *map(_as_stranger, apart.matches)))
    if not table.rows:
        return Matching((), tuple((indicator.code, 0.5) for indicator in catalogue.indicators), 0.0)
    labels = _label_odds(table.rows, catalogue.indicators)
    chain = Chain(
        _emission(table.rows, catalogue, labels),
        find_steps(catalogue.indicators),
        np.full(len(table.rows), STRANGER),
    )
    path, chain = _unique_path(chain)
    posterior, stranger = _exclusive_posteriors(chain)
    matches = tuple(
        _match(row, int(path[i]), posterior[i], float(stranger[i]), labels[i], catalogue.indicators)
        for i, row in enumerate(table.rows)
    )
    return Matching(matches, _absent(path, posterior, catalogue.indicators), _fit(path, labels))


def _as_stranger(match: RowMatch) -> RowMatch:
    nearest = match.runner_up if match.code is None else (match.code, match.confidence)
    return RowMatch(match.row, None, 1.0, nearest)


def emit_rows(rows: tuple[Row, ...], catalogue: Catalogue) -> np.ndarray:
    """Log odds of each row's printing each indicator, its place among the others left aside: (rows, indicators)."""
    return _emission(rows, catalogue, _label_odds(rows, catalogue.indicators))


def _label_odds(rows: Sequence[Row], indicators: tuple[Indicator, ...]) -> np.ndarray:
    """Log odds of the rows' labels (rows, indicators); where one is like none, of what each engine made of it."""
    odds = np.array(label_odds([_label(row.label) for row in rows], indicators))
    for i, row in enumerate(rows):
        others = {text for reading in row.label.readings if not _is_part(text := reading.text, row.label.raw)}
        others -= {row.label.raw, ""}
        if others and row.label.state == "read" and odds[i].max() < UNLIKE_ANY:
            odds[i] = np.maximum(odds[i], label_odds(sorted(others), indicators).max(axis=0) - OTHER_READING)
    return odds


def _is_part(reading: str, label: str) -> bool:
    """Whether an engine saw no more than a part of the label, which may be the beginning of many."""
    part, whole = fold(reading), fold(label)
    return len(part) < MOST_OF_LABEL * len(whole) and fuzz.partial_ratio(part, whole) >= LIKE_READINGS


def _label(field: Field) -> str:
    return "" if field.state == "illegible" else field.raw


def _emission(rows: tuple[Row, ...], catalogue: Catalogue, labels: np.ndarray) -> np.ndarray:
    numbers = np.array([indicator.stt.strip().lower() for indicator in catalogue.indicators])
    is_header = np.array([indicator.type == "header" for indicator in catalogue.indicators])
    scores: np.ndarray = labels + unit_odds([row.unit.raw for row in rows], catalogue)
    for i, row in enumerate(rows):
        if not fold(_label(row.label)):
            scores[i] += NO_LABEL
        else:
            scores[i] = np.where(labels[i] < 0, scores[i] - labels[i] * (1.0 - _sureness(row.label)), scores[i])
        if row.unit.state == "blank" and row.value.state == "blank":
            scores[i] += np.where(is_header, HEADER_EMPTY, 0.0)
        stt = row.stt.raw.strip(" .)").lower()
        scores[i] += np.where(numbers == stt, STT_SAME, STT_OTHER)
    return scores


def _sureness(label: Field) -> float:
    """How much an unlikely label may speak against its place: a guess proves little, two readers who agree do.

    Under a stamp they may agree on its letters.
    """
    sure = (label.confidence - GUESSED_READING) / (SURE_READING - GUESSED_READING)
    return min(UNDER_STAMP if "under-stamp" in label.reasons else 1.0, max(0.25, sure, _agreement(label)))


def _agreement(label: Field) -> float:
    """How much two engines read the same, 0..1; a few strange signs at a label's end make neither doubt the words."""
    folded = [fold(reading.text) for reading in label.readings]
    pairs = [fuzz.ratio(a, b) for a, b in combinations(folded, 2) if min(len(a), len(b)) >= LEAST_TO_AGREE]
    return min(1.0, (max(pairs, default=0.0) - UNLIKE_READINGS) / (LIKE_READINGS - UNLIKE_READINGS))


def find_steps(indicators: tuple[Indicator, ...]) -> np.ndarray:
    """Log weight of printing indicator `column` right after `line`; the last line: as the first row of all."""
    count = len(indicators)
    parents = {indicator.parent for indicator in indicators}
    is_head = np.array([indicator.code in parents for indicator in indicators])
    ahead = np.arange(count)[None, :] - np.arange(-1, count)[:, None]
    ahead = np.vstack([ahead[1:], ahead[:1]])
    skipped = np.maximum(SKIP + SKIP_ROW * (ahead - 1), SKIP_MOST)
    jump = np.where(is_head, JUMP_HEAD, JUMP)[None, :]
    steps = np.where(ahead == 1, 0.0, np.where(ahead > 1, np.maximum(skipped, jump), jump))
    steps[ahead == 0] = ALREADY
    return np.asarray(steps, float)


def _unique_path(chain: Chain) -> tuple[np.ndarray, Chain]:
    """The best path on which no code stands twice: the row that loses least by giving a code up does."""
    path, _ = find_path(chain)
    for _ in range(MAX_REPAIRS):
        twice = _twice(path)
        if not twice:
            return path, chain
        chain = _weighed(chain, path, twice[0]) if len(twice) <= WEIGHED_ONE_BY_ONE else _settled(chain, path, twice)
        path, _ = find_path(chain)
    return _first_only(chain, path), chain


def _twice(path: np.ndarray) -> list[int]:
    codes, counts = np.unique(path[path >= 0], return_counts=True)
    return [int(code) for code in codes[counts > 1]]


def _weighed(chain: Chain, path: np.ndarray, code: int) -> Chain:
    """The chain in which one of the rows gives the code up: of all such chains the one with the best path."""
    options = [_without(chain, int(row), code) for row in np.flatnonzero(path == code)]
    return max(options, key=lambda option: find_path(option)[1])


def _settled(chain: Chain, path: np.ndarray, codes: list[int]) -> Chain:
    """Many codes stand twice (a second copy of the form, say): each stays with the row that it fits best."""
    for code in codes:
        rows = np.flatnonzero(path == code)
        best = rows[chain.emission[rows, code].argmax()]
        for row in rows[rows != best]:
            chain = _without(chain, int(row), code)
    return chain


def _without(chain: Chain, row: int, code: int) -> Chain:
    emission = chain.emission.copy()
    emission[row, code] = ALREADY
    return replace(chain, emission=emission)


def _first_only(chain: Chain, path: np.ndarray) -> np.ndarray:
    path = path.copy()
    for code in _twice(path):
        rows = np.flatnonzero(path == code)
        path[rows[rows != rows[chain.emission[rows, code].argmax()]]] = -1
    return path


def _exclusive_posteriors(chain: Chain) -> tuple[np.ndarray, np.ndarray]:
    """Posteriors that know that a code is printed once: what others surely print speaks against it (mean field)."""
    posterior, stranger = find_posteriors(chain, TEMPERATURE)
    for _ in range(EXCLUSIONS):
        order = np.sort(posterior, axis=0)
        strongest, second = order[-1], order[-2] if len(order) > 1 else np.zeros_like(order[-1])
        others = np.where(posterior == strongest, second, strongest)
        taken = np.maximum(TEMPERATURE * np.log(np.maximum(1.0 - others, 1e-12)), TAKEN_MOST)
        posterior, stranger = find_posteriors(replace(chain, emission=chain.emission + taken), TEMPERATURE)
    return posterior, stranger


def _match(
    row: Row, code: int, posterior: np.ndarray, stranger: float, labels: np.ndarray, indicators: tuple[Indicator, ...]
) -> RowMatch:
    if code < 0:
        nearest = int((posterior + 1e-9 * labels).argmax())
        return RowMatch(row.index, None, stranger, (indicators[nearest].code, float(posterior[nearest])))
    others = posterior.copy()
    others[code] = 0.0
    second = int(others.argmax())
    runner_up = (indicators[second].code, float(others[second])) if others[second] > LEAST_DOUBT else None
    return RowMatch(row.index, indicators[code].code, float(posterior[code]), runner_up)


def _absent(
    path: np.ndarray, posterior: np.ndarray, indicators: tuple[Indicator, ...]
) -> tuple[tuple[str, float], ...]:
    used = set(path.tolist())
    printed = np.minimum(posterior.sum(axis=0), 1.0)
    return tuple((indicator.code, float(1.0 - printed[i])) for i, indicator in enumerate(indicators) if i not in used)


def _fit(path: np.ndarray, labels: np.ndarray) -> float:
    """Share of the rows that print an indicator with a label that is clearly its own."""
    alike = [labels[i, code] > 0.0 for i, code in enumerate(path) if code >= 0]
    return float(sum(alike) / max(len(path), 1))
