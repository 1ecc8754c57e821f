"""Results -> files that are put in place at once, under names that no file system takes for one another."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.report import Document


def write_document(document: Document, target: Path) -> None:
    """Check the JSON against its schema and put it in place at once: no reader ever sees half a file."""
    from extractor.report import check_json

    text = document.to_json()
    check_json(text)
    write_text(text, target)


def write_text(text: str, target: Path) -> None:
    """Write beside the target, then rename."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=".", suffix=".part", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.replace(file.name, target)
        finally:
            Path(file.name).unlink(missing_ok=True)


def fold_name(relative: PurePath) -> str:
    """What two names share that some file system cannot tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", relative.as_posix()).casefold())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
