"""A stored report with what people said of its rows, head and pages -> its JSON judged again, without a new reading."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import Connection, select
from sqlalchemy import text as sql

from extractor.grid import NO_GUIDE
from extractor.indicator import choose_catalogue, load_catalogue
from extractor.ingest import open_source
from extractor.page import PageReader, open_pages, prepare_page
from extractor.pipeline import find_report_head, judge
from extractor.reading import Engine, load_engines
from extractor.records import Box, Catalogue, Head, HeadField, Role, Row, Table
from extractor.repair import (
    Order,
    RepairError,
    Repairs,
    apply_repairs,
    find_row,
    parse_order,
    read_row,
    read_turned_page,
)
from extractor.report import assemble_document
from extractor.settings import Settings
from extractor.store.archive import compare_document
from extractor.store.checking import recheck_within
from extractor.store.codec import Readings, as_report, pack_report, unpack_json, unpack_readings
from extractor.store.current import read_cells, read_settled
from extractor.store.files import original_path
from extractor.store.forms import SHORT, find_form, keep_form
from extractor.store.move import find_origins
from extractor.store.opening import Store, StoreError, write_again
from extractor.store.records import HEAD_FIELDS, CurrentCell
from extractor.store.save import USUAL, Asking, Written, asking_of, parse_written, save_extraction
from extractor.store.schema import document, extraction
from extractor.value import parse_period
from extractor.vocabulary import words_of


@dataclass(frozen=True, slots=True)
class Again:
    """A report judged again, not yet kept.

    `based_on`: the extraction that it was made from; `form`: what it was judged by;
    `failed`: numbers of repairs whose rows are not on the page.
    """

    document_id: int
    text: str
    before: str
    readings: bytes
    based_on: int
    form: Catalogue
    failed: tuple[int, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether anything is different."""
        return self.text != self.before or bool(self.failed)


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the store holds of a document. `orders`: the repairs that stand, by number of their decision."""

    extraction_id: int
    sha256: str
    form: Catalogue
    readings: Readings
    first: Readings
    text: str
    head: tuple[CurrentCell, ...]
    pins: tuple[tuple[int, Box, str | None], ...]
    orders: dict[int, Order] = field(default_factory=dict)


def judge_again(store: Store, document_id: int, settings: Settings, catalogue: str | None = None) -> Again:
    """Judge a document by a catalogue, or by its own as it is now. Raises StoreError where nothing was read of it."""
    with store.read() as connection:
        held = _read_stored(connection, document_id, catalogue)
    readings, failed = _repaired(store, held, settings, words_of([held.form]))
    readings = _read_by(readings, held)
    report = as_report(replace(readings, head=_settled_head(readings.head, held.head)), held.form)
    pins = _find_pins(report.table, held.pins)
    text = assemble_document(judge(report, settings, pins=pins)).to_json()
    packed = pack_report(replace(report, head=readings.head), readings.repairs)
    return Again(document_id, text, held.text, packed, held.extraction_id, held.form, failed)


def _read_by(readings: Readings, held: _Stored) -> Readings:
    """What a form says of a report beside its rows: whether it is this form, and who reports by its places."""
    table, form = readings.table, held.form
    near = len(table.head) if table.near is None else table.near
    readings = replace(readings, head=find_report_head(table.head, near, form))
    if f'+{form.sha256[:SHORT]}"' in held.text[held.text.rfind('"made_with"') :]:
        return readings
    fitting, confidence = choose_catalogue(replace(table, head=()), [form])
    return replace(readings, catalogue_confidence=0.0 if fitting is None else confidence)


def save_again(
    store: Store,
    again: Again,
    cause: str,
    asking: Asking = USUAL,
    *,
    written: Written | None = None,
    compare: bool = True,
) -> bool:
    """Keep what was judged again as the document's current extraction, and check its findings on what is settled.

    One transaction: a document is as it was or as judged again. False, and nothing is kept, where another extraction
    became the current one meanwhile. `written`: its JSON, taken apart already; `compare`: it with the archive, too.
    """
    ready = written or parse_written(again.text)

    def save(connection: Connection) -> bool:
        where = select(document.c.extraction_id).where(document.c.id == again.document_id).with_for_update()
        if connection.execute(where).scalar_one() != again.based_on:
            return False
        keep_form(connection, again.form)
        save_extraction(connection, again.document_id, ready, again.readings, cause=cause, asking=asking)
        recheck_within(connection, again.document_id)
        return True

    kept = write_again(store, save)
    if kept and compare:
        compare_document(store, again.document_id)
    return kept


def bring_up_to_date(
    store: Store, document_id: int, settings: Settings, *, cause: str = "repair", catalogue: str | None = None
) -> tuple[int, ...]:
    """Judge a document again by all that people said of it; the numbers of repairs that can't be done any more."""
    while True:
        again = judge_again(store, document_id, settings, catalogue)
        if save_again(store, again, cause, asking_of(settings)):
            return again.failed


def list_readable(connection: Connection) -> tuple[int, ...]:
    """Documents of which enough is kept to judge them again."""
    query = (
        select(document.c.id)
        .join(extraction, extraction.c.id == document.c.extraction_id)
        .where(extraction.c.readings.is_not(None))
        .order_by(document.c.id)
    )
    return tuple(connection.execute(query).scalars())


