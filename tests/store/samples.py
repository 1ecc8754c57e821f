"""A small report for the store: its JSON as written, with what a test wants to be different."""

from __future__ import annotations

import fcntl
import json
import pickle
from functools import cache
from pathlib import Path
from typing import Any

CASES = Path(__file__).parent.parent.parent / "fixtures" / "cases"
shared: Path | None = None  # a folder of this session, also where several processes share its tests


@cache
def seed_scan() -> tuple[bytes, str, bytes]:
    """The stamped sample: its bytes, its JSON and what was read of it. It is read once a session."""
    if shared is None:
        return _read()
    with (shared / "seed-scan").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not file.seek(0, 2):
            pickle.dump(_read(), file)
            file.flush()
        file.seek(0)
        found: tuple[bytes, str, bytes] = pickle.load(file)
    return found


def _read() -> tuple[bytes, str, bytes]:
    from extractor.ingest import open_source
    from extractor.pipeline import judge, read_report
    from extractor.report import assemble_document
    from extractor.settings import load_settings
    from extractor.store import pack_report

    path = CASES / "seed-office-scan.pdf"
    settings = load_settings(environ={})
    report = read_report(open_source(path, settings.ingest), None, settings)
    return path.read_bytes(), assemble_document(judge(report, settings)).to_json(), pack_report(report)


def change(text: str, code: str, **value: Any) -> str:
    """The JSON with some keys of an indicator's value changed."""
    tree = json.loads(text)
    one = next(one for one in tree["indicators"] if one["code"] == code)
    one["value"] |= value
    return json.dumps(tree, ensure_ascii=False)
