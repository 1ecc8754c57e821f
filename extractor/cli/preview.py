"""What changes when reports are judged again -> lines for a person, a tree for a machine, and the sum of all."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from extractor.store import CellChange, Changes, Question, Rematched, StoredCell, changed_keys

MOST_NAMED = 12  # cells of a document or of the sum that are named without --details
COUNTED = {
    "value": "other values",
    "row": "rows matched otherwise",
    "accepted": "newly accepted",
    "review": "newly in review",
}
QUESTIONS = {
    "conflicts": "decisions put in question",
    "moved": "decisions that go along with their row",
    "lost": "decisions whose row is no indicator's any more",
}

log = logging.getLogger("extractor")


@dataclass(slots=True)
class Sum:
    """What changes in all documents together. `cells`: how often the same field changes in the same way."""

    documents: int
    changed: int = 0
    failed: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, one: Rematched) -> None:
        """Count one more document."""
        self.failed += one.changes is None
        self.changed += one.changed
        if one.changes is not None and one.changed:
            self.counts.update(_count(one.changes))
            self.cells.update((kind, key) for kind in COUNTED for key in changed_keys(one.changes.cells, kind))

    def to_tree(self) -> dict[str, Any]:
        """For the JSON."""
        most = [{"kind": kind, "key": key, "documents": n} for (kind, key), n in self.cells.most_common()]
        counts = {name: self.counts[name] for name in (*COUNTED, "findings_new", "findings_gone", *QUESTIONS)}
        about = {"documents": self.documents, "changed": self.changed, "failed": self.failed}
        return about | counts | {"repairs_failed": self.counts["failed"], "fields": most}


def print_document(one: Rematched, *, details: bool) -> None:
    """One document: nothing where nothing changes, else a line for each kind of change."""
    changes = one.changes
    if changes is None:
        log.error("document %d: %s", one.document_id, one.message, extra={"advice": one.advice})
        return
    if not one.changed:
        return
    form = "" if changes.form_before == changes.form_after else f": {changes.form_before} -> {changes.form_after}"
    print(f"document {changes.document_id} {changes.name}{form}")
    for kind, words in COUNTED.items():
        keys = changed_keys(changes.cells, kind)
        if keys:
            print(f"  {len(keys)} {words}: {_named(keys)}")
    for name, words in (("findings_new", "new findings"), ("findings_gone", "findings gone")):
        found = getattr(changes, name)
        if found:
            print(f"  {len(found)} {words}: {_named([tree['id'] for tree in found])}")
    for name, words in QUESTIONS.items():
        for question in getattr(changes, name):
            print(f"  {words}: {_tell(question)}")
    if changes.failed:
        print(f"  repairs that can't be done any more: {' '.join(map(str, changes.failed))}")
    for cell in changes.cells if details else ():
        print(f"    {cell.key}: {_word(cell.before)} -> {_word(cell.after)}")


def print_sum(total: Sum, *, applied: bool) -> None:
    """All documents together, and the fields that change most often."""
    for (kind, key), count in total.cells.most_common(MOST_NAMED if total.changed > 1 else 0):
        print(f"{key}: {COUNTED[kind]} in {count} documents")
    told = [f"{total.counts[name]} {words}" for name, words in COUNTED.items()]
    told += [f"{total.counts['findings_new']} new findings, {total.counts['findings_gone']} gone"]
    told += [f"{total.counts[name]} {words}" for name, words in QUESTIONS.items() if total.counts[name]]
    verb = "kept" if applied else "would change; --apply keeps it"
    unable = f", {total.failed} failed" if total.failed else ""
    different = f"{total.changed} changed: {', '.join(told)}" if total.changed else "nothing different"
    print(f"{total.documents} documents judged again, {different}{unable} ({verb})")


def to_tree(one: Rematched) -> dict[str, Any]:
    """One document for the JSON."""
    changes = one.changes
    if changes is None:
        return {"document": one.document_id, "error": {"message": one.message, "advice": one.advice}}
    return {
        "document": changes.document_id,
        "name": changes.name,
        "catalogue": {"before": changes.form_before, "after": changes.form_after},
        "cells": [_cell_tree(cell) for cell in changes.cells],
        **{kind: list(changed_keys(changes.cells, kind)) for kind in COUNTED},
        "other_confidences": changes.confidences,
        "findings_new": [_plain(found) for found in changes.findings_new],
        "findings_gone": [_plain(found) for found in changes.findings_gone],
        **{name: [_question_tree(question) for question in getattr(changes, name)] for name in QUESTIONS},
        "repairs_failed": list(changes.failed),
    }


def _count(changes: Changes) -> dict[str, int]:
    kinds = {kind: len(changed_keys(changes.cells, kind)) for kind in COUNTED}
    return kinds | {
        name: len(getattr(changes, name)) for name in ("findings_new", "findings_gone", "failed", *QUESTIONS)
    }


def _named(keys: list[str] | tuple[str, ...]) -> str:
    more = f" and {len(keys) - MOST_NAMED} more" if len(keys) > MOST_NAMED else ""
    return " ".join(keys[:MOST_NAMED]) + more


def _word(cell: StoredCell | None) -> str:
    if cell is None:
        return "not there"
    said = cell.number if cell.number is not None else cell.text or cell.raw or ""
    return f"{cell.state} {said!r} {cell.status} {cell.confidence:.4f}"


def _tell(question: Question) -> str:
    said = question.settled.get("number") or question.settled.get("text") or question.settled.get("state") or ""
    reads = "" if question.reads is None else f", read now: {question.reads.get('number') or question.reads.get('raw')}"
    where = "" if question.now is None else f" -> {question.now}"
    return f"{question.key}{where} (decision {question.seq}: {said} by {question.user}{'' if question.now else reads})"


def _cell_tree(change: CellChange) -> dict[str, Any]:
    about = {"key": change.key, "code": change.code, "field": change.field, "change": change.kind}
    return about | {"before": _half(change.before), "after": _half(change.after)}


def _half(cell: StoredCell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    names = ("state", "raw", "number", "text", "status", "confidence", "page", "box")
    return {name: getattr(cell, name) for name in names} | {"reasons": list(cell.reasons)}


def _question_tree(question: Question) -> dict[str, Any]:
    about = {"decision": question.seq, "key": question.key, "by": question.user, "settled": dict(question.settled)}
    return about | {"read": None if question.reads is None else dict(question.reads), "now": question.now}


def _plain(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in ("id", "rule", "severity", "cells", "page", "message")}
