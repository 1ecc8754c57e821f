"""Originals <-> the folder where each lies once, under its sha256."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from extractor.errors import UsageError
from extractor.writing import flush_folder


def original_path(files: Path, sha256: str) -> Path:
    """Where an original lies."""
    return files / "originals" / sha256[:2] / sha256


def keep_original(files: Path, data: bytes) -> str:
    """Keep a file's bytes; its sha256. Written beside and renamed, so that no half file ever has the name."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = original_path(files, sha256)
    if path.exists() and path.stat().st_size == len(data):
        return sha256
    try:
        write_whole(path, data)
    except OSError as error:
        raise UsageError(f"the original can't be kept in {files}: {error.strerror}", "make room on the disk") from error
    return sha256


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the target, flush to the disk, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".", suffix=".part", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
            flush_folder(path.parent)
        finally:
            Path(file.name).unlink(missing_ok=True)


def read_original(files: Path, sha256: str) -> bytes:
    """The bytes of an original, checked. Raises FileNotFoundError; ValueError where they have changed."""
    data = original_path(files, sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError(f"the original {sha256} has changed on the disk")
    return data
