"""Rows of any pages and a catalogue -> what each row prints; a code may come again: pages may be of two reports."""

from __future__ import annotations

import numpy as np

from extractor.indicator.align import STRANGER, emit_rows, find_steps
from extractor.indicator.chain import Chain, find_path
from extractor.records import Catalogue, Table

BEFORE = -1e6  # score of an indicator that is not sought


def find_codes(table: Table, catalogue: Catalogue, after: int = -1) -> tuple[int | None, ...]:
    """The place in the catalogue of each row's indicator, None: of no indicator. A first look, enough to sort pages.

    `after`: the place behind which all are sought.
    """
    if not table.rows:
        return ()
    scores = emit_rows(table.rows, catalogue)
    scores[:, : after + 1] = BEFORE
    chain = Chain(scores, find_steps(catalogue.indicators), np.full(len(table.rows), STRANGER))
    path, _ = find_path(chain)
    return tuple(int(code) if code >= 0 else None for code in path)
