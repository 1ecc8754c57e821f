"""Where models/ and reference/ are: inside the installed package, or beside it in a checkout."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(kind: str) -> Path:
    """The folder of shipped data: `kind` is "models" or "reference"."""
    inside = _PACKAGE / "_data" / kind
    return inside if inside.is_dir() else _PACKAGE.parent / kind


@cache
def resource_sha256(kind: str, name: str) -> str:
    """Checksum of a shipped file."""
    return hashlib.sha256((resource_path(kind) / name).read_bytes()).hexdigest()
