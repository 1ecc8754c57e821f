"""A catalogue folder and further wordings of its indicators -> the folder with them among the variants."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from extractor.errors import CatalogueError
from extractor.indicator.catalogue import find_folder
from extractor.indicator.sheet import DELIMITERS

BOM = "\ufeff"


def copy_catalogue(name_or_path: str, target: Path) -> None:
    """A folder of one's own to edit. Raises CatalogueError."""
    shutil.copytree(find_folder(name_or_path), target)


def add_variants(folder: Path, wordings: Sequence[tuple[str, str]]) -> int:
    """Add (code, wording) pairs that are not there yet; how many. The rest of the file stays as it is.

    Raises CatalogueError where a code is none of the form's.
    """
    path = folder / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        text = file.read()
    mark, lines = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    if lines.lower().startswith("sep="):  # Excel's own first line
        first, _, lines = lines.partition("\n")
        mark += f"{first}\n"
    ending = "\r\n" if "\r\n" in lines else "\n"
    delimiter = max(DELIMITERS, key=lines.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(lines, newline=""), delimiter=delimiter)
    rows, columns = list(reader), list(reader.fieldnames or ())
    by_code = {row["code"]: row for row in rows}
    added = 0
    for code, wording in wordings:
        if code not in by_code:
            raise CatalogueError(f"{path} has no indicator {code}", "give the folder of the form that was matched")
        row, plain = by_code[code], wording.replace("|", "/")
        have = [part for part in row["variants"].split("|") if part.strip()]
        if plain.casefold() not in {part.strip().casefold() for part in (row["label"], *have)}:
            row["variants"] = "|".join((*have, plain))
            added += 1
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, delimiter=delimiter, lineterminator=ending)
    writer.writeheader()
    writer.writerows(rows)
    part = path.with_name(f".{path.name}.part")
    part.write_text(mark + out.getvalue(), encoding="utf-8", newline="")
    os.replace(part, path)
    return added
