"""Two looks at a page -> which of them stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from extractor.pages import _loses
from extractor.reading import read_first
from extractor.records import (
    Box,
    CellInk,
    Grid,
    GridCell,
    GridInk,
    GridText,
    PageInk,
    PageText,
    Piece,
    Reading,
    TextLine,
)
from tests.table.test_rows import make_grid

BOX: Box = (0.0, 0.0, 1.0, 1.0)


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


def test_a_second_look_that_cuts_full_rows_off_does_not_stand() -> None:
    """On a last page whose columns stand elsewhere, those of the others once took four rows for prose."""
    rows = [("", f"Số văn bản {n}", "Văn bản", f"{n}", "") for n in range(6)]
    whole, shorter = make_grid(1, rows), make_grid(1, rows[:4])
    signed = make_grid(1, [*rows[:4], ("Nơi nhận:", "", "", "TM. ỦY BAN", ""), ("", "", "", "CHỦ TỊCH", "")])
    assert _loses(PageText(1, "scan", (whole,), ()), PageText(1, "scan", (shorter,), ()))
    assert not _loses(PageText(1, "scan", (signed,), ()), PageText(1, "scan", (shorter,), ()))


class Counting:
    """An engine that reads each line as how many it has read."""

    name, version, origin = "trueocr", "1", "trueocr"

    def __init__(self) -> None:
        self.count = 0

    def read(self, lines: Sequence[TextLine], *, preparation: str = "raw") -> list[Reading]:
        start, self.count = self.count, self.count + len(lines)
        return [Reading(self.name, f"{n}", 1.0, preparation) for n in range(start, self.count)]


def make_ink(*lines: TextLine) -> PageInk:
    cells = tuple(CellInk(GridCell(0, n, 1, 1, line.box), Piece(1, BOX), (line,)) for n, line in enumerate(lines))
    grid = Grid(1, 1, len(cells), tuple(cell.cell for cell in cells), BOX, True, 1.0)
    return PageInk(1, "scan", (GridInk(grid, cells, BOX, BOX),), ())


def test_a_second_look_reads_only_what_it_cuts_out_otherwise() -> None:
    pixels = np.arange(100, dtype=np.uint8).reshape(10, 10)
    line = TextLine((0.0, 0.0, 10.0, 10.0), pixels, pixels, (0, 0, 10, 10), 10.0)
    wider, darker = replace(line, inner=(0, 0, 9, 10)), replace(line, raw=pixels // 2)
    engine = Counting()
    first = read_first(make_ink(line), engine)
    again = read_first(make_ink(wider, line, darker), engine, first)
    assert [cell.text for cell in again.grids[0].cells] == ["1", "0", "2"]
    assert engine.count == 3
