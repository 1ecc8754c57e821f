"""A store -> what its reports say by indicator, district and period, and what is missing of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Connection, select
from sqlalchemy import text as sql

from extractor.errors import UsageError
from extractor.export import MAIN, Observation, Wanted, list_observations, snapshot
from extractor.records import Catalogue
from extractor.store import Store
from extractor.store.forms import named_forms
from extractor.store.schema import document

OPEN_FINDINGS = (
    "SELECT f.document_id, f.severity, f.message_vi, f.message_en"
    " FROM finding f JOIN document d ON d.id = f.document_id"
    " WHERE d.active AND d.catalogue = :form AND f.gone_at IS NULL AND f.severity <> 'info'"
    " AND NOT EXISTS (SELECT 1 FROM settled s WHERE s.document_id = f.document_id AND s.key = f.key)"
    " AND NOT EXISTS (SELECT 1 FROM mute m WHERE m.revoked_at IS NULL AND m.catalogue = d.catalogue"
    " AND m.catalogue_version = d.catalogue_version AND f.key = 'finding/' || m.rule || '/' || m.cells)"
    " ORDER BY f.document_id, f.severity, f.id"
)


@dataclass(frozen=True, slots=True)
class Point:
    """What a report says of an indicator. `shown`: the number of a fact, or what was read and is not settled."""

    id: str
    state: str
    review: str
    is_fact: bool
    number: Decimal | None
    shown: str
    page: int | None
    document: str


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator and measure with its points by (organisation, period); a header has none."""

    code: str
    measure: str
    label: str
    unit: str
    type: str
    points: Mapping[tuple[str, str], Point]

    @property
    def is_header(self) -> bool:
        """Whether it only heads others."""
        return self.type == "header"

    @property
    def anchor(self) -> str:
        """A name for links within a page."""
        return f"c-{self.code.replace('.', '-')}"


