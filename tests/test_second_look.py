"""Two looks at a page -> which of them stands."""

from __future__ import annotations

from extractor.pages import _loses
from extractor.records import Box, Grid, GridInk, GridText, PageText


def make_look(*tables: tuple[int, Box]) -> PageText:
    grids = tuple(
        GridText(GridInk(Grid(1, n_rows, 5, (), box, False, 0.9), (), box, box), ()) for n_rows, box in tables
    )
    return PageText(1, "scan", grids, ())


def test_a_second_look_that_lost_half_of_the_table_does_not_stand() -> None:
    first = make_look((18, (0.1, 0.1, 0.9, 0.9)))
    assert _loses(first, make_look())
    assert _loses(first, make_look((9, (0.1, 0.4, 0.9, 0.8))))
    # prose above is no part of a table, and lines of cells are no rows
    assert not _loses(first, make_look((17, (0.1, 0.4, 0.9, 0.9))))
    assert not _loses(first, make_look((9, (0.1, 0.1, 0.9, 0.9))))
    assert not _loses(make_look(), make_look((9, (0.1, 0.1, 0.9, 0.9))))
