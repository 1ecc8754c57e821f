"""Pages of the form, or behind it -> those that print what may be of the form outside of the tables found.

A last page with a row or two whose rulings are gone has no grid, and of rows that only white parts the last may be left
out of it: what is printed there must not count as not printed. A long note may fill a page between two of the form.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz import fuzz, process

from extractor.reading import Engine
from extractor.records import Catalogue, LooseLine, PageText
from extractor.value import plain_words

SAME_LABEL = 90  # rapidfuzz partial score of a line and the beginning of a label, both without their marks
LONE_LINES = 2  # a page without a table may have: its number, and a stamp
NEAR = 0.02  # of the page's height below a ruled table
LEAST_WORDS = 8  # of a line, all in one label: fewer may follow each other in a sentence
BEGINNING = 24  # letters of a label: what a wrapped line has of it, and more than an office's name


def find_missed(
    texts: Sequence[PageText], order: Sequence[int], form: Sequence[int], catalogue: Catalogue, engine: Engine
) -> tuple[int, ...]:
    """Numbers of such pages. `order`: pages of the report in its order; `form`: those that hold the form."""
    follow = {after for before, after in pairwise(order) if before in form}
    labels = _labels(catalogue)
    within = _within(order, form)
    missed = [page.number for page in texts if page.number in within and _is_text(page)]
    for page in texts:
        if page.number in {*follow, *form} and page.number not in missed:
            behind, above = _outside(page)
            told = [_is_label(line, labels) for line in _read(behind, engine)]
            if page.number in follow and not any(told):
                # of a page that goes on with the form; one line may be a title
                seen = [_is_label(line, labels) for line in _read(above, engine)]
                told = seen if sum(seen) > 1 else []
            missed += [page.number] if any(told) else []
    return tuple(missed)


def _within(order: Sequence[int], form: Sequence[int]) -> frozenset[int]:
    """Pages between two of the form that hold nothing of it."""
    at = [n for n, page in enumerate(order) if page in form]
    return frozenset(order[at[0] : at[-1]]) - {*form} if at else frozenset()


def _is_text(page: PageText) -> bool:
    """Whether a page without a table has more print than a number and a stamp."""
    return not page.grids and len(page.loose) > LONE_LINES


def _labels(catalogue: Catalogue) -> list[str]:
    """The labels of the form that tell."""
    texts = (plain_words(label) for one in catalogue.indicators for label in (one.label, *one.variants))
    return [text for text in texts if len(text) >= BEGINNING]


def _outside(page: PageText) -> tuple[tuple[LooseLine, ...], tuple[LooseLine, ...]]:
    """Lines that may be rows of the form: all of a page without a table; those behind and above one without rulings.

    Of a ruled one those right behind it, whose ruling a copy may have lost.
    """
    if not page.grids:
        return page.loose, ()
    top, foot = (min(grid.ink.upright[side] for grid in page.grids) for side in (1, 3))
    if any(grid.ink.grid.ruled for grid in page.grids):
        foot = max(grid.ink.upright[3] for grid in page.grids)
        return tuple(line for line in page.loose if foot <= line.upright[1] <= foot + NEAR), ()
    return (
        tuple(line for line in page.loose if line.upright[1] >= foot),
        tuple(line for line in page.loose if line.upright[3] <= top),
    )


def _read(lines: Sequence[LooseLine], engine: Engine) -> list[str]:
    readings = iter(engine.read([loose.line for loose in lines if loose.line is not None]))
    return [plain_words((loose.words or "") if loose.line is None else next(readings).text) for loose in lines]


def _is_label(line: str, labels: Sequence[str]) -> bool:
    """Whether a line begins as a label does, or its first words are all of one label, be some left out."""
    if len(line) < BEGINNING:
        return False
    beginnings = [label[:BEGINNING] for label in labels]
    if process.extractOne(line, beginnings, scorer=fuzz.partial_ratio, score_cutoff=SAME_LABEL) is not None:
        return True
    first = line.split()[:LEAST_WORDS]
    return len(first) == LEAST_WORDS and any(_follow(first, label) for label in labels)


def _follow(words: Sequence[str], label: str) -> bool:
    """Whether the words stand in a label in this order."""
    rest = iter(label.split())
    return all(word in rest for word in words)
