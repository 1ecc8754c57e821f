"""What it costs that one page follows another -> for each page the one before it, all together as cheap as can be.

Shortest augmenting paths with potentials over a sparse bipartite graph; after Jonker and Volgenant, A shortest
augmenting path algorithm for dense and sparse linear assignment problems, 1987.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush


def assign(costs: Sequence[Mapping[int, float]]) -> list[int]:
    """The column of each row, each column once, at the least sum.

    `costs`: of each row by column. Every row needs a column that no other row has, so that there is a solution.
    """
    state = _State(costs)
    for row in range(len(costs)):
        _augment(row, state)
    return [state.chosen[row] for row in range(len(costs))]


@dataclass(slots=True)
class _State:
    """`owner`: the row of a column, `chosen`: the column of a row; prices keep all reduced costs at or above 0."""

    costs: Sequence[Mapping[int, float]]
    owner: dict[int, int] = field(default_factory=dict)
    chosen: dict[int, int] = field(default_factory=dict)
    row_price: dict[int, float] = field(default_factory=dict)
    column_price: dict[int, float] = field(default_factory=dict)


def _augment(start: int, state: _State) -> None:
    """Give one more row a column; rows that have one may change it."""
    owner, row_price, column_price = state.owner, state.row_price, state.column_price
    row_price[start] = min(cost - column_price.get(column, 0.0) for column, cost in state.costs[start].items())
    distance: dict[int, float] = {}
    reached_from: dict[int, int] = {}
    done: dict[int, float] = {}
    row, so_far = start, 0.0
    heap: list[tuple[float, int]] = []
    while True:
        for column, cost in state.costs[row].items():
            through = so_far + cost - row_price[row] - column_price.get(column, 0.0)
            if column not in done and through < distance.get(column, float("inf")):
                distance[column], reached_from[column] = through, row
                heappush(heap, (through, column))
        so_far, best = heappop(heap)
        while best in done:
            so_far, best = heappop(heap)
        done[best] = so_far
        if best not in owner:
            break
        row = owner[best]
    row_price[start] += so_far
    for column, reached in done.items():
        if column in owner:
            row_price[owner[column]] += so_far - reached
        column_price[column] = column_price.get(column, 0.0) - (so_far - reached)
    _hand_on(start, best, reached_from, state)


def _hand_on(start: int, column: int, reached_from: Mapping[int, int], state: _State) -> None:
    """Give each row on the path the column over which the next one was reached."""
    while True:
        row = reached_from[column]
        old = state.chosen.get(row)
        state.owner[column], state.chosen[row] = row, column
        if row == start:
            return
        assert old is not None
        column = old
