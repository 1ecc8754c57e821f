"""Hostile and broken files, made when they are needed: small code, no binaries."""

from __future__ import annotations

import io
import re
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2 as pdfium
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

SEED = Path(__file__).parents[2] / "fixtures" / "cases" / "seed-digital.pdf"
A4 = (595, 842)


def write(document: pikepdf.Pdf, **options: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **options)
    return out.getvalue()


@cache
def seed_pages(first: int = 2, last: int = 3) -> bytes:
    """Two born-digital pages of a report; none of their objects is packed, so that they can be broken by hand."""
    with pikepdf.open(SEED) as document:
        del document.pages[last:]
        del document.pages[: first - 1]
        return write(document, object_stream_mode=pikepdf.ObjectStreamMode.disable)


@cache
def scan(dpi: int = 150) -> Image.Image:
    """A page of the report as a gray scan."""
    with pdfium.PdfDocument(SEED) as document:
        image: Image.Image = document[1].render(scale=dpi / 72, grayscale=True).to_pil()
        return image.copy()


def encode(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    out = io.BytesIO()
    (image or scan()).save(out, kind, **options)
    return out.getvalue()


def image_pdf(
    data: bytes, kind: str, size: tuple[int, int] | None = None, bits: int = 8, box: tuple[float, ...] = (0, 0, *A4)
) -> bytes:
    """One page that shows one image, coded as `kind`."""
    document = pikepdf.new()
    document.add_blank_page(page_size=A4)
    image = Stream(document, b"")
    image.write(data, filter=Name(f"/{kind}"))
    image.Type, image.Subtype, image.ColorSpace = Name.XObject, Name.Image, Name.DeviceGray
    image.Width, image.Height = size or scan().size
    image.BitsPerComponent = bits
    page = document.pages[0]
    page.Resources = Dictionary(XObject=Dictionary(Im0=image))
    page.Contents = Stream(document, b"q 595 0 0 842 0 0 cm /Im0 Do Q")
    page.MediaBox = Array(box)
    return write(document)


def flate() -> bytes:
    return zlib.compress(scan().tobytes())


def edited(change: Callable[[pikepdf.Pdf], None], data: bytes | None = None, **options: object) -> bytes:
    """The two pages after a change by pikepdf."""
    with pikepdf.open(io.BytesIO(data or seed_pages())) as document:
        change(document)
        return write(document, object_stream_mode=pikepdf.ObjectStreamMode.disable, **options)


def broken_xref() -> bytes:
    return re.sub(rb"startxref\s+\d+", b"startxref\n7", seed_pages())


def xref_loop() -> bytes:
    """The cross-reference table names itself as the one before it."""
    data = seed_pages()
    start = re.findall(rb"startxref\s+(\d+)", data)[-1]
    return data.replace(b"trailer <<", b"trailer << /Prev " + start, 1)


def page_loop() -> bytes:
    """A kid of the page tree is the tree again; both of its pages stand before it."""

    def change(document: pikepdf.Pdf) -> None:
        document.Root.Pages.Kids.append(document.Root.Pages)

    return edited(change)


def wrong_count(count: int) -> bytes:
    return re.sub(rb"/Count 2\b", f"/Count {count}".encode(), seed_pages())


def no_pages() -> bytes:
    return write(pikepdf.new())


def locked(password: str) -> bytes:
    return edited(lambda _: None, encryption=pikepdf.Encryption(user=password, owner="owner", R=6))


def boxed(*box: float) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            page.MediaBox = Array([pikepdf.Object.parse(f"{side:.2f}".encode()) for side in box])
            if "/CropBox" in page:
                del page.CropBox

    return edited(change)


def content_bomb(megabytes: int = 600) -> bytes:
    """A page whose content is hundreds of megabytes of nothing, packed small."""
    packer = zlib.compressobj(9)
    block = b"0 0 m\n" * 170_000
    data = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    document = pikepdf.new()
    document.add_blank_page(page_size=A4)
    document.pages[0].Contents = Stream(document, b"")
    document.pages[0].Contents.write(data, filter=Name.FlateDecode)
    return write(document)


def slow_page() -> bytes:
    """The first page draws for hours: patterns within patterns. The second is a page of the report."""

    def change(document: pikepdf.Pdf) -> None:
        form = Stream(document, b"0 0 1 1 re f")
        for _ in range(9):
            outer = Stream(document, b"q /F Do Q " * 24)
            for one in (form,):
                one.Type, one.Subtype, one.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 900])
            outer.Resources = Dictionary(XObject=Dictionary(F=form))
            form = outer
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 900])
        page = document.pages[0]
        page.Resources = Dictionary(XObject=Dictionary(F=form))
        page.Contents = Stream(document, b"/F Do " * 24)

    return edited(change)


def scripted() -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        script = Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.launchURL('file:///tmp/ran')"))
        document.Root.OpenAction = script
        document.attachments["note.txt"] = b"attached"

    return edited(change)


def xfa(*, placeholder: bool) -> bytes:
    def change(document: pikepdf.Pdf) -> None:
        document.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Stream(document, b"<xdp:xdp/>"))
        document.Root.NeedsRendering = placeholder

    return edited(change)


def form_field(value: str) -> bytes:
    """A page of the report with a text field that has a value and an appearance of its own."""

    def change(document: pikepdf.Pdf) -> None:
        look = Stream(document, f"BT /Helv 40 Tf 2 10 Td ({value}) Tj ET".encode())
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 300, 50])
        look.Resources = Dictionary(Font=Dictionary(Helv=font))
        field = document.make_indirect(
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Widget,
                FT=Name.Tx,
                T=pikepdf.String("f"),
                V=pikepdf.String(value),
                F=4,
                Rect=Array([100, 20, 400, 70]),
                AP=Dictionary(N=look),
            )
        )
        document.pages[0].Annots = Array([field])
        document.Root.AcroForm = Dictionary(Fields=Array([field]))

    return edited(change)


def old_font(name: str) -> bytes:
    """The two pages with their fonts renamed to one of the days before Unicode."""

    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            for font in page.Resources.Font.values():
                font.BaseFont = Name(f"/{name}")
                for inner in font.get("/DescendantFonts", []):
                    inner.BaseFont = Name(f"/{name}")

    return edited(change)


def mojibake() -> bytes:
    """Text of a TCVN3 font that a converter renamed: its letters come as Latin ones."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for line in range(30):
        canvas.drawString(60, 800 - 24 * line, "Sè hå s¬ tiÕp nhËn qua dÞch vô b­u chÝnh c«ng Ých: 1.234")
    canvas.save()
    return out.getvalue()


def png(width: int, height: int, rows: int) -> bytes:
    """A PNG that claims a size; its data hold `rows` black rows, packed small."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(bytes(width + 1)) for _ in range(rows)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def tiff(width: int, height: int, *, loop: bool = False) -> bytes:
    """A TIFF that claims a size and has one byte of it; with `loop`, its directory names itself as the next."""
    tags = [(256, 4, width), (257, 4, height), (258, 3, 1), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 4, height)]
    tags.append((279, 4, 1))
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return b"II*\0" + struct.pack("<IB3x", 12, 0) + struct.pack("<H", len(tags)) + body + struct.pack("<I", 12 * loop)


def deep_gray_png() -> bytes:
    """Sixteen bits a sample, as some scanners write."""
    samples = (np.asarray(scan()).astype(np.uint16) * 257).copy()
    return encode("PNG", Image.fromarray(samples))
