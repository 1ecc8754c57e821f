"""Values of a text layer and the pixels of their cells -> which of them are not what a viewer shows.

A layer keeps what was painted over, crossed out or set in white, and knows nothing of notes pinned on a page. So each
value is read once more as it is drawn; where no reader sees the same, or a stroke runs through it, a person looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from extractor.pixels import open_rows
from extractor.reading.consensus import ROUND, canonical
from extractor.reading.crops import cut_line, inside
from extractor.reading.engines import Engine
from extractor.reading.lines import INK_BELOW, find_lines
from extractor.records import CellText, Field, GridCell, PageImage, Reading, TextLine

LONGEST = 24  # characters: a longer text is no value
READERS = ("ppocr", "trueocr", "tesseract-eng")  # each asked about what those before saw otherwise
STROKE, WHOLE = 1.3, 0.97  # of a figure's width: a stroke through several; share of a lone one that its stroke is long
BETWEEN = 0.28, 0.62  # of the line's height: where a stroke runs that crosses figures out
WITH_BAR = frozenset("4-–—")  # what has such a stroke itself


def find_drawn(page: PageImage, cell: GridCell, words: str) -> tuple[TextLine, ...] | None:
    """Lines of ink in a cell whose words may be a value, as a viewer shows them, coloured ink too; else None."""
    if len(words) > LONGEST or not any(map(str.isdigit, words)):
        return None
    x0, y0, x1, y1 = inside(page, cell.box)
    found = find_lines(page.raw[y0:y1, x0:x1], page.text_height).lines
    return tuple(cut_line(page, line, (x0, y0), (x0, x1), signs=False) for line in found)


def doubt_layer(
    cells: Sequence[Sequence[CellText]], fields: Sequence[Field], engines: Mapping[str, Engine]
) -> list[Field]:
    """The fields, those of a text layer that are not drawn as they are written with a reason that says so."""
    asked = [i for i, parts in enumerate(cells) if _is_value(parts)]
    told = list(fields)
    for i in (i for i in asked if any(is_struck(line, told[i].raw) for line in _drawn(cells[i]))):
        told[i] = replace(told[i], reasons=(*told[i].reasons, "struck-out"))
    for name in READERS:
        if name in engines and asked:
            asked = _other(asked, cells, told, engines[name])
    for i in asked:
        told[i] = replace(told[i], reasons=(*told[i].reasons, "layer-differs"))
    return told


def _other(asked: Sequence[int], cells: Sequence[Sequence[CellText]], told: list[Field], engine: Engine) -> list[int]:
    """Those of the cells asked about in which an engine sees something else; what it sees is kept with the field."""
    lines = [(i, line) for i in asked for line in _drawn(cells[i])]
    readings: dict[int, list[Reading]] = {i: [] for i in asked}
    for (i, _), reading in zip(lines, engine.read([line for _, line in lines], preparation="raw"), strict=True):
        readings[i].append(reading)
    other = [i for i in asked if _plain(" ".join(r.text for r in readings[i])) != _plain(told[i].raw)]
    for i in other:
        told[i] = replace(told[i], readings=(*told[i].readings, *readings[i]))
    return other


def _is_value(parts: Sequence[CellText]) -> bool:
    """Whether all that a cell holds is of a text layer and was looked at."""
    return all(part.ink.drawn is not None for part in parts if part.ink.has_ink)


def _drawn(parts: Sequence[CellText]) -> list[TextLine]:
    return [line for part in parts for line in part.ink.drawn or ()]


def _plain(text: str) -> str:
    return "".join(canonical(text).split()).translate(ROUND)


def is_struck(line: TextLine, text: str) -> bool:
    """Whether a level stroke runs through the middle of a line of figures: longer than a digit, or over all of one."""
    x0, y0, x1, y1 = line.inner
    ink = (line.raw[y0:y1, x0:x1] < INK_BELOW).view(np.uint8)
    top, bottom = (round(share * len(ink)) for share in BETWEEN)
    letters = len("".join(text.split()))
    length = max(round((STROKE if letters > 1 else WHOLE) * ink.shape[1] / max(letters, 1)), 3)
    if bottom <= top or text in WITH_BAR:
        return False
    # beyond the line there is paper, by which a stroke ends
    return bool(open_rows(np.pad(ink[top:bottom], ((0, 0), (length, length))), length).any())