@dataclass(frozen=True, slots=True)
class Cover:
    """How the values of a report stand. `lost`: rows that may stand on pages which are missing or were not read."""

    document_id: int
    document: str
    accepted: int
    settled: int
    open: int
    lost: int

    @property
    def total(self) -> int:
        """All values of the report."""
        return self.accepted + self.settled + self.open


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation; `covers`: its reports by period."""

    code: str
    name: str
    covers: Mapping[str, Cover]
    findings: tuple[tuple[str, str, str, str], ...]  # period, severity, message in Vietnamese, in English


@dataclass(frozen=True, slots=True)
class Loose:
    """A document that belongs to no report yet: why."""

    id: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Overview:
    """All reports of one form. `periods`: all that any office has or that lie between, oldest first."""

    form: str
    version: str
    province: str
    periods: tuple[str, ...]
    offices: tuple[Office, ...]
    lines: tuple[Line, ...]
    loose: tuple[Loose, ...]

    @property
    def charted(self) -> tuple[str, ...]:
        """The periods of a chart: those of the kind that most reports have."""
        kinds = Counter(_kind(period) for office in self.offices for period in office.covers)
        most = max(kinds, key=lambda kind: (kinds[kind], kind == ""), default="")
        return tuple(period for period in self.periods if _kind(period) == most)


def gather(store: Store, form: str | None = None) -> Overview:
    """Raises UsageError where the store has no report (of the form)."""
    with snapshot(store) as connection:
        chosen = form or _commonest_form(connection)
        if chosen is None:
            raise UsageError("the store has no report yet", "extract some with extractor extract --store")
        covers, points = _read(connection, chosen)
        loose, findings = _read_loose(connection), _read_findings(connection, chosen)
        names = _read_names(connection, chosen)
        catalogue = next(iter(named_forms(connection, chosen)), None)
    if not covers and not loose:
        raise UsageError(f"the store has no report of the form {chosen}", "see the forms of its documents")
    offices = _offices(covers, names, catalogue, findings)
    province = next((one.province for one in catalogue.places if one.code in names), "") if catalogue else ""
    version = catalogue.version if catalogue else ""
    return Overview(chosen, version, province, _periods(covers), offices, _lines(points, catalogue), loose)


def _commonest_form(connection: Connection) -> str | None:
    forms = Counter(connection.execute(select(document.c.catalogue).where(document.c.active)).scalars())
    del forms[None]
    return max(forms, key=lambda name: (forms[name], name), default=None)


Points = dict[tuple[str, str], dict[tuple[str, str], tuple[Observation, Point]]]


def _read(connection: Connection, form: str) -> tuple[dict[tuple[str, str], Cover], Points]:
    counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    documents: dict[tuple[str, str], tuple[int, str]] = {}
    points: Points = defaultdict(dict)
    for one in list_observations(connection, Wanted(form=form)):
        if one.organisation_code is None or one.period is None:
            continue
        where = (one.organisation_code, one.period)
        documents.setdefault(where, (one.document_id, one.document))
        if documents[where][0] != one.document_id:
            continue  # a second scan that also stands: both are disputed, one tells that
        counts[where][one.review if one.review in ("accepted", "settled") else "open"] += 1
        counts[where]["lost"] += one.state == "unread"
        points[one.code, one.measure][where] = (one, _point(one))
    covers = {
        where: Cover(*documents[where], count["accepted"], count["settled"], count["open"], count["lost"])
        for where, count in counts.items()
    }
    return covers, points


def _point(one: Observation) -> Point:
    shown = format(one.number, "f") if one.number is not None else one.text or one.unsettled or ""
    return Point(one.id, one.state, one.review, one.is_fact, one.number, shown, one.page, one.document)


def _read_names(connection: Connection, form: str) -> dict[str, str]:
    query = select(document.c.organisation_code, document.c.organisation).where(
        document.c.catalogue == form, document.c.organisation_code.is_not(None)
    )
    return {code: name or code for code, name in connection.execute(query)}


def _read_loose(connection: Connection) -> tuple[Loose, ...]:
    """Documents that stand for no report: failed, of unknown office or period."""
    where = (document.c.active, document.c.report_id.is_(None))
    rows = connection.execute(select(document).where(*where).order_by(document.c.id))
    return tuple(
        Loose(row.id, row.name, "failed" if row.outcome == "failed" or row.catalogue is None else "unplaced")
        for row in rows
    )


def _read_findings(connection: Connection, form: str) -> dict[int, list[tuple[str, str, str]]]:
    found: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for row in connection.execute(sql(OPEN_FINDINGS), {"form": form}):
        found[row.document_id].append((row.severity, row.message_vi, row.message_en))
    return found


def _offices(
    covers: Mapping[tuple[str, str], Cover],
    names: Mapping[str, str],
    catalogue: Catalogue | None,
    findings: Mapping[int, list[tuple[str, str, str]]],
) -> tuple[Office, ...]:
    """Those that have reports, and the others of their provinces: what is missing must be seen."""
    places = {one.code: one for one in catalogue.places} if catalogue else {}
    provinces = {places[code].province for code in names if code in places}
    shown = {code: _short(name) for code, name in names.items()}
    for code, place in places.items():
        if place.province in provinces:
            shown.setdefault(code, place.name[0].lower() + place.name[1:])
    offices = []
    for code in sorted(shown):
        own = {period: cover for (office, period), cover in covers.items() if office == code}
        said = [(when, *one) for when, cover in sorted(own.items()) for one in findings.get(cover.document_id, ())]
        offices.append(Office(code, shown[code], own, tuple(said)))
    return tuple(offices)


def _short(name: str) -> str:
    return name.removeprefix("UBND ").strip()


def _periods(covers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """All periods of the reports and, of each kind, the years between."""
    seen = {period for _, period in covers}
    for kind in {_kind(period) for period in seen}:
        years = [int(period[:4]) for period in seen if _kind(period) == kind]
        seen |= {f"{year}{kind}" for year in range(min(years), max(years) + 1)}
    return tuple(sorted(seen, key=lambda period: (period[:4], _rank(_kind(period)), period)))


def _rank(kind: str) -> int:
    """Within a year: the year itself, halves, nine months, quarters, months."""
    if kind.endswith("P9M"):
        return 2
    return {"": 0, "-S": 1, "-Q": 3}.get(kind[:2], 4)


def _kind(period: str) -> str:
    return period[4:]


def _lines(points: Points, catalogue: Catalogue | None) -> tuple[Line, ...]:
    order = [(one.code, MAIN) for one in catalogue.indicators] if catalogue else []
    heads = {one.code: one for one in catalogue.indicators if one.type == "header"} if catalogue else {}
    places = {code: at for at, (code, _) in enumerate(order)}
    every = sorted({*points, *((code, MAIN) for code in heads)}, key=lambda key: (places.get(key[0], 10**6), *key))
    lines = []
    for code, measure in every:
        if code in heads:
            lines.append(Line(code, measure, heads[code].label, "", "header", {}))
            continue
        first, _ = next(iter(points[code, measure].values()))
        own = {where: point for where, (_, point) in points[code, measure].items()}
        lines.append(Line(code, measure, first.label, first.unit or "", first.type, own))
    return tuple(lines)
