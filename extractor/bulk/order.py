"""What is asked of a bulk run, and the bytes of a document; known to whoever supervises, so it reads no page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import UnreadableFile
from extractor.joining import read_joined
from extractor.settings import IngestSettings, Settings
from extractor.store import Found

EXIT_MEMORY = 90  # of a child without memory, which may not even have enough left to say so otherwise
NOT_THERE = ("changed-file", "missing-file")


@dataclass(frozen=True, slots=True)
class Order:
    """What is the same for all documents of a run. `store`: its address; `keep`: documents go into it too.

    `out`: folder for JSON files, or None; `roots`: folders that were given.
    """

    settings: Settings
    catalogue: str | None
    store: str
    keep: bool
    out: str | None
    roots: tuple[str, ...] = ()


def read_whole(found: Found, settings: IngestSettings) -> bytes:
    """The bytes that the ledger names. Raises UnreadableFile where they are gone or others now, TooLarge."""
    from extractor.ingest import read_file  # with what opens files, which whoever supervises seldom does

    path = Path(found.path)
    data = read_joined(path, settings) if found.images else read_file(path, settings)
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise UnreadableFile("the file has changed since it was found", "run again", code="changed-file")
    return data
