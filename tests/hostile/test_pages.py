"""Hostile files, opened and drawn: every page is in the pixels, or is unread and says why; none is blank by fault."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Callable

import numpy as np
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from extractor.errors import DocumentError
from extractor.ingest import open_bytes
from extractor.page import open_pages
from extractor.records import Source
from extractor.settings import load_settings
from tests.hostile import makers as make

SETTINGS = load_settings(environ={})
Seen = list[str | tuple[str, ...]]


def look(data: bytes) -> tuple[Source, Seen]:
    """The opened file, and of each page its notes, or the code of the error."""
    source = open_bytes(data, "report.pdf", SETTINGS.ingest)
    seen: Seen = []
    with open_pages(source, SETTINGS) as reader:
        for number in range(1, source.page_count + 1):
            try:
                sheet = reader.draw(number)
            except DocumentError as error:
                seen.append(error.code)
            else:
                assert sheet.pixels.max() > sheet.pixels.min()
                seen.append(sheet.notes)
    return source, seen


@pytest.mark.parametrize(
    ("maker", "notes"),
    [
        (make.seed_pages, ()),
        (make.broken_xref, ("repaired-file",)),
        (make.xref_loop, ()),
        (make.page_loop, ("wrong-page-count",)),
        (lambda: make.wrong_count(1), ("wrong-page-count",)),
        (lambda: make.wrong_count(9), ("wrong-page-count",)),
        (lambda: make.wrong_count(-3), ("wrong-page-count",)),
        (lambda: make.locked(""), ()),
        (make.scripted, ("attachments", "javascript")),
        (lambda: make.xfa(placeholder=False), ("xfa",)),
    ],
)
def test_every_page_is_found_and_what_was_odd_is_said(maker: Callable[[], bytes], notes: tuple[str, ...]) -> None:
    source, seen = look(maker())
    assert seen == [(), ()]
    assert set(notes) <= set(source.notes)
    assert notes or not source.notes or source.notes == ("repaired-file",)


@pytest.mark.parametrize(
    ("maker", "code"),
    [
        (lambda: b"", "empty-file"),
        (make.no_pages, "no-pages"),
        (lambda: make.seed_pages()[:900], "damaged-pdf"),
        (lambda: make.locked("secret"), "encrypted"),
        (lambda: make.xfa(placeholder=True), "xfa-form"),
        (lambda: make.png(20_000, 20_000, 10), "too-large"),
        (lambda: make.tiff(20_000, 20_000), "too-large"),
        (lambda: b"%!PS not a report", "not-a-document"),
        (lambda: b"\x89PNG\r\n\x1a\nbroken", "unreadable-file"),
        (lambda: b"II*\0broken", "unreadable-file"),
    ],
)
def test_what_can_not_be_opened_says_why(maker: Callable[[], bytes], code: str) -> None:
    with pytest.raises(DocumentError) as failed:
        look(maker())
    assert failed.value.code == code


def test_an_empty_file_after_a_locked_one_is_not_taken_for_locked() -> None:
    for data, code in ((make.locked("secret"), "encrypted"), (make.no_pages(), "no-pages")):
        with pytest.raises(DocumentError) as failed:
            look(data)
        assert failed.value.code == code


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((0, 0, 0, 0), ()),
        ((595, 842, 0, 0), ()),
        ((0, 0, 1_000_000, 1_000_000), "undrawn-page"),
        ((-900, -900, -100, -100), "undrawn-page"),
        ((0, 0, 1, 1), "undrawn-page"),
        ((0, 0, 10, 100_000), "too-large"),
    ],
)
def test_absurd_page_boxes(box: tuple[float, ...], expected: str | tuple[str, ...]) -> None:
    assert look(make.boxed(*box))[1] == [expected, expected]


def test_a_page_whose_visible_part_is_empty_is_unread() -> None:
    def change(document: Pdf) -> None:
        document.pages[0].CropBox = Array([595.28, 841.89, 1000, 1000])

    assert look(make.edited(change))[1][0] == "undrawn-page"


def test_a_page_of_a_pixel_a_point_is_drawn_as_a_sheet() -> None:
    scan = make.scan()
    data = make.image_pdf(make.encode("JPEG"), "DCTDecode", box=(0, 0, *make.A4))
    source = open_bytes(data, "a.pdf", SETTINGS.ingest)
    with open_pages(source, SETTINGS) as reader:
        usual = reader.draw(1)
    assert abs(usual.pixels.shape[0] - scan.height) <= 2
    assert usual.notes == ()


@pytest.mark.parametrize(
    ("maker", "expected"),
    [
        (lambda: make.image_pdf(make.encode("JPEG2000"), "JPXDecode"), ()),
        (lambda: make.image_pdf(make.encode("JPEG2000")[:9_000], "JPXDecode"), "undrawn-page"),
        (lambda: make.image_pdf(make.encode("JPEG2000", make.scan().convert("RGB")), "JPXDecode"), ("decoded-apart",)),
        (lambda: make.image_pdf(make.encode("JPEG2000"), "JPXDecode", (600, 800)), ("decoded-apart",)),
        (lambda: make.image_pdf(b"x" * 5_000, "JBIG2Decode", bits=1), "undrawn-page"),
        (lambda: make.image_pdf(b"\xff\xd8" + b"x" * 5_000, "DCTDecode"), "undrawn-page"),
        (lambda: make.image_pdf(make.encode("JPEG")[:-60_000], "DCTDecode"), "undrawn-page"),
        (lambda: make.image_pdf(make.encode("JPEG"), "DCTDecode"), ()),
        (lambda: make.image_pdf(make.flate(), "FlateDecode"), ()),
        (lambda: make.image_pdf(make.flate()[: len(make.flate()) // 2], "FlateDecode"), "undrawn-page"),
        (lambda: make.image_pdf(b"xx" + make.flate(), "FlateDecode"), "undrawn-page"),
        (lambda: make.image_pdf(make.flate(), "FlateDecode", (20_000, 20_000), 1), "too-large"),
    ],
)
def test_an_image_is_drawn_whole_or_the_page_is_unread(
    maker: Callable[[], bytes], expected: str | tuple[str, ...]
) -> None:
    assert look(maker())[1] == [expected]


def test_an_image_decoded_apart_shows_what_it_shows() -> None:
    pages = []
    for image in (make.scan(), make.scan().convert("RGB")):
        data = make.image_pdf(make.encode("JPEG2000", image), "JPXDecode")
        with open_pages(open_bytes(data, "a.pdf", SETTINGS.ingest), SETTINGS) as reader:
            pixels = reader.draw(1).pixels
            pages.append(pixels if pixels.ndim == 2 else pixels[:, :, 0])
    assert float(np.abs(pages[0].astype(int) - pages[1].astype(int)).mean()) < 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", None),
        (b"q Q", None),
        (b"1 1 1 rg 0 0 600 900 re f", None),
        (b"q /Im9 Do Q", "undrawn-page"),
    ],
)
def test_a_blank_page_is_blank_only_where_nothing_should_be_seen(content: bytes, expected: str | None) -> None:
    def change(document: Pdf) -> None:
        page = document.pages[0]
        page.Contents = Stream(document, content)
        page.Resources = Dictionary()

    source = open_bytes(make.edited(change), "a.pdf", SETTINGS.ingest)
    code = None
    with open_pages(source, SETTINGS) as reader:
        try:
            assert reader.draw(1).pixels.min() > 250
        except DocumentError as error:
            code = error.code
    assert code == expected


def test_a_page_of_a_damaged_file_whose_content_is_lost_is_unread() -> None:
    def damage(document: Pdf) -> None:
        document.pages[1].Contents = document.make_indirect(Stream(document, b"0 0 m"))

    data = make.edited(damage, compress_streams=False)
    lost = re.sub(rb"(\d+) 0 obj\n<< /Length 5 >>", b"9999 0 obj\n<< /Length 5 >>", data)
    assert lost != data
    source, seen = look(lost)
    assert source.notes == ("repaired-file",)
    assert seen == [(), "undrawn-page"]


def test_a_page_whose_content_does_not_unpack_is_unread() -> None:
    def damage(document: Pdf) -> None:
        content = document.pages[0].Contents.read_bytes()
        packed = bytearray(zlib.compress(content))
        packed[len(packed) // 2] ^= 0x55
        document.pages[0].Contents.write(bytes(packed), filter=Name.FlateDecode)
        document.pages[1].Contents.write(zlib.compress(content)[:-900], filter=Name.FlateDecode)

    assert look(make.edited(damage, compress_streams=False))[1] == ["undrawn-page", "undrawn-page"]


@pytest.mark.parametrize("name", [".VnTime", ".VnArialH", "VNI-Times", "ABCDEF+.VnTime"])
def test_a_layer_in_a_legacy_font_is_not_trusted(name: str) -> None:
    source = open_bytes(make.old_font(name), "a.pdf", SETTINGS.ingest)
    with open_pages(source, SETTINGS) as reader:
        sheet = reader.draw(1)
    assert sheet.words == ()
    assert sheet.notes == ("legacy-layer",)


def test_letters_of_a_legacy_encoding_are_not_trusted_whatever_the_font_is_called() -> None:
    with open_pages(open_bytes(make.mojibake(), "a.pdf", SETTINGS.ingest), SETTINGS) as reader:
        assert reader.draw(1).notes == ("legacy-layer",)


def test_what_a_form_field_shows_is_drawn() -> None:
    pages = []
    for value in ("1.234", " "):
        with open_pages(open_bytes(make.form_field(value), "a.pdf", SETTINGS.ingest), SETTINGS) as reader:
            pages.append(reader.draw(1).pixels)
    differing = np.argwhere(np.abs(pages[0].astype(int) - pages[1].astype(int)).max(axis=2) > 60)
    height = pages[0].shape[0]
    assert len(differing) > 200
    assert differing[:, 0].min() > height * (1 - 75 / 842)


def test_sixteen_bits_a_sample_are_not_a_white_page() -> None:
    plain, deep = make.encode("PNG"), make.deep_gray_png()
    sheets = []
    for data in (plain, deep):
        with open_pages(open_bytes(data, "a.png", SETTINGS.ingest), SETTINGS) as reader:
            sheets.append(reader.draw(1).pixels)
    assert np.array_equal(sheets[0], sheets[1])


def test_a_tiff_whose_directories_run_in_a_circle_ends() -> None:
    out = io.BytesIO()
    make.scan().save(out, "TIFF")
    source = open_bytes(make.tiff(100, 100, loop=True), "a.tif", SETTINGS.ingest)
    assert source.page_count == 1
    with open_pages(source, SETTINGS) as reader, pytest.raises(DocumentError):
        reader.draw(1)
