"""Boxes on the straightened page -> boxes on the source page as a viewer shows it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractor.records import Box


@dataclass(frozen=True, slots=True)
class Mesh:
    """Where straightened pixels came from: x and y before straightening, sampled every `step` pixels.

    Sample [i, j] belongs to the pixel ((j - 0.5) * step - 0.5, (i - 0.5) * step - 0.5): one sample lies outside the
    page on each side, so that an ordinary image resize interpolates the rest.
    """

    x: np.ndarray
    y: np.ndarray
    step: int

    def at(self, x: float, y: float) -> tuple[float, float]:
        """The point before straightening, from the nearest sample's offset."""
        row = min(max(round((y + 0.5) / self.step + 0.5), 0), self.x.shape[0] - 1)
        column = min(max(round((x + 0.5) / self.step + 0.5), 0), self.x.shape[1] - 1)
        dx = float(self.x[row, column]) - ((column - 0.5) * self.step - 0.5)
        dy = float(self.y[row, column]) - ((row - 0.5) * self.step - 0.5)
        return x + dx, y + dy


@dataclass(frozen=True, slots=True)
class Geometry:
    """A page's straightening. `to_sheet`: 3x3, upright pixels -> sheet pixels; `size`: the sheet's (width, height)."""

    to_sheet: np.ndarray
    size: tuple[int, int]
    mesh: Mesh | None = None

    def __call__(self, box: Box) -> Box:
        """Pixel box of the straightened page -> bounding box in fractions of the source page, within 0..1."""
        x0, y0, x1, y1 = box
        (xx, xy, xw), (yx, yy, yw), (wx, wy, ww) = self.to_sheet.tolist()
        points = []
        for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1), ((x0 + x1) / 2, y0), ((x0 + x1) / 2, y1)):
            if self.mesh is not None:
                x, y = self.mesh.at(x, y)
            w = wx * x + wy * y + ww
            sx, sy = (xx * x + xy * y + xw) / w, (yx * x + yy * y + yw) / w
            points.append((sx / self.size[0], sy / self.size[1]))
        xs, ys = [min(max(p[0], 0.0), 1.0) for p in points], [min(max(p[1], 0.0), 1.0) for p in points]
        return min(xs), min(ys), max(xs), max(ys)


def turn_matrix(turn: int, size: tuple[int, int]) -> np.ndarray:
    """3x3 from the pixels of np.rot90(sheet, -turn) to the sheet's pixels. `size`: the sheet's (width, height)."""
    width, height = size
    matrices = {
        0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        1: [[0, 1, 0], [-1, 0, height], [0, 0, 1]],
        2: [[-1, 0, width], [0, -1, height], [0, 0, 1]],
        3: [[0, -1, width], [1, 0, 0], [0, 0, 1]],
    }
    return np.array(matrices[turn], dtype=np.float64)
