"""A path, or the standard output -> an open text file in UTF-8, whose ends of lines are as written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

STDOUT = Path("/dev/stdout")


def open_text(target: Path) -> TextIO:
    """Open for writing. The standard output is not opened anew: that would empty a file that it is appended to."""
    if target == STDOUT:
        sys.stdout.flush()
        return os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", newline="")
    return target.open("w", encoding="utf-8", newline="")
