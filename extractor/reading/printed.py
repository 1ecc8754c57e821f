"""Cells and lines of text -> as printed: read again by a second engine where the first was unsure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractor.reading.doubtful import Doubtful, Second, find_doubtful
from extractor.reading.engines import FIRST_ENGINE, TEXT_ENGINE, Engine
from extractor.reading.texts import choose_line, settle_text
from extractor.records import CellText, Field, LooseLine, Reading

QUARTER = re.compile(r"(?i)\bqu[yýỳỷỹỵ]\s*(i{1,3})(?=\b|n[aăâ])")
DOUBTED = 0.2  # certainty of a line in which two readers see another quarter


def read_cells(
    cells: Sequence[tuple[CellText, ...]], engines: Mapping[str, Engine], words: frozenset[str]
) -> tuple[Field, ...]:
    """Cells of any table as text."""
    second = read_again(cells, engines.get(TEXT_ENGINE), words)
    return tuple(settle_text(parts, second, words) for parts in cells)


def read_lines(
    lines: Sequence[LooseLine], engines: Mapping[str, Engine], words: frozenset[str]
) -> tuple[tuple[str, float], ...]:
    """Lines outside the tables: text and how sure it is, in order."""
    crops = [loose.line for loose in lines if loose.line is not None]
    first = (
        engines[FIRST_ENGINE].read(crops) if crops and FIRST_ENGINE in engines else [Reading("", "", 0.0)] * len(crops)
    )
    other = engines.get(TEXT_ENGINE)
    second = other.read(crops, preparation="clean") if crops and other is not None else [None] * len(crops)
    chosen = iter([_with_quarter(choose_line(a, b, words), a, b) for a, b in zip(first, second, strict=True)])
    return tuple((loose.words or "", 1.0) if loose.line is None else next(chosen) for loose in lines)


def _with_quarter(chosen: tuple[str, float], *readings: Reading | None) -> tuple[str, float]:
    """A line with the quarter that has most strokes of those that its readers see: of "III" they drop one."""
    text, score = chosen
    seen = [found[1] for reading in readings if reading is not None and (found := QUARTER.search(reading.text))]
    own = QUARTER.search(text)
    if own is None or len({len(strokes) for strokes in seen}) < 2:
        return chosen
    return text[: own.start(1)] + max(seen, key=len) + text[own.end(1) :], min(score, DOUBTED)


def read_again(
    cells: Sequence[tuple[CellText, ...]], engine: Engine | None, words: frozenset[str]
) -> dict[int, tuple[Second, ...]]:
    """Second readings of what the first engine was not sure of in lines of text, by id() of the first reading."""
    if engine is None:
        return {}
    unsure = find_unsure(cells, words)
    return seconds_of(unsure, engine.read([part.line for _, part in unsure]) if unsure else [])


def find_unsure(cells: Sequence[tuple[CellText, ...]], words: frozenset[str]) -> list[tuple[Reading, Doubtful]]:
    """First readings, and the parts of their lines that a second engine is to read."""
    # a cell that is merged over several rows is in each of them, and read once
    lines = {
        id(reading): (reading, line)
        for parts in cells
        for cell in parts
        for reading, line in zip(cell.lines, cell.ink.lines, strict=False)
    }
    return [(reading, part) for reading, line in lines.values() for part in find_doubtful(reading, line, words)]


def seconds_of(
    unsure: Sequence[tuple[Reading, Doubtful]], readings: Sequence[Reading]
) -> dict[int, tuple[Second, ...]]:
    """The second readings of such parts, in the same order -> those of each line, by id() of its first reading."""
    seen: dict[int, tuple[Second, ...]] = {}
    for (first, part), second in zip(unsure, readings, strict=True):
        seen[id(first)] = (*seen.get(id(first), ()), Second(part.start, part.end, second))
    return seen
