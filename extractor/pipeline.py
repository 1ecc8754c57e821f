"""A report -> its Document: the stages in order, a call each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from extractor import __version__
from extractor.check import check_rules, confirm_by_rules, find_cells, find_strangers
from extractor.errors import DocumentError
from extractor.filing import Filed, choose_first, find_filed
from extractor.form import Form
from extractor.indicator import list_catalogues, load_catalogue, match_rows, pin_rows
from extractor.ingest import open_bytes, read_file
from extractor.measures import find_measures, main_measure, read_measures, with_main_measure
from extractor.missed import find_missed
from extractor.pages import NOBODY, Pages, Watch, read_pages
from extractor.reading import Engine, load_engines, read_lines, read_rows
from extractor.records import (
    Catalogue,
    Head,
    HeadField,
    HeadLine,
    LooseLine,
    PageNote,
    Source,
    Table,
)
from extractor.report import (
    Document,
    Extraction,
    MadeWith,
    TablesDocument,
    assemble_document,
    find_oddities,
    write_findings,
)
from extractor.resources import resource_sha256
from extractor.settings import Settings, load_settings
from extractor.sorting import merge_copies
from extractor.table import find_tables
from extractor.tables import write_tables
from extractor.trust import TrustModel, find_certain, load_model, score_report
from extractor.value import find_head, parse_rows
from extractor.vocabulary import words_of

MODEL_FILES = ("trust.json",)
NO_PINS: Mapping[int, str | None] = {}


@dataclass(frozen=True, slots=True)
class Report:
    """A report as read, before it is judged. `catalogue_confidence`: that it follows this catalogue.

    `engines`: name and version of those that read it.
    """

    source: Source
    catalogue: Catalogue
    catalogue_confidence: float
    table: Table
    head: Head
    engines: dict[str, str]


def extract(path: Path, *, catalogue: str | Path | None = None, settings: Settings | None = None) -> Document:
    """One report -> its Document. Raises DocumentError or UsageError, see `extractor.errors`."""
    return extract_report(path, catalogue, settings or load_settings())[0]


def extract_report(path: Path, catalogue: str | Path | None, settings: Settings) -> tuple[Document, Report]:
    """The Document with what was read, from which it can be judged again."""
    return extract_bytes(read_file(path, settings.ingest), path.name, catalogue, settings)


def extract_bytes(
    data: bytes, name: str, catalogue: str | Path | None, settings: Settings, watch: Watch = NOBODY
) -> tuple[Document, Report]:
    """The same of a file's bytes, so that what is read is what was hashed. `watch`: who looks on."""
    watch.tell("open", 0)
    report = read_report(open_bytes(data, name, settings.ingest), catalogue, settings, watch)
    watch.tell("judge", 0)
    return assemble_document(judge(report, settings)), report


def read_report(source: Source, catalogue: str | Path | None, settings: Settings, watch: Watch = NOBODY) -> Report:
    """Everything that takes pixels: the form found and read. Of a file with several reports it is the first."""
    pages, filed, engines = _file_pages(source, catalogue, settings, watch)
    return _read_filed(source, choose_first(filed), pages, engines)


def read_reports(
    source: Source, catalogue: str | Path | None, settings: Settings, watch: Watch = NOBODY
) -> tuple[tuple[tuple[int, ...], Report | DocumentError], ...]:
    """Every report of a file with its pages, or why it has none. Raises DocumentError where that is true of all."""
    pages, filed, engines = _file_pages(source, catalogue, settings, watch)
    if len(filed) == 1:
        return ((filed[0].sheaf.pages, _read_filed(source, choose_first(filed), pages, engines)),)
    read: list[tuple[tuple[int, ...], Report | DocumentError]] = []
    for one in filed:
        watch.tell("form", 0)
        own = tuple(sorted({*one.sheaf.pages, *one.sheaf.extra}))
        if isinstance(one.form, DocumentError):
            read.append((own, one.form))
            continue
        note = PageNote("part-of-file", None, own, (str(len(filed)),))
        order = replace(one.sheaf.order, notes=(note, *one.sheaf.order.notes))
        part = replace(one, sheaf=replace(one.sheaf, order=order))
        read.append((own, _read_filed(source, part, pages, engines)))
    return tuple(read)


def _file_pages(
    source: Source, catalogue: str | Path | None, settings: Settings, watch: Watch
) -> tuple[Pages, tuple[Filed, ...], dict[str, Engine]]:
    catalogues = [load_catalogue(name) for name in ([catalogue] if catalogue else list_catalogues())]
    engines = load_engines(settings.reading.engines)
    pages = read_pages(source, settings, engines, watch)
    watch.tell("form", 0)
    first = next(iter(engines.values()))
    return pages, find_filed(pages.texts, pages.unread, catalogues, first, chosen=catalogue is not None), engines


def _read_filed(source: Source, filed: Filed, pages: Pages, engines: dict[str, Engine]) -> Report:
    """Raises DocumentError where the report has no form."""
    form = filed.form
    if isinstance(form, DocumentError):
        raise form
    mine = {*filed.sheaf.pages, *filed.sheaf.extra}
    texts = [page for page in pages.texts if page.number in mine]
    missed = find_missed(texts, filed.sheaf.pages, form.pages, form.catalogue, next(iter(engines.values())))
    notes = (*(note for note in pages.notes if note[0] in mine), *((page, "no-table-found") for page in missed))
    unread = {page for page in pages.unread if page in mine} | set(missed)
    own = replace(pages, unread=tuple(sorted(unread)), notes=tuple(sorted(notes)))
    table, head = read_form(form, own, engines, filed)
    return Report(source, form.catalogue, form.confidence, table, head, engine_versions(engines))


