"""A drawn sheet -> PageImage: upright, straight, clean, with the way back to the source page."""

from __future__ import annotations

import math
from dataclasses import replace

import cv2
import numpy as np

from extractor.page.clean import HUES, even_light, has_dots, lift_screen, split_colour, split_ink
from extractor.page.dewarp import apply_mesh, find_mesh
from extractor.page.discs import find_discs
from extractor.page.geometry import Geometry, turn_matrix
from extractor.page.overlay import find_stray, lift_grey
from extractor.page.panels import LINES_PER_INCH, lift_panels
from extractor.page.rims import find_rims
from extractor.page.sheet import PageReader, Sheet
from extractor.page.upright import find_skew, find_turn
from extractor.pixels import find_pieces, is_black_and_white
from extractor.records import PageImage

MIN_SKEW = 0.04  # degrees: two pixels over an A4 page at 300 dpi
INK_BELOW = 150  # on the evened, stretched page
WHITE = 255
LETTER_TO_LINE = 1.45  # line ink height over the median height of single letters
FEW_LETTERS = 20  # too few to tell a size from
SMALL = 0.6  # of 10 pt print's height: up to it print is looked at again
DOTS = 0.4  # of the height that holds most ink: smaller components are dots
USUAL_DOTS, MANY_DOTS = 0.25, 0.38  # share of dots among the components of clean print; of a dirty page's
SMALLEST_LETTER, LARGEST_LETTER = 1 / 72, 1 / 4  # inch: specks and rulings lie outside


def prepare_page(reader: PageReader, number: int, *, trust_layer: bool = True, turn: int | None = None) -> PageImage:
    """Draw page `number` and straighten it. Raises UnreadableFile or TooLarge for this page.

    `turn`: quarter turns clockwise that bring the sheet upright; None: found on the page.
    """
    sheet = reader.draw(number, trust_layer=trust_layer)
    return _prepare_digital(sheet) if sheet.words and turn is None else _prepare_scan(sheet, turn)


def _prepare_digital(sheet: Sheet) -> PageImage:
    raw, lifted, _ = split_colour(lift_panels(sheet.pixels, sheet.dpi))
    height, width = raw.shape
    geometry = Geometry(np.eye(3), (width, height))
    return PageImage(
        sheet.number,
        lifted,
        raw,
        None,
        sheet.dpi,
        _text_height(lifted, sheet.dpi),
        "digital",
        geometry,
        sheet.words,
        notes=sheet.notes,
    )


def _prepare_scan(sheet: Sheet, ordered: int | None) -> PageImage:
    size = (sheet.pixels.shape[1], sheet.pixels.shape[0])
    raw, lifted, hues = split_colour(lift_panels(sheet.pixels, sheet.dpi))
    gray, hidden = even_light(lifted)
    turn = find_turn(gray) if ordered is None else ordered
    layers = [gray, raw, *([] if hues is None else [cv2.compare(hues, hue, cv2.CMP_NE) for hue in HUES])]
    layers = [np.ascontiguousarray(np.rot90(layer, -turn)) for layer in layers]
    # a screen's dots stand in lines of their own, which lean as they like
    if has_dots(layers[0]):
        layers[0] = lift_screen(layers[0], _text_height(layers[0], sheet.dpi))
    skew = find_skew(layers[0], INK_BELOW)
    geometry = Geometry(turn_matrix(turn, size), size)
    if abs(skew) >= MIN_SKEW:
        layers, matrix = _rotate(layers, skew, geometry.to_sheet)
        geometry = Geometry(matrix, size)
    text_height = _text_height(layers[0], sheet.dpi)
    mesh = find_mesh(layers[0], text_height)
    if mesh is not None:
        layers, geometry = apply_mesh(layers, mesh), replace(geometry, mesh=mesh)
    inks = split_ink(layers[2] < 128, layers[3] < 128, text_height) if len(layers) > 2 else None
    stamp, signature, pen = inks or (None, None, None)
    discs = (
        find_rims(layers[0], sheet.dpi, text_height)
        if is_black_and_white(sheet.pixels)
        else find_discs(layers[0], sheet.dpi)
    )
    layers[0], grey = lift_grey(layers[0], discs, text_height)
    stray = find_stray(layers[0], [disc for disc in discs if not disc.is_grey], text_height)
    stray = grey if stray is None else stray if grey is None else stray | grey
    return PageImage(
        sheet.number,
        layers[0],
        layers[1],
        stamp,
        sheet.dpi,
        text_height,
        "scan",
        geometry,
        (),
        signature,
        pen,
        turn,
        skew,
        stray,
        sheet.notes,
        hidden,
    )


def _rotate(layers: list[np.ndarray], skew: float, matrix: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Turn the layers back by `skew` degrees about the centre, growing the canvas so that no corner is lost."""
    height, width = layers[0].shape
    margin = math.ceil(max(height, width) / 2 * math.sin(math.radians(abs(skew))))
    forward = np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), skew, 1.0), [0, 0, 1]])
    forward[0, 2] += margin
    forward[1, 2] += margin
    size = (width + 2 * margin, height + 2 * margin)
    turned = [_warp(layer, forward[:2], size) for layer in layers]
    return turned, matrix @ np.linalg.inv(forward)


def _warp(layer: np.ndarray, forward: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if int(layer.min()) == WHITE:
        return np.full(size[::-1], WHITE, np.uint8)  # most pages have no ink of a second colour
    return cv2.warpAffine(layer, forward, size, flags=cv2.INTER_LINEAR, borderValue=WHITE)


def _text_height(gray: np.ndarray, dpi: float) -> float:
    """Median height of a line's ink in pixels, from the sizes of single letters; 10 pt where there are none."""
    usual = dpi / LINES_PER_INCH
    height = _height_of_letters(gray, dpi, 2) or usual
    # of letters in thin strokes, as of a typewriter, every second pixel shows pieces
    return height if height > SMALL * usual else max(height, _height_of_letters(gray, dpi, 1))


def _height_of_letters(gray: np.ndarray, dpi: float, step: int) -> float:
    """The same from every so many pixels; zero where there are too few letters."""
    _, stats, _ = find_pieces(gray[::step, ::step] < INK_BELOW)
    heights, widths = stats[1:, cv2.CC_STAT_HEIGHT] * step, stats[1:, cv2.CC_STAT_WIDTH] * step
    letters = heights[
        (heights > SMALLEST_LETTER * dpi)
        & (heights < LARGEST_LETTER * dpi)
        & (widths < 2.5 * heights)
        & (widths > 0.2 * heights)
    ]
    if len(letters) <= FEW_LETTERS:
        return 0.0
    # dots of rulings and specks may be as many as the letters, but most of the ink is letters
    ordered = np.sort(letters)
    weights = np.cumsum(ordered.astype(np.float64) ** 2)
    dots = ordered < DOTS * ordered[np.searchsorted(weights, weights[-1] / 2)]
    if dots.mean() > MANY_DOTS:
        # as the median of letters with no more dots than print has
        return float(np.quantile(ordered[~dots], (0.5 - USUAL_DOTS) / (1 - USUAL_DOTS))) * LETTER_TO_LINE
    return float(np.median(letters)) * LETTER_TO_LINE
