"""The cheapest assignment, against all assignments of small problems."""

from __future__ import annotations

import itertools
import random

import pytest

from extractor.sorting.assign import assign


def test_it_is_the_cheapest_of_all() -> None:
    draw = random.Random(5)
    for _ in range(300):
        count = draw.randint(1, 5)
        costs = [{-1 - row: draw.uniform(-3, 5)} for row in range(count)]
        for row, column in itertools.product(range(count), repeat=2):
            if row != column and draw.random() < 0.7:
                costs[row][column] = draw.uniform(-6, 6)
        chosen = assign(costs)
        assert len(set(chosen)) == count
        every = (one for one in itertools.product(*costs) if len(set(one)) == count)
        least = min(sum(costs[row][column] for row, column in enumerate(one)) for one in every)
        assert sum(costs[row][column] for row, column in enumerate(chosen)) == pytest.approx(least)
