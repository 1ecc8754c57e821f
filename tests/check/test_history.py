"""Values against their history: what stands aside, what does not, and how often plausible values do."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.check import find_aside, find_habit, on_scale, word_aside
from tests.store.series import ALL, draw_series

YEARS = range(2018, 2023)
LARGE = 20  # a number from which on ten times as much is a misreading, not chance


def periods(*numbers: str) -> dict[str, Decimal]:
    return {str(2018 + at): Decimal(number) for at, number in enumerate(numbers)}


@pytest.mark.parametrize("value", ["40000", "400", "4", "0", "4100000"])
def test_a_value_of_another_magnitude_stands_aside(value: str) -> None:
    found = find_aside(Decimal(value), periods("4000", "4150", "4304"), {}, None)
    assert found is not None
    assert (found.by, found.middle) == ("own", Decimal("4150"))


@pytest.mark.parametrize(
    ("value", "own"),
    [
        ("4600", ("4000", "4150", "4304")),
        ("9", ("2", "3", "1")),
        ("0", ("1", "2", "0")),
        ("40000", ("4000",)),
        ("40000", ()),
        ("60.5", ("98.1", "99.2", "97.5")),
        ("500", ("10", "700", "90")),
    ],
)
def test_growth_small_counts_and_short_histories_do_not(value: str, own: tuple[str, ...]) -> None:
    assert find_aside(Decimal(value), periods(*own), {}, None) is None


def test_without_a_history_other_organisations_speak() -> None:
    others = {f"huyện {at}": Decimal(number) for at, number in enumerate((800, 1200, 950, 2300, 1500, 700))}
    assert find_aside(Decimal(2900), {}, others, None) is None
    found = find_aside(Decimal(150000), {}, others, None)
    assert found is not None
    assert found.by == "others"
    own = periods("140000", "145000")
    assert find_aside(Decimal(150000), own, others, None) is None  # it has always been large


def test_the_sentence_names_the_history() -> None:
    found = find_aside(Decimal(43040), periods("4000", "4150", "4304.5"), {}, None)
    assert found is not None
    vi, en = word_aside(found, "III.6.4", "Số hồ sơ", "UBND huyện Thạnh Trị")
    assert "43.040" in vi
    assert "2018: 4.000; 2019: 4.150; 2020: 4.304,5" in vi
    assert "gấp 10 lần" in vi
    assert "2020: 4,304.5" in en


def _shares(series: dict[tuple[str, int], dict[str, int]], years: range) -> tuple[float, float]:
    """Share of plausible values that are told of, and of those with a zero too many."""
    values = told = large = found = 0
    for code in next(iter(series.values())):
        by_district = {one: {str(year): Decimal(series[one, year][code]) for year in years} for one in ALL}
        habit = find_habit([[on_scale(number) for number in one.values()] for one in by_district.values()])
        for one in ALL:
            for year, number in by_district[one].items():
                own = {when: other for when, other in by_district[one].items() if when != year}
                others = {name: history[year] for name, history in by_district.items() if name != one}
                values += 1
                told += find_aside(number, own, others, habit) is not None
                large += number >= LARGE
                found += number >= LARGE and find_aside(number * 10, own, others, habit) is not None
    return told / values, found / large


def test_plausible_values_do_not_flood_and_a_zero_too_many_is_found() -> None:
    told, found = _shares(draw_series(ALL, YEARS), YEARS)
    assert told < 0.01
    assert found > 0.95
    first_year = range(2018, 2019)
    told, _ = _shares(draw_series(ALL, first_year), first_year)
    assert told < 0.01
