"""Rows of a grid -> which of them are header, and what the header says of each column."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from rapidfuzz import fuzz

from extractor.records import CellText, GridText, Role

MAX_TITLE_ROWS = 2  # a merged title may stand above the header
LEAST_ROLES = 2  # header words that make a row a header
COVERED = 0.55  # share of a cell's text that the header word in it must cover
SHORT_WORD = 3
LIKE = 84  # rapidfuzz score from which a cell is a header word
LONGEST_HEADER = 60  # characters; longer cells are content

HEADER_WORDS: tuple[tuple[Role, tuple[str, ...]], ...] = (
    ("stt", ("stt", "tt", "so tt", "so thu tu")),
    ("label", ("ten chi tieu", "chi tieu", "noi dung", "tieu chi", "chi tieu thong ke", "noi dung bao cao", "chi so")),
    ("unit", ("don vi tinh", "dvt", "don vi", "don vi do")),
    (
        "value",
        (
            "so luong/ ty le", "so luong", "ty le", "thong ke so lieu", "ket qua", "so lieu", "ket qua thong ke",
            "ky nay", "luy ke", "thuc hien", "ket qua thuc hien", "ke hoach", "ky truoc", "quy nay", "quy truoc",
            "so lieu bao cao", "gia tri", "cung ky", "so luong, ty le", "so lieu thong ke",
        ),
    ),
    ("note", ("ghi chu", "dien giai", "tai lieu kiem chung", "minh chung", "ghi chu, minh chung")),
)  # fmt: skip
VALUE_PATTERN = re.compile(r"^(nam|quy|thang|ky|6 thang|9 thang)\b.*(20\d\d|nay|truoc|[ivx]+)$")
COUNTING_ROW = re.compile(r"^\(?\s*([1-9]|1[0-2]|[a-h])\s*\)?$", re.IGNORECASE)
REMAINS = " .:;-_|"  # what a header cell does not say; of a broken ruling below it strokes are left
COUNT = re.compile(r"^\(\s*([1-9]|1[0-2])\s*\)$")


def fold(text: str) -> str:
    """Lower case without tone marks, spaces collapsed."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def role_of(text: str) -> Role | None:
    """The column that a header cell announces, or None."""
    folded = fold(text).strip(REMAINS)
    if not folded or len(folded) > LONGEST_HEADER:
        return None
    if VALUE_PATTERN.match(folded):
        return "value"
    best_role, best = None, float(LIKE)
    for role, words in HEADER_WORDS:
        for word in words:
            covered = COVERED * len(folded) <= len(word) <= len(folded)
            score = max(fuzz.ratio(folded, word), fuzz.partial_ratio(folded, word) - 4 if covered else 0.0)
            # short words must match whole: "tt" lies in half of all words
            if score > best and (len(word) > SHORT_WORD or folded == word):
                best_role, best = role, score
    return best_role


def roles_in(text: str) -> frozenset[Role]:
    """The columns that words of a header cell announce: more than one where cells were joined."""
    folded = f" {fold(text)} "
    return frozenset(
        role for role, words in HEADER_WORDS if any(len(word) > SHORT_WORD and f" {word} " in folded for word in words)
    )


def rows_of(grid: GridText) -> list[list[CellText]]:
    """Cells by the grid row they start in."""
    rows: list[list[CellText]] = [[] for _ in range(grid.ink.grid.n_rows)]
    for cell in grid.cells:
        rows[cell.ink.cell.row].append(cell)
    return rows


def is_counting_row(cells: list[CellText]) -> bool:
    """A row "(1) (2) (3)" or "A B 1 2" under the header; of the first kind some cells may be misread."""
    texts = [cell.text.strip() for cell in cells if cell.text.strip()]
    counted = [(cell.ink.cell.column, int(found[1])) for cell in cells if (found := COUNT.match(cell.text.strip()))]
    if len(counted) > 1 and len({number - column for column, number in counted}) == 1:
        return True
    if len(texts) < max(3, len(cells) - 1) or not all(COUNTING_ROW.match(text) for text in texts):
        return False
    digits = [int(number) for text in texts if (number := re.sub(r"\D", "", text))]
    return len(digits) >= 2 and digits == sorted(set(digits)) and max(digits) <= len(cells) + 1


def count_header_rows(grid: GridText) -> int:
    """Rows at the top that are header.

    One with header words, the rows that its cells span, names of columns under a common one, and a counting row.
    """
    rows = rows_of(grid)
    first, header = _find_names(rows)
    names = rows[first] if header else []
    if 0 < header < len(rows) and _names_others(rows[header], names):
        header += 1
    while 0 < header < len(rows) and not grid.ink.grid.ruled and _goes_on(rows[:header], rows[header]):
        header += 1
    while 0 < header < len(rows) and is_counting_row(rows[header]):
        header += 1
    return header


