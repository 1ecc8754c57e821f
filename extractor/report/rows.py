"""One row with its match, value and trust -> its part of the JSON; and what stands for a row that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from extractor.records import Box, Field, Indicator, Note, Piece, Row, RowMatch, RowTrust, RowValue, Trust, Value
from extractor.report.document import (
    Alternative,
    CitationInfo,
    CodeGuess,
    EngineReading,
    Evidence,
    IndicatorInfo,
    MeasureInfo,
    NoteInfo,
    Place,
    RawText,
    RowInfo,
    RowState,
    StrangerLabel,
    StrangerMeasure,
    StrangerValue,
    UnitInfo,
    UnmatchedRow,
    ValueInfo,
)

MOST_ALTERNATIVES = 5
LEAST_NAMED = 0.00005  # a smaller probability is written as 0


def write_indicator(
    indicator: Indicator, row: Row, match: RowMatch, value: RowValue, trust: RowTrust, *, drawn: bool
) -> IndicatorInfo:
    """A printed row that was matched. `drawn`: its value is looked at blindly if it is accepted."""
    main = replace(value.value, state="unread") if "value" in row.columns_missing else value.value
    blind = drawn and trust.value.status == "accepted" and indicator.type != "header"
    others = tuple(
        MeasureInfo(measure=name, **_value_fields(indicator, field, normal, other, blind=False))
        for (name, field), (_, normal), other in zip(row.others, value.others, trust.others, strict=True)
    )
    return IndicatorInfo(
        code=indicator.code,
        label=indicator.label,
        path=indicator.path,
        row=_write_row(row, match, trust),
        value=ValueInfo(**_value_fields(indicator, row.value, main, trust.value, blind=blind)),
        other_measures=others,
        unit=_write_unit(row.unit, value.unit, trust.unit),
        note=_write_note(row.note, value.note, trust.note),
    )


def write_missing(indicator: Indicator, state: RowState, trust: Trust) -> IndicatorInfo:
    """An indicator without a printed row: `absent`, or `unread` where it may stand on what could not be read."""
    assert state != "matched"
    confidence, status = trust.confidence, trust.status
    row = RowInfo(
        state=state, label_raw=None, stt_raw=None, confidence=confidence, runner_up=None, status=status,
        reasons=trust.reasons, page=None, box=None, continued=(), evidence=write_evidence(trust),
    )  # fmt: skip
    value = ValueInfo(
        state=state, raw=None, number=None, text=None, unit=indicator.unit, type=indicator.type,
        confidence=confidence, status=status, blind_check=False, reasons=trust.reasons, alternatives=(), readings=(),
        page=None, box=None, continued=(),
    )  # fmt: skip
    unit = UnitInfo(raw=None, value=None, confidence=confidence, status=status, page=None, box=None)
    note = NoteInfo(raw=None, citations=(), urls=(), confidence=confidence, status=status)
    return IndicatorInfo(
        code=indicator.code, label=indicator.label, path=indicator.path,
        row=row, value=value, other_measures=(), unit=unit, note=note,
    )  # fmt: skip


def write_stranger(number: int, row: Row, match: RowMatch, value: RowValue, trust: RowTrust) -> UnmatchedRow:
    """A printed row that belongs to no indicator."""
    page, box, continued = _places(row.pieces)
    assert page is not None
    assert box is not None
    return UnmatchedRow(
        id=f"u{number}",
        stt=row.stt.raw,
        label=StrangerLabel(raw=row.label.raw, confidence=trust.label.confidence),
        unit=RawText(raw=row.unit.raw),
        value=StrangerValue(raw=value.value.raw, number=value.value.number, confidence=trust.value.confidence),
        page=page,
        box=box,
        nearest=_guess(match.runner_up),
        status="review",
        note=RawText(raw=row.note.raw),
        other_measures=tuple(
            StrangerMeasure(measure=name, raw=normal.raw, number=normal.number, confidence=other.confidence)
            for (name, normal), other in zip(value.others, trust.others, strict=True)
        ),
        continued=continued,
    )


def _write_row(row: Row, match: RowMatch, trust: RowTrust) -> RowInfo:
    page, box, continued = _places(row.pieces)
    return RowInfo(
        state="matched",
        label_raw=row.label.raw,
        stt_raw=row.stt.raw,
        confidence=trust.match.confidence,
        runner_up=_guess(match.runner_up),
        status=trust.match.status,
        reasons=trust.match.reasons,
        page=page,
        box=box,
        continued=continued,
        evidence=write_evidence(trust.match),
        label_confidence=trust.label.confidence,
        label_status=trust.label.status,
        label_evidence=write_evidence(trust.label),
    )


def write_evidence(trust: Trust) -> Evidence | None:
    """What made a field's confidence; None where nothing of it was seen."""
    if not trust.features:
        return None
    return Evidence(kind=trust.kind, features=dict(trust.features), held=trust.blocked)


