"""Boxes that a person drew on a page -> a row read from them; and a page turned as ordered -> its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from extractor.grid import NO_GUIDE, find_grids
from extractor.measures import with_main_measure
from extractor.page import PageReader, prepare_page
from extractor.reading import Engine, find_ink, read_first, read_rows
from extractor.records import Box, DraftRow, Grid, GridCell, Guide, PageImage, Role, Row
from extractor.repair.edits import ROLES, row_piece
from extractor.table import find_tables

SAMPLES = 9  # a side of the lattice by which a page's way to its source is turned round
STEEP = 0.2  # a slope that no scan has: then the boxes are taken as they are
NEAR = 0.8  # text heights around the edge of a box in which a ruling is the row's
RULED = 0.5  # share of the row's width that it inks; a line of print inks less
INK_BELOW = 175
TURNED_CERTAINTY = 0.4  # a page without a header of its own: its columns are taken from their order


def read_row(page: PageImage, boxes: Mapping[Role, Box], engines: Mapping[str, Engine], words: frozenset[str]) -> Row:
    """A row from boxes in fractions of the source page. What is not drawn is a missing column."""
    roles = [role for role in ROLES if role in boxes]
    pixels = _between_rulings(page, to_pixels(page, [boxes[role] for role in roles]))
    cells = tuple(GridCell(0, column, 1, 1, box) for column, box in enumerate(pixels))
    around = row_piece(pixels, page.number).box
    grid = Grid(page.number, 1, len(cells), cells, around, ruled=True, certainty=1.0)
    first = read_first(find_ink(page, (grid,)), next(iter(engines.values())))
    parts: dict[str, Any] = dict.fromkeys(ROLES, ())
    parts |= {role: (text,) for role, text in zip(roles, first.grids[0].cells, strict=True)}
    piece = row_piece([boxes[role] for role in roles], page.number)
    missing = tuple(role for role in ROLES if role not in boxes)
    draft = DraftRow(**parts, pieces=(piece,), columns_missing=missing)
    return read_rows((draft,), engines, words)[0]


def read_turned_page(
    reader: PageReader, number: int, turn: int, guide: Guide, engines: Mapping[str, Engine], words: frozenset[str]
) -> tuple[Row, ...]:
    """All rows of a page's largest table. `turn`: quarter turns clockwise that bring it upright."""
    page = prepare_page(reader, number, trust_layer=False, turn=turn)
    grids = find_grids(page, guide) or find_grids(page, NO_GUIDE)
    text = read_first(find_ink(page, grids), next(iter(engines.values())))
    drafts = find_tables(text.grids)
    if not drafts:
        return ()
    draft = max(drafts, key=lambda one: len(one.rows))
    rows = draft.rows
    if not any(draft.header):
        rows = tuple(replace(row, grid_certainty=min(row.grid_certainty, TURNED_CERTAINTY)) for row in rows)
    return with_main_measure(read_rows(rows, engines, words), (), ())


def to_pixels(page: PageImage, boxes: list[Box]) -> list[Box]:
    """Fractions of the source page -> pixels of the straightened page, by the affine way that fits best."""
    height, width = page.gray.shape
    xs, ys = np.meshgrid(np.linspace(0.05, 0.95, SAMPLES) * width, np.linspace(0.05, 0.95, SAMPLES) * height)
    pixels = np.column_stack([xs.ravel(), ys.ravel()])
    source = np.array([page.to_source((x, y, x, y))[:2] for x, y in pixels])
    system = np.column_stack([source, np.ones(len(source))])
    way, *_ = np.linalg.lstsq(system, pixels, rcond=None)
    return [_upright(box, way) for box in boxes]


def _between_rulings(page: PageImage, boxes: list[Box]) -> list[Box]:
    """The boxes of a row, in pixels, with its level rulings as tops and feet where such run close to them.

    The box of a row that leans on the sheet holds slivers of the rows above and below.
    """
    left, right = max(round(min(box[0] for box in boxes)), 0), round(max(box[2] for box in boxes))
    reach = round(NEAR * page.text_height)

    def ruling(y: float) -> float:
        top = max(round(y) - reach, 0)
        near = page.gray[top : round(y) + reach + 1, left:right] < INK_BELOW
        if not near.size:
            return y
        shares = near.mean(axis=1)
        return float(top + shares.argmax()) if shares.max() >= RULED else y

    return [(x0, ruling(y0), x1, ruling(y1)) for x0, y0, x1, y1 in boxes]


def _upright(box: Box, way: np.ndarray) -> Box:
    """The rectangle whose bounding box in the source is `box`. `way`: (3, 2), from fractions to pixels."""
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, 1.0]) @ way
    wide, tall = (box[2] - box[0]) * np.abs(way[0]), (box[3] - box[1]) * np.abs(way[1])
    if wide[1] > wide[0]:  # the page lies on its side
        wide, tall = tall, wide
    slope = wide[1] / max(wide[0], 1.0)
    across, down = float(wide[0]), float(tall[1])
    if slope < STEEP:
        sine, cosine = np.sin(np.arctan(slope)), np.cos(np.arctan(slope))
        spread = cosine**2 - sine**2
        width = max((cosine * across - sine * down) / spread, across / 2)
        height = max((cosine * down - sine * across) / spread, down / 2)
    else:
        width, height = across, down
    x, y = float(middle[0]), float(middle[1])
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2
