"""Rulings of which a copy has lost a part -> where they went on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.grid.line import Line
from extractor.grid.rulings import Rulings

MOSTLY_DRAWN = 0.2  # share of a line that is drawn, from which its other parts are looked at again


def go_on(
    lines: list[Line], crossing: list[Line], rulings: Rulings, *, upright: bool, least: float = MOSTLY_DRAWN
) -> list[Line]:
    """The lines; inner ones that are seen for long enough run on wherever no ink is in the way.

    `crossing`: between each two of them a line runs on or does not; `least`: share that must be seen.
    """
    start, end = crossing[0].position, crossing[-1].position

    def whole(line: Line) -> Line:
        if line.covered(start, end) < least:
            return line
        gaps = [(a.position, b.position) for a, b in zip(crossing, crossing[1:], strict=False)]
        free = [gap for gap in gaps if not rulings.is_crossed(line.at(sum(gap) / 2), *gap, vertical=upright)]
        return replace(line, stretches=_united([*line.stretches, *free]))

    return [*lines[:1], *map(whole, lines[1:-1]), *lines[-1:]]


def _united(stretches: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    found: list[tuple[float, float]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
