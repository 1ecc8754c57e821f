"""Camelot against the text layer on our own grid, on generated born-digital reports.

Camelot is no dependency: run this in a virtual environment with `pip install camelot-py` on a folder that
`python -m fixtures.generator --profile born-digital --count 3 --seed 1 --out DIR` made; then
`extractor extract` and `extractor evaluate` give the project's own figures for the same folder.
"""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from pathlib import Path

import camelot


def tidy(text: str) -> str:
    """NFC with single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def compare(folder: Path) -> None:
    """Print how many printed rows Camelot has with label and value in one row, and its CPU seconds a page."""
    rows = labels = values = pages = 0
    seconds = 0.0
    for path in sorted(folder.glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        before = time.process_time()
        tables = camelot.read_pdf(str(path).replace(".truth.json", ".pdf"), pages="all", flavor="lattice")
        seconds += time.process_time() - before
        found = [[tidy(cell) for cell in row] for table in tables for row in table.df.values.tolist()]
        pages += max(row["page"] for row in truth["rows"])
        for row in truth["rows"]:
            same = [cells for cells in found if tidy(row["label"]) in cells]
            rows += 1
            labels += bool(same)
            values += any(tidy(row["value"]["raw"]) in cells for cells in same)
    print(f"rows {rows}, label found {labels}, with its value {values}, CPU seconds a page {seconds / pages:.2f}")


if __name__ == "__main__":
    compare(Path(sys.argv[1]))