def extract_tables(path: Path, *, settings: Settings | None = None) -> TablesDocument:
    """Every table of any document, with no catalogue. Raises DocumentError."""
    settings = settings or load_settings()
    return read_tables(read_file(path, settings.ingest), path.name, settings)


def read_tables(data: bytes, name: str, settings: Settings, watch: Watch = NOBODY) -> TablesDocument:
    """The same of a file's bytes. `watch`: who looks on."""
    watch.tell("open", 0)
    source = open_bytes(data, name, settings.ingest)
    engines = load_engines(settings.reading.engines)
    pages = read_pages(source, settings, engines, watch)
    watch.tell("form", 0)
    drafts = find_tables([grid for page in pages.texts for grid in page.grids])
    words = words_of([load_catalogue(name) for name in list_catalogues()])
    oddities = write_findings(find_oddities(source.notes, pages.notes, pages.unread))
    return write_tables(source, drafts, pages.texts, oddities, engines, words)


def read_form(form: Form, pages: Pages, engines: dict[str, Engine], filed: Filed) -> tuple[Table, Head]:
    """The form's cells read with care, and the report's head."""
    words = words_of([form.catalogue])
    wanted = form.catalogue.main_measures
    names = read_measures(form.measures, engines, words)
    further = read_measures(form.further, engines, words)
    rows = read_rows(form.rows, engines, words)
    names = find_measures(names, rows, wanted)
    rows, order = with_main_measure(rows, names, wanted, further), filed.sheaf.order
    if filed.extra:
        extra = with_main_measure(read_rows(filed.extra, engines, words), names, wanted, further)
        rows, order = merge_copies(rows, extra, dict(filed.sheaf.copies), filed.codes, order)
    near = lines = _read_head(form.head, engines, words)
    head = find_report_head(lines, len(near), form.catalogue)
    if None in (head.organisation.value, head.report_number.value, head.report_date.value, head.period.value):
        lines = (*near, *_read_head(form.front, engines, words))
        head = find_report_head(lines, len(near), form.catalogue)
    table = Table(
        rows,
        main_measure(names, wanted),
        lines,
        form.pages,
        form.other_tables,
        pages.unread,
        form.second_form,
        len(near),
        pages.notes,
        order,
    )
    return table, head


def find_report_head(lines: tuple[HeadLine, ...], near: int, catalogue: Catalogue) -> Head:
    """The head in the lines above the table (the first `near` ones), and what they lack in all of them."""
    head = find_head(lines[:near], catalogue.places)
    return _fill(head, find_head(lines, catalogue.places)) if len(lines) > near else head


def _read_head(lines: Sequence[LooseLine], engines: dict[str, Engine], words: frozenset[str]) -> tuple[HeadLine, ...]:
    read = read_lines(lines, engines, words)
    return tuple(
        HeadLine(text, score, line.piece) for line, (text, score) in zip(lines, read, strict=True) if text.strip()
    )


def _fill(head: Head, more: Head) -> Head:
    def better(near: HeadField, far: HeadField) -> HeadField:
        return near if near.value is not None else far

    return Head(
        better(head.organisation, more.organisation),
        better(head.report_number, more.report_number),
        better(head.report_date, more.report_date),
        better(head.period, more.period),
    )


def judge(
    report: Report,
    settings: Settings,
    model: TrustModel | None = None,
    pins: Mapping[int, str | None] = NO_PINS,
) -> Extraction:
    """Rows matched, values parsed, checked and scored.

    `model`: another calibration than the shipped one; `pins`: what a person says that a row is, by its index.
    """
    table, catalogue, head = report.table, report.catalogue, report.head
    matching = pin_rows(match_rows(table, catalogue), pins)
    values = parse_rows(table, matching, catalogue)
    cells = find_cells(table, matching, values, None)
    support = tuple(confirm_by_rules(cells, catalogue, head).values())
    model = model or load_model(report.engines)
    score = partial(
        score_report, table, catalogue, matching, values, head, settings=settings.trust, support=support, model=model
    )
    certain = find_certain(score(only_values=True), settings=settings.trust, model=model)
    cells = find_cells(table, matching, values, certain)
    findings = check_rules(cells, catalogue, head, find_strangers(table, matching, values))
    scores = score(findings=findings)
    made_with = _made_with(catalogue, report.engines)
    return Extraction(
        report.source,
        catalogue,
        report.catalogue_confidence,
        table,
        matching,
        values,
        head,
        findings,
        scores,
        made_with,
        settings.trust.blind_share,
    )


def engine_versions(engines: Mapping[str, Engine]) -> dict[str, str]:
    """Version by name: readings of other versions differ, and so does what they are worth."""
    return {name: engine.version for name, engine in sorted(engines.items())}


def made_with(engines: Mapping[str, Engine]) -> MadeWith:
    """What a reading by these engines is made with, whatever the form."""
    return _made_with(None, engine_versions(engines))


def _made_with(catalogue: Catalogue | None, engines: dict[str, str]) -> MadeWith:
    return MadeWith(
        extractor=__version__,
        engines=engines,
        catalogue=f"{catalogue.name}@{catalogue.version}+{catalogue.sha256[:12]}" if catalogue else None,
        models={name: resource_sha256("models", name) for name in MODEL_FILES},
    )
