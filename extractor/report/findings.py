"""Findings of the stages, and what the table itself lacks -> findings as written, with ids that stay the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from extractor.records import Finding, Matching, Source, Table
from extractor.report.document import CellRef, FindingInfo, Message
from extractor.report.oddities import find_oddities
from extractor.report.pages import find_page_notes
from extractor.report.unread import Unread

ID_HEX = 8


def write_findings(findings: Iterable[Finding]) -> tuple[FindingInfo, ...]:
    """Findings with ids made from their rule and cells; a second one on the same cells gets a number."""
    written: list[FindingInfo] = []
    seen: dict[str, int] = {}
    for finding in findings:
        key = _make_id(finding)
        seen[key] = seen.get(key, 0) + 1
        written.append(
            FindingInfo(
                id=key if seen[key] == 1 else f"{key}-{seen[key]}",
                rule=finding.rule,
                kind=finding.kind,
                severity=finding.severity,
                cells=tuple(CellRef(code=code, field=field) for code, field in finding.cells),
                page=finding.page,
                message=Message(vi=finding.message_vi, en=finding.message_en),
            )
        )
    return tuple(written)


def _make_id(finding: Finding) -> str:
    cells = ";".join(f"{code}.{field}" for code, field in finding.cells)
    digest = hashlib.sha256(f"{finding.rule}|{cells}|{finding.page}".encode()).hexdigest()
    return f"{finding.rule.lower()}-{digest[:ID_HEX]}"


def find_structure(source: Source, table: Table, matching: Matching, unread: Unread) -> tuple[Finding, ...]:
    """What a person should know of the pages and the table as a whole."""
    return (
        *_page_findings(source, table, unread),
        *find_page_notes(table, matching),
        *_stranger_findings(table, matching),
        *_absence_finding(matching, unread),
    )


def _page_findings(source: Source, table: Table, unread: Unread) -> Iterator[Finding]:
    yield from find_oddities(source.notes, table.page_notes, table.unread_pages)
    told = {note.page for note in table.order.notes if note.rule == "missing-page"}
    for page in (page for page in unread.breaks if page not in told):
        yield Finding(
            "missing-page", "page", "warning", (), None,
            f"Có thể thiếu một trang trước trang {page}: nhiều chỉ tiêu liền nhau không có.",
            f"A page before page {page} may be missing: a page's worth of neighbouring rows is not there.",
        )  # fmt: skip
    for page in table.second_form:
        yield Finding(
            "second-form", "structure", "warning", (), page,
            f"Trang {page} có bản thứ hai của biểu mẫu; chỉ bản đầu được trích xuất.",
            f"Page {page} holds a second copy of the form; only the first is extracted.",
        )  # fmt: skip


def _stranger_findings(table: Table, matching: Matching) -> Iterator[Finding]:
    rows = {row.index: row for row in table.rows}
    for match in matching.matches:
        if match.code is None and rows[match.row].page not in table.order.foreign:
            row = rows[match.row]
            yield Finding(
                "unmatched-row", "structure", "warning", (), row.page,
                f"Dòng «{_shorten(row.label.raw)}» không thuộc chỉ tiêu nào.",
                f"The row «{_shorten(row.label.raw)}» belongs to no indicator.",
            )  # fmt: skip


def _absence_finding(matching: Matching, unread: Unread) -> Iterator[Finding]:
    absent: Sequence[str] = [code for code, _ in matching.absent if code not in unread.codes]
    if absent:
        yield Finding(
            "absent-rows", "completeness", "info", tuple((code, "row") for code in absent), None,
            f"Báo cáo không in {len(absent)} chỉ tiêu của biểu mẫu.",
            f"The report does not print {len(absent)} of the form's indicators.",
        )  # fmt: skip


def _shorten(label: str, limit: int = 60) -> str:
    return label if len(label) <= limit else f"{label[:limit].rstrip()}…"
