"""Grids of all pages -> tables: grids that continue each other joined, rows with roles, cut rows whole again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mode

from rapidfuzz import fuzz

from extractor.records import CellText, DraftRow, DraftTable, GridText, Piece, Role
from extractor.table.columns import ROLES, boundaries, carry_roles, find_roles, has_blank
from extractor.table.header import count_header_rows, fold, header_texts, lowest_header, role_of

SAME_COLUMNS = 0.035  # of the table's width: how far borders of one table may differ from page to page
SPLIT_COLUMNS = 0.4  # certainty of the rows of a page with more columns than its first and than most
SAME_HEADER = 82  # rapidfuzz score of header words on two pages
NEW_HEADER = 3  # columns named by another header between the same borders, from which another table starts


@dataclass(frozen=True, slots=True)
class _Chain:
    """Grids that are one table so far, with the roles of each one's columns and the header rows of each."""

    grids: tuple[GridText, ...]
    roles: tuple[tuple[Role | None, ...], ...]
    headers: tuple[int, ...]
    texts: tuple[str, ...]
    leading: int = 0


def find_tables(grids: Sequence[GridText]) -> tuple[DraftTable, ...]:
    """Logical tables in reading order. `grids`: all grids of the report, page by page, top to bottom."""
    chains: list[_Chain] = []
    for grid in _without_ghosts(grids):
        joined = _continue(chains[-1], grid) if chains else None
        if joined is not None:
            chains[-1] = joined
        else:
            chains.append(_start(grid))
    return tuple(_draft(_agreed(chain)) for chain in chains)


def _agreed(chain: _Chain) -> _Chain:
    """The chain with one order of columns for all grids of the same borders: what most of their headers say."""
    lead = chain.grids[chain.leading]
    borders = boundaries(lead)
    alike = [
        index
        for index, grid in enumerate(chain.grids)
        if grid.ink.grid.n_columns == lead.ink.grid.n_columns
        and max(abs(a - b) for a, b in zip(boundaries(grid), borders, strict=True)) <= SAME_COLUMNS
    ]
    usual = mode([chain.roles[chain.leading], *(chain.roles[index] for index in alike if index != chain.leading)])
    return replace(chain, roles=tuple(usual if n in alike else own for n, own in enumerate(chain.roles)))


def _without_ghosts(grids: Sequence[GridText]) -> list[GridText]:
    """Without grids that hold no ink, on pages where another one does: rulings of the sheet's other side."""
    inked = [any(cell.ink.has_ink for cell in grid.cells) for grid in grids]
    pages = {grid.ink.grid.page for grid, has_ink in zip(grids, inked, strict=True) if has_ink}
    pairs = zip(grids, inked, strict=True)
    return [grid for grid, has_ink in pairs if has_ink or grid.ink.grid.page not in pages]


def _start(grid: GridText) -> _Chain:
    n_header = count_header_rows(grid)
    texts = tuple(header_texts(grid, n_header)) if n_header else ()
    return _Chain((grid,), (find_roles(grid, n_header),), (n_header,), texts)


def _continue(chain: _Chain, grid: GridText) -> _Chain | None:
    """The chain with this grid, or None where the grid starts another table."""
    if grid.ink.grid.page == chain.grids[-1].ink.grid.page:
        return None
    n_header = count_header_rows(grid)
    if n_header and not chain.texts:
        return _led_by(chain, grid, n_header)
    lead = chain.grids[chain.leading]
    roles, misfit = carry_roles(chain.roles[chain.leading], boundaries(lead), grid)
    if n_header and chain.texts and not _same_header(chain.texts, header_texts(grid, n_header)):
        named = {role for role in map(role_of, header_texts(grid, n_header)) if role}
        # between the same borders, a row that only shares a word or two with a header is content
        if misfit > SAME_COLUMNS or len(named) >= NEW_HEADER:
            return None
        n_header = 0
    if n_header and chain.texts:
        own = find_roles(grid, n_header)
        roles = own if len([r for r in own if r]) >= len([r for r in roles if r]) else roles
    elif misfit > SAME_COLUMNS:
        last, near = carry_roles(chain.roles[-1], boundaries(chain.grids[-1]), grid)
        if near > SAME_COLUMNS:
            return None
        roles = last
    return replace(
        chain,
        grids=(*chain.grids, grid),
        roles=(*chain.roles, roles),
        headers=(*chain.headers, n_header if chain.texts else 0),
    )


def _led_by(chain: _Chain, grid: GridText, n_header: int) -> _Chain | None:
    """The chain with the first of its grids that has a header, which names the columns of all before it."""
    roles = find_roles(grid, n_header)
    carried = [carry_roles(roles, boundaries(grid), other) for other in chain.grids]
    if max(misfit for _, misfit in carried) > SAME_COLUMNS:
        return None
    return _Chain(
        (*chain.grids, grid),
        (*(own for own, _ in carried), roles),
        (*chain.headers, n_header),
        tuple(header_texts(grid, n_header)),
        leading=len(chain.grids),
    )


