"""Observations -> flat rows: one list of columns, named after SDMX, for every format and for the database."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from extractor.export.records import STATUSES, Observation

Kind = Literal["text", "number", "fraction", "integer"]  # number: exact decimal; fraction: 0 to 1
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a flat row. `codes`: what it may hold, where that is a list."""

    name: str
    kind: Kind
    about: str
    empty: bool = True
    codes: tuple[str, ...] = ()


REVIEWS = ("accepted", "settled", "review", "disputed")
STATES = ("read", "blank", "illegible", "absent", "unread")
TYPES = ("count", "percent", "boolean", "enum", "text")
COLUMNS = (
    Column("OBS_ID", "text", "stable id: organisation, period, form, indicator and measure", empty=False),
    Column("REF_AREA", "text", "code of the organisation; empty while it is not certain"),
    Column("REF_AREA_LABEL", "text", "its name"),
    Column("TIME_PERIOD", "text", "2022, 2022-S1, 2022-Q3, 2022-07 or 2022-01-01/P9M; empty while it is not certain"),
    Column("PERIOD_FROM", "text", "first day"),
    Column("PERIOD_TO", "text", "last day"),
    Column("PERIOD_KIND", "text", "year, half, quarter, nine-months or month"),
    Column("FORM", "text", "catalogue that the report follows", empty=False),
    Column("FORM_VERSION", "text", "its version", empty=False),
    Column("INDICATOR", "text", "code of the indicator", empty=False),
    Column("INDICATOR_LABEL", "text", "its label in the catalogue", empty=False),
    Column("MEASURE", "text", "main, or what the header of a further value column prints", empty=False),
    Column("VALUE_TYPE", "text", "of the indicator", empty=False, codes=TYPES),
    Column("OBS_VALUE", "number", "the number that stands; empty where none does"),
    Column("OBS_TEXT", "text", "the text that stands, of an indicator whose value is text"),
    Column("UNIT_MEASURE", "text", "the catalogue's unit; where the source is wrong, the unit that is meant"),
    Column("OBS_STATUS", "text", "what the value is, or why there is none", empty=False, codes=tuple(STATUSES)),
    Column("REVIEW_STATUS", "text", "whose word it is, or that nobody has settled it", empty=False, codes=REVIEWS),
    Column("CELL_STATE", "text", "what the cell is, as read or settled", empty=False, codes=STATES),
    Column("RAW", "text", "as printed"),
    Column("UNSETTLED_VALUE", "text", "what was read and nobody has settled: never a fact"),
    Column("REASONS", "text", "why it is not settled, or rules that contradict it, between spaces"),
    Column("SETTLED_KIND", "text", "confirmed, misread, blank, illegible, absent, wrong-at-source, ..."),
    Column("SETTLED_BY", "text", "who settled it"),
    Column("SETTLED_AT", "text", "when, in UTC"),
    Column("WHY", "text", "what they wrote, and the authority for what is wrong at source"),
    Column("CONFIDENCE", "fraction", "probability that the machine's reading is exactly right", empty=False),
    Column("NOTE", "text", "note of the row, with the main measure"),
    Column("NOTE_STATUS", "text", "whose word the note is", codes=REVIEWS),
    Column("SHA256", "text", "of the source file", empty=False),
    Column("DOCUMENT", "integer", "number of the document in the store", empty=False),
    Column("SOURCE_NAME", "text", "name of the source file", empty=False),
    Column("PAGE", "integer", "page of the source, from 1"),
    Column("BOX_X0", "fraction", "left edge of the cell, as fraction of the page's width"),
    Column("BOX_Y0", "fraction", "upper edge, of its height"),
    Column("BOX_X1", "fraction", "right edge"),
    Column("BOX_Y1", "fraction", "lower edge"),
    Column("REVISION", "integer", "counts extractions of the document and decisions on the field", empty=False),
)
NAMES = tuple(one.name for one in COLUMNS)
KINDS = tuple(one.kind for one in COLUMNS)
NO_BOX = (None, None, None, None)


def as_row(one: Observation) -> Row:
    """An observation as its row; texts hold no NUL, which PostgreSQL has no room for."""
    row = (
        one.id,
        one.organisation_code,
        one.organisation,
        one.period,
        one.period_from,
        one.period_to,
        one.period_kind,
        one.form,
        one.form_version,
        one.code,
        one.label,
        one.measure,
        one.type,
        one.number,
        one.text,
        one.unit,
        one.status,
        one.review,
        one.state,
        one.raw,
        one.unsettled,
        " ".join(one.reasons) or None,
        one.settled_kind,
        one.settled_by,
        one.settled_at,
        one.why,
        one.confidence,
        one.note,
        one.note_review,
        one.sha256,
        one.document_id,
        one.document,
        one.page,
        *(one.box or NO_BOX),
        one.revision,
    )
    texts = f"{one.organisation}{one.label}{one.measure}{one.text}{one.raw}{one.unsettled}{one.why}{one.note}"
    return tuple(map(_without_nul, row)) if "\0" in texts else row


def as_float(number: Decimal) -> float | None:
    """The same number for formats that only know binary ones; None where it has more digits than those hold."""
    near = float(number)
    return near if Decimal(repr(near)) == number else None


def plain_fraction(number: float) -> str:
    """The same of a confidence or a side of a box."""
    text = repr(number)
    return text if "e" not in text and not text.endswith(".0") else plain_number(Decimal(text))


def plain_number(number: Decimal) -> str:
    """Shortest decimal form without an exponent."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _without_nul(item: Any) -> Any:
    return item.replace("\0", "\ufffd") if isinstance(item, str) else item
