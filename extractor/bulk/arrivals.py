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

from extractor.cli.inputs import SUFFIXES, hash_file
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
    """A file at rest. `target`: of its JSON; `stamp`: size and time of change."""

    path: str
    target: str
    stamp: str


@dataclass(slots=True)
class Arrivals:
    """Looks at folders again and again: shares of a network tell nobody what is new."""

    folders: tuple[Path, ...]
    settings: WatchSettings
    _seen: dict[str, tuple[str, float]] = field(default_factory=dict)  # path -> (stamp, since when)

    def find(self, known: Mapping[str, tuple[str, str]]) -> list[Arrival]:
        """Files that are whole now. `known`: path -> (stamp, ...) of those that were taken."""
        now, here, whole = time.monotonic(), {}, []
        for folder in self.folders:
            for path, about in _walk(str(folder)):
                stamp = f"{about.st_size}:{about.st_mtime_ns}"
                if path in known and known[path][0] == stamp:
                    continue
                before = self._seen.get(path)
                since = before[1] if before is not None and before[0] == stamp else now
                here[path] = (stamp, since)
                if self._is_whole(path, about.st_size, now - since):
                    target = Path(path).relative_to(folder).with_suffix("").as_posix()
                    whole.append(Arrival(path, target, stamp))
        self._seen = here
        return whole

    def _is_whole(self, path: str, size: int, rested: float) -> bool:
        if rested < self.settings.settle_seconds:
            return False
        if rested < self.settings.incomplete_seconds and not (size and has_end(path)):
            return False
        return not is_being_written(path)


def take(arrival: Arrival) -> Found | None:
    """A file with its hash; None: it is gone, or changed while it was hashed."""
    path = Path(arrival.path)
    sha256 = hash_file(path)
    try:
        about = path.stat()
        arrival.path.encode()
    except (OSError, UnicodeEncodeError):
        return None
    if sha256 is None or f"{about.st_size}:{about.st_mtime_ns}" != arrival.stamp:
        return None
    return Found(sha256, path.name, arrival.path, about.st_size, arrival.target, folder=path.parent.name)


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
