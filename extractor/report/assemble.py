"""What the stages found -> the Document of a report; and what is written of one that failed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from extractor.errors import ExtractorError
from extractor.records import (
    Catalogue,
    Finding,
    Head,
    HeadField,
    Matching,
    Piece,
    RowValue,
    Scores,
    Source,
    Table,
    Trust,
)
from extractor.report.document import (
    About,
    CatalogueRef,
    Document,
    ErrorInfo,
    HeadValue,
    IndicatorInfo,
    MadeWith,
    MediaType,
    Organisation,
    OtherTableInfo,
    Outcome,
    Period,
    UnmatchedRow,
)
from extractor.report.findings import find_structure, write_findings
from extractor.report.rows import write_evidence, write_indicator, write_missing, write_stranger
from extractor.report.unread import Unread, find_unread

NOTHING_KNOWN = Trust(0.0, "review", ("page-unread",))
DOUBTS = ("missing-page", "foreign-page", "doubtful-page", "doubtful-border")  # notes with which a report is partial
NOTHING_FOUND = HeadField(None, None, 0.0, None)


@dataclass(frozen=True, slots=True)
class Extraction:
    """Everything the stages found in one report. `values`: one for each row of the table.

    `blind_share`: of the accepted cells, drawn for a look without knowing that they were accepted.
    """

    source: Source
    catalogue: Catalogue
    catalogue_confidence: float
    table: Table
    matching: Matching
    values: tuple[RowValue, ...]
    head: Head
    findings: tuple[Finding, ...]
    scores: Scores
    made_with: MadeWith
    blind_share: float = 0.0


def assemble_document(found: Extraction) -> Document:
    """The ledger of all indicators in catalogue order, the rows that are none of them, and the findings."""
    unread = find_unread(found.table, found.matching, found.catalogue)
    structure = find_structure(found.source, found.table, found.matching, unread)
    return Document(
        outcome=_find_outcome(found.table, unread),
        error=None,
        document=_write_about(found),
        indicators=tuple(_write_indicators(found, unread)),
        unmatched_rows=tuple(_write_strangers(found)),
        other_tables=tuple(
            OtherTableInfo(page=t.page, box=t.box, n_rows=t.n_rows, n_columns=t.n_columns)
            for t in found.table.other_tables
        ),
        findings=write_findings((*found.findings, *structure)),
        made_with=found.made_with,
    )


def count_values(document: Document) -> tuple[int, int]:
    """(accepted, all) values of printed rows; header rows don't count."""
    values = [one.value for one in document.indicators if one.row.state == "matched" and one.value.type != "header"]
    return sum(value.status == "accepted" for value in values), len(values)


def failed_document(
    source_name: str, sha256: str | None, error: ExtractorError, made_with: MadeWith, page_count: int | None = None
) -> Document:
    """What is written of an input that cannot be extracted."""
    nothing = Head(NOTHING_FOUND, NOTHING_FOUND, NOTHING_FOUND, NOTHING_FOUND)
    about = About(
        source_name=source_name,
        sha256=sha256,
        media_type=None,
        page_count=page_count,
        catalogue=None,
        **_write_head(nothing, {}),
    )
    info = ErrorInfo(code=error.code, message=error.message, advice=error.advice)
    return Document(
        outcome="failed",
        error=info,
        document=about,
        indicators=(),
        unmatched_rows=(),
        other_tables=(),
        findings=(),
        made_with=made_with,
    )


def _find_outcome(table: Table, unread: Unread) -> Outcome:
    doubts = any(note.rule in DOUBTS for note in table.order.notes)
    return "partial" if table.unread_pages or table.second_form or unread.codes or doubts else "complete"


def _write_indicators(found: Extraction, unread: Unread) -> Iterator[IndicatorInfo]:
    rows = {row.index: row for row in found.table.rows}
    matches = {match.code: match for match in found.matching.matches if match.code is not None}
    values = {value.row: value for value in found.values}
    trusts = {trust.row: trust for trust in found.scores.rows}
    absent = dict(found.scores.absent)
    for indicator in found.catalogue.indicators:
        match = matches.get(indicator.code)
        if match is not None:
            index = match.row
            drawn = _is_drawn(found.source.sha256, indicator.code, found.blind_share)
            yield write_indicator(indicator, rows[index], match, values[index], trusts[index], drawn=drawn)
        elif indicator.code in unread.codes:
            yield write_missing(indicator, "unread", NOTHING_KNOWN)
        else:
            yield write_missing(indicator, "absent", absent.get(indicator.code, NOTHING_KNOWN))


def _is_drawn(sha256: str, code: str, share: float) -> bool:
    """Whether this cell is drawn for a blind look: by hash, so always the same ones."""
    draw = int.from_bytes(hashlib.sha256(f"{sha256}:{code}".encode()).digest()[:8], "big")
    return draw < share * 2**64


def _write_strangers(found: Extraction) -> Iterator[UnmatchedRow]:
    values = {value.row: value for value in found.values}
    trusts = {trust.row: trust for trust in found.scores.rows}
    matches = {match.row: match for match in found.matching.matches}
    strangers = [row for row in found.table.rows if matches[row.index].code is None]
    for number, row in enumerate(strangers, start=1):
        yield write_stranger(number, row, matches[row.index], values[row.index], trusts[row.index])


def _write_about(found: Extraction) -> About:
    catalogue = CatalogueRef(
        name=found.catalogue.name, version=found.catalogue.version, confidence=found.catalogue_confidence
    )
    return About(
        source_name=found.source.name,
        sha256=found.source.sha256,
        media_type=cast(MediaType, found.source.media_type),
        page_count=found.source.page_count,
        catalogue=catalogue,
        **_write_head(found.head, dict(found.scores.head)),
    )


def _write_head(head: Head, trusts: dict[str, Trust]) -> dict[str, Any]:
    organisation: dict[str, Any] = dict(head.organisation.extra)
    period: dict[str, Any] = dict(head.period.extra)
    span: dict[str, Any] = {key: period.get(key) for key in ("kind", "from", "to", "cumulative")}
    return {
        "organisation": Organisation(
            **_head_fields(head.organisation, trusts.get("organisation")), code=organisation.get("code")
        ),
        "report_number": HeadValue(**_head_fields(head.report_number, trusts.get("report_number"))),
        "report_date": HeadValue(**_head_fields(head.report_date, trusts.get("report_date"))),
        "period": Period(**_head_fields(head.period, trusts.get("period")), **span),
    }


def _head_fields(field: HeadField, trust: Trust | None) -> dict[str, Any]:
    piece: Piece | None = field.piece
    found = trust or Trust(0.0, "review", field.reasons or ("not-found",))
    return {
        "raw": field.raw,
        "value": field.value,
        "confidence": found.confidence,
        "status": found.status,
        "page": piece.page if piece else None,
        "box": piece.box if piece else None,
        "reasons": found.reasons,
        "evidence": write_evidence(found),
    }
