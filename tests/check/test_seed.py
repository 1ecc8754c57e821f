"""A real report, read perfectly: what a reviewer is shown, cell by cell, and nothing besides.

Row numbers are those of the printed form. Every entry was judged by reading the report as a careful clerk would.
"""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from extractor.check import check_rules, confirm_by_rules, find_cells, find_strangers
from extractor.records import Finding
from extractor.value import parse_rows
from tests.check.seed import seed_catalogue, seed_head, seed_table

TABLE, MATCHING = seed_table()
VALUES = parse_rows(TABLE, MATCHING, seed_catalogue())
CELLS = find_cells(TABLE, MATCHING, VALUES)
SEQ = {match.code: match.row + 1 for match in MATCHING.matches}

ERRORS = {
    ("PW-34", (147, 80)),  # 41 autonomous units of 39
    ("PW-54", (184, 183)),  # 250 procedures paid online, none has a fee
    ("IMP-04", (183, 184)),
    ("CODE-LIST", (157,)),  # 10 in a yes/no row
    ("HEADER-VALUE", (57,)),  # a stray 1 beside a heading
}
WARNINGS = {
    ("SUM-07", (165, 166, 167)),  # 3.471 + 200 > 3.471
    ("EQ-01", (80, 147)),
    ("IMP-01", (52, 51)),
    ("IMP-02", (63, 64, 65)),
    ("IMP-03", (146, 145)),  # 29 units practise what the district does not
    ("IMP-05", (3, 4, 2)),  # the rate is missing beside 24 and 20
    ("IMP-06", (18, 19)),
    ("IMP-07", (139, 140, 141, 138)),
    ("UNIT-LABEL", (3,)),  # % on a number of tasks
    ("UNIT-COUNT-FOR-FLAG", (16, 16)),
    ("UNIT-EMPTY", (57,)),
    ("UNIT-EMPTY", (72,)),
    ("UNIT-EMPTY", (147,)),
    ("UNIT-EMPTY", (155,)),
    ("UNIT-EMPTY", (159,)),
    ("UNIT-EMPTY", (168,)),
    ("UNIT-OTHER", (181,)),  # dossiers counted in procedures
    ("UNIT-OTHER", (182,)),
    ("UNIT-FLAG-FOR-COUNT", (206, 206)),
    ("UNIT-FLAG-FOR-COUNT", (207, 207)),
    ("UNIT-FLAG-FOR-COUNT", (208, 208)),
    ("SHARE-IN-COUNT", (73, 73)),  # 100 of 4,304, with a formula in the note
    ("SHARE-IN-COUNT", (76, 76)),
    ("SHARE-IN-COUNT", (163, 162)),  # 100 of 14.022
    ("BLOCK-COPIED", (129, 130, 173, 174)),  # 129, 129 twice
    ("BLOCK-COPIED", (194, 200)),  # 76 for the district and for its communes
    ("CITATION-OPEN", (115,)),
}
NOTICES = {
    ("UNIT-VAGUE", (25,)),
    ("UNIT-EMPTY", (43,)),
    ("UNIT-ON-HEADER", (176,)),
    ("HEAD-NAME", ()),
    ("NOTE-NAME", (32,)),  # a district of Hà Nội is called Thanh Trì
}


def found(severity: str) -> set[tuple[str, tuple[int, ...]]]:
    findings = check_rules(CELLS, seed_catalogue(), seed_head(), find_strangers(TABLE, MATCHING, VALUES))
    return {_key(one) for one in findings if one.severity == severity}


def _key(finding: Finding) -> tuple[str, tuple[int, ...]]:
    return finding.rule, tuple(SEQ[code] for code, _ in finding.cells)


@pytest.mark.parametrize(("severity", "expected"), [("error", ERRORS), ("warning", WARNINGS), ("info", NOTICES)])
def test_what_a_reviewer_is_shown(severity: str, expected: set[tuple[str, tuple[int, ...]]]) -> None:
    assert found(severity) == expected


def test_every_value_is_a_clean_number() -> None:
    for row, value in zip(TABLE.rows, VALUES, strict=True):
        if row.value.raw:
            assert value.value.number is not None
            assert value.value.parsed
            assert not value.value.ambiguous
        else:
            assert value.value.state == "blank"


def test_marked_numbers() -> None:
    by_code = {code: cell.number for code, cell in CELLS.items()}
    assert by_code["III.6.1"] == 4304
    assert by_code["III.6.4"] == 23270
    assert by_code["I.3.1"] == Decimal("60.22")
    assert by_code["VII.3.2"] == 10


def test_all_units_that_are_printed_are_known() -> None:
    assert all(value.unit for row, value in zip(TABLE.rows, VALUES, strict=True) if row.unit.raw)


def test_all_citations_are_found() -> None:
    numbers = [citation.number for value in VALUES for citation in value.note.citations]
    assert len(numbers) == 16
    assert seed_head().report_number.value == "319/BC-UBND"


def test_what_arithmetic_confirms() -> None:
    support = confirm_by_rules(CELLS, seed_catalogue(), seed_head())
    confirmed = {SEQ[code] for code, one in support.items() if one.confirmed}
    assert confirmed == {SEQ[code] for code in ("III.2.3", "III.2.3.1", "III.2.3.2", "VII.9", "VII.9.1", "VII.9.2",
                                                "VII.9.3", "VI.3", "VI.3.1", "VI.3.2", "VI.3.3", "VI.3.4")}  # fmt: skip
    assert not any(one.fits for one in support.values())


def test_cost() -> None:
    start = time.process_time()
    check_rules(CELLS, seed_catalogue(), seed_head())
    confirm_by_rules(CELLS, seed_catalogue(), seed_head())
    assert time.process_time() - start < 0.2
