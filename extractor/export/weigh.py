"""The cells of a document with what people settled -> its observations, each with what it may be taken for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Connection

from extractor.export.records import (
    ABSENT,
    AT_SOURCE,
    BLANK,
    CONTESTED,
    DASH,
    DISPUTED,
    ILLEGIBLE,
    MAIN,
    NORMAL,
    OPEN,
    OPEN_ABSENT,
    OPEN_BLANK,
    OPEN_DASH,
    PROVISIONAL,
    UNREAD,
    Box,
    Observation,
    Review,
    identify_within,
)
from extractor.export.rows import PRINTED, RowWord, judge_rows
from extractor.store import Settled
from extractor.store.move import find_origin
from extractor.store.records import BY_FINDING
from extractor.value.numbers import is_dash

HOLDING = ("value", "row", "unit")  # fields whose error findings dispute a value
WITHOUT_VALUE = {"absent": ABSENT, "blank": BLANK, "illegible": ILLEGIBLE, "unread": UNREAD}
UNSETTLED = {ABSENT: OPEN_ABSENT, BLANK: OPEN_BLANK, DASH: OPEN_DASH, ILLEGIBLE: ILLEGIBLE, UNREAD: UNREAD}


class Part(NamedTuple):
    """What an observation needs of a stored cell; `reasons`, `box` and `row_box` are JSON text.

    A tuple, since a million are read in an export: a dataclass takes five times as long to make.
    """

    extraction_id: int
    key: str
    code: str
    field: str
    measure: str | None
    label: str
    unit: str | None
    type: str | None
    state: str
    raw: str | None
    number: str | None
    text: str | None
    confidence: float
    status: str
    reasons: str
    page: int | None
    box: str | None
    row_box: str | None


class About(NamedTuple):
    """A document that stands, by the store's columns. A tuple: a row of SQLAlchemy is ten times as slow to read."""

    id: int
    sha256: str
    part: int
    name: str
    version: str
    extraction_id: int
    catalogue: str
    catalogue_version: str | None
    organisation_code: str | None
    organisation: str | None
    period: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with all that people and rules say of it.

    `span`: first and last day and kind of its period; `held`: rules of open error findings by field;
    `decided`: how many decisions a field has had; `twice`: another document stands for the same report.
    """

    about: About
    span: tuple[str | None, str | None, str | None]
    settled: Mapping[str, Settled]
    held: Mapping[str, Sequence[str]]
    decided: Counter[str]
    extracted: int
    twice: bool
    doubts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        doubts = [f"{name}-unsettled" for name in ("organisation", "period") if not _known(self.about, name)]
        object.__setattr__(self, "doubts", (*doubts, "two-active-versions") if self.twice else tuple(doubts))


class Word(NamedTuple):
    """What stands for a value, and what keeps it from being a fact."""

    state: str
    raw: str | None
    number: str | None
    text: str | None
    unit: str | None
    review: Review
    reasons: tuple[str, ...]
    settled: Settled | None
    contested: bool = False
    at_source: bool = False


def weigh_document(connection: Connection, sheet: Sheet, parts: Sequence[Part]) -> tuple[Observation, ...]:
    """Observations in the order of print. Header rows are none."""
    rows = judge_rows(connection, sheet.settled, {one.code: one for one in parts if one.field == "row"})
    identify = _identifier(sheet)
    notes = {one.code: one for one in parts if one.field == "note"}
    values = [one for one in parts if one.field == "value" and one.type != "header"]
    values += _lost_values(connection, sheet, parts)
    return tuple([_observe(sheet, one, rows.get(one.code, PRINTED), notes.get(one.code), identify) for one in values])


def _lost_values(connection: Connection, sheet: Sheet, parts: Sequence[Part]) -> Iterator[Part]:
    """Values that people settled and that the newest extraction does not have: another column was found."""
    have = {one.key for one in parts}
    for key, decided in sheet.settled.items():
        if key in have or "/value" not in key:
            continue
        one = find_origin(connection, decided, key)
        if one is not None and one.field == "value" and one.type != "header":
            boxes = [None if box is None else json.dumps(box) for box in (one.box, one.row_box)]
            yield Part(
                0, key, one.code or "", "value", one.measure, one.label, one.unit, one.type, one.state, one.raw,
                one.number, one.text, one.confidence, one.status, json.dumps(one.reasons), one.page, *boxes,
            )  # fmt: skip


def _observe(
    sheet: Sheet, value: Part, row: RowWord, note: Part | None, identify: Callable[[str, str], str]
) -> Observation:
    about = sheet.about
    word = _weigh(sheet, value, row)
    status = _status(sheet, word)
    is_fact = status in (NORMAL, PROVISIONAL, CONTESTED, AT_SOURCE)
    measure = _measure(value)
    decided, printed = word.settled, word.state not in ("absent", "unread")
    note_text, note_review = _note(sheet, note, printed=printed and measure == MAIN)
    return Observation(
        identify(value.code, measure),
        about.organisation_code,
        about.organisation,
        about.period,
        *sheet.span,
        about.catalogue,
        about.catalogue_version or "",
        value.code,
        value.label,
        measure,
        value.type or "",
        Decimal(word.number) if is_fact and word.number is not None else None,
        word.text if is_fact and word.number is None else None,
        word.raw if printed else None,
        word.unit,
        status,
        word.review,
        word.state,
        None if is_fact or word.state != "read" else _first(word.number, word.text, word.raw),
        word.reasons,
        decided.kind if decided else None,
        decided.user if decided else None,
        decided.at if decided else None,
        _why(decided),
        value.confidence,
        note_text,
        note_review,
        about.sha256,
        about.id,
        about.name,
        value.page if printed else None,
        _box(value.box or value.row_box) if printed else None,
        sheet.extracted + (_count(sheet, value) if sheet.decided else 0),
    )


def _weigh(sheet: Sheet, value: Part, row: RowWord) -> Word:
    decided = sheet.settled.get(value.key)
    if row.settled is not None and row.state == "absent" and (decided is None or decided.seq < row.settled.seq):
        return _doubt(sheet, Word("absent", None, None, None, value.unit, "settled", (), row.settled))
    rules = _rules(sheet, value) if sheet.held else ()
    if decided is not None:
        return _doubt(sheet, _settled_word(value, decided, row, rules))
    own = () if value.status == "accepted" else tuple(json.loads(value.reasons))
    freed = bool(own) and all(one.startswith(BY_FINDING) for one in own) and not rules
    if rules:
        review: Review = "disputed"
        own = tuple(dict.fromkeys((*own, *(f"rule:{rule}" for rule in rules))))
    elif (value.status == "accepted" or freed) and row.certain:
        review, own = "accepted", ()
    else:
        review = "review"
        own = own or ("low-confidence",) if row.certain else (*own, row.reason)
    return _doubt(sheet, Word(value.state, value.raw, value.number, value.text, value.unit, review, own, None))


def _settled_word(value: Part, decided: Settled, row: RowWord, rules: tuple[str, ...]) -> Word:
    """A person's word. Where the row moves to another indicator it waits until the report is judged again."""
    after = decided.after
    state = decided.kind if decided.kind in WITHOUT_VALUE else after.get("state", value.state)
    raw, number, text = (after.get(name, getattr(value, name)) for name in ("raw", "number", "text"))
    if state in WITHOUT_VALUE:
        number = text = None
        raw = "" if state in ("blank", "illegible") else None
    if state in ("illegible", "blank", "absent") and decided.kind not in WITHOUT_VALUE and after.get("number"):
        state, number = "read", after["number"]
    unit, at_source = value.unit, decided.kind == "wrong-at-source" and decided.published is not None
    if at_source:
        published = decided.published or {}
        state, number, text = "read", published.get("number"), published.get("text")
        unit = published.get("unit") or unit
    reasons = tuple(f"rule:{rule}" for rule in rules) if not at_source else ()
    moved = row.reason == "row-moved"
    return Word(
        state, raw, number, text, unit, "review" if moved else "settled",
        ("row-moved", *reasons) if moved else reasons, decided, bool(reasons), at_source,
    )  # fmt: skip


