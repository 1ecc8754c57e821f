"""Everything the stages say of a report -> the trust in each of its fields: probability, status, reasons, parts."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.records import (
    Catalogue,
    Field,
    Finding,
    Head,
    HeadField,
    Indicator,
    Matching,
    Row,
    RowMatch,
    RowTrust,
    RowValue,
    Scores,
    Status,
    Support,
    Table,
    Trust,
    Value,
)
from extractor.settings import TrustSettings
from extractor.trust.features import Features, Kind, known_unit, text_features, value_features
from extractor.trust.model import (
    Parts,
    Target,
    TrustModel,
    find_probability,
    find_threshold,
    given,
    join,
    load_model,
    score_parts,
)

SURE_GRID = 0.93  # certainty of a grid below which two of its rows may be one
COLUMN_MISSING = Trust(0.0, "review", ("column-missing",))  # the page has no value column: nothing is known of the cell


@dataclass(frozen=True, slots=True)
class _Judge:
    """The model with what is the same for all fields of a report. `errors`: rules of error findings by cell."""

    model: TrustModel
    thresholds: Mapping[Target, float]
    errors: Mapping[tuple[str, str], tuple[str, ...]]


def score_report(
    table: Table,
    catalogue: Catalogue,
    matching: Matching,
    values: Sequence[RowValue],
    head: Head,
    *,
    settings: TrustSettings,
    findings: Sequence[Finding] = (),
    support: Sequence[Support] = (),
    model: TrustModel | None = None,
) -> Scores:
    """Trust in all fields.

    Called twice: first without findings, which tells the checks which cells are certain; then with what they found.
    """
    judge = _make_judge(model or load_model(), settings, findings)
    indicators = {indicator.code: indicator for indicator in catalogue.indicators}
    supports = {item.code: item for item in support}
    matches = {match.row: match for match in matching.matches}
    normal = {value.row: value for value in values}
    order = {indicator.code: indicator.order for indicator in catalogue.indicators}
    beside = sorted(
        (order[match.code], row.grid_certainty) for row in table.rows if (match := matches[row.index]).code is not None
    )
    return Scores(
        tuple(
            _score_row(judge, row, matches[row.index], normal[row.index], indicators, supports) for row in table.rows
        ),
        tuple(
            (code, _score_absent(judge, code, probability, sure=_sure_beside(order[code], beside)))
            for code, probability in matching.absent
        ),
        tuple((name, _score_head(judge, field)) for name, field in _head_fields(head)),
    )


def find_certain(scores: Scores, *, settings: TrustSettings, model: TrustModel | None = None) -> frozenset[int]:
    """Rows whose value is read above its threshold, also where a person must look for another reason."""
    least = find_threshold(model or load_model(), "value", settings.target_error)
    return frozenset(trust.row for trust in scores.rows if trust.value.confidence >= least)


def _make_judge(model: TrustModel, settings: TrustSettings, findings: Sequence[Finding]) -> _Judge:
    errors: dict[tuple[str, str], tuple[str, ...]] = {}
    for finding in findings:
        for cell in finding.cells if finding.severity == "error" else ():
            errors[cell] = (*errors.get(cell, ()), f"rule:{finding.rule}")
    targets: dict[Target, float] = {"value": settings.target_error, "row": settings.target_error}
    thresholds = {name: find_threshold(model, name, error) for name, error in targets.items()}
    thresholds["text"] = find_threshold(model, "text", settings.target_error_text)
    return _Judge(model, thresholds, errors)


def _score_row(
    judge: _Judge,
    row: Row,
    match: RowMatch,
    value: RowValue,
    indicators: Mapping[str, Indicator],
    supports: Mapping[str, Support],
) -> RowTrust:
    code = match.code or ""
    indicator = indicators.get(code)
    main = _score_value(judge, row, row.value, value.value, match, indicator, supports.get(code))
    if "value" in row.columns_missing:
        main = COLUMN_MISSING
    others = tuple(
        _score_value(judge, row, field, other, match, indicator, None)
        for (_, field), (_, other) in zip(row.others, value.others, strict=True)
    )
    return RowTrust(
        row.index,
        _score_match(judge, row, match),
        _score_text(judge, row, row.label, (code, "label"), match, known=False),
        main,
        _score_text(judge, row, row.unit, (code, "unit"), match, known=known_unit(value)),
        _score_text(judge, row, row.note, (code, "note"), match, known=False),
        others,
    )


def _score_match(judge: _Judge, row: Row, match: RowMatch) -> Trust:
    parts, probability = given(judge.model, "row", match.confidence)
    doubts = ("illegible-label",) if row.label.state == "illegible" else ()
    return _decide(judge, "row", (match.code or "", "row"), parts, probability, doubts)


def _score_value(
    judge: _Judge,
    row: Row,
    field: Field,
    value: Value,
    match: RowMatch,
    indicator: Indicator | None,
    support: Support | None,
) -> Trust:
    kind, features = value_features(field, value, indicator, row.grid_certainty, support)
    parts, probability = _probability(judge, kind, features)
    parts, probability = join(parts, probability, "row", match.confidence)
    reasons = [*field.reasons, *(reason for reason in value.reasons if reason not in field.reasons)]
    reasons += _value_doubts(value, indicator, support)
    reasons += ["guessed-grid"] if row.guessed else []
    blocked = row.guessed or _needs_person(value, field, indicator)
    return _decide(judge, "value", (match.code or "", "value"), parts, probability, tuple(reasons), blocked=blocked)


def _value_doubts(value: Value, indicator: Indicator | None, support: Support | None) -> list[str]:
    doubts = []
    if value.ambiguous and "ambiguous-number" not in value.reasons:
        doubts.append("ambiguous-number")
    if not value.parsed and "not-a-value" not in value.reasons:
        doubts.append("not-a-value")
    if indicator is not None and indicator.type == "header" and value.state == "read":
        doubts.append("header-with-value")
    if support is not None:
        doubts += [f"contradicts:{rule}" for rule in support.contradicted]
    return doubts


def _needs_person(value: Value, field: Field, indicator: Indicator | None) -> bool:
    """Whether a person must look whatever the confidence."""
    header = indicator is not None and indicator.type == "header"
    header_with_ink = header and value.state == "read"
    # where a value is due, one cell across label and value may hide it
    hidden = "merged-cell" in field.reasons and not header
    unclear = value.ambiguous or not value.parsed or value.state in ("illegible", "unread")
    return unclear or header_with_ink or hidden or "handwriting" in field.reasons


def _score_text(judge: _Judge, row: Row, field: Field, cell: tuple[str, str], match: RowMatch, *, known: bool) -> Trust:
    kind, features = text_features(field, row.grid_certainty, known=known)
    parts, probability = _probability(judge, kind, features)
    parts, probability = join(parts, probability, "row", match.confidence)
    return _decide(judge, "text", cell, parts, probability, field.reasons, blocked=field.state == "illegible")


def _sure_beside(position: int, beside: Sequence[tuple[int, float]]) -> bool:
    """Whether the printed rows next to a place in the catalogue lie in a grid that can't have swallowed one."""
    at = bisect(beside, (position, 0.0))
    return all(certainty >= SURE_GRID for _, certainty in beside[max(at - 1, 0) : at + 1])


