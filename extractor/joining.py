"""A folder of images -> those that are the pages of one file, in order, and the bytes of that file."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import struct
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import TooLarge, UnreadableFile
from extractor.ingest import pack_images, read_name
from extractor.writing import printable, safe_name

if TYPE_CHECKING:
    from extractor.settings import IngestSettings

KINDS = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".tif": "tiff", ".tiff": "tiff"}
LARGEST = 256 << 20  # bytes of an image that may be a page among others
LONGEST = 200  # bytes of an image's name in the file
APART = " \t._-–—(["  # between the name of a series and the number of a page
PAGE_WORDS = re.compile(
    r"|(trang|tr|to|page|pages|pg|p|img|image|anh|hinh|dsc|dscn|dscf|pxl|scan|scanned|scanner|ccf|sheet)"
    r"|(img|pxl|vid|cam|scan)?[\s._-]*(19|20)\d{6}([\s._-]*(wa|hdr)?)?"
)
MARKS = str.maketrans("àáạảãờớợởỡ", "a" * 5 + "o" * 5)


@dataclass(frozen=True, slots=True)
class Joined:
    """Images that are one file. `path`: the folder, or a pattern in it where it holds several such files.

    `label`: what tells them apart there, else empty; `stamp`: the same one, the same names, sizes and times.
    """

    path: Path
    label: str
    images: tuple[Path, ...]
    size: int
    stamp: str

    @property
    def name(self) -> str:
        """Of the file."""
        return self.path.absolute().name

    @property
    def folder(self) -> Path:
        """That the images lie in."""
        return self.images[0].parent


@dataclass(frozen=True, slots=True)
class _Image:
    path: Path
    series: str
    number: int
    side: str
    kind: str
    size: int
    changed: int


def find_joined(folder: Path) -> tuple[Joined, ...]:
    """The files that the images of a folder are the pages of.

    Two or more images of one frame whose names differ in a number at their end alone are the pages of one file, unless
    a PDF or a TIFF with several frames has such a name too. Beside other PDFs and such TIFFs, the names must say no
    more than page, photo or scan, or count from 1 without a gap.
    """
    series: dict[str, list[_Image]] = {}
    documents: set[str] = set()
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                found = _look(entry)
                if isinstance(found, _Image):
                    series.setdefault(found.series, []).append(found)
                elif found is not None:
                    documents.add(found)
    except OSError:
        return ()
    groups = [group for name in sorted(series) if name not in documents for group in _by_kind(series[name])]
    groups = [group for group in groups if len(group) > 1 and (not documents or _are_pages(group))]
    return tuple(_join(folder, group, groups) for group in groups)


def _are_pages(group: Sequence[_Image]) -> bool:
    """Whether the names of a series say so: only page, photo or scan, or a count from 1."""
    words = group[0].series.rstrip(APART).translate(MARKS)
    numbers = sorted({one.number for one in group})
    return PAGE_WORDS.fullmatch(words) is not None or numbers == list(range(1, len(numbers) + 1))


def _look(entry: os.DirEntry[str]) -> _Image | str | None:
    """A file as the image of a page; the series of one that is a document for sure; None: neither."""
    stem, suffix = os.path.splitext(entry.name)
    kind = KINDS.get(suffix.lower())
    if entry.name.startswith((".", "~")) or (kind is None and suffix.lower() != ".pdf"):
        return None
    name = read_name(stem)
    try:
        about = entry.stat()
        if kind is None or (kind == "tiff" and stat.S_ISREG(about.st_mode) and _has_frames(entry.path)):
            return name[0] if name is not None else stem
    except OSError:
        return None
    if name is None or not stat.S_ISREG(about.st_mode) or about.st_size > LARGEST:
        return None
    return _Image(Path(entry.path), *name, kind, about.st_size, about.st_mtime_ns)


def _has_frames(path: str) -> bool:
    """Whether a TIFF has more than one frame: its first directory names a second one. Raises OSError."""
    with open(path, "rb") as file:
        head = file.read(8)
        order = {b"II*\0": "<", b"MM\0*": ">"}.get(head[:4])
        if order is None or len(head) < 8:
            return False
        at = struct.unpack(f"{order}I", head[4:])[0]
        file.seek(at)
        count = file.read(2)
        if len(count) < 2:
            return False
        file.seek(at + 2 + 12 * struct.unpack(f"{order}H", count)[0])
        further = file.read(4)
        return len(further) == 4 and further != b"\0\0\0\0"


def _by_kind(series: Sequence[_Image]) -> list[list[_Image]]:
    """Images in order; where a number comes in two kinds, each kind is a copy of the whole, and a file of its own."""
    images = sorted(series, key=lambda one: (one.number, one.side, os.fsencode(one.path)))
    kinds: dict[str, list[_Image]] = {}
    for one in images:
        kinds.setdefault(one.kind, []).append(one)
    numbers = [{(one.number, one.side) for one in group} for group in kinds.values()]
    copied = sum(map(len, numbers)) > len(set().union(*numbers))
    return list(kinds.values()) if copied else [images]


def _join(folder: Path, group: Sequence[_Image], groups: Sequence[Sequence[_Image]]) -> Joined:
    first = group[0]
    digest = hashlib.sha256()
    for one in group:
        digest.update(f"{os.fsencode(one.path.name)!r} {one.size} {one.changed}\n".encode())
    size = sum(one.size for one in group)
    stamp = f"{len(group)}:{size}:{digest.hexdigest()[:16]}"
    images = tuple(one.path for one in group)
    if len(groups) == 1:
        return Joined(folder, "", images, size, stamp)
    stem = first.path.stem.rstrip("abcdABCD)") if first.side or first.path.stem.endswith(")") else first.path.stem
    start = stem.rstrip("0123456789")
    suffixes = sorted({one.path.suffix for one in group})
    pattern = f"{start}*{suffixes[0] if len(suffixes) == 1 else '{' + ','.join(suffixes) + '}'}"
    return Joined(folder / pattern, start.rstrip(APART), images, size, stamp)


def is_page(path: Path) -> bool:
    """Whether a file by its name may be one of the images that are the pages of one file."""
    return path.suffix.lower() in KINDS and read_name(path.stem) is not None


def find_one(path: Path) -> Joined | None:
    """The file that `Joined.path` names, as it is now."""
    folder = path if path.is_dir() else path.parent
    return next((one for one in find_joined(folder) if one.path == path), None)


def read_joined(path: Path, settings: IngestSettings) -> bytes:
    """The file's bytes. Raises UnreadableFile (missing-file), TooLarge."""
    joined = find_one(path)
    if joined is None:
        raise UnreadableFile("the images of the folder are gone", "run again", code="missing-file")
    if joined.size > settings.max_bytes or len(joined.images) > settings.max_pages:
        raise TooLarge(
            f"the folder has {len(joined.images)} images of {joined.size} bytes",
            "use more folders, or raise ingest.max_bytes or ingest.max_pages",
        )
    return b"".join(_pack(joined))


def hash_joined(joined: Joined) -> str:
    """The sha256 of the file's bytes, one image in memory at a time. Raises TooLarge."""
    digest = hashlib.sha256()
    for piece in _pack(joined):
        digest.update(piece)
    return digest.hexdigest()


def _pack(joined: Joined) -> Iterator[bytes]:
    return pack_images((safe_name(printable(one.name), LONGEST), _read_image(one)) for one in joined.images)


def _read_image(path: Path) -> bytes:
    """An image that can't be read is a page without bytes: its place among the others is known."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST)
    except OSError:
        return b""


def join_whole(files: Collection[Path]) -> Iterable[Joined]:
    """The joined files among some that were given: all of whose images were given."""
    counts: dict[Path, int] = {}
    for file in files:
        if file.suffix.lower() in KINDS:
            counts[file.parent] = counts.get(file.parent, 0) + 1
    given = set(files)
    for folder, count in counts.items():
        if count > 1:
            yield from (one for one in find_joined(folder) if given.issuperset(one.images))
