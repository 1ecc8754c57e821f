"""Results -> files that are put in place at once, under names that no file system takes for one another."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
import unicodedata
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.report import Document

PREFIX, SUFFIX = ".extractor-", ".part"
UNSAFE = ("Cc", "Cs", "Cf", "Zl", "Zp")  # control signs, also those that turn the direction of print
LEFT_SECONDS = 600.0  # writing takes far less


def write_document(document: Document, target: Path) -> None:
    """Check the JSON against its schema and put it in place at once: no reader ever sees half a file."""
    from extractor.report import check_json

    text = document.to_json()
    check_json(text)
    write_text(text, target)


def write_text(text: str, target: Path) -> None:
    """Write beside the target, flush to the disk, then rename: no power cut leaves half a file under its name."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=target.parent, prefix=PREFIX, suffix=SUFFIX, delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
            os.replace(file.name, target)
            flush_folder(target.parent)
        finally:
            Path(file.name).unlink(missing_ok=True)


def flush_folder(folder: Path) -> None:
    """Let names that were given stand after a power cut; shares that can't do that are left alone."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def remove_leftovers(folder: Path) -> None:
    """Take away what processes that were killed in their writing have left, and nobody writes any more."""
    for where, _, names in os.walk(folder):
        for name in names:
            if name.startswith(PREFIX) and name.endswith(SUFFIX):
                with contextlib.suppress(OSError):
                    file = Path(where) / name
                    if time.time() - file.stat().st_mtime > LEFT_SECONDS:
                        file.unlink()


def printable(name: str) -> str:
    """A file's name as text that UTF-8 can hold: bytes that are no text show as U+FFFD."""
    return os.fsencode(name).decode("utf-8", errors="replace")


def safe_name(stem: str, room: int) -> str:
    """A stem that any file system takes, at most `room` bytes: no control signs, and the hash of what was cut off."""
    clean = "".join("_" if unicodedata.category(sign) in UNSAFE or sign == "/" else sign for sign in printable(stem))
    clean = clean if clean.strip(". ") else clean.replace(".", "_").replace(" ", "_") or "_"
    data = clean.encode("utf-8")
    if len(data) <= room:
        return clean
    mark = "-" + hashlib.sha256(data).hexdigest()[:8]
    return data[: room - len(mark)].decode("utf-8", errors="ignore") + mark


def fold_name(relative: PurePath) -> str:
    """What two names share that some file system cannot tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", relative.as_posix()).casefold())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
