"""Shelfmarks by the names of folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.bulk.shelves import find_shelf


@pytest.mark.parametrize(
    ("path", "shelf"),
    [
        ("kho/Hộp 12/Hồ sơ 3/a.pdf", ("Hộp 12", "Hồ sơ 3")),
        ("kho/Hop-12/Ho-so-3/2022/a.pdf", ("Hop-12", "Ho-so-3")),
        ("kho/box_7/a.pdf", ("box_7", None)),
        ("kho/hs 04/a.pdf", (None, "hs 04")),
        ("kho/1999/Huyện A/a.pdf", ("1999", "Huyện A")),
        ("kho/Huyện A/a.pdf", (None, "Huyện A")),
        ("kho/a.pdf", (None, "kho")),
    ],
)
def test_names_of_folders_tell(path: str, shelf: tuple[str | None, str | None]) -> None:
    root = Path("/archive")
    assert find_shelf(root / path, [root / "kho"]) == shelf
