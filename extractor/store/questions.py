"""Cells and what people settled -> decisions that a new reading puts in question, and those whose row is gone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from extractor.store.cells import Tree
from extractor.store.decide import same_word
from extractor.store.records import HEAD_FIELDS, Settled, StoredCell, Task
from extractor.store.tasks import CONFLICT_ERROR, rank_of

OF_ROWS = ("value", "unit", "note")
LOST_RULE = "DECISION-WITHOUT-ROW"


def find_conflicts(cells: Iterable[StoredCell], settled: Mapping[str, Settled]) -> Iterator[Task]:
    """Settled fields under which the reading has changed to something that nobody has seen."""
    for one in cells:
        decided = settled.get(one.key)
        if decided is None or one.field in (*HEAD_FIELDS, "row", "stranger"):
            continue
        seen = decided.before.get("read")
        if seen is None or same_word(one.word, seen) or same_word(one.word, {**one.word, **decided.after}):
            continue
        rank = rank_of(CONFLICT_ERROR)
        reasons = ("reading-changed",)
        yield Task(
            0, one.document_id, one.key, "conflict", rank, one.page or 0, one.position, None, reasons, one.code, 1
        )


def find_lost(keys: Collection[str], settled: Mapping[str, Settled]) -> dict[str, Settled]:
    """What people settled of fields that are not among `keys`: rows that are no indicator's any more."""
    lost = {key: one for key, one in settled.items() if key.rpartition("/")[2] in OF_ROWS or "/value/" in key}
    return {key: one for key, one in lost.items() if key not in keys}


def tell_lost(lost: Mapping[str, Settled]) -> Tree:
    """A finding that names them: the decisions stay, and somebody must know."""
    words = ((key, one.after.get("number") or one.after.get("text") or one.kind) for key, one in lost.items())
    listed = ", ".join(f"{key} = {word}" for key, word in words)
    return {
        "rule": LOST_RULE,
        "kind": "structure",
        "severity": "warning",
        "cells": [],
        "page": None,
        "message": {
            "vi": f"Đã chốt nhưng mẫu không còn chỉ tiêu này: {listed}",
            "en": f"Settled by people, but the form has no such indicator any more: {listed}",
        },
    }
