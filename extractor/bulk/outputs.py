"""Reports of a file -> JSON files: NAME.json for one, NAME-p1-9.json and so on for each of several."""

from __future__ import annotations

import glob
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.writing import write_document

if TYPE_CHECKING:
    from extractor.report import Document

HEAD_BYTES = 16384  # of a JSON: the hash of its file stands there
HASH_CHARS = 8
OF_PART = re.compile(r"-p\d+-\d+\.json")

Span = tuple[int, int]
"""First and last page of a report within its file."""


def write_all(out: Path, target: str, sha256: str, documents: Sequence[tuple[Span, Document]]) -> None:
    """Write each report, then take away what an earlier run wrote of the same file under other names."""
    if len(documents) == 1:
        wanted = [out / f"{target}.json"]
    else:
        wanted = [name_part(out, target, sha256, span) for span, _ in documents]
    for (_, document), file in zip(documents, wanted, strict=True):
        write_document(document, file)
    old = [out / f"{target}.json", *find_parts(out, target, sha256)]
    for file in old:
        if file not in wanted and is_of(file, sha256):
            file.unlink(missing_ok=True)


def name_part(out: Path, target: str, sha256: str, span: Span) -> Path:
    """The file of one report; with the start of the hash where another file's JSON has the name."""
    file = out / f"{target}-p{span[0]}-{span[1]}.json"
    if file.exists() and not is_of(file, sha256):
        return out / f"{target}-{sha256[:HASH_CHARS]}-p{span[0]}-{span[1]}.json"
    return file


def find_parts(out: Path, target: str, sha256: str) -> list[Path]:
    """The JSON files of a file's reports that are there."""
    found: list[Path] = []
    for stem in (target, f"{target}-{sha256[:HASH_CHARS]}"):
        start = (out / stem).name
        for file in sorted((out / stem).parent.glob(f"{glob.escape(start)}-p*.json")):
            if OF_PART.fullmatch(file.name[len(start) :]) and is_of(file, sha256):
                found.append(file)
    return found


def is_of(file: Path, sha256: str) -> bool:
    """Whether a JSON is there and of this file."""
    try:
        with file.open("rb") as opened:
            return f'"sha256": "{sha256}"'.encode() in opened.read(HEAD_BYTES)
    except OSError:
        return False
