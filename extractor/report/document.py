"""The JSON of one report as frozen objects: fields in the order in which they are written (schema version 1.0)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from extractor.records import FindingKind, Severity, Status, ValueState, ValueType
from extractor.report.scalars import Confidence, JsonBox, Number, PageNumber, Sha256, Text, to_json, to_plain

SCHEMA_VERSION: Literal["1.0"] = "1.0"

Outcome = Literal["complete", "partial", "failed"]
RowState = Literal["matched", "absent", "unread"]
PeriodKind = Literal["year", "half", "quarter", "nine-months", "month"]
MediaType = Literal["application/pdf", "image/tiff", "image/png", "image/jpeg", "application/zip"]
"""`application/zip`: images of a folder, put together as the pages of one file."""


class Part(BaseModel):
    """Any object of the JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Place(Part):
    """Where a further piece of a cell or row lies, after a page break."""

    page: PageNumber
    box: JsonBox


class ErrorInfo(Part):
    """Why a report failed, and what to do."""

    code: str
    message: Text
    advice: Text


class CatalogueRef(Part):
    """The catalogue that the report follows."""

    name: Text
    version: Text
    confidence: Confidence


class Evidence(Part):
    """What the trust model saw of a field: its kind, and each piece of evidence that is not 0.

    `held`: for review whatever the confidence.
    """

    kind: str
    features: dict[str, float]
    held: bool


class HeadValue(Part):
    """A field of the report's head."""

    raw: Text | None
    value: Text | None
    confidence: Confidence
    status: Status
    page: PageNumber | None
    box: JsonBox | None
    reasons: tuple[str, ...] = ()
    evidence: Evidence | None = None


class Organisation(Part):
    """Who reports."""

    raw: Text | None
    value: Text | None
    code: str | None
    confidence: Confidence
    status: Status
    page: PageNumber | None
    box: JsonBox | None
    reasons: tuple[str, ...] = ()
    evidence: Evidence | None = None


class Period(Part):
    """What time the report is about; `from` and `to` are its first and last day."""

    raw: Text | None
    value: Text | None
    kind: PeriodKind | None
    first_day: str | None = Field(alias="from")
    last_day: str | None = Field(alias="to")
    cumulative: bool | None
    confidence: Confidence
    status: Status
    page: PageNumber | None
    box: JsonBox | None
    reasons: tuple[str, ...] = ()
    evidence: Evidence | None = None


class About(Part):
    """The input and its head."""

    source_name: Text
    sha256: Sha256 | None
    media_type: MediaType | None
    page_count: int | None
    catalogue: CatalogueRef | None
    organisation: Organisation
    report_number: HeadValue
    report_date: HeadValue
    period: Period


class CodeGuess(Part):
    """An indicator and the probability that a row prints it."""

    code: str
    confidence: Confidence


class RowInfo(Part):
    """Whether and where the report prints an indicator's row."""

    state: RowState
    label_raw: Text | None
    stt_raw: Text | None
    confidence: Confidence
    runner_up: CodeGuess | None
    status: Status
    reasons: tuple[str, ...]
    page: PageNumber | None
    box: JsonBox | None
    continued: tuple[Place, ...]
    evidence: Evidence | None = None
    label_confidence: Confidence | None = None
    label_status: Status | None = None
    label_evidence: Evidence | None = None


class Alternative(Part):
    """What a value cell may hold instead."""

    raw: Text
    number: Number | None
    confidence: Confidence


class EngineReading(Part):
    """What one engine saw in a value cell, with its own score."""

    engine: str
    raw: Text
    confidence: Confidence


class ValueInfo(Part):
    """A value cell."""

    state: ValueState
    raw: Text | None
    number: Number | None
    text: Text | None
    unit: Text
    type: ValueType
    confidence: Confidence
    status: Status
    blind_check: bool
    reasons: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    readings: tuple[EngineReading, ...]
    page: PageNumber | None
    box: JsonBox | None
    continued: tuple[Place, ...]
    evidence: Evidence | None = None


class MeasureInfo(ValueInfo):
    """A cell of a further value column; `measure` is what its header prints."""

    measure: Text


class UnitInfo(Part):
    """A unit cell; `value` is the canonical name of what is printed."""

    raw: Text | None
    value: Text | None
    confidence: Confidence
    status: Status
    page: PageNumber | None
    box: JsonBox | None
    evidence: Evidence | None = None


class CitationInfo(Part):
    """A document that a note cites."""

    number: Text
    type: Text | None
    issuer: Text | None
    date: str | None


class NoteInfo(Part):
    """A note cell with what it cites."""

    raw: Text | None
    citations: tuple[CitationInfo, ...]
    urls: tuple[Text, ...]
    confidence: Confidence
    status: Status
    page: PageNumber | None = None
    box: JsonBox | None = None
    continued: tuple[Place, ...] = ()
    evidence: Evidence | None = None


class IndicatorInfo(Part):
    """One indicator of the catalogue, printed or not."""

    code: str
    label: Text
    path: tuple[Text, ...]
    row: RowInfo
    value: ValueInfo
    other_measures: tuple[MeasureInfo, ...]
    unit: UnitInfo
    note: NoteInfo


class StrangerLabel(Part):
    """The label of a row that belongs to no indicator."""

    raw: Text
    confidence: Confidence


class RawText(Part):
    """A cell of such a row as read."""

    raw: Text


class StrangerValue(Part):
    """The value of such a row."""

    raw: Text
    number: Number | None
    confidence: Confidence


class StrangerMeasure(StrangerValue):
    """A further value of such a row."""

    measure: Text


class UnmatchedRow(Part):
    """A printed row that belongs to no indicator."""

    id: str
    stt: Text
    label: StrangerLabel
    unit: RawText
    value: StrangerValue
    page: PageNumber
    box: JsonBox
    nearest: CodeGuess | None
    status: Status
    note: RawText
    other_measures: tuple[StrangerMeasure, ...] = ()
    continued: tuple[Place, ...] = ()


class OtherTableInfo(Part):
    """A table of the report that is not the form."""

    page: PageNumber
    box: JsonBox
    n_rows: int
    n_columns: int


class CellRef(Part):
    """A cell that a finding is about."""

    code: str
    field: str


class Message(Part):
    """One sentence in each language."""

    vi: Text
    en: Text


class FindingInfo(Part):
    """Something that a person should know."""

    id: str
    rule: str
    kind: FindingKind
    severity: Severity
    cells: tuple[CellRef, ...]
    page: PageNumber | None
    message: Message


class MadeWith(Part):
    """Versions of everything that took part."""

    extractor: str
    engines: dict[str, str] = Field(default_factory=dict)
    catalogue: str | None = None
    models: dict[str, str] = Field(default_factory=dict)


class Document(Part):
    """The JSON of one report; `to_dict()` and `to_json()` give what the command line writes."""

    schema_version: Literal["1.0"] = SCHEMA_VERSION
    outcome: Outcome
    error: ErrorInfo | None
    document: About
    indicators: tuple[IndicatorInfo, ...]
    unmatched_rows: tuple[UnmatchedRow, ...]
    other_tables: tuple[OtherTableInfo, ...]
    findings: tuple[FindingInfo, ...]
    made_with: MadeWith

    def to_dict(self) -> dict[str, Any]:
        """The tree that `json.loads(self.to_json())` gives."""
        tree: dict[str, Any] = to_plain(self.model_dump(by_alias=True))
        return tree

    def to_json(self) -> str:
        """The text of the written file; the same bytes for the same input and versions."""
        return to_json(self.model_dump(by_alias=True))
