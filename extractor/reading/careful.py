"""Drafted rows -> rows of fields: value cells read by every engine, text cells by those that read words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from extractor.reading.apart import (
    Setting,
    find_apart,
    find_darker,
    find_figures,
    find_set,
    find_setting,
    find_windows,
    has_ink_at,
    is_dash_high,
    is_off_place,
)
from extractor.reading.consensus import (
    OVERLAID,
    STRAY_BLANK,
    as_figures,
    canonical,
    doubt_dash,
    is_clear,
    settle_apart,
    settle_beside,
    settle_faint,
    settle_number,
    settle_window,
)
from extractor.reading.crossed import without_strokes
from extractor.reading.doubtful import Second
from extractor.reading.drawn import doubt_layer
from extractor.reading.engines import FIRST_ENGINE, TEXT_ENGINE, Engine
from extractor.reading.evenness import doubt_uneven
from extractor.reading.lines import BORDER_ZONE
from extractor.reading.meant import as_dash, settle_meaning
from extractor.reading.overtyped import doubt_overtyped
from extractor.reading.printed import find_unsure, seconds_of
from extractor.reading.signs import DITTO, count_dots
from extractor.reading.texts import LAYER, doubt_tones, settle_text
from extractor.reading.unread import DASHES, doubt_unread
from extractor.reading.wrapped import is_broken
from extractor.records import CellText, DraftRow, Field, GridCell, Reading, Row, TextLine

NUMBER_ENGINES = ("ppocr", "tesseract-eng")
LEAST_DASHES = 3  # as many clear ones show that a report prints dashes
SURE_NUMBER = 0.9  # both scores above it and the same string: no further preparation is asked
# ways of leaving ink out of a value cell, one tried after the other: what is set as the page's figures are goes before
# what only has the size of one, and ink beside a number that is read before strokes that are taken out of one
WAYS = ("set", "sized", "darker", "beside", "uncrossed-set", "uncrossed", "window")
LIKE_STROKES = frozenset(("1", *DASHES))
ANYWHERE = ("sized", "uncrossed")
Told = TypeVar("Told")
LETTERS = re.compile(r"(?=[^\W\d_]{2})[^\W\d_]*[^\W\d_OoIlDQSBZ]")  # two, not all of which a figure is read as
WORD = re.compile(r"[^\W\d_]{3}")  # of whose tone marks only readers of Vietnamese know


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value cell with the readings of its lines: engine and preparation -> one reading a line."""

    parts: tuple[CellText, ...]
    lines: tuple[TextLine, ...]
    readings: tuple[tuple[Reading, ...], ...]


def read_rows(rows: Sequence[DraftRow], engines: Mapping[str, Engine], words: frozenset[str]) -> tuple[Row, ...]:
    """All rows of a table, further columns without names; engines run in batches over the whole table.

    `words`: vocabulary that chooses between readings of a word.
    """
    cells = [(row.label, parts) for row in rows for parts in (row.value, *row.others)]
    texts = [parts for row in rows for parts in (row.stt, row.label, row.unit, row.note)]
    unsure = find_unsure(texts, words) if TEXT_ENGINE in engines else []
    asked = [part.line for _, part in unsure]
    fields, again = _read_values([parts for _, parts in cells], engines, [label for label, _ in cells], asked)
    values, second = iter(fields), seconds_of(unsure, again)
    return tuple(_row(index, row, values, second, words) for index, row in enumerate(rows))


def _row(
    index: int,
    row: DraftRow,
    numbers: Iterator[Field],
    second: Mapping[int, tuple[Second, ...]],
    words: frozenset[str],
) -> Row:
    value = settle_meaning(next(numbers), words)
    others = tuple(("", next(numbers)) for _ in row.others)
    note = doubt_tones(settle_text(row.note, second, words), words)
    shared = bool({*map(id, row.note)} & {*map(id, (*row.unit, *row.value))})
    value = replace(value, reasons=(*value.reasons, *("merged-cell",) * (row.value_merged or shared)))
    note = replace(note, reasons=(*note.reasons, *("merged-cell",) * (row.note_merged or shared)))
    return Row(
        index,
        settle_text(row.stt, second, words),
        settle_text(row.label, second, words),
        settle_text(row.unit, second, words),
        value,
        note,
        others,
        row.pieces,
        row.columns_missing,
        row.grid_certainty,
    )


