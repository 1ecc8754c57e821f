"""A watched folder -> files that have come to rest: whole, closed by who wrote them, and not taken before."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import stat
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from extractor.bulk.archive import is_apart
from extractor.bulk.shelves import Shelf, find_shelf
from extractor.cli.inputs import SUFFIXES, hash_file, name_joined
from extractor.errors import TooLarge
from extractor.joining import Joined, find_one, hash_joined, is_page, join_whole
from extractor.settings import WatchSettings
from extractor.store import Found

TAIL_BYTES = 2048
ENDS = {
    ".pdf": (b"%%EOF",),
    ".png": (b"IEND",),
    ".jpg": (b"\xff\xd9",),
    ".jpeg": (b"\xff\xd9",),
}  # what the last bytes of a whole file hold
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".filepart", ".download")


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file at rest. `target`: of its JSON; `stamp`: size and time of change; `joined`: images that are the file.

    `shelf`: box and folder of the paper.
    """

    path: str
    target: str
    stamp: str
    shelf: Shelf = (None, None)
    joined: Joined | None = None


@dataclass(slots=True)
class Arrivals:
    """Looks at folders again and again: shares of a network tell nobody what is new. `join`: images of a folder."""

    folders: tuple[Path, ...]
    settings: WatchSettings
    join: bool = True
    _seen: dict[str, tuple[str, float]] = field(default_factory=dict)  # path -> (stamp, since when)

    def find(self, known: Mapping[str, tuple[str, str]]) -> list[Arrival]:
        """Files that are whole now. `known`: path -> (stamp, ...) of those that were taken."""
        now, here, whole = time.monotonic(), {}, []
        for folder in self.folders:
            files = dict(_walk(str(folder)))
            joined = [one for one in join_whole(list(map(Path, files))) if self.join and not is_apart(one, known)]
            pages = {str(image) for one in joined for image in one.images}
            stamps = {path: f"{about.st_size}:{about.st_mtime_ns}" for path, about in files.items()}
            for path, stamp in (stamps | {str(one.path): one.stamp for one in joined}).items():
                before = self._seen.get(path)
                here[path] = (stamp, before[1] if before is not None and before[0] == stamp else now)
            whole += [self._arrive(folder, Path(path), stamps[path]) for path in files if path not in pages]
            whole += [self._arrive_joined(folder, one) for one in joined]
        self._seen = here
        return [
            one
            for one in whole
            if (one.path not in known or known[one.path][0] != one.stamp) and self._is_at_rest(one, now)
        ]

    def _arrive(self, folder: Path, path: Path, stamp: str) -> Arrival:
        target = path.relative_to(folder).with_suffix("").as_posix()
        return Arrival(str(path), target, stamp, find_shelf(path, [folder]))

    def _arrive_joined(self, folder: Path, one: Joined) -> Arrival:
        target = name_joined(one, one.folder.relative_to(folder)).as_posix()
        return Arrival(str(one.path), target, one.stamp, find_shelf(one.images[0], [folder]), one)

    def _is_at_rest(self, one: Arrival, now: float) -> bool:
        rested = now - self._seen[one.path][1]
        if one.joined is not None:  # one page after the other comes, and nothing says that one was the last
            if rested < self.settings.folder_seconds:
                return False
            images = map(str, one.joined.images)
            return all(self._is_whole(image, now - self._seen[image][1]) for image in images)
        may_be_first = self.join and is_page(Path(one.path))
        if may_be_first and rested < self.settings.folder_seconds:
            return False
        return self._is_whole(one.path, rested)

    def _is_whole(self, path: str, rested: float) -> bool:
        if rested < self.settings.settle_seconds:
            return False
        if rested < self.settings.incomplete_seconds and not (self._seen[path][0][:2] != "0:" and has_end(path)):
            return False
        return not is_being_written(path)


def take(arrival: Arrival) -> Found | None:
    """A file with its hash; None: it is gone, or changed while it was hashed."""
    path, box, folder = Path(arrival.path), *arrival.shelf
    if arrival.joined is not None:
        return _take_joined(arrival, arrival.joined)
    sha256 = hash_file(path)
    try:
        about = path.stat()
        arrival.path.encode()
    except (OSError, UnicodeEncodeError):
        return None
    if sha256 is None or f"{about.st_size}:{about.st_mtime_ns}" != arrival.stamp:
        return None
    return Found(sha256, path.name, arrival.path, about.st_size, arrival.target, box, folder)


def _take_joined(arrival: Arrival, joined: Joined) -> Found | None:
    try:
        arrival.path.encode()
        sha256 = hash_joined(joined)
    except (UnicodeEncodeError, TooLarge):
        return None
    now = find_one(joined.path)
    if now is None or now.stamp != arrival.stamp:
        return None
    images = len(joined.images)
    return Found(sha256, joined.name, arrival.path, joined.size, arrival.target, *arrival.shelf, images)


def _walk(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    """Files that may be documents; those with the names of unfinished ones are not."""
    for where, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            stem, suffix = os.path.splitext(name.lower())
            if suffix not in SUFFIXES or name.startswith((".", "~")) or stem.endswith(UNFINISHED):
                continue
            path = os.path.join(where, name)
            with contextlib.suppress(OSError):  # gone again
                about = os.stat(path)
                if stat.S_ISREG(about.st_mode):
                    yield path, about


def has_end(path: str) -> bool:
    """Whether a file ends as one of its kind does; TIFF has no end to look for."""
    marks = ENDS.get(os.path.splitext(path.lower())[1])
    if marks is None:
        return True
    try:
        with open(path, "rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - TAIL_BYTES, 0))
            tail = file.read()
    except OSError:
        return False
    return any(mark in tail for mark in marks)


def is_being_written(path: str) -> bool:
    """Whether some process of this machine has a file open for writing, as far as that can be seen."""
    try:
        return _refuses_lease(path)
    except OSError:  # not our file, or a share without leases
        return _is_open_in_proc(path)


def _refuses_lease(path: str) -> bool:
    """The system grants a lease for reading only where nobody writes."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # that a writer comes while we hold it
    with open(path, "rb") as file:
        try:
            fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            return True
        fcntl.fcntl(file.fileno(), fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False


def _is_open_in_proc(path: str) -> bool:
    real = os.path.realpath(path)
    for fd in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError, ValueError):
            if os.readlink(fd) != real:
                continue
            info = (fd.parent.parent / "fdinfo" / fd.name).read_text(encoding="ascii")
            flags = int(info.split("flags:")[1].split()[0], 8)
            if flags & os.O_ACCMODE != os.O_RDONLY:
                return True
    return False
