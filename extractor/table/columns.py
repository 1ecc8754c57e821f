"""A chain of grids -> the role of every column, from header words and from content."""

from __future__ import annotations

import re
from collections import Counter

from extractor.records import CellText, GridText, Role
from extractor.table.header import fold, header_texts, joined_columns, role_of

NUMBER = re.compile(r"^[\d.,%/\s-]+$")
ORDINAL = re.compile(r"^\(?([ivxlcIVXLC]+|\d{1,3}(\.\d{1,2})*|[a-zA-Z])\s*[.)]?$|^[-+*]$")
UNIT_WORDS = frozenset(
    "% van ban|nhiem vu|ho so|nguoi|co quan, don vi|don vi|tthc|thu tuc|van de|tin, bai|y kien|phieu|so luong|"
    "co = 1 khong = 0|khong = 0; co = 1|co = 1; khong = 0".split("|")
) | {"%"}
ROLES: tuple[Role, ...] = ("stt", "label", "unit", "value", "note")


def find_roles(grid: GridText, n_header: int) -> tuple[Role | None, ...]:
    """Roles of a grid's columns. Header words decide; columns they leave open are told by content and place."""
    headers = header_texts(grid, n_header) if n_header else [""] * grid.ink.grid.n_columns
    joined = joined_columns(grid, n_header)
    roles: list[Role | None] = [None if c in joined else role_of(text) for c, text in enumerate(headers)]
    contents = [column_texts(grid, column, n_header) for column in range(grid.ink.grid.n_columns)]
    # "Mã chỉ tiêu" beside "Nội dung": labels are words, codes are not
    named = sorted((c for c, role in enumerate(roles) if role == "label"), key=lambda c: -_letters(contents[c]))
    for column in named[1:]:
        roles[column] = None
    # "Số lượng/ tỷ lệ" under "Kết quả" and the like: two labels or units can't be
    for role in ("stt", "unit", "note"):
        for column in [c for c, r in enumerate(roles) if r == role][1:]:
            roles[column] = None
    if "unit" not in roles:
        # header cells of two columns that were joined name both alike
        for column in [c for c, role in enumerate(roles) if role == "value"][:-1]:
            filled = [text for text in contents[column] if text]
            if filled and not any(map(NUMBER.match, filled)) and looks_like_units(filled):
                roles[column] = "unit"
                break
    _fill_open(roles, contents)
    return tuple(roles)


def _letters(texts: list[str]) -> int:
    return sum(char.islower() for text in texts for char in text)


def column_texts(grid: GridText, column: int, n_header: int) -> list[str]:
    """Texts of the cells that lie in this column alone, below the header."""
    return [
        cell.text.strip()
        for cell in grid.cells
        if cell.ink.cell.column == column and cell.ink.cell.column_span == 1 and cell.ink.cell.row >= n_header
    ]


def _fill_open(roles: list[Role | None], contents: list[list[str]]) -> None:
    if "label" not in roles:
        widest = [sum(len(t) for t in texts) if roles[c] is None else -1 for c, texts in enumerate(contents)]
        filled = [sum(bool(t) for t in texts) / max(len(texts), 1) for texts in contents]
        scores = [w * f**2 for w, f in zip(widest, filled, strict=True)]
        if max(scores, default=0) > 0:
            roles[scores.index(max(scores))] = "label"
    label = roles.index("label") if "label" in roles else 0
    for column, texts in enumerate(contents):
        if roles[column] is None:
            roles[column] = _guess(column, label, texts, roles)
    # whatever the words of a report's units, they stand between its labels and its values
    between = range(label + 1, roles.index("value") if "value" in roles else 0)
    if "unit" not in roles and len(between) == 1 and _is_words(contents[between[0]]):
        roles[between[0]] = "unit"


def _is_words(texts: list[str]) -> bool:
    """Whether most of the texts that there are hold no number alone."""
    filled = [text for text in texts if text]
    return sum(not NUMBER.match(text) or text == "%" for text in filled) > len(filled) / 2


def _guess(column: int, label: int, texts: list[str], roles: list[Role | None]) -> Role | None:
    filled = [text for text in texts if text]
    numeric = sum(bool(NUMBER.match(text)) for text in filled)
    if column < label:
        return "stt" if "stt" not in roles else None
    if filled and "unit" not in roles and numeric < 0.3 * len(filled) and looks_like_units(filled):
        return "unit"
    if filled and numeric >= 0.6 * len(filled) and numeric >= 2:
        return "value"
    after_value = "value" in roles and column > roles.index("value")
    if after_value and "note" not in roles:
        return "note"
    if "value" not in roles and "unit" in roles and column > roles.index("unit"):
        return "value"
    return None


def looks_like_units(texts: list[str]) -> bool:
    """Short words that recur."""
    known = sum(any(word in fold(text) for word in UNIT_WORDS) for text in texts)
    recurring = sum(count for count in Counter(fold(t) for t in texts).values() if count > 1)
    short = sum(len(text) <= 60 for text in texts)
    return short >= 0.8 * len(texts) and (known >= 0.4 * len(texts) or recurring >= 0.6 * len(texts) >= 3)


def boundaries(grid: GridText) -> list[float]:
    """x of the column borders as fractions of the grid's width."""
    edges: dict[int, float] = {}
    x0, _, x1, _ = grid.ink.grid.box
    for cell in grid.ink.grid.cells:
        edges[cell.column] = (cell.box[0] - x0) / max(x1 - x0, 1.0)
        edges[cell.column + cell.column_span] = (cell.box[2] - x0) / max(x1 - x0, 1.0)
    return [edges[i] for i in sorted(edges)]


def carry_roles(
    reference: tuple[Role | None, ...], widths: list[float], grid: GridText
) -> tuple[tuple[Role | None, ...], float]:
    """Roles for a grid without a header, from a grid that has one; and how badly the columns fit (0 = same).

    `widths`: borders of the reference grid. A grid with fewer columns has lost some: the subset that fits best wins.
    """
    kept, misfit = fit_columns(widths, grid)
    return tuple(reference[c] for c in kept), misfit


def fit_columns(widths: list[float], grid: GridText) -> tuple[tuple[int, ...], float]:
    """(which of the columns between the borders `widths` those of the grid are, how badly they fit); () where none."""
    own = boundaries(grid)
    count = len(own) - 1
    best: tuple[int, ...] = ()
    best_misfit = 9.0
    for kept in _subsets(len(widths) - 1, count):
        sizes = [widths[c + 1] - widths[c] for c in kept]
        total = sum(sizes)
        borders = [sum(sizes[:i]) / total for i in range(count + 1)]
        misfit = max(abs(a - b) for a, b in zip(borders, own, strict=True))
        if misfit < best_misfit:
            best, best_misfit = kept, misfit
    return best, best_misfit


def _subsets(total: int, kept: int) -> list[tuple[int, ...]]:
    from itertools import combinations

    return list(combinations(range(total), kept)) if total - 2 <= kept <= total else []


def has_blank(cells: tuple[CellText, ...]) -> bool:
    """Whether no ink lies in these cells."""
    return not any(cell.ink.has_ink for cell in cells)