def _read_values(
    cells: Sequence[tuple[CellText, ...]],
    engines: Mapping[str, Engine],
    labels: Sequence[tuple[CellText, ...]],
    asked: Sequence[TextLine],
) -> tuple[list[Field], list[Reading]]:
    """The cells' fields, and what the reader of words sees in the lines that it is `asked` for besides.

    In one batch, since each start of its process takes as long as some ten words.
    """
    inked = [
        (i, parts)
        for i, parts in enumerate(cells)
        if any(part.ink.lines for part in parts) and not any(part.ink.words for part in parts)
    ]
    first = [
        _Cell(parts, tuple(l for p in parts for l in p.ink.lines), (tuple(r for p in parts for r in p.lines),))
        for _, parts in inked
    ]
    first = _ask(first, [engines[name] for name in NUMBER_ENGINES if name in engines])
    doubtful = [i for i, cell in enumerate(first) if not _settled(cell)]
    for words, names in ((False, ("ppocr", FIRST_ENGINE)), (True, (FIRST_ENGINE,))):
        chosen = [i for i in doubtful if _is_worded(first[i]) == words]
        readers = [engines[name] for name in names if name in engines]
        again = _ask(_ask([first[i] for i in chosen], readers, "clean"), readers, "dark")
        for i, cell in zip(chosen, again, strict=True):
            first[i] = cell
    worded = [i for i, cell in enumerate(first) if any(WORD.search(reading.text) for reading in _whole(cell))]
    seen: list[Reading] = []
    if TEXT_ENGINE in engines and (worded or asked):
        own = [line for i in worded for line in first[i].lines]
        readings = engines[TEXT_ENGINE].read([*own, *asked], preparation="clean")
        mine, seen = iter(readings), readings[len(own) :]
        for i in worded:
            first[i] = replace(first[i], readings=(*first[i].readings, tuple(next(mine) for _ in first[i].lines)))
    fields = _look_apart(first, [_settle(cell) for cell in first], engines)
    for doubt in (doubt_uneven, doubt_unread):
        fields = doubt(zip([parts for _, parts in inked], fields, strict=True))
    fields = doubt_overtyped([parts for _, parts in inked], fields, [labels[i] for i, _ in inked])
    settings = _find_settings(first, fields)
    fields = _doubt_places(first, fields, settings)
    read = {i: field for (i, _), field in zip(inked, fields, strict=True)}
    empty = {i: parts for i, parts in enumerate(cells) if i not in read}
    blank = {i: _without_lines(parts) for i, parts in empty.items()} | _look_faint(empty, engines, settings)
    units = {part.ink.piece.page: line.text_height for _, parts in inked for part in parts for line in part.ink.lines}
    layered = [i for i in empty if any(part.ink.words for part in empty[i])]
    drawn = doubt_layer([empty[i] for i in layered], [blank[i] for i in layered], engines)
    blank |= dict(zip(layered, drawn, strict=True))
    read |= _doubt_blanks(empty, blank, settings, units, dashed=_has_dashes(fields))
    return [read[i] for i in range(len(cells))], seen


def _settle(cell: _Cell) -> Field:
    """The cell's field; figures on several lines may be those of several rows."""
    field = settle_number(cell.parts, _whole(cell))
    signs = " ".join(line.sign for line in cell.lines if line.sign)
    if signs == DITTO and len(cell.lines) == 1:
        if "stray-ink" in field.reasons:
            return field
        return replace(field, raw=DITTO, state="read", confidence=0.0, reasons=(*field.reasons, "ditto"))
    if len(cell.lines) == 1 and (dots := _count_dots(cell.lines[0])):
        return replace(field, raw="." * dots, state="read", confidence=0.0)  # engines see letters in them
    if signs:
        field = replace(field, raw=f"{signs} {field.raw}".strip(), state="read", reasons=(*field.reasons, "check-box"))
    figures = max(sum(any(char.isdigit() for char in line.text) for line in lines) for lines in cell.readings)
    return replace(field, reasons=(*field.reasons, "several-lines")) if figures > 1 else field


