"""Pages of a file with their clues -> the reports that lie in it, and what is to be known of their pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from extractor.records import AS_FILED, NoteRule, Order, PageNote
from extractor.sorting.chains import Chain, Seams, find_chains
from extractor.sorting.clues import Clues
from extractor.sorting.numbers import find_lost
from extractor.sorting.seams import OTHER, SAME, TWICE_SHARE, layout_gap, share_twice
from extractor.sorting.twins import find_twins, is_same_sheet

SURE_BORDER = 3.0  # log odds by which a border must be likelier than none
LEAST_AGAIN, AGAIN = 4, 0.15  # codes of a page, and their share, that the page before has too
ISLAND = 1  # pages of a headless chain that are strangers among another report's, not a report


@dataclass(frozen=True, slots=True)
class Sheaf:
    """The pages of one report, in its order. `copies`: (page, the page that it is or may be again).

    `whole`: the file's only report, with its pages in order and nothing to say of them.
    """

    pages: tuple[int, ...]
    order: Order = AS_FILED
    copies: tuple[tuple[int, int], ...] = ()
    headed: bool = True
    n_form: int = 0

    @property
    def extra(self) -> tuple[int, ...]:
        """Pages whose rows are looked at beside the report's own."""
        return (*self.order.foreign, *(page for page, _ in self.copies))

    @property
    def whole(self) -> bool:
        """Whether the pages can be taken as they are filed."""
        return self.pages == tuple(sorted(self.pages)) and not self.copies and self.order == AS_FILED


@dataclass(slots=True)
class _Report:
    """A report in the making. `chain`: places of its pages among those of the form."""

    chain: Chain
    copies: list[tuple[int, int]]
    foreign: list[int]
    notes: list[PageNote]


def sort_pages(clues: Sequence[Clues], unread: Sequence[int], codes: int) -> tuple[Sheaf, ...]:
    """One sheaf a report, by their first pages. `unread`: pages that could not be opened; `codes`: of the form."""
    forms = _with_letters(clues)
    everything = tuple(sorted({*(clue.page for clue in clues), *unread}))
    if not forms:
        return (Sheaf(everything),)
    twins = find_twins(forms, codes)
    gone = {twin.copy for twin in twins}
    seams = Seams([form for place, form in enumerate(forms) if place not in gone], codes)
    reports = _settle([_Report(chain, [], [], []) for chain in find_chains(seams)], seams)
    for twin in twins:
        rule: NoteRule = "doubled-page" if twin.same else "doubtful-page"
        _keep_twin(reports, seams, PageNote(rule, forms[twin.copy].page, (forms[twin.kept].page,)))
    owned = _spread(everything, clues, reports, seams.pages)
    return tuple(
        _finish(report, pages, seams, unread, _border(number, reports, seams))
        for number, (report, pages) in enumerate(zip(reports, owned, strict=True))
    )


def _keep_twin(reports: Sequence[_Report], seams: Seams, note: PageNote) -> None:
    """A page that is there twice goes to the report that has the other."""
    assert note.page is not None
    (kept,) = note.others
    for report in reports:
        pages = {seams.pages[place].page for place in report.chain} | {page for page, _ in report.copies}
        if kept in pages | set(report.foreign):
            report.copies.append((note.page, kept))
            report.notes.append(note)
            return


def _with_letters(clues: Sequence[Clues]) -> tuple[Clues, ...]:
    """The pages of the form; one that follows a letter is headed by it."""
    forms: list[Clues] = []
    letter: Clues | None = None
    for clue in clues:
        if not clue.is_form:
            letter = clue if clue.letterhead else letter
            continue
        if letter is not None:
            named = {
                name: getattr(clue, name) or getattr(letter, name) for name in ("organisation", "period", "number")
            }
            clue = replace(clue, letterhead=True, **named)
            letter = None
        forms.append(clue)
    return tuple(forms)


