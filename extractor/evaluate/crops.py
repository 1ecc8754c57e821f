"""A source file, a page and a box -> the crop that a person would look at, as PNG."""

from __future__ import annotations

from pathlib import Path

import cv2

from extractor.errors import DocumentError
from extractor.ingest import open_source
from extractor.page import open_pages
from extractor.records import Box
from extractor.settings import Settings, load_settings

AROUND = 0.6  # of the box's height: what is shown above and below
BESIDE = 0.35  # of the page's width: the row's label is to the left
HEIGHT = 72  # pixels of the crop as shown


def cut_crop(path: Path, page: int, box: Box, settings: Settings | None = None) -> bytes | None:
    """PNG of the box with its surroundings; None where the file or page cannot be opened."""
    settings = settings or load_settings()
    try:
        source = open_source(path, settings.ingest)
        with open_pages(source, settings) as reader:
            pixels = reader.draw(page, trust_layer=False).pixels
    except DocumentError:
        return None
    height, width = pixels.shape[:2]
    pad = AROUND * (box[3] - box[1])
    top, bottom = max(int((box[1] - pad) * height), 0), min(int((box[3] + pad) * height) + 1, height)
    left, right = max(int((box[0] - BESIDE) * width), 0), min(int((box[2] + 0.02) * width) + 1, width)
    crop = pixels[top:bottom, left:right].copy()
    if not crop.size:
        return None
    corners = (
        (int(box[0] * width) - left, int(box[1] * height) - top),
        (int(box[2] * width) - left, int(box[3] * height) - top),
    )
    cv2.rectangle(crop, *corners, (40, 40, 200) if crop.ndim == 3 else 90, 2)
    factor = min(HEIGHT / crop.shape[0], 1.0)
    small = cv2.resize(crop, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".png", small)
    return data.tobytes() if done else None