def _count_dots(line: TextLine) -> int:
    x0, y0, x1, y1 = line.inner
    return count_dots(line.clean[y0:y1, x0:x1], line.text_height)


def _look_apart(cells: Sequence[_Cell], fields: Sequence[Field], engines: Mapping[str, Engine]) -> list[Field]:
    """The fields, those that are no figure read once more without the ink around what may be one."""
    unclear = [i for i, field in enumerate(fields) if not is_clear(field)]
    settings = _find_settings(cells, fields)
    found = [(i, way, line) for i in unclear for way, lines in _ways(cells[i], fields[i], settings) for line in lines]
    readers = [engines[name] for name in (FIRST_ENGINE, *NUMBER_ENGINES) if name in engines]
    read = _ask([_Cell(cells[i].parts, (line,), ()) for i, _, line in found], readers, "clean")
    seen: dict[tuple[int, str], list[list[Reading]]] = {}
    for (i, way, _), cell in zip(found, read, strict=True):
        seen.setdefault((i, way), []).append(_whole(cell))
    settled = list(fields)
    for i in unclear:
        parts = cells[i].parts
        for way in WAYS:
            if settled[i] is not fields[i]:
                break
            if way == "beside":
                settled[i] = settle_beside(fields[i], parts)
            elif way == "window":
                settled[i] = settle_window(fields[i], parts, seen.get((i, way), []))
            else:
                # what is left of strokes looks like dashes
                dashes, placed = not way.startswith("uncrossed"), way == "set"
                told = settle_apart(fields[i], parts, seen.get((i, way), []), dashes=dashes, placed=placed)
                # elsewhere than where the page's figures stand, a lone one may be a letter of a stamp
                settled[i] = fields[i] if len(told.raw) == 1 and way in ANYWHERE and _setting(parts, settings) else told
    return settled


def _ways(cell: _Cell, field: Field, settings: Mapping[int, Setting]) -> Iterator[tuple[str, tuple[TextLine, ...]]]:
    """What may be the cell's figure, found in each of the ways."""
    yield "set", _find_set(cell, settings)
    yield "sized", find_figures(cell.lines)
    if not field.raw:
        yield "darker", find_darker(cell.lines)
    uncrossed = tuple(rest for line in cell.lines if (rest := without_strokes(line)) is not None)
    yield "uncrossed-set", _find_set(replace(cell, lines=uncrossed), settings)
    yield "uncrossed", find_apart(uncrossed)
    setting = _setting(cell.parts, settings)
    if setting is not None and not OVERLAID.isdisjoint(field.reasons):
        yield "window", find_windows(cell.lines, cell.parts[0].ink.cell, setting)


def _doubt_places(cells: Sequence[_Cell], fields: Sequence[Field], settings: Mapping[int, Setting]) -> list[Field]:
    """The fields, dashes that stand elsewhere than the page's figures with a reason that says so: specks look alike."""
    doubted = []
    for cell, field in zip(cells, fields, strict=True):
        inks = [part.ink for part in cell.parts if part.ink.lines]
        setting = _nearest(inks[0].piece.page, settings) if len(inks) == len(cell.lines) == 1 else None
        off = field.raw in DASHES and setting is not None and _is_off_place(cell.lines[0], inks[0].cell, setting)
        doubted.append(doubt_dash(field) if off else field)
    return doubted


def _is_off_place(line: TextLine, cell: GridCell, setting: Setting) -> bool:
    return is_off_place(line.box, cell, setting, line.text_height)


