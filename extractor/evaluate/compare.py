"""One truth and the JSON made of its report -> what of it is right, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from extractor.evaluate.truth import Box, TrueRow, Truth, clean

SAME_PLACE = 0.5  # share of the flatter row's height that two rows must have in common
SAME_BOX = 0.5  # intersection over union
SAME_LABEL = 70.0  # rapidfuzz ratio of a stranger's label where its place differs
HEAD_FIELDS = ("organisation", "report_number", "report_date", "period")


@dataclass(frozen=True, slots=True)
class CellScore:
    """One value cell of the truth. `right`: right row, right number or text, right state.

    `held`: for review whatever the confidence. `file`, `page`, `box`: where it is printed.
    """

    document: str
    profile: str
    code: str
    page: int
    tags: tuple[str, ...]
    filled: bool
    row_right: bool
    right: bool
    accepted: bool
    box_right: bool
    confidence: float
    truth: str
    got: str
    reasons: tuple[str, ...]
    held: bool
    file: Path
    box: Box | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts that add up over documents."""

    documents: int = 0
    failed: int = 0
    pages: int = 0
    rows: int = 0
    rows_right: int = 0
    missing: int = 0
    spurious: int = 0
    spurious_accepted: int = 0
    strangers: int = 0
    strangers_found: int = 0
    absent: int = 0
    absent_right: int = 0
    head: int = 0
    head_right: int = 0
    head_accepted: int = 0
    head_silent: int = 0
    units: int = 0
    units_right: int = 0
    units_accepted: int = 0
    units_silent: int = 0
    notes: int = 0
    notes_right: int = 0
    notes_accepted: int = 0
    notes_silent: int = 0
    label_chars: int = 0
    label_errors: int = 0
    note_chars: int = 0
    note_errors: int = 0
    citations: int = 0
    citations_found: int = 0
    planted: int = 0
    planted_found: int = 0
    false_alarms: int = 0

    def __add__(self, other: Tally) -> Tally:
        names = self.__dataclass_fields__
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """One report: its counts and its value cells."""

    name: str
    profile: str
    tally: Tally
    cells: tuple[CellScore, ...] = field(repr=False)


def compare_document(truth: Truth, got: Mapping[str, Any] | None, types: Mapping[str, str]) -> DocumentScore:
    """`got`: the written JSON, None where there is none; `types`: value type by code, for rows that were not read."""
    indicators = {item["code"]: item for item in got["indicators"]} if got else {}
    kinds = {**types, **{code: item["value"]["type"] for code, item in indicators.items()}}
    name = truth.path.name.removesuffix(".truth.json")
    coded = [row for row in truth.rows if row.code is not None]
    cells = tuple(
        _score_cell(truth, name, row, indicators.get(row.code or ""))
        for row in coded
        if kinds.get(row.code or "") != "header"
    )
    tally = _count_rows(truth, coded, indicators)
    if got is not None:
        tally += _count_texts(coded, indicators) + _count_head(truth, got) + _count_strangers(truth, got)
        tally += _count_findings(truth, got, {cell.code for cell in cells if cell.right})
    failed = int(got is None or got["outcome"] == "failed")
    tally += Tally(documents=1, failed=failed, pages=truth.page_count)
    return DocumentScore(name, truth.profile, tally, cells)


def _score_cell(truth: Truth, name: str, row: TrueRow, item: Mapping[str, Any] | None) -> CellScore:
    value: Mapping[str, Any] = item["value"] if item else {"state": "unread", "status": "review", "reasons": ()}
    row_right = item is not None and is_same_row(row, item["row"])
    right = row_right and is_same_value(row, value)
    return CellScore(
        name,
        truth.profile,
        row.code or "",
        row.value_page,
        row.tags,
        row.state != "blank",
        row_right,
        right,
        value["status"] == "accepted",
        _same_box(row, value),
        float(value.get("confidence", 0.0)),
        row.raw if row.state == "read" else f"({row.state})",
        str(value.get("raw")) if value["state"] == "read" else f"({value['state']})",
        tuple(value["reasons"]),
        bool((value.get("evidence") or {}).get("held", True)),
        truth.path.with_name(truth.file),
        row.value_box,
    )


def is_same_value(row: TrueRow, value: Mapping[str, Any]) -> bool:
    """Whether state and number, or text, are those of the truth."""
    if value["state"] != row.state or _number(value["number"]) != row.number:
        return False
    return row.text is None or clean(value["text"]) == clean(row.text)


