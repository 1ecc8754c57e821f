"""An alignment and rows that a person has settled -> the alignment in which these rows are what the person says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extractor.records import Matching, RowMatch

UNKNOWN = 0.5  # P(not printed) of a code whose row was given to another


def pin_rows(matching: Matching, pins: Mapping[int, str | None]) -> Matching:
    """`pins`: the code of a row by its index, None for a row of no indicator. A code is used at most once still."""
    if not pins:
        return matching
    taken = {code for code in pins.values() if code is not None}
    before = {match.code for match in matching.matches if match.code is not None}
    matches = tuple(_pin(match, pins, taken) for match in matching.matches)
    after = {match.code for match in matches if match.code is not None}
    absent = tuple((code, chance) for code, chance in matching.absent if code not in after)
    return replace(matching, matches=matches, absent=absent + tuple((code, UNKNOWN) for code in sorted(before - after)))


def _pin(match: RowMatch, pins: Mapping[int, str | None], taken: set[str]) -> RowMatch:
    if match.row in pins:
        code = pins[match.row]
        other = None if code is not None else match.runner_up or (match.code and (match.code, 0.0)) or None
        return RowMatch(match.row, code, 1.0, other)
    if match.code in taken:
        return RowMatch(match.row, None, match.confidence, (str(match.code), UNKNOWN))
    return match