def _doubt(sheet: Sheet, word: Word) -> Word:
    """Nothing is a fact in a document of which it is not certain whose report it is, or that it stands."""
    if not sheet.doubts:
        return word
    review: Review = "disputed" if sheet.twice else "review"
    return Word(
        word.state, word.raw, word.number, word.text, word.unit, review,
        (*word.reasons, *sheet.doubts), word.settled, word.contested, word.at_source,
    )  # fmt: skip


def _status(sheet: Sheet, word: Word) -> str:
    empty = WITHOUT_VALUE.get(word.state)
    if empty is None and word.number is None and not word.text:
        empty = DASH if word.settled is not None or is_dash(word.raw or "") else None
        if empty is None:
            return DISPUTED if word.review == "disputed" else OPEN
    if word.review == "disputed" and empty not in (ILLEGIBLE, UNREAD):
        return DISPUTED
    if word.review in ("review", "disputed"):
        return OPEN if empty is None else UNSETTLED[empty]
    if empty is not None:
        return empty
    if word.at_source:
        return AT_SOURCE
    if word.contested:
        return CONTESTED
    return PROVISIONAL if sheet.about.version == "draft" else NORMAL


def _rules(sheet: Sheet, value: Part) -> tuple[str, ...]:
    fields = HOLDING if value.measure is None else HOLDING[1:]
    return tuple(dict.fromkeys(rule for name in fields for rule in sheet.held.get(f"{value.code}/{name}", ())))


def _measure(value: Part) -> str:
    """The last part of the key, which is unlike that of any other column of the row."""
    return MAIN if value.measure is None else value.key.removeprefix(f"{value.code}/value/")


def _identifier(sheet: Sheet) -> Callable[[str, str], str]:
    about = sheet.about
    if sheet.doubts:
        return identify_within(about.sha256, about.part)
    return identify_within(about.organisation_code or "", about.period or "", about.catalogue)


def _note(sheet: Sheet, note: Part | None, *, printed: bool) -> tuple[str | None, Review | None]:
    if note is None or not printed:
        return None, None
    decided = sheet.settled.get(note.key)
    if decided is not None:
        word = {"raw": note.raw, "text": note.text, **decided.after}
        return _first(word.get("text"), word.get("raw")) or None, "settled"
    return _first(note.text, note.raw) or None, "accepted" if note.status == "accepted" else "review"


def _count(sheet: Sheet, value: Part) -> int:
    return sheet.decided[value.key] + sheet.decided[f"{value.code}/row"]


def _why(decided: Settled | None) -> str | None:
    if decided is None:
        return None
    authority = (decided.published or {}).get("authority", "")
    return "; ".join(part for part in (decided.why, authority) if part) or None


def _known(about: About, name: str) -> bool:
    return bool(about.organisation_code if name == "organisation" else about.period)


def _first(*texts: str | None) -> str | None:
    return next((text for text in texts if text is not None), None)


def _box(text: str | None) -> Box | None:
    return None if text is None else tuple(map(float, text[1:-1].split(",")))  # type: ignore[return-value]  # four sides