def _number(value: float | int | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def is_same_row(row: TrueRow, got: Mapping[str, Any]) -> bool:
    """Whether a row of the JSON lies where this row is printed."""
    if got.get("page") is None:
        return False
    places = [(got["page"], got["box"]), *((piece["page"], piece["box"]) for piece in got.get("continued", ()))]
    return any(
        page == true_page and _common_height(box, true_box) >= SAME_PLACE
        for page, box in places
        for true_page, true_box in row.pieces
    )


def _common_height(a: Iterable[float], b: Iterable[float]) -> float:
    (_, a0, _, a1), (_, b0, _, b1) = a, b
    flatter = min(a1 - a0, b1 - b0)
    return (min(a1, b1) - max(a0, b0)) / flatter if flatter > 0 else 0.0


def _same_box(row: TrueRow, value: Mapping[str, Any]) -> bool:
    if row.value_box is None or value.get("box") is None or value["page"] != row.value_page:
        return False
    return intersection_over_union(row.value_box, tuple(value["box"])) >= SAME_BOX


def intersection_over_union(a: Box, b: Box) -> float:
    """Of two boxes."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(width, 0.0) * max(height, 0.0)
    total = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / total if total > 0 else 0.0


def _count_rows(truth: Truth, coded: list[TrueRow], indicators: Mapping[str, Mapping[str, Any]]) -> Tally:
    printed = {row.code for row in coded}
    found = {code for code, item in indicators.items() if item["row"]["state"] == "matched"}
    placed = [(row, indicators[row.code]["row"]) for row in coded if row.code is not None and row.code in indicators]
    extra = [indicators[code]["value"] for code in found - printed]
    gone = [indicators[code]["row"] for code in truth.absent if code in indicators]
    return Tally(
        rows=len(coded),
        rows_right=sum(is_same_row(row, got) for row, got in placed),
        missing=len(printed - found),
        spurious=len(extra),
        spurious_accepted=sum(v["status"] == "accepted" and v["type"] != "header" for v in extra),
        absent=len(truth.absent),
        absent_right=sum(row["state"] == "absent" for row in gone),
    )


def _count_texts(coded: list[TrueRow], indicators: Mapping[str, Mapping[str, Any]]) -> Tally:
    tally = Tally()
    for row in coded:
        item = indicators.get(row.code or "")
        if item is not None and is_same_row(row, item["row"]):
            tally += _count_unit(row, item) + _count_note(row, item) + _count_citations(row, item)
            label = clean(item["row"]["label_raw"])
            tally += Tally(label_chars=len(row.label), label_errors=Levenshtein.distance(row.label, label))
    return tally


def _count_unit(row: TrueRow, item: Mapping[str, Any]) -> Tally:
    right, accepted = clean(item["unit"]["raw"]) == row.unit, item["unit"]["status"] == "accepted"
    return Tally(
        units=1, units_right=int(right), units_accepted=int(accepted), units_silent=int(accepted and not right)
    )


def _count_note(row: TrueRow, item: Mapping[str, Any]) -> Tally:
    got = clean(item["note"]["raw"])
    if not row.note and not got:
        return Tally()
    right, accepted = got == row.note, item["note"]["status"] == "accepted"
    return Tally(
        notes=1,
        notes_right=int(right),
        notes_accepted=int(accepted),
        notes_silent=int(accepted and not right),
        note_chars=len(row.note),
        note_errors=Levenshtein.distance(row.note, got),
    )


def _count_citations(row: TrueRow, item: Mapping[str, Any]) -> Tally:
    """The documents that the note as printed cites, and those of them that the JSON lists."""
    if not row.note:
        return Tally()
    from extractor.value import parse_note

    cited = {citation.number for citation in parse_note(row.note).citations}
    found = {citation["number"] for citation in item["note"]["citations"]}
    return Tally(citations=len(cited), citations_found=len(cited & found))


def _count_head(truth: Truth, got: Mapping[str, Any]) -> Tally:
    tally = Tally()
    for name in HEAD_FIELDS:
        given = got["document"][name]
        right, accepted = given["value"] == truth.head[name], given["status"] == "accepted"
        tally += Tally(
            head=1, head_right=int(right), head_accepted=int(accepted), head_silent=int(accepted and not right)
        )
    return tally


def _count_strangers(truth: Truth, got: Mapping[str, Any]) -> Tally:
    strangers = [row for row in truth.rows if row.code is None]
    left = list(got["unmatched_rows"])
    found = 0
    for row in strangers:
        match = next((item for item in left if is_same_row(row, item)), None)
        match = match or next((i for i in left if fuzz.ratio(row.label, clean(i["label"]["raw"])) >= SAME_LABEL), None)
        if match is not None:
            left.remove(match)
            found += 1
    return Tally(strangers=len(strangers), strangers_found=found)


def _count_findings(truth: Truth, got: Mapping[str, Any], right: set[str]) -> Tally:
    """Planted contradictions of hard rules whose cells were read right, and errors that nobody planted.

    A contradiction is a warning where one of its cells is not certain; it is found all the same.
    """
    said = {finding["rule"] for finding in got["findings"]}
    readable = {rule for rule, cells in truth.planted.items() if cells <= right}
    errors = [f for f in got["findings"] if f["severity"] == "error" and f["kind"] == "arithmetic"]
    return Tally(
        planted=len(readable),
        planted_found=len(readable & said),
        false_alarms=sum(finding["rule"] not in truth.planted for finding in errors),
    )
