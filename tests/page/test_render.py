"""Scanned pages -> their pixels as they are, neither blurred nor a pixel wider."""

from __future__ import annotations

import io

import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest

from extractor.ingest import open_bytes
from extractor.page import open_pages
from extractor.page.layer import read_layer
from extractor.settings import load_settings


def make_pdf(
    pixels: np.ndarray,
    points: tuple[float, float],
    turned: int = 0,
    margin: float = 0.0,
    *,
    about: dict[str, object] | None = None,
    mask: np.ndarray | None = None,
    after: str = "",
) -> bytes:
    """A page with one grey image, uint8 (H, W), over all of it, or within a margin of so many points.

    `about`: more of the image's dictionary; `mask`: how opaque it is, uint8 (H, W); `after`: content drawn over it.
    """
    pdf = pikepdf.new()
    height, width = pixels.shape
    image = pdf.make_stream(pixels.tobytes())
    image.stream_dict = pikepdf.Dictionary(
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=width,
        Height=height,
        ColorSpace=pikepdf.Name.DeviceGray,
        BitsPerComponent=8,
    )
    for key, value in (about or {}).items():
        image.stream_dict[key] = value
    if mask is not None:
        image.stream_dict["/SMask"] = pdf.make_stream(mask.tobytes())
        image.stream_dict["/SMask"].stream_dict = pikepdf.Dictionary(
            {key: value for key, value in image.stream_dict.items() if key != "/SMask"}
        )
    wide, high = (side - 2 * margin for side in points)
    page = pikepdf.Page(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, *points],
            Rotate=turned,
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image)),
            Contents=pdf.make_stream(f"q {wide} 0 0 {high} {margin} {margin} cm /Im Do Q {after}".encode()),
        )
    )
    pdf.pages.append(page)
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def draw(data: bytes) -> np.ndarray:
    settings = load_settings(environ={})
    source = open_bytes(data, "scan.pdf", settings.ingest)
    with open_pages(source, settings) as reader:
        return reader.draw(1).pixels


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize(
    ("size", "points"),
    [
        ((1654, 2339), (595.44, 842.04)),
        ((1655, 2341), (595.44, 842.04)),
        ((1654, 2339), (595.28, 841.89)),
        ((1700, 2200), (612, 792)),
    ],
)
def test_a_scan_is_drawn_pixel_by_pixel(size: tuple[int, int], points: tuple[float, float], turned: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, size[::-1], dtype=np.uint8)
    assert np.array_equal(draw(make_pdf(pixels, points, turned)), np.rot90(pixels, -turned // 90))


def test_a_scan_within_a_margin_keeps_its_resolution() -> None:
    pixels = np.full((2339, 1654), 255, np.uint8)
    pixels[::7] = 0
    drawn = draw(make_pdf(pixels, (695.44, 942.04), margin=50.0))
    assert drawn.shape == pytest.approx((2617, 1932), abs=2)


GREY = np.full((2339, 1654), 100, np.uint8)


def test_what_is_drawn_over_a_scan_is_seen() -> None:
    drawn = draw(make_pdf(GREY, (595.44, 842.04), after="0 g 0 0 300 842 re f"))
    assert (drawn[1000, 100], drawn[1000, -100]) == (0, 100)


def test_a_mask_hides_its_part_of_a_scan() -> None:
    mask = np.zeros_like(GREY)
    mask[:, 900:] = 255
    drawn = draw(make_pdf(GREY, (595.44, 842.04), mask=mask))
    assert (drawn[1000, 100], drawn[1000, -100]) == (255, 100)


def test_a_negative_is_drawn_as_a_viewer_shows_it() -> None:
    drawn = draw(make_pdf(GREY, (595.44, 842.04), about={"/Decode": [1, 0]}))
    assert drawn[1000, 100] == 155


def test_the_pixels_of_a_plain_scan_are_taken_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(pdfium.PdfPage, "render")
    pixels = np.random.default_rng(1).integers(0, 256, (2339, 1654), dtype=np.uint8)
    assert np.array_equal(draw(make_pdf(pixels, (595.44, 842.04))), pixels)


def test_a_hyphen_in_which_a_line_of_a_text_layer_ends_is_printed() -> None:
    """PDFium makes a sign of its own of it, to join the word, and the address lost it."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(300, 200))
        page = pdf.pages[0]
        page.Contents = pdf.make_stream(b"BT /F1 12 Tf 20 TL 40 150 Td (chuyenmuc/cai-) Tj T* (cach-hanh-chinh) Tj ET")
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        pdf.save(data := io.BytesIO())
    document = pdfium.PdfDocument(data.getvalue())
    assert [word.text for word in read_layer(document[0], 2.0).words] == ["chuyenmuc/cai-", "cach-hanh-chinh"]
