"""Which print a grid cuts: a border guessed through a merged cell, across words or along a line."""

from __future__ import annotations

import pytest

from extractor.grid.cuts import count_cuts
from extractor.grid.lattice import build_grid
from extractor.grid.line import Line
from extractor.grid.phrases import Phrase


@pytest.mark.parametrize(
    ("box", "cuts"),
    [((320, 110, 480, 130), 1), ((120, 110, 280, 130), 0), ((120, 190, 280, 214), 1), ((120, 175, 280, 201), 0)],
)
def test_print_over_a_border_is_cut(box: tuple[float, float, float, float], cuts: int) -> None:
    level = [Line(y, ((100.0, 700.0),)) for y in (100.0, 200.0, 300.0)]
    upright = [Line(x, ((100.0, 300.0),)) for x in (100.0, 400.0, 700.0)]
    grid = build_grid(level, upright, 1, None)
    x0, y0, x1, y1 = box
    assert count_cuts(grid, [Phrase(x0, y0, x1, y1, y1, ((x0, x1),), 9, full=True)], 20.0) == cuts
