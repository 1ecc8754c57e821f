"""Folders and files -> documents of the ledger, hashed only where they are new or have changed."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from extractor.cli.inputs import find_jobs, hash_file
from extractor.errors import UsageError
from extractor.store import Found

Stamp = tuple[str, str, str]
Shelves = Mapping[str, tuple[str, str]]


def find_documents(
    inputs: Iterable[Path], known: Mapping[str, tuple[str, str]], shelves: Shelves
) -> tuple[list[Found], list[Stamp], list[tuple[Path, str]]]:
    """(documents, (path, sha256, stamp) of each file, files that can't be read with the reason).

    `known`: path -> (stamp, sha256) of files that were hashed before; `shelves`: path -> (box, folder).
    """
    found: list[Found] = []
    stamps: list[Stamp] = []
    unreadable: list[tuple[Path, str]] = []
    for job in find_jobs(inputs, Path()):
        path = str(job.path.absolute())
        try:
            about = os.stat(path)
        except OSError as error:
            unreadable.append((job.path, error.strerror or "can't be read"))
            continue
        stamp = f"{about.st_size}:{about.st_mtime_ns}"
        old = known.get(path)
        sha256 = old[1] if old is not None and old[0] == stamp else hash_file(job.path)
        if sha256 is None:
            unreadable.append((job.path, "can't be read"))
            continue
        box, folder = shelves.get(path, (None, None))
        found.append(
            Found(
                sha256,
                job.path.name,
                path,
                about.st_size,
                job.target.with_suffix("").as_posix() if job.target else job.path.stem,
                box,
                folder or job.path.absolute().parent.name,
            )
        )
        stamps.append((path, sha256, stamp))
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
