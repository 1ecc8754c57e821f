"""A target as the log has it, and addresses that were given -> the address to open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from extractor.store import parse_address


def choose_address(target: str, given: Sequence[str]) -> str:
    """One that was given for the same database, else the log's own. Raises OSError where its file is gone."""
    bare = target.partition("#")[0]
    chosen = next((one for one in given if _shown(one) == bare), bare)
    parsed = parse_address(chosen)
    if parsed.is_sqlite and not Path(str(parsed.url.database)).is_file():
        raise OSError("the database is not there any more")
    return chosen


def _shown(address: str) -> str:
    url = parse_address(address).url
    return url.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)
