"""Images of a folder <-> one file that holds them as pages: a ZIP of unpacked members, always of the same bytes."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from extractor.errors import TooLarge

if TYPE_CHECKING:
    from extractor.records import PageFile

HEAD, ENTRY, END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")
HEAD_SIGN, ENTRY_SIGN, END_SIGN = b"PK\3\4", b"PK\1\2", b"PK\5\6"
MARK = b"extractor: images of a folder, 1"  # the comment of the archive
VERSION, UTF8, STORED, MIDNIGHT, FIRST_DAY = 20, 1 << 11, 0, 0, 33  # the first day that a ZIP can tell
MOST_MEMBERS, MOST_BYTES = (1 << 16) - 1, (1 << 32) - 1
MOST_LOST = 20  # numbers that may lack: beyond them they are no count of pages
NUMBERED = re.compile(r"(?P<series>.*?)(?P<number>\d{1,18})\)?(?P<side>[a-d]?)")

Name = tuple[str, int, str]
"""Series, number and side that the name of a page's image tells: `Trang-12b` -> ("trang-", 12, "b")."""


def read_name(stem: str) -> Name | None:
    """What an image's name without suffix tells, or None where it does not end in a number."""
    match = NUMBERED.fullmatch(unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold()).strip())
    return (match["series"], int(match["number"]), match["side"]) if match else None


def find_lost(names: Sequence[str]) -> tuple[int, ...]:
    """Numbers that the names (with suffix) of a series leave out; none where they don't count pages."""
    told = [read_name(name.rpartition(".")[0]) for name in names]
    numbers = {one[1] for one in told if one is not None}
    if len(numbers) < 2 or len({one[0] for one in told if one is not None}) > 1:
        return ()
    first = 1 if min(numbers) == 2 else min(numbers)
    if max(numbers) - first > len(numbers) + MOST_LOST:
        return ()
    return tuple(sorted(set(range(first, max(numbers))) - numbers))


def pack_images(images: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """(name, bytes) in the order of pages -> the file, piece by piece. Raises TooLarge."""
    entries: list[bytes] = []
    at = 0
    for number, (name, data) in enumerate(images, start=1):
        inner, crc = f"{number:04d}-{name}".encode(), zlib.crc32(data)
        if number > MOST_MEMBERS or at + len(data) > MOST_BYTES:
            raise TooLarge("the images of the folder are too many or too large", "put fewer into one folder")
        head = _head(inner, crc, len(data))
        entries.append(_entry(inner, crc, len(data), at))
        yield head
        yield data
        at += len(head) + len(data)
    yield _directory(entries, at)


def unpack_images(data: bytes) -> tuple[PageFile, ...] | None:
    """Where each image lies, or None: this is not exactly what `pack_images` writes, so no other ZIP is ever opened."""
    if not data.startswith(HEAD_SIGN) or not data.endswith(MARK):
        return None
    from extractor.records import PageFile  # brings NumPy, which the command line's help does without

    files: list[PageFile] = []
    entries: list[bytes] = []
    at, view = 0, memoryview(data)
    while data[at : at + 4] == HEAD_SIGN and at + HEAD.size <= len(data):
        *_, crc, _, size, name_bytes, _ = HEAD.unpack_from(data, at)
        start = at + HEAD.size + name_bytes
        inner, end = data[at + HEAD.size : start], start + size
        if end > len(data) or zlib.crc32(view[start:end]) != crc or data[at:start] != _head(inner, crc, size):
            return None
        try:
            name = unicodedata.normalize("NFC", inner.decode()).partition("-")[2]
        except UnicodeDecodeError:
            return None
        files.append(PageFile(name, start, end))
        entries.append(_entry(inner, crc, size, at))
        at = end
    return tuple(files) if data[at:] == _directory(entries, at) else None


def _head(name: bytes, crc: int, size: int) -> bytes:
    fixed = (HEAD_SIGN, VERSION, UTF8, STORED, MIDNIGHT, FIRST_DAY)
    return HEAD.pack(*fixed, crc, size, size, len(name), 0) + name


def _entry(name: bytes, crc: int, size: int, at: int) -> bytes:
    fixed = (ENTRY_SIGN, VERSION, VERSION, UTF8, STORED, MIDNIGHT, FIRST_DAY)
    return ENTRY.pack(*fixed, crc, size, size, len(name), 0, 0, 0, 0, 0, at) + name


def _directory(entries: Sequence[bytes], at: int) -> bytes:
    size, count = sum(map(len, entries)), len(entries)
    return b"".join(entries) + END.pack(END_SIGN, 0, 0, count, count, size, at, len(MARK)) + MARK
