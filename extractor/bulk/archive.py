"""Folders and files -> documents of the ledger, hashed only where they are new or have changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.bulk.shelves import Shelves, find_shelf
from extractor.cli.inputs import find_jobs, hash_file
from extractor.store import Found


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file whose bytes can't be had."""

    path: Path
    target: str
    why: str


Stamp = tuple[str, str, str]
NO_SHELF = (None, None)


def find_documents(
    inputs: Iterable[Path], known: Mapping[str, tuple[str, str]], shelves: Shelves
) -> tuple[list[Found], list[Stamp], list[Unreadable]]:
    """(documents, (path, sha256, stamp) of each file, files that can't be read).

    `known`: path -> (stamp, sha256) of files that were hashed before; `shelves`: path -> (box, folder), for all others
    the names of their folders tell.
    """
    inputs = tuple(inputs)
    roots = [given.absolute() for given in inputs if given.is_dir()]
    found: list[Found] = []
    stamps: list[Stamp] = []
    unreadable: list[Unreadable] = []
    for job in find_jobs(inputs, Path()):
        path = str(job.path.absolute())
        target = job.target.with_suffix("").as_posix() if job.target else job.path.stem
        try:
            path.encode()
            about = os.stat(path)
            why = None if stat.S_ISREG(about.st_mode) else "it is no file"
        except UnicodeEncodeError:
            why = "its name is not UTF-8"
        except OSError as error:
            why = error.strerror or "it can't be read"
        if why is not None:
            unreadable.append(Unreadable(job.path, target, why))
            continue
        mark = f"{about.st_size}:{about.st_mtime_ns}"
        old = known.get(path)
        sha256 = old[1] if old is not None and old[0] == mark else hash_file(job.path)
        if sha256 is None:
            unreadable.append(Unreadable(job.path, target, "it can't be read"))
            continue
        marks, told = shelves.get(path, NO_SHELF), find_shelf(Path(path), roots)
        box, folder = marks[0] or told[0], marks[1] or told[1]
        found.append(
            Found(
                sha256,
                job.path.name,
                path,
                about.st_size,
                target,
                box,
                folder,
            )
        )
        stamps.append((path, sha256, mark))
    return found, stamps, unreadable
