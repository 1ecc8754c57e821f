"""Rows of a page whose labels stand in the form twice -> the codes that go on where the page before ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from extractor.indicator import find_codes, load_catalogue
from extractor.records import Table
from extractor.sorting.clues import _not_again
from tests.builders import make_row

CATALOGUE = load_catalogue("soctrang-cchc-huyen")
PLACE = {indicator.code: place for place, indicator in enumerate(CATALOGUE.indicators)}


def make_page(codes: Sequence[str], value: str = "7") -> Table:
    labels = [CATALOGUE.indicators[PLACE[code]].label for code in codes]
    return Table(tuple(make_row(n, label, value) for n, label in enumerate(labels)), "", (), (1,))


def codes_of(page: Table, before: Mapping[int, str] | None = None) -> list[str]:
    found = _not_again(find_codes(page, CATALOGUE), before or {}, page, CATALOGUE)
    return [CATALOGUE.indicators[code].code if code is not None else "" for code in found]


FIRST = [f"VII.11.1.{n}" for n in range(1, 5)]
SECOND = [f"VII.11.2.{n}" for n in range(1, 5)]


def test_rows_named_like_those_of_the_page_before_go_on_behind_it() -> None:
    before = dict.fromkeys((PLACE[code] for code in (*FIRST[2:], "VII.11.1.5", "VII.11.2")), "3")
    assert codes_of(make_page(SECOND)) == FIRST
    assert codes_of(make_page(SECOND), before) == SECOND


@pytest.mark.parametrize("again", [["VII.11.1.3", "VII.11.1.4", "VII.11.1.5", "VII.11.2"], ["I.1", "I.1.1", "I.1.2"]])
def test_a_page_that_is_there_twice_is_the_same_page(again: list[str]) -> None:
    before = dict.fromkeys((PLACE[code] for code in again), "3")
    assert codes_of(make_page(again), before) == again


def test_a_page_of_such_rows_that_is_there_twice_is_told_by_its_values() -> None:
    before = dict.fromkeys((PLACE[code] for code in FIRST), "7")
    assert codes_of(make_page(FIRST), before) == FIRST
    assert codes_of(make_page(FIRST, "8"), before) == SECOND
