"""Truth and extracted JSON -> how right the extraction is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from extractor.evaluate.compare import compare_document
from extractor.evaluate.measure import Evaluation, measure
from extractor.evaluate.truth import Truth, find_truths

__all__ = ["Evaluation", "evaluate_folders", "pair_documents"]


def evaluate_folders(truths: Path, extractions: Path) -> Evaluation:
    """Compare every truth under a folder with the JSON of the same relative name under the other."""
    scores, without = [], []
    for truth, got in pair_documents(truths, extractions):
        if got is None:
            without.append(truth.path.relative_to(truths).as_posix())
        scores.append(compare_document(truth, got, _read_types(truth.catalogue)))
    return measure(scores, without)


def pair_documents(truths: Path, extractions: Path) -> Iterator[tuple[Truth, dict[str, Any] | None]]:
    """Each truth under a folder with the JSON of the same relative name under the other, None where there is none."""
    for truth in find_truths(truths):
        yield truth, _find_extraction(truth, truths, extractions)


def _find_extraction(truth: Truth, truths: Path, extractions: Path) -> dict[str, Any] | None:
    """The JSON in the same relative folder, else in the top one; with the input's hash where stems collided."""
    stem = Path(truth.file).stem
    for folder in (extractions / truth.path.relative_to(truths).parent, extractions):
        names = [folder / f"{stem}.json"]
        source = truth.path.with_name(truth.file)
        if source.is_file():
            names.insert(0, folder / f"{stem}-{hashlib.sha256(source.read_bytes()).hexdigest()[:8]}.json")
        for name in names:
            if name.is_file():
                tree: dict[str, Any] = json.loads(name.read_text(encoding="utf-8"))
                return tree
    return None


@cache
def _read_types(catalogue: str | None) -> dict[str, str]:
    """Value types by code, so that rows of a report that failed count too."""
    from extractor.indicator import list_catalogues, load_catalogue

    if catalogue not in list_catalogues():
        return {}
    return {indicator.code: indicator.type for indicator in load_catalogue(catalogue).indicators}
