"""Numbers of neighbouring rows -> blocks whose numbers stand a second time elsewhere, as copying leaves them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from extractor.check.cell import CheckedCell, Facts
from extractor.check.words import plain, shorten
from extractor.records import Finding, Indicator

LEAST_RUN = 2  # numbers that recur in the same order
LEAST_NUMBER = 100  # smaller numbers recur by chance
LEAST_TWIN_NUMBER = 10  # enough where both blocks ask the same questions

Block = tuple[tuple[Indicator, CheckedCell], ...]


def check_copied_blocks(facts: Facts) -> Iterator[Finding]:
    """Pairs of blocks (rows below one parent): twins with equal numbers, or runs of large equal numbers."""
    for one, other in combinations(_blocks(facts), 2):
        same = _twin_rows(one, other) or _run(one, other)
        if same:
            yield _finding(same, facts)


def _blocks(facts: Facts) -> list[Block]:
    """The given rows below each parent that are counts."""
    by_parent: dict[str, list[tuple[Indicator, CheckedCell]]] = {}
    for indicator, cell in facts.given():
        if indicator.parent and indicator.type == "count":
            by_parent.setdefault(indicator.parent, []).append((indicator, cell))
    return [tuple(block) for block in by_parent.values()]


def _twin_rows(one: Block, other: Block) -> list[CheckedCell]:
    """Cells of two blocks with the same labels and the same numbers throughout."""
    mine = {plain(indicator.label): cell for indicator, cell in one}
    theirs = {plain(indicator.label): cell for indicator, cell in other}
    if set(mine) != set(theirs) or any(mine[label].known != theirs[label].known for label in mine):
        return []
    large = any(cell.known is not None and cell.known >= LEAST_TWIN_NUMBER for cell in mine.values())
    return [*mine.values(), *theirs.values()] if large else []


def _run(one: Block, other: Block) -> list[CheckedCell]:
    """The cells of the first run of large numbers that both blocks hold in the same order."""
    mine, theirs = [cell for _, cell in one], [cell for _, cell in other]
    for i in range(len(mine) - LEAST_RUN + 1):
        for j in range(len(theirs) - LEAST_RUN + 1):
            length = 0
            while (
                i + length < len(mine)
                and j + length < len(theirs)
                and mine[i + length].known == theirs[j + length].known
                and (mine[i + length].known or 0) >= LEAST_NUMBER
            ):
                length += 1
            if length >= LEAST_RUN:
                return [*mine[i : i + length], *theirs[j : j + length]]
    return []


def _finding(cells: list[CheckedCell], facts: Facts) -> Finding:
    half = len(cells) // 2
    numbers = ", ".join(cell.raw for cell in cells[:half])
    first, second = (shorten(facts.indicators[cell.code].path[-2]) for cell in (cells[0], cells[half]))
    return Finding(
        "BLOCK-COPIED", "structure", "warning", tuple((cell.code, "value") for cell in cells), cells[0].page,
        f"Số liệu {numbers} của «{first}» ({cells[0].code}) lặp lại nguyên ở «{second}» ({cells[half].code}).",
        f"The numbers {numbers} of «{first}» ({cells[0].code}) recur in «{second}» ({cells[half].code}).",
    )  # fmt: skip