def _read_stored(connection: Connection, document_id: int, catalogue: str | None) -> _Stored:
    newest = select(extraction).where(extraction.c.document_id == document_id, extraction.c.readings.is_not(None))
    current = connection.execute(newest.join(document, document.c.extraction_id == extraction.c.id)).one_or_none()
    if current is None:
        raise StoreError(f"nothing was read of document {document_id}", "extract it again with --store")
    first = connection.execute(newest.where(extraction.c.cause == "extract").order_by(extraction.c.id.desc())).first()
    base = current if first is None else first
    readings = unpack_readings(current.readings)
    form = load_catalogue(catalogue) if catalogue else find_form(connection, json.loads(current.made_with)["catalogue"])
    return _Stored(
        current.id,
        connection.execute(select(document.c.sha256).where(document.c.id == document_id)).scalar_one(),
        form,
        readings,
        readings if base.id == current.id else unpack_readings(base.readings),
        unpack_json(current.json),
        read_cells(connection, document_id, [f"head/{name}" for name in HEAD_FIELDS]),
        _read_pins(connection, document_id),
        read_orders(connection, document_id),
    )


def read_orders(connection: Connection, document_id: int) -> dict[int, Order]:
    """The repairs that stand, in the order in which they were made."""
    rows = connection.execute(
        sql("SELECT seq, after FROM settled WHERE document_id = :document AND kind = 'repair' ORDER BY seq"),
        {"document": document_id},
    )
    return {row.seq: parse_order(json.loads(row.after)) for row in rows}


def _read_pins(connection: Connection, document_id: int) -> tuple[tuple[int, Box, str | None], ...]:
    """Where a row is printed, and which indicator a person says that it is."""
    pins = []
    matched = {
        key: decided for key, decided in read_settled(connection, document_id).items() if decided.kind == "matched"
    }
    origins = find_origins(connection, matched)
    for key, decided in sorted(matched.items(), key=lambda item: item[1].seq):
        origin = origins.get(key)
        if origin is not None and origin.page is not None and origin.row_box is not None:
            pins.append((origin.page, origin.row_box, decided.after.get("code")))
    return tuple(pins)


def _find_pins(table: Table, pins: tuple[tuple[int, Box, str | None], ...]) -> dict[int, str | None]:
    """By index of the row; what was said last holds, of a row and of a code."""
    found: dict[int, str | None] = {}
    for page, box, code in pins:
        row = find_row(table, page, box)
        if row is not None:
            found = {index: other for index, other in found.items() if code is None or other != code}
            found[row.index] = code
    return found


def _settled_head(head: Head, cells: tuple[CurrentCell, ...]) -> Head:
    """The head with what people settled of it, certain."""
    fields: dict[str, HeadField] = {}
    for one in cells:
        if one.settled is None:
            continue
        old: HeadField = getattr(head, one.cell.field)
        text = one.word.get("text")
        extra: tuple[tuple[str, object], ...] = old.extra
        if one.cell.field == "organisation":
            extra = (("code", one.word.get("code", one.cell.code)),)
        elif one.cell.field == "period" and text:
            extra = parse_period(text) or ()
        fields[one.cell.field] = replace(old, value=text, confidence=1.0, extra=extra, reasons=())
    return replace(head, **fields)


def _repaired(
    store: Store, held: _Stored, settings: Settings, words: frozenset[str]
) -> tuple[Readings, tuple[int, ...]]:
    """Readings with all repairs that stand; only those that are new are done, unless one was taken back."""
    wanted = tuple(held.orders)
    done = held.readings.repairs
    base, todo = (held.readings, wanted[len(done) :]) if wanted[: len(done)] == done else (held.first, wanted)
    if not todo:
        return base, ()
    table, failed = base.table, []
    with _Pixels(store, held.sha256, settings, words) as pixels:
        for seq in todo:
            try:
                table = apply_repairs(table, [held.orders[seq]], Repairs(pixels.row, pixels.page))
            except RepairError:
                failed.append(seq)
    return replace(base, table=table, repairs=wanted), tuple(failed)


class _Pixels:
    """The pages of an original, drawn where a repair needs them."""

    def __init__(self, store: Store, sha256: str, settings: Settings, words: frozenset[str]) -> None:
        self._store, self._sha256, self._settings, self._words = store, sha256, settings, words
        self._stack = ExitStack()

    def __enter__(self) -> _Pixels:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def _engines(self) -> dict[str, Engine]:
        return load_engines(self._settings.reading.engines)

    @cached_property
    def _reader(self) -> PageReader:
        source = open_source(original_path(self._store.files, self._sha256), self._settings.ingest)
        return self._stack.enter_context(open_pages(source, self._settings))

    def row(self, page: int, boxes: Mapping[Role, Box]) -> Row:
        """One row from boxes by role."""
        return read_row(prepare_page(self._reader, page), boxes, self._engines, self._words)

    def page(self, page: int, turn: int) -> tuple[Row, ...]:
        """All rows of a page, brought upright as ordered."""
        return read_turned_page(self._reader, page, turn, NO_GUIDE, self._engines, self._words)
