"""A page and a cell, or a line in it -> the pixels that engines are shown."""

from __future__ import annotations

import numpy as np

from extractor.reading.lines import InkLine
from extractor.reading.signs import CHECK_BOX, DITTO, find_check_box, is_ditto
from extractor.records import Box, PageImage, TextLine

INSET = 0.08  # text heights: half a ruling's thickness
SIDE_CONTEXT, TALL_CONTEXT = 0.4, 1.8  # of the line's height: what engines see around the ink


def inside(page: PageImage, box: Box) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of a cell without its rulings, in whole pixels of the page."""
    inset = max(INSET * page.text_height, 1.0)
    height, width = page.gray.shape
    x0, y0 = max(round(box[0] + inset), 0), max(round(box[1] + inset), 0)
    x1, y1 = min(round(box[2] - inset), width), min(round(box[3] - inset), height)
    return x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)


def cut_line(
    page: PageImage,
    line: InkLine,
    origin: tuple[int, int],
    walls: tuple[int, int],
    *,
    lifted: bool = False,
    signs: bool = True,
) -> TextLine:
    """Crop with surroundings above and below, but never past the cell's side walls.

    `lifted`: without the coloured ink beside it; `signs`: a check box before the text and a ditto mark are told apart.
    """
    x0, y0, x1, y1 = line.x0 + origin[0], line.y0 + origin[1], line.x1 + origin[0], line.y1 + origin[1]
    whole, behind = (x0, y0, x1, y1), find_check_box(page.gray[y0:y1, x0:x1], page.text_height) if signs else None
    if behind is not None:
        x0 += behind
        walls = (x0, walls[1])
    tall = max(y1 - y0, round(0.6 * page.text_height))
    left, right = max(x0 - round(SIDE_CONTEXT * tall), walls[0], 0), min(x1 + round(SIDE_CONTEXT * tall), walls[1])
    top = max(y0 - round(TALL_CONTEXT * tall), 0)
    bottom = min(y1 + round(TALL_CONTEXT * tall), page.gray.shape[0])
    inner = (x0 - left, y0 - top, x1 - left, y1 - top)
    region = np.s_[top:bottom, left:right]
    # where a stamp crosses the line, engines would read the stamp
    raw = page.gray if lifted or covered_share(page, (x0, y0, x1, y1)) else page.raw
    sign = "" if behind is None else CHECK_BOX
    if signs and behind is None and is_ditto(page.gray[y0:y1, x0:x1], page.text_height):
        sign = DITTO
    return TextLine(whole, raw[region].copy(), page.gray[region].copy(), inner, page.text_height, sign)


def share_of(mask: np.ndarray | None, box: Box) -> float:
    """Share of the box that the mask covers."""
    if mask is None:
        return 0.0
    x0, y0, x1, y1 = (round(v) for v in box)
    region = mask[y0:y1, x0:x1]
    return np.count_nonzero(region) / region.size if region.size else 0.0


def covered_share(page: PageImage, box: Box) -> float:
    """Share of the box under stamps and signatures."""
    return share_of(page.stamp, box) + share_of(page.signature, box)
