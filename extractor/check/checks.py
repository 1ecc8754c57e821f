"""Cells of a report -> all findings: the catalogue's rules, codes, headers and general checks of data quality."""

from __future__ import annotations

from extractor.check.cell import Cells, Stranger, find_facts
from extractor.check.codes import check_codes, check_headers
from extractor.check.quality import QUALITY_CHECKS
from extractor.check.rules import check_catalogue_rules
from extractor.records import Catalogue, Finding, Head

ALL_CHECKS = (check_catalogue_rules, check_codes, check_headers, *QUALITY_CHECKS)


def check_rules(
    values: Cells, catalogue: Catalogue, head: Head, strangers: tuple[Stranger, ...] = ()
) -> tuple[Finding, ...]:
    """All findings on the cells of a report, each once. Only failed hard rules, codes and headers can be errors."""
    facts = find_facts(values, catalogue, head, strangers)
    return _without_repeats(tuple(finding for check in ALL_CHECKS for finding in check(facts)))


def _without_repeats(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without findings that a rule of the catalogue has already made on the same cells."""
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    kept = []
    for finding in findings:
        key = (finding.kind, frozenset(finding.cells))
        if not finding.cells or finding.kind != "completeness" or key not in seen:
            kept.append(finding)
        seen.add(key)
    return tuple(kept)
