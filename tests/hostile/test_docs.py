"""The table of hostile input: each row has a test that exists; each code that the code can write is in it."""

from __future__ import annotations

import re
from pathlib import Path

from extractor.report.oddities import OF_FILE, OF_PAGE, UNREAD

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs" / "hostile-input.md").read_text(encoding="utf-8")


def test_each_row_has_a_test() -> None:
    tests = set(
        re.findall(
            r"^def (test_\w+)",
            "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("test_*.py")),
            re.M,
        )
    )
    rows = [line for line in TABLE.splitlines() if line.startswith("| ") and "`test_" in line]
    assert len(rows) >= 25
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row)
        assert named
        assert set(named) <= tests, row


def test_each_note_and_reason_is_in_the_table() -> None:
    for code in (*OF_FILE, *OF_PAGE, *(set(UNREAD) - {"unreadable-file"})):
        assert f"`{code}`" in TABLE, code
