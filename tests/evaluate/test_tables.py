"""The tables of README from what was measured."""

from __future__ import annotations

from typing import Any

from tools.accuracy_tables import kind_table, profile_table


def counts(name: str, cells: int, right: int) -> dict[str, Any]:
    keys = ("documents", "pages", "rows", "rows_right", "filled", "filled_right", "sure", "silent")
    values = (1, 9, 200, 199, cells // 2, right // 2, right - 10, 0)
    return {"name": name, "cells": cells, "right": right, **dict(zip(keys, values, strict=True))}


def test_several_measures_are_one_table() -> None:
    files = [
        {"profiles": [counts("office-300", 200, 198)], "tags": [counts("under-stamp", 20, 19), counts("glued", 9, 9)]},
        {"profiles": [counts("fax-200", 100, 96)], "tags": [counts("under-stamp", 20, 17)]},
    ]
    assert list(profile_table(files))[2:] == [
        "| fax-200 | 1 | 9 | 99.50 % | 100 | 96.00 % | 96.00 % | 86.0 % | 0 |",
        "| office-300 | 1 | 9 | 99.50 % | 200 | 99.00 % | 99.00 % | 94.0 % | 0 |",
        "| **all** | 2 | 18 | 99.50 % | 300 | 98.00 % | 98.00 % | 91.3 % | 0 |",
    ]
    assert list(kind_table(files))[2:] == ["| under a stamp | 40 | 90.00 % | 40.0 % | 0 |"]
