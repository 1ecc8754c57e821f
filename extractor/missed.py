"""Pages that follow the form and show no table -> those that print labels of the form all the same.

A last page with a row or two whose rulings are gone has no grid: what it prints must not count as not printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz, process

from extractor.reading import Engine
from extractor.records import Catalogue, LooseLine, PageText
from extractor.value import plain_words

SAME_LABEL = 90  # rapidfuzz partial score of a line and a label without their marks
LEAST_LETTERS = 24  # of the shorter one: an office's name is shorter, and is in many labels


def find_missed(
    texts: Sequence[PageText], order: Sequence[int], form: Sequence[int], catalogue: Catalogue, engine: Engine
) -> tuple[int, ...]:
    """Numbers of such pages. `order`: pages of the report in its order; `form`: those that hold the form."""
    follow = {after for before, after in pairwise(order) if before in form}
    pages = [page for page in texts if page.number in follow and not page.grids]
    texts_of = (plain_words(label) for i in catalogue.indicators for label in (i.label, *i.variants))
    labels = [text for text in texts_of if len(text) >= LEAST_LETTERS]
    return tuple(page.number for page in pages if any(_is_label(line, labels) for line in _read(page.loose, engine)))


def _read(lines: Sequence[LooseLine], engine: Engine) -> list[str]:
    readings = iter(engine.read([loose.line for loose in lines if loose.line is not None]))
    return [plain_words((loose.words or "") if loose.line is None else next(readings).text) for loose in lines]


def _is_label(line: str, labels: Sequence[str]) -> bool:
    if len(line) < LEAST_LETTERS:
        return False
    return process.extractOne(line, labels, scorer=fuzz.partial_ratio, score_cutoff=SAME_LABEL) is not None
