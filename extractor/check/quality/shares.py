"""Numbers in rows of counts -> those that look like shares: by print, by note, or by the whole they are part of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from extractor.check.cell import CheckedCell, Facts
from extractor.check.expression import Arithmetic, Cell, Comparison, Term, parse_expression
from extractor.check.words import plain, shorten
from extractor.records import Finding, Indicator

HUNDRED = Decimal(100)
FAR_LARGER = 10  # times the part: in that case a part of exactly 100 is a percentage more often than a count
RATIO_NOTE = re.compile(r"\b(?:tong )?so\b[^/;.]{4,}/\s*(?:tong )?so\b|[x×*]\s*100\b")

SHARE_PRINTED = re.compile(r"%|\d\s*/\s*\d|[.,]\d{1,2}$")


def check_shares(facts: Facts) -> Iterator[Finding]:
    """One finding a cell: by its own print, else by its note, else by the whole that it is a part of."""
    wholes = _wholes(facts)
    for indicator in facts.catalogue.indicators:
        cell = facts.cells.get(indicator.code)
        if indicator.type == "count" and cell is not None and cell.state == "read":
            finding = _by_print(indicator, cell) or _by_note(indicator, cell) or _by_whole(indicator, cell, wholes)
            if finding is not None:
                yield finding


def _by_print(indicator: Indicator, cell: CheckedCell) -> Finding | None:
    if not SHARE_PRINTED.search(cell.raw.strip()):
        return None
    return _finding(indicator, cell, ((indicator.code, "value"),), "cách in cho thấy tỷ lệ", "it is printed as a share")


def _by_note(indicator: Indicator, cell: CheckedCell) -> Finding | None:
    number = cell.known
    if number is None or number > HUNDRED or not RATIO_NOTE.search(plain(cell.note.raw)):
        return None
    cells = ((indicator.code, "value"), (indicator.code, "note"))
    return _finding(indicator, cell, cells, "ghi chú nêu công thức tỷ lệ", "its note gives a ratio")


def _by_whole(indicator: Indicator, cell: CheckedCell, wholes: dict[str, list[CheckedCell]]) -> Finding | None:
    if cell.known != HUNDRED:
        return None
    for whole in wholes.get(indicator.code, ()):
        if whole.known is not None and whole.known >= FAR_LARGER * HUNDRED:
            cells = ((indicator.code, "value"), (whole.code, "value"))
            return _finding(indicator, cell, cells, f"tổng thể là {whole.raw}", f"the whole is {whole.raw}")
    return None


def _finding(indicator: Indicator, cell: CheckedCell, cells: tuple[tuple[str, str], ...], vi: str, en: str) -> Finding:
    label = shorten(indicator.label)
    return Finding(
        "SHARE-IN-COUNT", "unit", "warning", cells, cell.page,
        f"Chỉ tiêu đếm «{label}» in {cell.raw}, có thể là tỷ lệ phần trăm: {vi}.",
        f"The count «{label}» prints {cell.raw}, which may be a percentage: {en}.",
    )  # fmt: skip


def _wholes(facts: Facts) -> dict[str, list[CheckedCell]]:
    """The cells that each cell is a part of, by the catalogue's rules `part <= whole` and `whole >= parts`."""
    found: dict[str, list[CheckedCell]] = {}
    for rule in facts.catalogue.rules:
        condition = parse_expression(rule.expression)
        if not isinstance(condition, Comparison) or rule.type not in ("part_whole", "sum"):
            continue
        less, more = (condition.left, condition.right) if condition.op == "<=" else (condition.right, condition.left)
        if isinstance(more, Cell) and more.code in facts.cells:
            for code in _addends(less):
                found.setdefault(code, []).append(facts.cells[more.code])
    return found


def _addends(term: Term) -> Iterator[str]:
    match term:
        case Cell(code):
            yield code
        case Arithmetic("+", left, right):
            yield from _addends(left)
            yield from _addends(right)
