"""Pages of a file read at first sight -> the reports that lie in it, each with its form or why it has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.errors import DocumentError, NoCatalogue
from extractor.form import Form, choose_form, find_form, sketch
from extractor.reading import Engine
from extractor.records import Catalogue, DraftRow, DraftTable, PageText
from extractor.rowing import part_by_labels
from extractor.sorting import Clues, Codes, Sheaf, find_clues, sort_pages
from extractor.table import find_tables

Choice = tuple[Catalogue, float]


@dataclass(frozen=True, slots=True)
class Filed:
    """One report of a file. `form`: as found, or why there is none; `extra`: rows of copies and of foreign pages."""

    sheaf: Sheaf
    form: Form | DocumentError
    extra: tuple[DraftRow, ...]
    codes: Codes


def find_filed(
    pages: Sequence[PageText], unread: Sequence[int], catalogues: Sequence[Catalogue], engine: Engine, *, chosen: bool
) -> tuple[Filed, ...]:
    """All reports of a file, by their first pages. Raises NoCatalogue where no table follows a catalogue."""
    drafts, choice = _drafts_of(pages, catalogues, chosen=chosen)
    everything = tuple(sorted({*(page.number for page in pages), *unread}))
    if len(everything) == 1:
        return (Filed(Sheaf(everything), find_form(drafts, pages, choice), (), {}),)
    clues = _find_clues(drafts, pages, choice[0], engine)
    sheaves = sort_pages(clues, unread, len(choice[0].indicators))
    if len(sheaves) == 1 and sheaves[0].whole:
        return (Filed(sheaves[0], find_form(drafts, pages, choice), (), {}),)
    codes = {
        (row.pieces[0].page, row.pieces[0].box): code
        for clue in clues
        for row, code in zip(clue.rows, clue.codes, strict=True)
    }
    by_number = {page.number: page for page in pages}
    return tuple(
        Filed(
            sheaf,
            _find_part(sheaf, [by_number[n] for n in sheaf.pages if n in by_number], catalogues, choice, chosen=chosen),
            tuple(row for clue in clues if clue.page in sheaf.extra for row in clue.rows),
            codes,
        )
        for sheaf in sheaves
    )


def _drafts_of(
    pages: Sequence[PageText], catalogues: Sequence[Catalogue], *, chosen: bool
) -> tuple[list[DraftTable], Choice]:
    """The pages' tables and the catalogue that they follow, whose labels part the rows of unruled ones."""
    drafts = find_tables([grid for page in pages for grid in page.grids])
    try:
        choice = choose_form(drafts, catalogues, chosen=chosen)
    except NoCatalogue:
        by_labels = [part_by_labels(draft, catalogue) for catalogue in catalogues for draft in drafts]
        choice = choose_form(by_labels, catalogues, chosen=chosen)
    return [part_by_labels(draft, choice[0]) for draft in drafts], choice


def _find_clues(
    drafts: Sequence[DraftTable], pages: Sequence[PageText], catalogue: Catalogue, engine: Engine
) -> tuple[Clues, ...]:
    rows = [row for draft in drafts for row in draft.rows]
    return find_clues(pages, sketch(rows), rows, catalogue, engine)


def _find_part(
    sheaf: Sheaf, pages: Sequence[PageText], catalogues: Sequence[Catalogue], choice: Choice, *, chosen: bool
) -> Form | DocumentError:
    """The form of one report. A part too short to tell its catalogue has that of the file."""
    try:
        try:
            drafts, own = _drafts_of(pages, catalogues, chosen=chosen)
        except NoCatalogue:
            own = choice
            drafts = [part_by_labels(one, own[0]) for one in find_tables([g for page in pages for g in page.grids])]
        return find_form(drafts, pages, own, sheaf.pages[0])
    except DocumentError as error:
        return error


def choose_first(filed: Sequence[Filed]) -> Filed:
    """The report that stands for a file: the first with a form, unless that is a page among the pages of a longer one.

    It tells of the pages of the others. Raises DocumentError where no report has a form.
    """
    forms = [one for one in filed if isinstance(one.form, Form)]
    if not forms:
        error = filed[0].form
        assert isinstance(error, DocumentError)
        raise error
    first = forms[0]
    if first.sheaf.n_form == 1:
        first = max(forms, key=lambda one: one.sheaf.n_form > 1)
    assert isinstance(first.form, Form)
    told = {note.page for note in first.sheaf.order.notes if note.rule == "foreign-page"}
    more = {page for one in forms if one is not first and isinstance(one.form, Form) for page in one.form.pages}
    second = tuple(sorted({*first.form.second_form, *(more - told)}))
    return replace(first, form=replace(first.form, second_form=second))
