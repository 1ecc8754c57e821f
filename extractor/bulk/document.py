"""One document of a bulk run -> its JSON and its place in the store; runs in the child process of a slot."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from extractor import __version__
from extractor.errors import DocumentError, UnreadableFile
from extractor.indicator import digest_catalogue, list_catalogues
from extractor.ingest import open_bytes
from extractor.pipeline import Report, Watch, judge, made_with, read_report
from extractor.reading import load_engines
from extractor.report import Document, MadeWith, assemble_document, count_values, failed_document
from extractor.settings import Settings
from extractor.store import Attempt, Done, Found, Shelf, Store, keep_document, pack_report
from extractor.writing import write_document

EXIT_MEMORY = 90  # of a child without memory, which may not even have enough left to say so otherwise
RESULT_BLOCKS = ("ingest", "page", "reading", "trust")  # of settings that results depend on
NOT_THERE = ("changed-file", "missing-file")
Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is the same for all documents of a run. `store`: its address; `keep`: documents go into it too.

    `out`: folder for JSON files, or None; `roots`: folders that were given.
    """

    settings: Settings
    catalogue: str | None
    store: str
    keep: bool
    out: str | None
    roots: tuple[str, ...] = ()


def run_document(attempt: Attempt, order: Order, store: Store, tell: Tell) -> Done:
    """Read, judge and keep one document. What is wrong with it is a failed JSON; faults of ours are raised."""
    began, cpu = time.monotonic(), time.process_time()
    found = attempt.found
    tell("open", 0)
    data = b""
    try:
        data = read_whole(found)
        source = open_bytes(data, found.name, order.settings.ingest)
        report = read_report(source, order.catalogue, order.settings, Watch(tell, dict(attempt.skip)))
        tell("judge", 0)
        document, packed = _write(report, order.settings)
    except DocumentError as error:
        if error.code in NOT_THERE:
            raise  # its bytes are not at hand, so nothing can be kept of it
        document, packed = failed_document(found.name, found.sha256, error, MadeWith(extractor=__version__)), None
    tell("keep", 0)
    if order.keep:
        shelf = Shelf(found.path, found.box, found.folder)
        keep_document(store, data, document, packed, order.settings, shelf=shelf, catalogue=order.catalogue)
    if order.out is not None:
        write_document(document, Path(order.out) / f"{found.target}.json")
    done = count_document(document, order)
    return replace(done, seconds=time.monotonic() - began, cpu_seconds=time.process_time() - cpu)


def _write(report: Report, settings: Settings) -> tuple[Document, bytes]:
    return assemble_document(judge(report, settings)), pack_report(report)


def read_whole(found: Found) -> bytes:
    """The bytes that the ledger names. Raises UnreadableFile where they are gone or others now."""
    try:
        data = Path(found.path).read_bytes()
    except OSError as error:
        raise UnreadableFile(
            f"the file cannot be read: {error.strerror}", "check the path and its permissions", code="missing-file"
        ) from error
    if hashlib.sha256(data).hexdigest() != found.sha256:
        raise UnreadableFile("the file has changed since it was found", "run again", code="changed-file")
    return data


def count_document(document: Document, order: Order) -> Done:
    """What the ledger says of a document."""
    accepted, values = count_values(document)
    error = document.error
    return Done(
        state={"complete": "done", "partial": "partial", "failed": "failed"}[document.outcome],
        versions=find_versions(made_with(load_engines(order.settings.reading.engines)), order),
        pages=document.document.page_count,
        reports=int(document.outcome != "failed"),
        accepted=accepted,
        value_cells=values,
        code=error.code if error else None,
        message=error.message if error else None,
        advice=error.advice if error else None,
    )


def find_versions(made: MadeWith, order: Order) -> str:
    """Of everything that a new reading would be different for: program, engines, models, forms, settings."""
    forms = [order.catalogue] if order.catalogue else list_catalogues()
    parts = {
        "extractor": made.extractor,
        "engines": made.engines,
        "models": made.models,
        "forms": {str(name): digest_catalogue(name)[:12] for name in forms},
        "settings": changed_settings(order.settings),
    }
    return json.dumps(parts, sort_keys=True)


def changed_settings(settings: Settings) -> dict[str, object]:
    """Those that results depend on and that are not the usual ones."""
    usual = Settings().model_dump(mode="json")
    own = settings.model_dump(mode="json")
    return {
        f"{block}.{name}": value
        for block in RESULT_BLOCKS
        for name, value in own[block].items()
        if value != usual[block][name]
    }
