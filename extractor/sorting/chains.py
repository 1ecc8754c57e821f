"""Pages of a form with their clues -> the reports that they make: chains of pages, each in the order of its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.sorting.assign import assign
from extractor.sorting.clues import Clues
from extractor.sorting.seams import FARTHEST, TWICE_SHARE, end_cost, link_cost, start_cost

Chain = tuple[int, ...]
"""Places of pages among the pages of the form."""
SHUFFLED_LEAST = 4.0  # by how much another order must be likelier than the file's


class Seams:
    """What it costs that one page of the form follows another. `codes`: how many the form has."""

    def __init__(self, pages: Sequence[Clues], codes: int) -> None:
        self.pages, self.codes = pages, codes
        self._heads = [0]
        for page in pages:
            self._heads.append(self._heads[-1] + page.headed)

    def crossed(self, before: int, after: int) -> int:
        """Heads between two places."""
        low, high = min(before, after), max(before, after)
        return self._heads[high] - self._heads[low + 1]

    def link(self, before: int, after: int) -> float:
        """That the page at `after` follows the one at `before`; a report that does not end there saves that cost."""
        step = after - before
        cost = link_cost(self.pages[before], self.pages[after], step, self.crossed(before, after))
        return cost - end_cost(self.pages[before], self.codes)

    def start(self, place: int) -> float:
        """That a report begins there."""
        return start_cost(self.pages[place])

    def chain(self, chain: Sequence[int]) -> float:
        """Of a whole chain."""
        return sum(self.link(a, b) for a, b in zip(chain, chain[1:], strict=False))


def find_chains(seams: Seams) -> tuple[Chain, ...]:
    """All pages in chains, each page in one; by the place of each chain's first page in the file."""
    count = len(seams.pages)
    costs: list[Mapping[int, float]] = []
    for after in range(count):
        near = range(max(0, after - FARTHEST), min(count, after + FARTHEST + 1))
        costs.append({before: seams.link(before, after) for before in near if before != after})
        costs[-1] = {-1 - after: seams.start(after), **costs[-1]}
    chosen = assign(costs)
    chains = _follow({after: before for after, before in enumerate(chosen) if before >= 0}, count, seams)
    parted = [part for chain in chains for part in _without_twice(chain, seams)]
    return tuple(sorted((_in_order(chain, seams) for chain in parted), key=min))


def _follow(before: dict[int, int], count: int, seams: Seams) -> list[Chain]:
    """Chains from links; a ring is opened where its link costs most."""
    after = {one: other for other, one in before.items()}
    chains: list[Chain] = []
    seen: set[int] = set()
    for place in [*(p for p in range(count) if p not in before), *range(count)]:
        if place in seen:
            continue
        chain = [place]
        while chain[-1] in after and after[chain[-1]] != place:
            chain.append(after[chain[-1]])
        if place in before:
            turns = [[*chain[k:], *chain[:k]] for k in range(len(chain))]
            chain = min(turns, key=lambda turn: seams.chain(turn) + seams.start(turn[0]))
        seen.update(chain)
        chains.append(tuple(chain))
    return chains


def _without_twice(chain: Chain, seams: Seams) -> list[Chain]:
    """The chain cut where what it prints comes again: no report prints its rows twice."""
    where: dict[int, int] = {}
    for at, place in enumerate(chain):
        known = set(seams.pages[place].known)
        again = [where[code] for code in known if code in where]
        if len(again) > TWICE_SHARE * max(len(known), 1) and len(again) > 2:
            first = min(again)
            links = [seams.link(chain[k], chain[k + 1]) for k in range(first, at)]
            cut = first + 1 + max(range(len(links)), key=links.__getitem__)
            return [chain[:cut], *_without_twice(chain[cut:], seams)]
        where |= dict.fromkeys(known - where.keys(), at)
    return [chain]


def _in_order(chain: Chain, seams: Seams) -> Chain:
    """The chain in the file's order, unless its own is far likelier."""
    filed = tuple(sorted(chain))
    if filed == chain:
        return chain
    gain = seams.chain(filed) + seams.start(filed[0]) - seams.chain(chain) - seams.start(chain[0])
    return chain if gain >= SHUFFLED_LEAST else filed
