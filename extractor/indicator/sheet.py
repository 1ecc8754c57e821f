"""A CSV file as people save it from Excel -> its lines as named cells, each knowing where it stands."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.errors import CatalogueError

DELIMITERS = ",;\t"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: `number` counts from 1 with the header as line 1; cells are NFC and stripped."""

    path: Path
    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def error(self, column: str, problem: str, advice: str) -> CatalogueError:
        """An error that says where it is: file, line and column."""
        return CatalogueError(f"{self.path} line {self.number}, column {column}: {problem}", advice)


def read_sheet(path: Path, columns: Sequence[str]) -> tuple[Line, ...]:
    """Lines of a CSV: UTF-8 with or without BOM; comma, semicolon or tab; empty lines are skipped.

    Further columns may stand in it. Raises CatalogueError that names file, line and column.
    """
    text = _read_text(path)
    if text.lower().startswith("sep="):  # Excel's own first line
        text = text.partition("\n")[2]
    header = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        return tuple(_lines(path, reader, columns))
    except csv.Error as error:
        where = f"{path} line {reader.line_num}"
        raise CatalogueError(
            f"{where}: {error}", 'close every quotation mark; write "" for one inside a cell'
        ) from error


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(
            f"{path} cannot be opened", "see reference/README.md for the files of a catalogue"
        ) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path} is not UTF-8", 'in Excel choose "CSV UTF-8" when saving') from error


def _lines(path: Path, reader: Iterator[list[str]], columns: Sequence[str]) -> Iterator[Line]:
    names = [_clean(name).lower() for name in next(reader, [])]
    for name in columns:
        if names.count(name) != 1:
            problem = "is missing" if name not in names else "stands twice"
            raise CatalogueError(f"{path} line 1: column {name} {problem}", f"the columns are {', '.join(columns)}")
    line_number = 1
    for cells in reader:
        line_number += 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            problem = f"{path} line {line_number} has {len(cells)} cells, the header {len(names)}"
            raise CatalogueError(problem, "put quotation marks around text that holds the separator")
        filled = [_clean(cell) for cell in cells] + [""] * (len(names) - len(cells))
        yield Line(path, line_number, dict(zip(names, filled, strict=False)))


def _clean(cell: str) -> str:
    return " ".join(unicodedata.normalize("NFC", cell).split())
