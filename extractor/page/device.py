"""Points of a PDF page -> pixels of the page as rendered."""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
from pypdfium2 import raw

from extractor.records import Box

FINE = 100  # a finer canvas keeps the fraction that the integer interface drops


def to_pixels(page: pdfium.PdfPage, points: Box, width: int, height: int) -> Box:
    """A box in points (left, bottom, right, top) in a rendering of that size, as (x0, y0, x1, y1)."""
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for px, py in ((points[0], points[1]), (points[2], points[3])):
        raw.FPDF_PageToDevice(page, 0, 0, width * FINE, height * FINE, 0, px, py, x, y)
        corners.append((x.value / FINE, y.value / FINE))
    (xa, ya), (xb, yb) = corners
    return min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb)