def _find_names(rows: list[list[CellText]]) -> tuple[int, int]:
    """The row that names columns, below a title or two, and the first below its cells; zeros where there is none."""
    for index, cells in enumerate(rows[:MAX_TITLE_ROWS]):
        named = {role: cell.ink.cell.row_span for cell in cells if (role := role_of(cell.text))}
        if len(named) >= LEAST_ROLES and ("label" in named or "stt" in named):
            return index, index + max(named.values())
    return 0, 0


def _goes_on(above: list[list[CellText]], cells: list[CellText]) -> bool:
    """Whether a line below a header's is more of it: with what stands above, each of its cells names a column."""
    printed = [cell for cell in cells if cell.text.strip()]
    joined = []
    for cell in printed:
        column = cell.ink.cell.column
        over = [one.text for row in above for one in row if column in _columns_of(one) and one.text.strip()]
        joined.append(" ".join((*over, cell.text)) if over else "")
    return bool(joined) and all(map(_begins_name, joined))


def _begins_name(text: str) -> bool:
    """Whether a text is a header word, or as it begins."""
    folded = fold(text).strip(REMAINS)
    words = [word for _, words in HEADER_WORDS for word in words]
    return bool(folded) and any(word.startswith(folded) or fuzz.ratio(folded, word) >= LIKE for word in words)


def _names_others(cells: list[CellText], names: list[CellText]) -> bool:
    """Whether a row below a header names several columns that this leaves without a name, and says nothing else."""
    named = {c for cell in names if cell.text.strip() for c in _columns_of(cell)}
    printed = [cell for cell in cells if cell.text.strip()]
    free = not named.intersection(c for cell in printed for c in _columns_of(cell))
    return len(printed) > 1 and free and not any(char.isdigit() for cell in printed for char in cell.text)


def _columns_of(cell: CellText) -> range:
    at = cell.ink.cell
    return range(at.column, at.column + at.column_span)


def _counting_rows(grid: GridText, n_header: int) -> set[int]:
    return {number for number, cells in enumerate(rows_of(grid)[:n_header]) if is_counting_row(cells)}


def header_texts(grid: GridText, n_header: int) -> list[str]:
    """Header words of each column, several header rows joined."""
    texts = [""] * grid.ink.grid.n_columns
    for cell in _naming_cells(grid, n_header):
        for column in _columns_of(cell):
            texts[column] = f"{texts[column]} {cell.text}".strip()
    return texts


def _naming_cells(grid: GridText, n_header: int) -> list[CellText]:
    """Cells of the header, without counts of columns and what stands as a title above columns that have a name."""
    rows = rows_of(grid)
    counting, (first, _) = _counting_rows(grid, n_header), _find_names(rows)
    named = {c for cell in rows[first] if cell.text.strip() for c in _columns_of(cell)}

    def is_title(cell: CellText) -> bool:
        at = cell.ink.cell
        return at.row + at.row_span <= first and not named.isdisjoint(_columns_of(cell))

    return [
        cell
        for number, cells in enumerate(rows[:n_header])
        for cell in cells
        if number not in counting and not COUNTING_ROW.match(cell.text.strip() or "-") and not is_title(cell)
    ]


def joined_columns(grid: GridText, n_header: int) -> frozenset[int]:
    """Columns under one header cell that names several: the ruling between them was lost there."""
    first, _ = _find_names(rows_of(grid))
    return frozenset(
        column
        for cell in grid.cells
        for column in range(cell.ink.cell.column, cell.ink.cell.column + cell.ink.cell.column_span)
        if first <= cell.ink.cell.row < n_header and cell.ink.cell.column_span > 1 and len(roles_in(cell.text)) > 1
    )


def lowest_header(grid: GridText, n_header: int, column: int) -> CellText | None:
    """The header cell just above a column's content: it names one of several value columns under a common head.

    Where no rulings part rows, with the lines of it that stand above.
    """
    above = [cell for cell in _naming_cells(grid, n_header) if column in _columns_of(cell) and cell.text.strip()]
    above.sort(key=lambda cell: cell.ink.cell.row)
    if grid.ink.grid.ruled or not all(cell.ink.cell.column_span == 1 for cell in above):
        above = above[-1:]
    return _joined(above) if above else None


def _joined(cells: list[CellText]) -> CellText:
    """Lines of one cell that stand in cells of their own."""
    if len(cells) == 1:
        return cells[0]
    words = "\n".join(cell.ink.words for cell in cells if cell.ink.words) or None
    ink = replace(cells[-1].ink, lines=tuple(line for cell in cells for line in cell.ink.lines), words=words)
    text, lines = " ".join(cell.text for cell in cells), tuple(line for cell in cells for line in cell.lines)
    return CellText(ink, text, min(cell.confidence for cell in cells), lines)
