"""What is no readable report: a JSON that says so and what to do, a stable exit code, the other inputs still done."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
import pytest

from extractor.cli import main

CASES = Path(__file__).parents[2] / "fixtures" / "cases"


def run(*arguments: str) -> int:
    try:
        return int(main(list(arguments)) or 0)
    except SystemExit as stop:
        return int(stop.code or 0)


def make_bad(folder: Path, name: str) -> Path:
    path = folder / name
    if name == "empty.pdf":
        path.write_bytes(b"")
    elif name == "letter.pdf":
        path.write_text("Kính gửi: Ủy ban nhân dân tỉnh", encoding="utf-8")
    elif name == "cut.pdf":
        path.write_bytes((CASES / "seed-digital.pdf").read_bytes()[:600])
    elif name == "blank.png":
        cv2.imwrite(str(path), np.full((1200, 900), 255, np.uint8))
    elif name == "huge.png":
        cv2.imwrite(str(path), np.full((20_000, 20_000), 255, np.uint8))
    elif name == "blank.pdf":
        document = pypdfium2.PdfDocument.new()
        document.new_page(595, 842)
        document.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty.pdf", "empty-file"),
        ("letter.pdf", "not-a-document"),
        ("missing.pdf", "missing-file"),
        ("cut.pdf", "damaged-pdf"),
        ("blank.png", "no-table"),
        ("blank.pdf", "no-table"),
        ("huge.png", "too-large"),
    ],
)
def test_it_fails_alone(tmp_path: Path, name: str, code: str) -> None:
    bad = make_bad(tmp_path, name)
    good = CASES / "bitonal-200-00005.tif"
    assert run("extract", str(bad), str(good), "--out", str(tmp_path / "out"), "-q") == 3
    failed = json.loads((tmp_path / "out" / f"{bad.stem}.json").read_text(encoding="utf-8"))
    assert failed["outcome"] == "failed"
    assert failed["error"]["code"] == code
    assert failed["error"]["message"]
    assert (tmp_path / "out" / f"{good.stem}.json").is_file()


def test_all_failed(tmp_path: Path) -> None:
    assert run("extract", str(make_bad(tmp_path, "empty.pdf")), "--out", str(tmp_path / "out"), "-q") == 4


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    arguments = ("extract", str(CASES / "seed-digital.pdf"), "--out", str(tmp_path / "out"), "-q")
    assert run(*arguments, "--catalogue", str(tmp_path / "nowhere")) == 2


def test_tables_without_a_catalogue(tmp_path: Path) -> None:
    target = tmp_path / "tables.json"
    assert run("tables", str(CASES / "bitonal-200-00005.tif"), "--out", str(target), "-q") in (0, 3)
    written = json.loads(target.read_text(encoding="utf-8"))
    assert len(written["tables"]) >= 1
