"""TIFF, PNG or JPEG -> Sheets: one frame as a viewer shows it, no finer than the engines can use."""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageOps

from extractor.errors import TooLarge, UnreadableFile
from extractor.page.sheet import A4_INCHES, MAX_DPI, Sheet, is_paper
from extractor.records import Source

DAMAGE = (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, OverflowError, struct.error)
DEFAULT_IMAGE_DPI = 200.0
BILEVEL_OR_GRAY = {"1", "L", "I;16", "I;16B", "I;16L", "I", "F"}


@dataclass(frozen=True, slots=True)
class ImagePages:
    """The frames of an opened image."""

    image: Image.Image

    def draw(self, number: int, *, trust_layer: bool = True) -> Sheet:  # noqa: ARG002 an image has no layer
        """Frame `number` (from 1). Raises UnreadableFile."""
        try:
            with warnings.catch_warnings(action="ignore"):
                self.image.seek(number - 1)
                upright = ImageOps.exif_transpose(self.image)
            upright = _coarse(upright, _dpi_of(upright))
            kind = "L" if upright.mode in BILEVEL_OR_GRAY else "RGB"
            pixels = np.asarray(_on_white(_eight_bits(upright)).convert(kind))
        except DAMAGE as error:
            raise UnreadableFile(f"page {number} is damaged: {error}", "scan the page again") from error
        if pixels.ndim == 3:
            pixels = pixels[:, :, ::-1]
        return _within_dpi(number, np.ascontiguousarray(pixels), _dpi_of(upright))


@dataclass(frozen=True, slots=True)
class JoinedPages:
    """The images of a folder, a page each; each has a resolution, a size and an orientation of its own."""

    source: Source

    def draw(self, number: int, *, trust_layer: bool = True) -> Sheet:  # noqa: ARG002 an image has no layer
        """Page `number` (from 1). Raises UnreadableFile, TooLarge."""
        file = self.source.files[number - 1]
        unfit = dict(self.source.unfit).get(number)
        if unfit == "too-large":
            raise TooLarge(f"page {number} ({file.name}) has too many pixels", "scan it at 300 dpi")
        if unfit is not None:
            raise UnreadableFile(f"page {number} ({file.name}) is damaged", "scan the page again")
        try:
            with Image.open(io.BytesIO(self.source.data[file.start : file.end])) as image:
                sheet = ImagePages(image).draw(file.frame + 1)
        except (UnreadableFile, *DAMAGE) as error:
            raise UnreadableFile(f"page {number} ({file.name}) is damaged: {error}", "scan the page again") from error
        return replace(sheet, number=number)


def _coarse(image: Image.Image, dpi: float) -> Image.Image:
    """Far finer than any engine needs costs memory: a whole number of pixels is taken together first."""
    factor = int(dpi // MAX_DPI)
    if factor < 2 or image.mode in ("1", "P", "PA"):
        return image
    coarse = image.reduce(factor)
    coarse.info["dpi"] = (dpi / factor, dpi / factor)
    return coarse


def _within_dpi(number: int, pixels: np.ndarray, dpi: float) -> Sheet:
    if dpi > MAX_DPI:
        height, width = pixels.shape[:2]
        size = (max(round(width * MAX_DPI / dpi), 1), max(round(height * MAX_DPI / dpi), 1))
        pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
        dpi = MAX_DPI
    return Sheet(number, pixels, dpi, ())


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits a sample brought to eight: Pillow's own conversion would cut them off, and a page would be white."""
    if not image.mode.startswith(("I", "F")):
        return image
    samples = np.nan_to_num(np.asarray(image, dtype=np.float32))
    most = float(samples.max(initial=0.0))
    scale = 1 / 257 if most > 255 else 255.0 if image.mode == "F" and most <= 1 else 1.0
    return Image.fromarray((samples * scale).clip(0, 255).astype(np.uint8))


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image
    rgba = image.convert("RGBA")
    white = Image.new("RGBA", rgba.size, "white")
    return Image.alpha_composite(white, rgba).convert("RGB")


def _dpi_of(image: Image.Image) -> float:
    """The stored resolution where it gives a paper size, else that of an A4 sheet."""
    stored = float(image.info.get("dpi", (0.0, 0.0))[0])
    short = min(image.width, image.height)
    if stored and is_paper(short / stored):
        return stored
    return short / A4_INCHES if short > 600 else DEFAULT_IMAGE_DPI
