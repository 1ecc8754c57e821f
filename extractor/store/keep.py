"""A document as extracted -> the store, where what people ordered for the same file is done again."""

from __future__ import annotations

from sqlalchemy import Connection, select

from extractor.indicator import load_catalogue
from extractor.report import Document, check_json
from extractor.settings import Settings
from extractor.store.again import bring_up_to_date, has_orders
from extractor.store.codec import unpack_json
from extractor.store.forms import keep_form
from extractor.store.opening import Store, write_again
from extractor.store.recheck import recheck
from extractor.store.save import NO_SHELF, WHOLE, Part, Shelf, asking_of, save_report
from extractor.store.schema import document as document_table
from extractor.store.schema import extraction


def keep_document(
    store: Store,
    data: bytes,
    document: Document,
    readings: bytes | None,
    settings: Settings,
    *,
    part: Part = WHOLE,
    shelf: Shelf = NO_SHELF,
    catalogue: str | None = None,
) -> int:
    """Keep it; the document's id. Done twice it is kept once. `catalogue`: that was asked for. Raises StoreError."""
    text = document.to_json()
    check_json(text)
    if catalogue is not None:
        form = load_catalogue(catalogue)
        write_again(store, lambda connection: keep_form(connection, form))
    document_id = save_report(store, data, text, readings, part=part, shelf=shelf, asking=asking_of(settings))
    with store.read() as connection:
        ordered = has_orders(connection, document_id)
    if ordered and readings is not None:
        bring_up_to_date(store, document_id, settings)
    else:
        recheck(store, document_id)
    return document_id


def read_parts(connection: Connection, sha256: str) -> list[tuple[tuple[int, int], str]]:
    """First and last page of each report of a file that has several, and the JSON that stands for it."""
    about = (document_table.c.first_page, document_table.c.last_page, extraction.c.json)
    joined = extraction.join(document_table, document_table.c.extraction_id == extraction.c.id)
    of_file = (document_table.c.sha256 == sha256, document_table.c.part > 0, document_table.c.active)
    rows = connection.execute(select(*about).select_from(joined).where(*of_file).order_by(document_table.c.part))
    return [((row.first_page, row.last_page), unpack_json(row.json)) for row in rows]


def read_json(connection: Connection, sha256: str, part: int = 0) -> str | None:
    """The JSON that stands for a file, as it was written."""
    of_file = (document_table.c.sha256 == sha256, document_table.c.part == part)
    joined = extraction.join(document_table, document_table.c.extraction_id == extraction.c.id)
    packed = connection.execute(select(extraction.c.json).select_from(joined).where(*of_file)).scalar_one_or_none()
    return None if packed is None else unpack_json(packed)
