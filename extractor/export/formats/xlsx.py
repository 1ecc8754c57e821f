"""Rows -> a workbook: texts are typed as texts, numbers as numbers; a sheet tells what columns and codes mean."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractor.errors import UsageError
from extractor.export.columns import COLUMNS, KINDS, NAMES, Row, as_float, plain_number
from extractor.export.records import STATUSES

ROWS_A_SHEET = 1_000_000  # a sheet has room for 1,048,576
MOST_CHARACTERS = 32767  # of a cell: a longer text has no room
WIDTHS = {"INDICATOR_LABEL": 60, "REF_AREA_LABEL": 28, "NOTE": 50, "SHA256": 16, "OBS_ID": 16}


def write_xlsx(rows: Iterable[Row], target: Path) -> None:
    """Write a sheet of observations (more where one has no room), and one that explains them. Raises UsageError."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    source = iter(rows)
    for number in itertools.count(1):
        first = next(source, None)
        if first is None and number > 1:
            break
        part = itertools.islice(source, ROWS_A_SHEET - 1)
        _fill(book, "observations" if number == 1 else f"observations {number}", _chain(first, part))
        if first is None:
            break
    _explain(book)
    book.save(target)


def _chain(first: Row | None, rest: Iterator[Row]) -> Iterator[Row]:
    return iter(()) if first is None else itertools.chain((first,), rest)


def _fill(book: Any, title: str, rows: Iterable[Row]) -> None:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index, name in enumerate(NAMES, 1):
        sheet.column_dimensions[get_column_letter(index)].width = WIDTHS.get(name, max(10, len(name) + 2))
    sheet.append(NAMES)
    for row in rows:
        sheet.append(
            [
                item if item is None or kind in ("integer", "fraction") else _cell(sheet, item, WriteOnlyCell)
                for item, kind in zip(row, KINDS, strict=True)
            ]
        )


def _cell(sheet: Any, item: str | Decimal, make: Any) -> Any:
    """Numbers as they are; a text that could be a formula, or a number too long for a spreadsheet, typed as text."""
    if isinstance(item, Decimal):
        near = as_float(item)
        return near if near is not None and abs(near) < 1e15 else _typed(sheet, plain_number(item), make)
    if item[:1] in "=+-@#":  # also what looks like an error of a formula
        return _typed(sheet, item, make)
    return _checked(item)


def _typed(sheet: Any, text: str, make: Any) -> Any:
    cell = make(sheet, _checked(text))
    cell.data_type = "s"
    return cell


def _checked(text: str) -> str:
    """A text that a workbook has room for; control characters have no place in one."""
    if len(text) > MOST_CHARACTERS:
        raise UsageError("a text is longer than a cell of a workbook may be", "export as csv, jsonl or parquet")
    return text if text.isprintable() else "".join(c if c in "\t\n\r" or c >= " " else "\ufffd" for c in text)


def _explain(book: Any) -> None:
    columns = book.create_sheet("columns")
    columns.append(("column", "meaning"))
    for column in COLUMNS:
        columns.append((column.name, column.about))
    codes = book.create_sheet("OBS_STATUS")
    codes.append(("code", "meaning"))
    for code, meaning in STATUSES.items():
        codes.append((code, meaning))
