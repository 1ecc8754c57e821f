"""Folders and files -> documents of the ledger, hashed only where they are new or have changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.bulk.shelves import Shelves, find_shelf
from extractor.cli.inputs import Job, find_jobs, hash_file
from extractor.errors import TooLarge
from extractor.joining import Joined, hash_joined
from extractor.store import APART, Found


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file whose bytes can't be had."""

    path: Path
    target: str
    why: str


Stamp = tuple[str, str, str]
NO_SHELF = (None, None)


def find_documents(
    inputs: Iterable[Path], known: Mapping[str, tuple[str, str]], shelves: Shelves, *, join: bool = True
) -> tuple[list[Found], list[Stamp], list[Unreadable]]:
    """(documents, (path, sha256, stamp) of each file, files that can't be read).

    `known`: path -> (stamp, sha256) of files that were hashed before; `shelves`: path -> (box, folder), for all others
    the names of their folders tell; `join`: images of a folder that are pages of one file are one document.
    """
    inputs = tuple(inputs)
    roots = [given.absolute() for given in inputs if given.is_dir()]
    found: list[Found] = []
    stamps: list[Stamp] = []
    unreadable: list[Unreadable] = []
    for job in find_jobs(inputs, Path(), lambda one: join and not is_apart(one, known)):
        path = str(job.path.absolute())
        target = job.target.with_suffix("") if job.target else Path(job.path.stem)
        looked = _look(job, known.get(path))
        if isinstance(looked, str):
            unreadable.append(Unreadable(job.path, target.as_posix(), looked))
            continue
        images = job.joined.images if job.joined is not None else ()
        marks = next((shelves[one] for one in (path, *map(_absolute, images)) if one in shelves), NO_SHELF)
        told = find_shelf(Path(_absolute(images[0]) if images else path), roots)
        box, folder = marks[0] or told[0], marks[1] or told[1]
        name = job.joined.name if job.joined is not None else job.path.name
        found.append(Found(looked.sha256, name, path, looked.size, target.as_posix(), box, folder, len(images)))
        stamps.append((path, looked.sha256, looked.stamp))
    return found, stamps, unreadable


def is_apart(joined: Joined, known: Mapping[str, tuple[str, str]]) -> bool:
    """Whether the images of a folder were found to be documents of their own, and are the same ones still."""
    stamp, sha256 = known.get(_absolute(joined.path), ("", ""))
    return sha256.startswith(APART) and stamp == joined.stamp


@dataclass(frozen=True, slots=True)
class _Looked:
    sha256: str
    size: int
    stamp: str


def _look(job: Job, known: tuple[str, str] | None) -> _Looked | str:
    """A file, hashed where it has changed; or why its bytes can't be had."""
    try:
        _absolute(job.path).encode()
        if job.joined is not None:
            size, stamp = job.joined.size, job.joined.stamp
        else:
            about = os.stat(job.path)
            size, stamp = about.st_size, f"{about.st_size}:{about.st_mtime_ns}"
            if not stat.S_ISREG(about.st_mode):
                return "it is no file"
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    except OSError as error:
        return error.strerror or "it can't be read"
    if known is not None and known[0] == stamp:
        return _Looked(known[1], size, stamp)
    try:
        sha256 = hash_joined(job.joined) if job.joined is not None else hash_file(job.path)
    except TooLarge as error:
        return error.message
    return "it can't be read" if sha256 is None else _Looked(sha256, size, stamp)


def _absolute(path: Path) -> str:
    return str(path.absolute())