def _same_header(before: Sequence[str], after: Sequence[str]) -> bool:
    return fuzz.ratio(fold(" ".join(before)), fold(" ".join(after))) >= SAME_HEADER


def _draft(chain: _Chain) -> DraftTable:
    roles = chain.roles[chain.leading]
    counts = [grid.ink.grid.n_columns for grid in chain.grids]
    usual = max(counts[chain.leading], mode(counts))
    rows: list[DraftRow] = []
    headed: list[tuple[int, DraftRow]] = []
    for index, grid in enumerate(chain.grids):
        own = chain.roles[index]
        # without a column of values nothing is known of them: they are not blank
        due = ROLES if _is_cut(grid) else (*roles, "value")
        missing = tuple(role for role in ROLES if role in due and role not in own)
        n_header = chain.headers[index]
        numbers = range(n_header, grid.ink.grid.n_rows)
        first_rows = _first_rows(grid, n_header, _labelled(grid, own))
        n_before = (max(roles.count("value"), 1), 0 if own.count(None) == roles.count(None) else roles.count(None))
        drafted = [_row(grid, own, number, missing, first_rows, n_before) for number in numbers]
        if n_header and not grid.ink.grid.ruled:
            lowest = _first_rows(grid, n_header - 1, _labelled(grid, own))
            headed.append((len(rows), _row(grid, own, n_header - 1, missing, lowest, n_before)))
        if grid.ink.grid.n_columns > usual:
            # a scratch made two columns of one, and may part a figure
            drafted = [replace(row, grid_certainty=min(row.grid_certainty, SPLIT_COLUMNS)) for row in drafted]
        for row in drafted:
            first = row is drafted[0]
            last = _last_printed(rows) if first else len(rows) - 1
            if rows and ((first and _cut_by_break(rows[last], row)) or _cut_by_white(rows[last], row, grid)):
                rows[last:] = [rejoin_rows(rows[last], row)]
            else:
                rows.append(row)
    lead, n_header = chain.grids[chain.leading], chain.headers[chain.leading]
    measures = tuple(lowest_header(lead, n_header, c) for c, role in enumerate(roles) if role == "value")
    further = tuple(lowest_header(lead, n_header, c) for c, role in enumerate(roles) if role is None)
    return DraftTable(chain.grids, tuple(rows), roles, measures, chain.texts, chain.headers, further, tuple(headed))


def _is_cut(grid: GridText) -> bool:
    """Whether the sheet ends in the first or the last column: others may have stood beyond it."""
    n_columns = grid.ink.grid.n_columns
    sides: tuple[list[bool], list[bool]] = ([], [])
    for cell in grid.ink.cells:
        at = cell.cell
        if at.column == 0:
            sides[0].append(cell.cut)
        if at.column + at.column_span == n_columns:
            sides[1].append(cell.cut)
    return any(map(all, sides))


def _labelled(grid: GridText, roles: tuple[Role | None, ...]) -> frozenset[int]:
    """Rows of the grid in which a label is printed."""
    labels = (c for c in grid.cells if _role_of_span(c, roles) == "label" and c.ink.has_ink)
    return frozenset(cell.ink.cell.row for cell in labels)


def _first_rows(grid: GridText, n_header: int, labelled: frozenset[int]) -> Mapping[int, int]:
    """By id() of each cell the row that has what is printed in it: the first of its rows below the header with a label.

    Strokes make rows of their own, and a header's cell goes on below it where a ruling was lost.
    """
    found = {}
    for cell in grid.cells:
        at = cell.ink.cell
        rows = range(max(at.row, n_header), at.row + at.row_span)
        found[id(cell)] = next((row for row in rows if row in labelled), rows.start)
    return found