def _nearest(page: int, told: Mapping[int, Told]) -> Told | None:
    """What is told of the page, or where nothing is of the nearest one."""
    return told[min(told, key=lambda other: (abs(other - page), other))] if told else None


def _doubt_blanks(
    cells: Mapping[int, tuple[CellText, ...]],
    fields: Mapping[int, Field],
    settings: Mapping[int, Setting],
    units: Mapping[int, float],
    *,
    dashed: bool = False,
) -> dict[int, Field]:
    """Blank fields, those held in which a speck as large as a dash lies where the page's figures stand.

    So are those from which coloured ink was taken that may be a figure printed in red or blue.
    `units`: pixels of a text height by page; `dashed`: the report prints dashes, so that what is left of one is one.
    """
    doubted = dict(fields)
    for i, field in fields.items():
        marks = [
            mark
            for part in cells[i]
            if (setting := _nearest(part.ink.piece.page, settings)) is not None
            and (unit := _nearest(part.ink.piece.page, units)) is not None
            for mark in part.ink.marks
            if not is_off_place(mark, part.ink.cell, setting, unit)
        ]
        lifted = any(part.ink.lifted and _may_hide(part, settings) for part in cells[i])
        if field.state == "blank" and (marks or lifted):
            held = tuple(dict.fromkeys((*field.reasons, "stray-ink")))
            doubted[i] = replace(field, reasons=held, confidence=min(field.confidence, STRAY_BLANK))
            if dashed and len(marks) == 1 and not lifted and "under-stamp" not in field.reasons:
                doubted[i] = as_dash(doubted[i])
    return doubted


def _has_dashes(fields: Sequence[Field]) -> bool:
    """Whether several cells hold a dash without any doubt."""
    return sum(field.raw in DASHES and not field.reasons for field in fields) >= LEAST_DASHES


def _may_hide(part: CellText, settings: Mapping[int, Setting]) -> bool:
    """Whether coloured ink that was lifted off a cell may be its figure: some lies where the page's figures stand."""
    setting = _nearest(part.ink.piece.page, settings)
    return setting is None or not part.ink.faint or has_ink_at(part.ink.faint[0], part.ink.cell, setting)


def _find_settings(cells: Sequence[_Cell], fields: Sequence[Field]) -> dict[int, Setting]:
    """How the figures of each page are set, of those that tell."""
    figures: dict[int, list[tuple[GridCell, TextLine, str]]] = {}
    for cell, field in zip(cells, fields, strict=True):
        if field.raw.isdigit() and is_clear(field) and len(cell.lines) == len(cell.parts) == 1:
            ink = cell.parts[0].ink
            figures.setdefault(ink.piece.page, []).append((ink.cell, cell.lines[0], field.raw))
    found = {page: find_setting(seen) for page, seen in figures.items()}
    return {page: setting for page, setting in found.items() if setting is not None}


def _find_set(cell: _Cell, settings: Mapping[int, Setting]) -> tuple[TextLine, ...]:
    setting = _setting(cell.parts, settings)
    return () if setting is None else find_set(cell.lines, cell.parts[0].ink.cell, setting)


def _setting(parts: Sequence[CellText], settings: Mapping[int, Setting]) -> Setting | None:
    return settings.get(parts[0].ink.piece.page) if len(parts) == 1 else None


def _look_faint(
    cells: Mapping[int, tuple[CellText, ...]], engines: Mapping[str, Engine], settings: Mapping[int, Setting]
) -> dict[int, Field]:
    """Cells without print in which something pale lies, or from which coloured ink was lifted, by their index."""
    found = [(i, line) for i, parts in cells.items() for line in _pale(parts, settings)]
    readers = [engines[name] for name in (FIRST_ENGINE, *NUMBER_ENGINES) if name in engines]
    read = _ask([_Cell(cells[i], (line,), ()) for i, line in found], readers, "clean")
    fields: dict[int, Field] = {}
    for (i, _), cell in zip(found, read, strict=True):
        told = settle_faint(_without_lines(cells[i]), _whole(cell))
        # a stamp's strokes look like these
        stroke = told.raw in LIKE_STROKES and any(part.ink.lifted for part in cells[i])
        if not stroke and (i not in fields or fields[i].state == "blank"):
            fields[i] = told
    return fields


