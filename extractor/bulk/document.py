"""One document of a bulk run -> its JSON and its place in the store; runs in the child process of a slot."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from extractor import __version__
from extractor.bulk.order import NOT_THERE, Order, read_whole
from extractor.bulk.outputs import Span, write_all
from extractor.bulk.versions import find_versions
from extractor.errors import DocumentError
from extractor.ingest import open_bytes
from extractor.pages import Watch
from extractor.pipeline import Report, judge, made_with, read_reports
from extractor.reading import load_engines
from extractor.records import Source
from extractor.report import Document, MadeWith, assemble_document, count_values, failed_document
from extractor.settings import Settings
from extractor.store import WHOLE, Attempt, Done, Found, Part, Shelf, Store, keep_document, keep_only, pack_report

STATES = {"complete": "done", "partial": "partial", "failed": "failed"}
Tell = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A report of a file: its first and last page, its JSON, and what was read of it."""

    span: Span
    document: Document
    packed: bytes | None


def run_document(attempt: Attempt, order: Order, store: Store, tell: Tell) -> Done:
    """Read, judge and keep one document. What is wrong with it is a failed JSON; faults of ours are raised."""
    began, cpu = time.monotonic(), time.process_time()
    found = attempt.found
    tell("open", 0)
    data = None
    try:
        data = read_whole(found, order.settings.ingest)
        source = open_bytes(data, found.name, order.settings.ingest)
        read = read_reports(source, order.catalogue, order.settings, Watch(tell, dict(attempt.skip)))
        if found.images and are_apart(source, [pages for pages, _ in read]):
            return Done("apart", "")
        tell("judge", 0)
        written = [_write(pages, report, source, order.settings) for pages, report in read]
    except DocumentError as error:
        if error.code in NOT_THERE:
            raise  # its bytes are not at hand, so nothing can be kept of it
        failed = failed_document(found.name, found.sha256, error, MadeWith(extractor=__version__))
        written = [Written((1, 1), failed, None)]
    tell("keep", 0)
    if order.keep and data is not None:
        _keep(store, data, written, found, order)
    if order.out is not None:
        write_all(Path(order.out), found.target, found.sha256, [(one.span, one.document) for one in written])
    done = count_documents([one.document for one in written], order)
    return replace(done, seconds=time.monotonic() - began, cpu_seconds=time.process_time() - cpu)


def are_apart(source: Source, reports: Sequence[Sequence[int]]) -> bool:
    """Whether each image of a folder is a report by itself, so that nothing was to be put together."""
    return len(reports) == source.page_count > 1 and all(len(pages) == 1 for pages in reports)


def _write(pages: Sequence[int], report: Report | DocumentError, source: Source, settings: Settings) -> Written:
    """A report judged; one without a form has failed alone, and the others of its file have not."""
    span = (min(pages), max(pages))
    if isinstance(report, DocumentError):
        made = MadeWith(extractor=__version__)
        return Written(span, failed_document(source.name, source.sha256, report, made, source.page_count), None)
    return Written(span, assemble_document(judge(report, settings)), pack_report(report))


def _keep(store: Store, data: bytes, written: Sequence[Written], found: Found, order: Order) -> None:
    """Into the store: a document a report. Documents of the file as it was divided before are not active any more."""
    shelf = Shelf(found.path, found.box, found.folder)
    parts = [Part(number, *one.span) for number, one in enumerate(written, 1)] if len(written) > 1 else [WHOLE]
    for part, one in zip(parts, written, strict=True):
        keep_document(
            store, data, one.document, one.packed, order.settings, part=part, shelf=shelf, catalogue=order.catalogue
        )
    if any(one.document.outcome != "failed" for one in written):
        keep_only(store, found.sha256, [part.number for part in parts])


def count_documents(documents: Sequence[Document], order: Order) -> Done:
    """What the ledger says of a file with these reports."""
    accepted, values = (sum(counts) for counts in zip(*map(count_values, documents), strict=True))
    error = next((one.error for one in documents if one.error), None)
    outcomes = {one.outcome for one in documents}
    state = STATES[outcomes.pop()] if len(outcomes) == 1 else "partial"
    return Done(
        state=state,
        versions=find_versions(made_with(load_engines(order.settings.reading.engines)), order),
        pages=documents[0].document.page_count,
        reports=0 if state == "failed" else len(documents),
        accepted=accepted,
        value_cells=values,
        code=error.code if error else None,
        message=error.message if error else None,
        advice=error.advice if error else None,
    )
