"""Folders and files -> documents of the ledger, hashed only where they are new or have changed."""

from __future__ import annotations

import csv
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from extractor.cli.inputs import find_jobs, hash_file
from extractor.errors import UsageError
from extractor.store import Found


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file whose bytes can't be had."""

    path: Path
    target: str
    why: str


Stamp = tuple[str, str, str]
Shelves = Mapping[str, tuple[str, str]]


def find_documents(
    inputs: Iterable[Path], known: Mapping[str, tuple[str, str]], shelves: Shelves
) -> tuple[list[Found], list[Stamp], list[Unreadable]]:
    """(documents, (path, sha256, stamp) of each file, files that can't be read).

    `known`: path -> (stamp, sha256) of files that were hashed before; `shelves`: path -> (box, folder).
    """
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
        box, folder = shelves.get(path, (None, None))
        found.append(
            Found(
                sha256,
                job.path.name,
                path,
                about.st_size,
                target,
                box,
                folder or job.path.absolute().parent.name,
            )
        )
        stamps.append((path, sha256, mark))
    return found, stamps, unreadable


def read_shelves(table: Path | None) -> dict[str, tuple[str, str]]:
    """A CSV with columns path, box, folder -> shelfmarks by absolute path; paths count from the table's folder."""
    if table is None:
        return {}
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"the shelfmarks {table} can't be read: {error}", "give a CSV: path, box, folder") from error
    if rows and not {"path", "box", "folder"} <= set(rows[0]):
        raise UsageError(f"{table} lacks a column", "its columns are path, box and folder")
    return {str((table.parent / row["path"]).absolute()): (row["box"], row["folder"]) for row in rows}
