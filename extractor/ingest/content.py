"""Pages of a PDF -> those that would show less than they hold, cut, damaged or beyond measure; and the plain scans."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

import pikepdf

from extractor.ingest.inside import Inherited

MOST_BYTES = 64 << 20  # of one page's content, unpacked: a dense drawing takes a tenth
PIECE = 1 << 20
ADLER_BYTES = 4
MOST_PLAIN = 400  # bytes of content that only draws an image
PLAIN_STEPS = frozenset({"q", "cm", "Do", "Q"})
PLAIN_FILTERS = (None, "/DCTDecode", "/FlateDecode")
PLAIN_COLOURS = (pikepdf.Name.DeviceGray, pikepdf.Name.DeviceRGB)
NOT_PLAIN = ("/SMask", "/Mask", "/ImageMask", "/Decode", "/SMaskInData", "/OC")
FAULTS = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError)


def find_unfit(pages: Sequence[tuple[pikepdf.Object, Inherited]], *, repaired: bool) -> tuple[tuple[int, str], ...]:
    """(page, code): `undrawn-page` or `too-large`. `repaired`: a page without content has lost it."""
    found = ((number, _fault(page, inherited, repaired)) for number, (page, inherited) in enumerate(pages, start=1))
    return tuple((number, code) for number, code in found if code)


def find_plain(pages: Sequence[tuple[pikepdf.Object, Inherited]]) -> tuple[int, ...]:
    """The pages that show one opaque image of plain grey or colours and nothing else, wherever it lies on them."""
    return tuple(number for number, (page, inherited) in enumerate(pages, start=1) if _is_plain(page, inherited))


def _is_plain(page: pikepdf.Object, inherited: Inherited) -> bool:
    try:
        resources = page.get("/Resources", inherited.get("/Resources"))
        if "/Annots" in page or "/ColorSpace" in resources or len(resources.get("/XObject", {})) != 1:
            return False
        (image,) = resources.XObject.values()
        if image.get("/Subtype") != pikepdf.Name.Image or any(key in image for key in NOT_PLAIN):
            return False
        filters = image.get("/Filter")
        names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [filters and str(filters)]
        if len(names) != 1 or names[0] not in PLAIN_FILTERS:
            return False
        if image.get("/BitsPerComponent") != 8 or image.get("/ColorSpace") not in PLAIN_COLOURS:
            return False
        if sum(len(stream.read_bytes()) for stream in _streams(page)) > MOST_PLAIN:
            return False
        steps = [str(step.operator) for step in pikepdf.parse_content_stream(page)]
    except FAULTS:
        return False
    return steps.count("Do") == 1 and PLAIN_STEPS.issuperset(steps)


def _fault(page: pikepdf.Object, inherited: Inherited, repaired: bool) -> str:
    streams = list(_streams(page))
    if repaired and (not streams or _names_lost_images(page, inherited)):
        return "undrawn-page"
    try:
        sizes = [_measure(stream) for stream in streams]
    except (zlib.error, pikepdf.PdfError, RuntimeError, ValueError):
        return "undrawn-page"
    return "too-large" if sum(sizes) > MOST_BYTES else ""


def _streams(page: pikepdf.Object) -> Iterator[pikepdf.Stream]:
    contents = page.get("/Contents")
    for part in contents if isinstance(contents, pikepdf.Array) else (contents,):
        if isinstance(part, pikepdf.Stream):
            yield part


def _measure(stream: pikepdf.Stream) -> int:
    """Bytes that the stream unpacks to, 0 where it is not packed by Flate alone. Raises zlib.error where it is cut."""
    filters = stream.get("/Filter")
    names = [str(name) for name in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names not in (["/FlateDecode"], ["/Fl"]):
        return 0
    data = bytes(stream.read_raw_bytes()).lstrip(b"\r\n")
    if not data:
        return 0
    unpacker, size, adler = zlib.decompressobj(-zlib.MAX_WBITS), 0, 1
    rest = data[2:]  # the head of the format
    while not unpacker.eof and size <= MOST_BYTES:
        piece = unpacker.decompress(rest, PIECE)
        rest = unpacker.unconsumed_tail
        if not piece and not rest and not unpacker.eof:
            raise zlib.error("the stream is cut")
        size, adler = size + len(piece), zlib.adler32(piece, adler)
    told = unpacker.unused_data[:ADLER_BYTES]
    if unpacker.eof and len(told) == ADLER_BYTES and int.from_bytes(told, "big") != adler:
        raise zlib.error("the stream is not what was written")
    return size


def _names_lost_images(page: pikepdf.Object, inherited: Inherited) -> bool:
    """Whether the content of a repaired file draws what is not in it any more."""
    resources = page.get("/Resources", inherited.get("/Resources"))
    held = resources.get("/XObject", {}) if isinstance(resources, pikepdf.Dictionary) else {}
    try:
        steps = pikepdf.parse_content_stream(page, operators="Do")
    except FAULTS:
        return True
    return any(str(step.operands[0]) not in held for step in steps if step.operands)
