"""A path -> Source: what kind of file it is, how many pages it has, its sha256."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import time
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PIL import Image

from extractor.errors import DocumentError, TooLarge, UnreadableFile
from extractor.ingest.bundle import HEAD_SIGN, find_lost, unpack_images
from extractor.ingest.pdf import open_pdf
from extractor.records import PageFile, Source
from extractor.settings import IngestSettings

PDF_HEAD_BYTES = 1024  # readers accept junk before %PDF- within the first kilobyte
IMAGE_TYPES = {"TIFF": "image/tiff", "PNG": "image/png", "JPEG": "image/jpeg", "MPO": "image/jpeg"}
READ_ATTEMPTS, REST_SECONDS = 5, 0.5  # for a file that is still being written
IMAGE_STARTS = (b"II*\0", b"MM\0*", b"\x89PNG", b"\xff\xd8\xff")
FORMATS = tuple(IMAGE_TYPES)
SUFFIXES = (".pdf", ".tif", ".tiff", ".png", ".jpg", ".jpeg")


def open_source(path: Path, settings: IngestSettings) -> Source:
    """Open one report.

    Raises UnreadableFile (missing, empty, of another kind, truncated beyond repair), EncryptedFile or TooLarge.
    """
    return open_bytes(read_file(path, settings), path.name, settings)


def open_bytes(data: bytes, name: str, settings: IngestSettings) -> Source:
    """Open a report whose bytes are at hand: what is read is then what was hashed, whatever happens to the file."""
    name = unicodedata.normalize("NFC", name)
    if not data:
        raise UnreadableFile("the file is empty", "copy or scan it again", code="empty-file")
    sha256 = hashlib.sha256(data).hexdigest()
    if (files := unpack_images(data)) is not None:
        return _open_joined(Source(name, sha256, "application/zip", 0, data), files, settings)
    if b"%PDF-" in data[:PDF_HEAD_BYTES]:
        opened = open_pdf(data, settings)
        about = (opened.notes, opened.unfit, (), opened.plain)
        return Source(name, sha256, "application/pdf", opened.page_count, opened.data, *about)
    if data.startswith(HEAD_SIGN):
        raise UnreadableFile("this is a packed archive", "unpack it and give the folder", code="not-a-document")
    media_type, page_count = _sniff_image(data, settings)
    return Source(name, sha256, media_type, page_count, data)


def _open_joined(source: Source, files: Sequence[PageFile], settings: IngestSettings) -> Source:
    """Images of a folder as pages; one that can't be opened is a page that can't be read."""
    if len(source.data) > settings.max_bytes:
        raise TooLarge(
            f"the images have {len(source.data)} bytes together", "use more folders, or raise ingest.max_bytes"
        )
    pages: list[PageFile] = []
    unfit = []
    for file in files:
        frames = 1
        try:
            _, frames = _sniff_image(source.data[file.start : file.end], settings)
        except DocumentError as error:
            unfit.append((len(pages) + 1, "too-large" if isinstance(error, TooLarge) else "unreadable-file"))
        pages += [replace(file, frame=frame) for frame in range(frames)]
        if len(pages) > settings.max_pages:
            raise TooLarge(f"the folder has {len(files)} images", "use more folders, or raise ingest.max_pages")
    lost = find_lost([file.name for file in files])
    notes = ("joined-images", *([f"missing-image:{', '.join(map(str, lost))}"] if lost else []))
    return replace(source, page_count=len(pages), notes=notes, unfit=tuple(unfit), files=tuple(pages))


def read_file(path: Path, settings: IngestSettings) -> bytes:
    """The whole file, read once and at rest. Raises UnreadableFile (missing-file, changed-file), TooLarge."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableFile("this is not a file", "give a PDF, TIFF, PNG or JPEG file", code="missing-file")
        for _ in range(READ_ATTEMPTS):
            data = _read_at_rest(path, settings)
            if data is not None:
                return data
            time.sleep(REST_SECONDS)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UnreadableFile(
            f"the file cannot be read: {why}", "check the path and its permissions", code="missing-file"
        ) from error
    raise UnreadableFile("the file keeps changing", "extract it when it is complete", code="changed-file")


def _read_at_rest(path: Path, settings: IngestSettings) -> bytes | None:
    """The bytes, or None where the file changed meanwhile."""
    with path.open("rb") as file:
        before = os.fstat(file.fileno())
        if before.st_size > settings.max_bytes:
            raise TooLarge(f"the file has {before.st_size} bytes", "split the file, or raise ingest.max_bytes")
        data = file.read(settings.max_bytes + 1)
        after = os.fstat(file.fileno())
    at_rest = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
    return data if at_rest and len(data) == after.st_size else None


def _sniff_image(data: bytes, settings: IngestSettings) -> tuple[str, int]:
    Image.MAX_IMAGE_PIXELS = None  # our own limit below speaks for itself
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=FORMATS) as image:
            media_type = IMAGE_TYPES[image.format or ""]
            count = getattr(image, "n_frames", 1)
            # a phone's MPO holds a preview besides the photo
            page_count = count if image.format == "TIFF" else 1
            for frame in range(min(page_count, settings.max_pages + 1)):
                image.seek(frame)
                _check_pixels(image.width * image.height, settings)
    except TooLarge:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, OverflowError, struct.error) as error:
        if data.startswith(IMAGE_STARTS):
            raise UnreadableFile("the image is damaged", "copy or scan it again") from error
        raise UnreadableFile(
            "this is not a PDF, TIFF, PNG or JPEG file", "scan or export it as PDF", code="not-a-document"
        ) from error
    if page_count > settings.max_pages:
        raise TooLarge(f"the file has {page_count} pages", "split the file, or raise ingest.max_pages")
    return media_type, page_count


def _check_pixels(pixels: int, settings: IngestSettings) -> None:
    if pixels > settings.max_pixels:
        raise TooLarge(f"a page has {pixels} pixels", "scan at 300 dpi, or raise ingest.max_pixels")