def _row(
    grid: GridText,
    roles: tuple[Role | None, ...],
    number: int,
    missing: tuple[Role, ...],
    first_rows: Mapping[int, int],
    n_before: tuple[int, int],
) -> DraftRow:
    """Row `number` of the grid. `first_rows`: see above.

    `n_before`: value columns of the table, and columns without a role that are not the grid's: its own ones come after.
    """
    fields: dict[Role, list[CellText]] = {role: [] for role in ROLES}
    others: list[tuple[CellText, ...]] = []
    roleless: list[tuple[CellText, ...]] = []
    merged = note_merged = False
    covering = [c for c in grid.cells if c.ink.cell.row <= number < c.ink.cell.row + c.ink.cell.row_span]
    for cell in covering:
        role = _role_of_span(cell, roles)
        first = first_rows[id(cell)] == number
        covers_value = role != "value" and "value" in _spanned(cell, roles)
        # one cell over the values of several rows: whose its figure is cannot be told
        merged = merged or (covers_value and role == "label") or (role == "value" and cell.ink.cell.row_span > 1)
        note_merged = note_merged or (role == "note" and cell.ink.cell.row_span > 1 and cell.ink.has_ink)
        # a merged unit holds for all its rows; anything else is printed once, on its first row
        if not (first or role == "unit"):
            continue
        if role is None:
            roleless.append((cell,))
            continue
        if role == "value" and fields["value"]:
            others.append((cell,))
            continue
        fields[role].append(cell)
        if covers_value and role != "label":
            # a lost ruling between unit and value: what is read here may be the value
            fields["value"].append(cell)
        if role != "label" and "note" in _spanned(cell, roles)[1:] and cell.ink.has_ink:
            # or one before the notes: what is read here may be both
            fields["note"].append(cell)
    if any(cell.text.strip() for cells in roleless for cell in cells):
        n_values, n_further = n_before
        others += [()] * (n_values - 1 - len(others) + n_further)
        others += roleless
    pieces = _bounds([c for c in covering if c.ink.cell.row == number] or covering)
    return DraftRow(
        stt=tuple(fields["stt"]),
        label=tuple(fields["label"]),
        unit=tuple(fields["unit"]),
        value=tuple(fields["value"]),
        note=tuple(fields["note"]),
        others=tuple(others),
        pieces=pieces,
        columns_missing=missing,
        grid_certainty=grid.ink.grid.certainty,
        value_merged=merged,
        note_merged=note_merged,
    )


def _role_of_span(cell: CellText, roles: tuple[Role | None, ...]) -> Role | None:
    """A cell merged over several columns is a label where one of them is, else what its first column is."""
    spanned = _spanned(cell, roles)
    if len(spanned) > 1 and "label" in spanned:
        return "label"
    return next((role for role in spanned if role), None)


def _spanned(cell: CellText, roles: tuple[Role | None, ...]) -> tuple[Role | None, ...]:
    at = cell.ink.cell
    return roles[at.column : at.column + at.column_span]


def _bounds(cells: list[CellText]) -> tuple[Piece, ...]:
    boxes = [cell.ink.piece.box for cell in cells]
    box = (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))
    return (Piece(cells[0].ink.piece.page, box),)


def _last_printed(rows: Sequence[DraftRow]) -> int:
    """The last row with print: specks and a doubled ruling make blank ones at the foot of a page."""
    for index, row in reversed(list(enumerate(rows))):
        if not all(map(has_blank, (row.stt, row.label, row.unit, row.value, row.note, *row.others))):
            return index
    return len(rows) - 1


def _cut_by_break(before: DraftRow, after: DraftRow) -> bool:
    """Whether the first row of a page is the rest of the last row of the page before."""
    # of a row that the sheet's edge cuts, only the lower lines are left
    if not has_blank(after.stt) or any(cell.ink.cut for cell in after.label):
        return False
    label = " ".join(cell.text for cell in after.label).strip()
    if not label:
        beside = (after.note, after.value, after.unit)
        # strokes over the row are no rest of anything
        printed = any(cell.ink.has_ink and not cell.ink.stray for cells in beside for cell in cells)
        return printed and (has_blank(after.value) or has_blank(before.value))
    twice = any(not has_blank(a) and not has_blank(b) for a, b in ((before.value, after.value),))
    starts_lower = label[0].islower() and not label.startswith(("http", "đ)"))
    whole = " ".join(cell.text for cell in before.label).strip()
    # a row of its own has a unit, and a capital may be read as a small letter
    rest = starts_lower and has_blank(after.value) and has_blank(after.unit)
    return not twice and rest and bool(whole) and whole[-1] not in ".;:"


def _cut_by_white(before: DraftRow, after: DraftRow, grid: GridText) -> bool:
    """Whether a row of nothing but a note is the rest of the note above: where no ruling parts rows, white may."""
    if grid.ink.grid.ruled or has_blank(after.note) or has_blank(before.note):
        return False
    return all(map(has_blank, (after.stt, after.label, after.unit, after.value, *after.others)))


def rejoin_rows(before: DraftRow, after: DraftRow) -> DraftRow:
    """The row that a page break cut in two."""
    return replace(
        before,
        label=before.label + after.label,
        unit=before.unit + after.unit,
        value=before.value + after.value,
        note=before.note + after.note,
        others=tuple(a + b for a, b in zip(before.others, after.others, strict=False)) or before.others,
        pieces=before.pieces + after.pieces,
        grid_certainty=min(before.grid_certainty, after.grid_certainty),
    )
