"""A document as extracted -> the store, where what people ordered for the same file is done again."""

from __future__ import annotations

from extractor.indicator import load_catalogue
from extractor.report import Document, check_json
from extractor.settings import Settings
from extractor.store.checking import recheck
from extractor.store.forms import keep_form
from extractor.store.opening import Store, write_again
from extractor.store.place import has_orders
from extractor.store.save import NO_SHELF, WHOLE, Part, Shelf, asking_of, save_report


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
        from extractor.store.again import bring_up_to_date  # with all stages

        bring_up_to_date(store, document_id, settings)
    else:
        recheck(store, document_id)
    return document_id
