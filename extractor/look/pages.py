"""An overview -> HTML files that need nothing else: one of the province, one of each district."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from statistics import median

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from extractor.look.draw import draw_series, value_of
from extractor.look.gather import Line, Office, Overview, Point
from extractor.look.words import say, say_number, say_period

TEMPLATES = Path(__file__).resolve().parent / "templates"
CHARTED = ("count", "percent")
SKEWED = 6  # times the median of the districts' highest values
WITHOUT_VALUE = ("blank", "absent", "illegible", "unread")


@cache
def environment() -> Environment:
    """Jinja, escaping everywhere; a name that is not there is an error, not a blank."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["period_words"] = say_period
    return made


def write_pages(overview: Overview, folder: Path, *, language: str = "vi", only: str | None = None) -> tuple[Path, ...]:
    """Make DIR/index.html and DIR/CODE.html for each office with reports; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for office in overview.offices:
        if office.covers and only in (None, office.code):
            written.append(folder / f"{office.code}.html")
            written[-1].write_text(show_office(overview, office, language), encoding="utf-8")
    if only is None:
        written.append(folder / "index.html")
        written[-1].write_text(show_province(overview, language), encoding="utf-8")
    return tuple(written)


def show_province(overview: Overview, language: str = "vi") -> str:
    """All districts: coverage, what is missing, each indicator as small charts and as a table."""
    return _render("province.html", overview, language, offices=[one for one in overview.offices if one.covers])


def show_office(overview: Overview, office: Office, language: str = "vi") -> str:
    """One district: its figures over the years, beside the middle of all districts."""
    last = next((one for one in reversed(overview.charted) if one in office.covers), None)
    return _render("district.html", overview, language, office=office, last=last)


def _render(template: str, overview: Overview, language: str, **values: object) -> str:
    return (
        environment()
        .get_template(template)
        .render(
            t=partial(say, language),
            number=partial(say_number, language=language),
            period=partial(say_period, language=language),
            language=language,
            overview=overview,
            mark=mark_of,
            words=partial(show_point, language=language),
            chart=partial(_chart, overview),
            is_charted=_is_charted,
            is_skewed=_is_skewed,
            middle=_middle,
            **values,
        )
    )


def mark_of(point: Point | None) -> str:
    """How a point is marked: none, fact, settled, empty, open, disputed."""
    if point is None:
        return "none"
    if point.review in ("review", "disputed"):
        return "disputed" if point.review == "disputed" else "open"
    if not point.is_fact:
        return "empty"
    return "settled" if point.review == "settled" else "fact"


def show_point(point: Point | None, kind: str, *, language: str = "vi") -> str:
    """What a table shows of a point."""
    if point is None:
        return ""
    if point.state in WITHOUT_VALUE:
        return say(language, f"state.{point.state}")
    if not point.shown:
        return (
            "–" if not point.is_fact and point.review not in ("review", "disputed") else say(language, "state.unclear")
        )
    return say_number(point.shown, kind, language)


def _is_charted(line: Line) -> bool:
    return line.type in CHARTED and any(value_of(one) for one in line.points.values())


def _is_skewed(line: Line) -> bool:
    """Whether one district would press the others to the ground."""
    tops: dict[str, Decimal] = {}
    for (office, _), point in line.points.items():
        tops[office] = max(tops.get(office, Decimal(0)), value_of(point) or Decimal(0))
    return max(tops.values()) > SKEWED * median(tops.values())


def _chart(overview: Overview, line: Line, office: Office, *, own_scale: bool = False) -> object:
    points = [line.points.get((office.code, period)) for period in overview.charted]
    shown = points if own_scale else line.points.values()
    most = max((value for one in shown if (value := value_of(one)) is not None), default=Decimal(0))
    return draw_series(points, most, f"{office.name}: {line.label}")


def _middle(line: Line, period: str) -> str:
    """The middle of all districts' facts of a period."""
    facts = [one.number for (_, when), one in line.points.items() if when == period and one.number is not None]
    return format(median(facts).normalize(), "f") if len(facts) > 1 and line.type in CHARTED else ""