def _settle(reports: list[_Report], seams: Seams) -> list[_Report]:
    """Strangers among another report's pages go to the report where they lie."""
    for report in sorted(reports, key=lambda one: len(one.chain)):
        others = [one for one in reports if one is not report]
        if not others or seams.pages[report.chain[0]].headed:
            continue
        host = _host(report, others)
        if not _differ(report, host, seams):
            host.chain = tuple(sorted((*host.chain, *report.chain)))
        elif len(report.chain) <= ISLAND or _lies_within(report, host):
            _take_in(report, host, seams)
        else:
            continue
        reports = others
    for report in reports:
        _name_island(report, reports, seams)
    return sorted(reports, key=lambda one: min(one.chain))


def _name_island(report: _Report, reports: Sequence[_Report], seams: Seams) -> None:
    """A report among the pages of another is told there; one whose sheets another has too is told here."""
    for other in reports:
        if other is not report and _lies_within(report, other):
            pages = tuple(seams.pages[place].page for place in report.chain)
            named = seams.pages[report.chain[0]].organisation
            other.notes.append(PageNote("foreign-page", pages[0], pages[1:], (named,) if named else ()))
        elif min(other.chain) < min(report.chain) and _are_twins(report, other, seams):
            pages = tuple(seams.pages[place].page for place in other.chain)
            report.notes.append(PageNote("doubled-page", seams.pages[report.chain[0]].page, pages))


def _are_twins(report: _Report, other: _Report, seams: Seams) -> bool:
    return len(report.chain) == len(other.chain) and all(
        is_same_sheet(seams.pages[a], seams.pages[b]) for a, b in zip(report.chain, other.chain, strict=True)
    )


def _host(report: _Report, others: Sequence[_Report]) -> _Report:
    """The report in which a chain lies: that of the page before it, or after it."""
    owner = {place: one for one in others for place in one.chain}
    first = min(report.chain)
    before = [place for place in owner if place < first]
    return owner[max(before) if before else min(owner)]


def _lies_within(report: _Report, host: _Report) -> bool:
    return min(host.chain) < min(report.chain) and max(report.chain) < max(host.chain)


def _differ(report: _Report, host: _Report, seams: Seams) -> bool:
    """Whether anything but the order of codes says that a chain is not of the report where it lies."""
    theirs = {code for place in host.chain for code in seams.pages[place].known}
    mine = {code for place in report.chain for code in seams.pages[place].known}
    usual = _usual(host.chain, seams)
    gaps = [layout_gap(seams.pages[place], seams.pages[usual]) for place in report.chain]
    return len(mine & theirs) > TWICE_SHARE * len(mine) or any(gap is not None and gap > OTHER for gap in gaps)


def _take_in(report: _Report, host: _Report, seams: Seams) -> None:
    """Strangers into the report where they lie.

    A page that prints the report's own rows in its own layout may as well be the right one: then each is compared with
    the other, and only what both say stands.
    """
    usual = _usual(host.chain, seams)
    for place in report.chain:
        page = seams.pages[place]
        gap = layout_gap(page, seams.pages[usual])
        rivals = [one for one in host.chain if set(seams.pages[one].known) & set(page.known)]
        pages = tuple(seams.pages[one].page for one in rivals)
        same = next((one for one in rivals if is_same_sheet(seams.pages[one], page)), None)
        if same is not None:
            host.copies.append((page.page, seams.pages[same].page))
            host.notes.append(PageNote("doubled-page", page.page, (seams.pages[same].page,)))
        elif rivals and (gap is None or gap <= OTHER):
            host.copies.append((page.page, pages[0]))
            host.notes.append(PageNote("doubtful-page", page.page, pages))
        else:
            host.foreign.append(page.page)
            host.notes.append(PageNote("foreign-page", page.page, pages))
    host.copies += report.copies
    host.foreign += report.foreign
    host.notes += report.notes


def _usual(chain: Chain, seams: Seams) -> int:
    """The page whose layout most pages of a chain share; of like ones the first."""
    like: Counter[int] = Counter()
    for one in chain:
        gaps = (layout_gap(seams.pages[one], seams.pages[other]) for other in chain)
        like[one] = sum(gap is not None and gap <= SAME for gap in gaps)
    return max(chain, key=lambda one: (like[one], -chain.index(one)))


