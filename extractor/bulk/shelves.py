"""Where a file lies, or a table of an archivist -> the shelfmarks of its paper: box and folder."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

from extractor.errors import UsageError

Shelf = tuple[str | None, str | None]
Shelves = Mapping[str, tuple[str, str]]
NUMBER = r"[\s._-]*(?:so[\s._-]*)?[a-z]{0,2}[\s._-]*\d+"
BOX = re.compile(rf"(?:hop|thung|box|cap){NUMBER}.*")
FOLDER = re.compile(rf"(?:ho[\s._-]*so|hs|tap|bia|folder|file){NUMBER}.*")


def find_shelf(path: Path, roots: Sequence[Path]) -> Shelf:
    """(box, folder) by the names of the folders that a file lies in: `Hộp 12/Hồ sơ 3/x.pdf`.

    Where no name tells, the folder is the file's own, and the box the one around it below a folder that was given.
    """
    parents = path.parents
    inside = [one for one in parents if any(one.is_relative_to(root) for root in roots)]
    names = [one.name for one in inside or parents[:1]]
    box = next((name for name in names if BOX.fullmatch(_plain(name))), None)
    folder = next((name for name in names if FOLDER.fullmatch(_plain(name))), None)
    if folder is None and names[0] != box:
        folder = names[0]
    if box is None and folder == names[0] and len(inside) > 2:  # the last of them was given itself
        box = names[1]
    return box, folder


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char)).strip()


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
