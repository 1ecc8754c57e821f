"""A report with its truth, or people's decisions -> samples: what the model saw of a field and whether it was right."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extractor.errors import UsageError
from extractor.evaluate.compare import is_same_row, is_same_value
from extractor.evaluate.truth import TrueRow, Truth, clean


@dataclass(frozen=True, slots=True)
class Sample:
    """One field. `target`: value, row, absent, unit, label, note or head; `kind`: which weights judge it.

    `blocked`: for review whatever the confidence. `blind`: a person looked without knowing the reading's status, or the
    truth is known, so the sample may set thresholds; `weight`: how many fields it stands for.
    """

    document: str
    profile: str
    page: int
    target: str
    kind: str
    features: dict[str, float]
    right: bool
    blocked: bool = False
    blind: bool = True
    weight: float = 1.0


def collect_samples(truth: Truth, name: str, tree: Mapping[str, Any]) -> Iterator[Sample]:
    """All fields of one report. `tree`: its JSON, in which each field has the evidence that was seen of it."""
    rows = {row.code: row for row in truth.rows if row.code is not None}
    for item in tree["indicators"]:
        page = item["row"]["page"] or 0
        for target, evidence, right in _fields(rows.get(item["code"]), item, truth):
            if evidence is not None:
                yield _sample(truth, name, page, target, evidence, right=right)
    for field, true in truth.head.items():
        found = tree["document"][field]
        if found["evidence"] is not None:
            right = found["value"] == true
            yield _sample(truth, name, found["page"] or 0, "head", found["evidence"], right=right)


def _fields(true: TrueRow | None, item: Mapping[str, Any], truth: Truth) -> Iterator[tuple[str, Any, bool]]:
    row = item["row"]
    if row["state"] != "matched":
        yield "absent", row["evidence"], row["state"] == "absent" and item["code"] in truth.absent
        return
    same = true is not None and is_same_row(true, row)
    yield "row", row["evidence"], same
    if item["value"]["type"] != "header":
        yield "value", item["value"]["evidence"], same and true is not None and is_same_value(true, item["value"])
    if true is not None and same:
        yield "label", row["label_evidence"], clean(row["label_raw"]) == true.label
        yield "unit", item["unit"]["evidence"], clean(item["unit"]["raw"]) == true.unit
        yield "note", item["note"]["evidence"], clean(item["note"]["raw"]) == true.note


def _sample(truth: Truth, name: str, page: int, target: str, evidence: Mapping[str, Any], *, right: bool) -> Sample:
    features = dict(evidence["features"])
    return Sample(name, truth.profile, page, target, evidence["kind"], features, right, evidence["held"])


def save_samples(samples: Iterable[Sample], path: Path) -> None:
    """One JSON object a line."""
    lines = (json.dumps(asdict(sample), ensure_ascii=False, sort_keys=True) for sample in samples)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def load_samples(path: Path) -> list[Sample]:
    """Samples that `save_samples` wrote, or decisions of people in the same form. Raises UsageError."""
    samples: list[Sample] = []
    try:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                samples.append(Sample(**json.loads(line)))
    except (OSError, ValueError, TypeError) as error:
        advice = "one JSON object a line, with the fields that ARCHITECTURE.md lists"
        raise UsageError(f"{path}, line {len(samples) + 1}: {error}", advice) from error
    return samples


def documents_of(samples: Sequence[Sample]) -> list[str]:
    """Names of the documents, each once, in a fixed order."""
    return sorted({sample.document for sample in samples})
