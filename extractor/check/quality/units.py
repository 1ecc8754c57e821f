"""Printed units and labels -> units that contradict their row, are missing, or leave its type undecided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extractor.check.cell import CheckedCell, Facts
from extractor.check.words import asks_count, asks_yes, plain, shorten
from extractor.records import Finding, Indicator, Severity

FLAGS = ("boolean", "enum")
VAGUE = ("so luong", "so", "tong so", "ty le")  # names of columns, not of units
MERGED_SHARE = 0.1  # more empty unit cells than this are cells merged over rows, or a habit, and no news


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a unit. `undecided`: the row's type can't be told, so its value is in doubt, too."""

    rule: str
    vi: str
    en: str
    undecided: bool = False


def check_units(facts: Facts) -> Iterator[Finding]:
    """One finding at most for each row's unit."""
    kinds = {unit.name: unit.kind for unit in facts.catalogue.units}
    empties_tell = _empties_tell(facts)
    for indicator in facts.catalogue.indicators:
        cell = facts.cells.get(indicator.code)
        if cell is not None and cell.unit_printed:
            doubt = _find_doubt(indicator, cell, kinds, empties_tell)
            if doubt is not None:
                yield _finding(doubt, indicator, cell)


def _find_doubt(indicator: Indicator, cell: CheckedCell, kinds: dict[str, str], empties_tell: bool) -> Doubt | None:
    if not cell.unit_raw.strip():
        return _missing(indicator) if empties_tell and _expects_unit(indicator, cell) else None
    kind = kinds.get(cell.unit or "")
    if plain(cell.unit_raw) in VAGUE:
        return Doubt("UNIT-VAGUE", f"in «{cell.unit_raw}» thay cho đơn vị tính", f"prints «{cell.unit_raw}» for a unit")
    if kind is None or not cell.unit_certain:
        return None
    return _type_doubt(indicator, cell, kind) or _other_unit(indicator, cell, kind, kinds)


def _type_doubt(indicator: Indicator, cell: CheckedCell, kind: str) -> Doubt | None:
    """A label that asks for one type over a unit of another."""
    unit = cell.unit_raw
    if kind in FLAGS and asks_count(indicator.label):
        return Doubt(
            "UNIT-FLAG-FOR-COUNT",
            f"hỏi số lượng nhưng đơn vị tính là mã «{unit}»",
            f"asks for a count over the code list «{unit}»",
            undecided=True,
        )
    if kind == "count" and (indicator.type in FLAGS or asks_yes(indicator.label)):
        return Doubt(
            "UNIT-COUNT-FOR-FLAG",
            f"hỏi có hay không nhưng đơn vị tính là «{unit}»",
            f"asks yes or no over the unit «{unit}»",
            undecided=True,
        )
    if kind == "percent" and indicator.type != "percent":
        return Doubt("UNIT-LABEL", f"in đơn vị «{unit}» cho một số đếm", f"prints the unit «{unit}» for a count")
    return None


def _other_unit(indicator: Indicator, cell: CheckedCell, kind: str, kinds: dict[str, str]) -> Doubt | None:
    if indicator.type == "header":
        return Doubt("UNIT-ON-HEADER", f"là dòng tiêu đề nhưng in đơn vị «{cell.unit_raw}»",
                     f"is a header row but prints the unit «{cell.unit_raw}»")  # fmt: skip
    if not indicator.unit or cell.unit == indicator.unit or {kind, kinds.get(indicator.unit)} <= set(FLAGS):
        return None
    return Doubt("UNIT-OTHER", f"in đơn vị «{cell.unit_raw}», biểu mẫu ghi «{indicator.unit}»",
                 f"prints the unit «{cell.unit_raw}», the form says «{indicator.unit}»")  # fmt: skip


def _missing(indicator: Indicator) -> Doubt:
    wanted = f" («{indicator.unit}»)" if indicator.unit else ""
    return Doubt("UNIT-EMPTY", f"không in đơn vị tính{wanted}", f"prints no unit{wanted}")


def _expects_unit(indicator: Indicator, cell: CheckedCell) -> bool:
    return bool(indicator.unit) or (indicator.type == "header" and cell.state == "read")


def _empties_tell(facts: Facts) -> bool:
    """Whether units are printed as a rule, so that an empty cell is news."""
    cells = [
        cell for one in facts.catalogue.indicators
        if one.unit and (cell := facts.cells.get(one.code)) is not None and cell.unit_printed
    ]  # fmt: skip
    empty = sum(not cell.unit_raw.strip() for cell in cells)
    return bool(cells) and empty <= max(1, MERGED_SHARE * len(cells))


def _finding(doubt: Doubt, indicator: Indicator, cell: CheckedCell) -> Finding:
    severity: Severity = "warning" if cell.state == "read" else "info"
    label = shorten(indicator.label)
    fields = ("unit", "value") if doubt.undecided else ("unit",)
    return Finding(
        doubt.rule, "unit", severity, tuple((indicator.code, field) for field in fields), cell.page,
        f"Chỉ tiêu «{label}» {doubt.vi}.", f"The row «{label}» {doubt.en}.",
    )  # fmt: skip