def _score_absent(judge: _Judge, code: str, probability: float, *, sure: bool) -> Trust:
    parts, joined = given(judge.model, "not-printed", probability)
    return _decide(judge, "row", (code, "row"), parts, joined, () if sure else ("guessed-grid",), blocked=not sure)


def _head_fields(head: Head) -> tuple[tuple[str, HeadField], ...]:
    return (
        ("organisation", head.organisation),
        ("report_number", head.report_number),
        ("report_date", head.report_date),
        ("period", head.period),
    )


def _score_head(judge: _Judge, field: HeadField) -> Trust:
    if field.value is None:
        return Trust(0.0, "review", field.reasons or ("not-found",))
    parts, probability = given(judge.model, "head", field.confidence)
    return _decide(judge, "text", ("", "head"), parts, probability, field.reasons)


def _probability(judge: _Judge, kind: Kind, features: Features) -> tuple[Parts, float]:
    return find_probability(judge.model, score_parts(judge.model, kind, features))


def _decide(
    judge: _Judge,
    target: Target,
    cell: tuple[str, str],
    parts: Parts,
    probability: float,
    reasons: tuple[str, ...],
    *,
    blocked: bool = False,
) -> Trust:
    """Accepted where the probability clears the threshold, nothing blocks it and no error finding touches the cell."""
    rules = judge.errors.get(cell, ()) if cell[0] else ()
    low = probability < judge.thresholds[target]
    status: Status = "review" if low or blocked or rules else "accepted"
    said = (*reasons, *(("low-confidence",) if low else ()), *rules)
    return Trust(min(max(probability, 0.0), 1.0), status, tuple(dict.fromkeys(said)), parts)
