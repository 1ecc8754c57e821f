"""Shaded cells that evening a page's light left half grey -> print on paper."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from extractor.reading.ink import find_ink
from extractor.reading.shades import without_shades
from extractor.records import Box, Grid, GridCell, PageImage

CELLS = (GridCell(0, 0, 1, 1, (40, 40, 640, 160)), GridCell(1, 0, 1, 1, (40, 160, 640, 280)))


def same(box: Box) -> Box:
    return box


def make_page() -> PageImage:
    """A dark header cell above a light one; the middle of the header was evened, its edges were not."""
    raw = np.full((320, 700), 225, np.uint8)
    raw[42:158, 42:638] = 140
    for y in (115, 235):
        cv2.putText(raw, "Noi dung chi tieu", (120, y), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 3)
    gray = np.clip((raw.astype(float) - 30) * 255 / 195, 0, 255).astype(np.uint8)
    middle = np.s_[85:125, 100:560]
    gray[middle] = np.clip((raw[middle].astype(float) - 30) * 255 / 110, 0, 255)
    return PageImage(1, gray, raw, None, 200.0, 34.0, "scan", same)


def test_print_of_a_shaded_cell_is_one_line_on_paper() -> None:
    (table,) = find_ink(make_page(), (Grid(1, 2, 1, CELLS, (40, 40, 640, 280), True, 1.0),)).grids
    lines = [cell.lines for cell in table.cells]
    assert [len(found) for found in lines] == [1, 1]
    shaded, light = (found[0] for found in lines)
    assert shaded.inner[3] - shaded.inner[1] == pytest.approx(light.inner[3] - light.inner[1], abs=2)
    assert np.median(shaded.clean) > 250


def test_shades_under_coloured_ink_stay() -> None:
    page = make_page()
    stamped = replace(page, stamp=np.ones(page.gray.shape, bool))
    grid = Grid(1, 2, 1, CELLS, (40, 40, 640, 280), True, 1.0)
    x0, y0, x1, y1 = (round(v) for v in CELLS[0].box)
    assert np.array_equal(without_shades(stamped, (grid,)).gray, stamped.gray)
    assert not np.array_equal(without_shades(make_page(), (grid,)).gray[y0:y1, x0:x1], stamped.gray[y0:y1, x0:x1])
