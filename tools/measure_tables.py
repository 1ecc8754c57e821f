"""Folder of documents with NAME.truth.json beside them -> how many tables `extractor tables` got right, and the CER.

Run: python -m tools.measure_tables FOLDER [--out DIR]. The truth's format is that of a list of grids a page: `rows`
(text of a merged cell at its top left), `header_rows` and `spans` [r0, c0, r1, c1]. A table is right in structure where
its number of rows, of columns and all of its spans are. Text is compared in NFC, spaces single and leader dots loose.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from extractor import extract_tables

LEADERS = re.compile(r"(?:[.…_] ?){3,}")
Texts = dict[tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Sketch:
    """A table: its size, merged cells, and text by the cell's first row and column."""

    size: tuple[int, int]
    spans: frozenset[tuple[int, int, int, int]]
    texts: Texts


def main() -> None:
    """Print a line a table, its wrong cells, and the sum."""
    parser = argparse.ArgumentParser(prog="python -m tools.measure_tables", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, help="folder for the JSON of each document")
    options = parser.parse_args()
    right = tables = errors = chars = pages = extra = 0
    before = time.process_time()
    for path in sorted(options.folder.glob("*.truth.json")):
        truth = json.loads(path.read_text(encoding="utf-8"))
        document = extract_tables(path.parent / truth["file"])
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            (options.out / f"{path.name.removesuffix('.truth.json')}.json").write_text(document.to_json(), "utf-8")
        found = json.loads(document.to_json())["tables"]
        for page, wanted in sorted(truth["pages"].items()):
            got = [_found(table) for table in found if table["pages"][0] == int(page)]
            pages += 1
            extra += max(len(got) - len(wanted), 0)
            for index, one in enumerate(wanted):
                tables += 1
                true = _true(one)
                own = max(got, key=lambda g: _likeness(true, g), default=None)
                same = own is not None and (own.size, own.spans) == (true.size, true.spans)
                right += same
                wrong, length = _compare_texts(true.texts, own.texts if own else {})
                errors, chars = errors + sum(error for error, _ in wrong), chars + length
                print(f"{path.name} page {page} table {index + 1}: structure {'right' if same else 'WRONG'}, "
                      f"CER {sum(e for e, _ in wrong) / max(length, 1):.2%}")  # fmt: skip
                if not same:
                    print(f"   size {true.size} got {own and own.size}; spans missing "
                          f"{sorted(true.spans - (own.spans if own else frozenset()))}, too many "
                          f"{sorted((own.spans if own else frozenset()) - true.spans)}")  # fmt: skip
                for _, line in wrong:
                    print(f"   {line}")
    seconds = (time.process_time() - before) / max(pages, 1)
    print(f"structure right {right} of {tables}, tables too many {extra}, CER {errors / max(chars, 1):.2%} "
          f"({errors} of {chars}), {seconds:.2f} CPU seconds a page")  # fmt: skip


def _true(table: Mapping[str, Any]) -> Sketch:
    rows = table["rows"]
    texts = {(r, c): _tidy(text) for r, row in enumerate(rows) for c, text in enumerate(row)}
    return Sketch((len(rows), len(rows[0])), frozenset(map(tuple, table["spans"])), texts)


def _found(table: Mapping[str, Any]) -> Sketch:
    spans, texts = set(), {}
    for cell in table["cells"]:
        r, c = cell["row"], cell["column"]
        texts[r, c] = _tidy(cell["text"])
        if cell["row_span"] > 1 or cell["column_span"] > 1:
            spans.add((r, c, r + cell["row_span"] - 1, c + cell["column_span"] - 1))
    return Sketch((table["n_rows"], table["n_columns"]), frozenset(spans), texts)


def _tidy(text: str) -> str:
    return LEADERS.sub("… ", " ".join(unicodedata.normalize("NFC", text).split())).strip()


def _likeness(true: Sketch, got: Sketch) -> float:
    return Levenshtein.normalized_similarity(*(" ".join(one.texts.values()) for one in (true, got)))


def _compare_texts(true: Texts, got: Texts) -> tuple[list[tuple[int, str]], int]:
    """((edits, what it says) of each wrong cell, characters of the truth)."""
    return list(_wrong(true, got)), sum(map(len, true.values()))


def _wrong(true: Texts, got: Texts) -> Iterator[tuple[int, str]]:
    for at in sorted(true.keys() | got.keys()):
        a, b = true.get(at, ""), got.get(at, "")
        if a != b:
            yield Levenshtein.distance(a, b), f"{at} {a!r} got {b!r}"


if __name__ == "__main__":
    main()