def _value_fields(indicator: Indicator, field: Field, value: Value, trust: Trust, *, blind: bool) -> dict[str, Any]:
    page, box, continued = _places(field.pieces)
    gone = value.state in ("absent", "unread")
    return {
        "state": value.state,
        "raw": None if gone else value.raw,
        "number": value.number,
        "text": value.text,
        "unit": indicator.unit,
        "type": indicator.type,
        "confidence": trust.confidence,
        "status": trust.status,
        "blind_check": blind,
        "reasons": trust.reasons,
        "alternatives": _write_alternatives(value, trust.confidence),
        "readings": _write_readings(field),
        "page": page,
        "box": box,
        "continued": continued,
        "evidence": write_evidence(trust),
    }


def _write_alternatives(value: Value, confidence: float) -> tuple[Alternative, ...]:
    """Other possibilities share what the value leaves, by their weights."""
    ranked = [candidate for candidate in value.alternatives if candidate.weight > 0][:MOST_ALTERNATIVES]
    total = sum(candidate.weight for candidate in ranked)
    return tuple(
        Alternative(raw=c.raw, number=c.number, confidence=(1.0 - confidence) * c.weight / total) for c in ranked
    )


def _write_readings(field: Field) -> tuple[EngineReading, ...]:
    """The best score of each string that an engine saw, in the order of the field."""
    best: dict[tuple[str, str], float] = {}
    for reading in field.readings:
        key = (reading.engine, reading.text)
        best[key] = max(best.get(key, 0.0), reading.confidence)
    return tuple(EngineReading(engine=e, raw=text, confidence=_unit(score)) for (e, text), score in best.items())


def _write_unit(field: Field, canonical: str | None, trust: Trust) -> UnitInfo:
    page, box, _ = _places(field.pieces)
    return UnitInfo(
        raw=field.raw,
        value=canonical,
        confidence=trust.confidence,
        status=trust.status,
        page=page,
        box=box,
        evidence=write_evidence(trust),
    )


def _write_note(field: Field, note: Note, trust: Trust) -> NoteInfo:
    page, box, continued = _places(field.pieces)
    return NoteInfo(
        raw=note.raw,
        citations=tuple(
            CitationInfo(number=c.number, type=c.type, issuer=c.issuer, date=c.date) for c in note.citations
        ),
        urls=note.urls,
        confidence=trust.confidence,
        status=trust.status,
        page=page,
        box=box,
        continued=continued,
        evidence=write_evidence(trust),
    )


def _places(pieces: Iterable[Piece]) -> tuple[int | None, Box | None, tuple[Place, ...]]:
    """Page and box of the first piece, and the further ones; one box a page."""
    by_page: dict[int, Box] = {}
    for piece in pieces:
        old = by_page.get(piece.page, piece.box)
        x0, y0, x1, y1 = piece.box
        by_page[piece.page] = (min(old[0], x0), min(old[1], y0), max(old[2], x1), max(old[3], y1))
    if not by_page:
        return None, None, ()
    (page, box), *rest = by_page.items()
    return page, box, tuple(Place(page=p, box=b) for p, b in rest)


def _guess(pair: tuple[str, float] | None) -> CodeGuess | None:
    return None if pair is None or pair[1] < LEAST_NAMED else CodeGuess(code=pair[0], confidence=_unit(pair[1]))


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)