def _spread(
    everything: Sequence[int], clues: Sequence[Clues], reports: Sequence[_Report], forms: Sequence[Clues]
) -> list[list[int]]:
    """Pages to reports: what is no page of the form goes with the page before it, from a letter on with the next."""
    owner: dict[int, int] = {}
    for number, report in enumerate(reports):
        owner |= {forms[place].page: number for place in report.chain}
        owner |= {page: number for page, _ in report.copies} | dict.fromkeys(report.foreign, number)
    letters = {clue.page for clue in clues if clue.letterhead and clue.page not in owner}
    following: dict[int, int] = {}
    ahead: int | None = None
    for page in reversed(everything):
        ahead = owner.get(page, ahead)
        if ahead is not None:
            following[page] = ahead
    owned: list[list[int]] = [[] for _ in reports]
    current = following[everything[0]]
    for page in everything:
        current = owner.get(page, following.get(page, current) if page in letters else current)
        owned[current].append(page)
    return owned


def _border(number: int, reports: Sequence[_Report], seams: Seams) -> bool:
    """Whether it is certain that a report begins where it does."""
    first = reports[number].chain[0]
    if not seams.pages[first].headed:
        return len(reports) == 1
    if number == 0:
        return True
    before = max(max(one.chain) for one in reports[:number])
    mine = {code for place in reports[number].chain for code in seams.pages[place].known}
    theirs = {code for one in reports[:number] for place in one.chain for code in seams.pages[place].known}
    if len(mine & theirs) > TWICE_SHARE * len(mine) or before > first:
        return True
    return seams.link(before, first) - seams.start(first) >= SURE_BORDER


def _finish(report: _Report, owned: Sequence[int], seams: Seams, unread: Sequence[int], sure: bool) -> Sheaf:
    forms = [seams.pages[place] for place in report.chain]
    own = [page for page in owned if page not in report.foreign and page not in dict(report.copies)]
    pages = _merged([clue.page for clue in forms], own)
    lost = find_lost(forms, pages, [page for page in unread if page in own])
    doubted = _doubted(report.chain, seams)
    notes = [
        *report.notes,
        *lost.notes,
        *(PageNote("doubtful-page", page) for page in doubted),
        *([] if sure else [PageNote("doubtful-border", forms[0].page)]),
        *_moved(pages),
    ]
    order = Order(lost.gaps, tuple(sorted(report.foreign)), doubted, tuple(sorted(notes, key=_place)))
    return Sheaf(pages, order, tuple(sorted(report.copies)), forms[0].headed, len(forms))


def _place(note: PageNote) -> tuple[int, str]:
    return note.page or 0, note.rule


def _merged(forms: Sequence[int], own: Sequence[int]) -> tuple[int, ...]:
    """All pages in the order of the form's pages; each other page stays behind the page that it follows in the file."""
    if list(forms) == sorted(forms):
        return tuple(own)
    behind: dict[int, list[int]] = {}
    last = 0
    for page in own:
        last = page if page in forms else last
        if page not in forms:
            behind.setdefault(last, []).append(page)
    return (*behind.get(0, ()), *(page for form in forms for page in (form, *behind.get(form, ()))))


def _moved(pages: Sequence[int]) -> list[PageNote]:
    filed = tuple(sorted(pages))
    return [] if tuple(pages) == filed else [PageNote("page-order", None, tuple(pages))]


def _doubted(chain: Chain, seams: Seams) -> tuple[int, ...]:
    """Pages that may be of another report.

    They are laid out otherwise, print rows of the page before again, or are reached over another report's head without
    any likeness.
    """
    usual = _usual(chain, seams)
    doubted = []
    reached = True
    for at, place in enumerate(chain):
        gap = layout_gap(seams.pages[place], seams.pages[usual])
        if at and seams.crossed(chain[at - 1], place):
            reached = gap is not None and gap <= SAME
        again = bool(at) and _overlap(seams.pages[chain[at - 1]], seams.pages[place])
        if not reached or again or (gap is not None and gap > OTHER):
            doubted.append(seams.pages[place].page)
    return tuple(doubted)


def _overlap(one: Clues, other: Clues) -> bool:
    both = len(set(one.known) & set(other.known))
    return both >= LEAST_AGAIN and share_twice(one, other) >= AGAIN