def _pale(parts: Sequence[CellText], settings: Mapping[int, Setting]) -> tuple[TextLine, ...]:
    """What may be a figure in a cell without print: a lone line clear of its sides; of lifted ink what is like figures.

    That is what stands where the page's figures do, or where no page has any what is as high as figures.
    """
    lines = tuple(line for part in parts for line in part.ink.faint)
    lifted = any(part.ink.lifted for part in parts)
    alone = lines if len(lines) == 1 and not (lifted and _runs_across(lines[0], parts)) else ()
    if not lifted or len(parts) > 1:
        return alone
    setting, inks = _nearest(parts[0].ink.piece.page, settings), (*lines, *find_darker(lines))
    placed = find_apart(inks) if setting is None else find_set(inks, parts[0].ink.cell, setting)
    return (*alone, *(line for line in placed if not is_dash_high(line)))


def _runs_across(line: TextLine, parts: Sequence[CellText]) -> bool:
    """Whether a line of ink reaches one of its cell's sides, as a stamp's rim does."""
    x0, y0, x1, y1 = parts[0].ink.cell.box
    near = BORDER_ZONE * line.text_height
    return line.box[0] < x0 + near or line.box[1] < y0 + near or line.box[2] > x1 - near or line.box[3] > y1 - near


def _without_lines(parts: tuple[CellText, ...]) -> Field:
    """A cell of a text layer, or one without print."""
    words = " ".join(" ".join((part.ink.words or "").split()) for part in parts).strip()
    if words:
        field = settle_number(parts, (Reading(LAYER, words, 1.0),))
        # of a row that goes on on a scanned page, what is printed there is not read
        scanned = any(part.ink.lines for part in parts)
        return replace(field, reasons=(*field.reasons, "several-lines")) if scanned else field
    return settle_number(parts, ())


def _ask(cells: Sequence[_Cell], engines: Sequence[Engine], preparation: str = "") -> list[_Cell]:
    """The cells with one more reading from each engine, all lines of all cells in one batch an engine."""
    lines = [line for cell in cells for line in cell.lines]
    added: list[list[tuple[Reading, ...]]] = [[] for _ in cells]
    for engine in engines if lines else ():
        chosen = preparation or ("clean" if engine.origin == "tesseract" else "raw")
        readings = iter(engine.read(lines, preparation=chosen))
        for cell, more in zip(cells, added, strict=True):
            more.append(tuple(next(readings) for _ in cell.lines))
    return [_Cell(c.parts, c.lines, (*c.readings, *more)) for c, more in zip(cells, added, strict=True)]


def _settled(cell: _Cell) -> bool:
    whole = as_figures(_whole(cell))
    texts = {canonical(reading.text) for reading in whole}
    sure = sum(reading.confidence >= SURE_NUMBER for reading in whole)
    return len(texts) == 1 and sure >= min(2, len(whole))


def _is_worded(cell: _Cell) -> bool:
    """Whether the reader of Vietnamese sees a word and no figure: further looks of others would tell nothing of it."""
    text = " ".join(line.text for line in cell.readings[0])
    return LETTERS.search(text) is not None and not any(map(str.isdigit, text))


def _whole(cell: _Cell) -> list[Reading]:
    """Line readings -> readings of the whole cell; alternatives only where the cell has one line."""
    whole = []
    for lines in cell.readings:
        texts = [line.text for line in lines if line.text]
        text = ("" if len(texts) == len(lines) and is_broken(cell.parts, texts) else " ").join(texts)
        score = min((line.confidence for line in lines), default=0.0)
        alternatives = lines[0].alternatives if len(lines) == 1 else ()
        whole.append(Reading(lines[0].engine, text, score, lines[0].preparation, alternatives))
    return whole
