"""The finished cases from file to JSON: right where sure, and the same bytes on every run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor.cli import main

CASES = Path(__file__).parents[2] / "fixtures" / "cases"


def extract(tmp_path: Path, *arguments: str) -> int:
    try:
        return int(main(["extract", *arguments, "--out", str(tmp_path), "-q"]) or 0)
    except SystemExit as stop:
        return int(stop.code or 0)


def is_right(found: dict[str, Any], wanted: dict[str, Any]) -> bool:
    if found["row"]["state"] != "matched" or found["value"]["state"] != wanted["state"]:
        return False
    if wanted["text"] is not None:
        return bool(found["value"]["text"] == wanted["text"])
    return bool(found["value"]["number"] == wanted["number"])


@pytest.mark.parametrize(
    ("name", "most_wrong", "least_accepted"),
    [
        ("seed-digital.pdf", 0, 200),
        ("seed-office-scan.pdf", 2, 190),
        ("bitonal-200-00005.tif", 1, 8),
        ("fax-200-00007.pdf", 2, 4),
    ],
)
def test_a_case_is_read_and_nothing_sure_is_wrong(
    tmp_path: Path, name: str, most_wrong: int, least_accepted: int
) -> None:
    assert extract(tmp_path, str(CASES / name)) in (0, 3)
    document = json.loads((tmp_path / f"{Path(name).stem}.json").read_text(encoding="utf-8"))
    truth = json.loads((CASES / f"{Path(name).stem}.truth.json").read_text(encoding="utf-8"))
    found = {indicator["code"]: indicator for indicator in document["indicators"]}
    rows = [row for row in truth["rows"] if row["code"]]
    right = [is_right(found[row["code"]], row["value"]) for row in rows]
    assert right.count(False) <= most_wrong
    accepted = [found[row["code"]]["value"]["status"] == "accepted" for row in rows]
    assert sum(accepted) >= least_accepted
    silent = [
        row["code"]
        for row, ok in zip(rows, right, strict=True)
        if not ok and found[row["code"]]["value"]["status"] == "accepted"
    ]
    assert silent == []


def test_the_same_bytes_whatever_the_number_of_processes(tmp_path: Path) -> None:
    inputs = [str(CASES / name) for name in ("fax-200-00007.pdf", "bitonal-200-00005.tif")]
    assert extract(tmp_path / "one", *inputs, "--jobs", "1") in (0, 3)
    assert extract(tmp_path / "two", *inputs, "--jobs", "2") in (0, 3)
    written = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(written) == 2
    for name in written:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
