"""Everything the stages say of a report -> the trust in each of its fields: probability, status, reasons, parts."""

from __future__ import annotations

import re
from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

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
from extractor.trust.features import (
    LAYER,
    Features,
    Kind,
    Place,
    absent_features,
    head_features,
    is_unsteady,
    known_unit,
    label_gap,
    layer_pages,
    page_noise,
    page_speckle,
    row_features,
    text_features,
    value_features,
)
from extractor.trust.model import NUMBERS, Target, TrustModel, find_probability, find_threshold, load_model, score_parts

UNLIKE = 0.5  # label gap from which a legible label says something else than its indicator
SURE_GRID = 0.93  # certainty of a grid below which two of its rows may be one
WRITTEN = frozenset(("handwriting", "several-lines", "uneven-figures", "overtyped"))  # reasons: no print, or over print
# reasons: ink was left out, is read as what it only looks like, may be dirt or that of two cells
DOUBTFUL_INK = frozenset(
    ("stray-ink", "unread-ink", "streak", "off-place", "unknown-word", "copies-differ", "two-in-one", "look-alike")
)
FIGURE_FIRST = re.compile(r"\d[\d.,]*\s*%?(\s|$)")  # a note beside a blank value, whose figure may be the value
HIDDEN = frozenset(
    ("cut-off", "covered", "runs-over", "paler-ink", "layer-differs", "struck-out")
)  # reasons: a part of what is printed may not be seen
OF_OTHERS = frozenset(("doubtful-page", "copies-differ"))  # reasons: what is read may be another report's
COLUMN_MISSING = Trust(0.0, "review", ("column-missing",))  # the page has no such column: nothing is known of the cell

DASHES = frozenset("-–—")
LEAST_SIGNS = 2  # letters and figures of a note
LETTERS = 3  # in a value cell are words
WHOLE = 100  # percent: what is more may have lost its decimal comma
UNSCORED = Trust(0.0, "review", ())


@dataclass(frozen=True, slots=True)
class _Judge:
    """The model with what is the same for all fields of a report.

    `errors`: rules of error findings by cell; by page, `noise`: mean dissent, `speckle`: share of blank cells with
    specks; `layers`: pages with a text layer; `doubted`: pages that may be of another report; `beside`: rows next to
    which a value without a label stands; `sharing`: rows whose unit is printed in one cell with another's; `unread`:
    pages of which nothing was read.
    """

    model: TrustModel
    settings: TrustSettings
    errors: Mapping[tuple[str, str], tuple[str, ...]]
    noise: Mapping[int, float]
    speckle: Mapping[int, float]
    layers: frozenset[int]
    only_values: bool
    doubted: frozenset[int]
    beside: frozenset[int]
    sharing: frozenset[int]
    unread: tuple[int, ...]


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
    only_values: bool = False,
) -> Scores:
    """Trust in all fields.

    Called twice: first without findings, which tells the checks which cells are certain; then with what they found.
    `only_values`: the first time nothing else is asked for; the rest is left unscored.
    """
    errors = _error_rules(findings)
    pages = page_noise(table.rows), page_speckle(table.rows), layer_pages(table.rows)
    matches = {match.row: match for match in matching.matches}
    doubted, near_lone = frozenset(table.order.doubted), _beside_lone_values(table.rows, matches)
    sharing = _sharing_units(table.rows)
    judge = _Judge(
        model or load_model(), settings, errors, *pages, only_values, doubted, near_lone, sharing, table.unread_pages
    )
    indicators = {indicator.code: indicator for indicator in catalogue.indicators}
    supports = {item.code: item for item in support}
    normal = {value.row: value for value in values}
    order = {indicator.code: indicator.order for indicator in catalogue.indicators}
    beside = sorted(
        (order[match.code], row.grid_certainty) for row in table.rows if (match := matches[row.index]).code is not None
    )
    rows = tuple(
        _score_row(judge, row, matches[row.index], normal[row.index], indicators, supports) for row in table.rows
    )
    if only_values:
        return Scores(rows, (), ())
    return Scores(
        rows,
        tuple(
            (code, _score_absent(judge, code, probability, _grid_beside(order[code], beside)))
            for code, probability in matching.absent
        ),
        tuple((name, _score_head(judge, field)) for name, field in _head_fields(head)),
    )


def find_certain(scores: Scores, *, settings: TrustSettings, model: TrustModel | None = None) -> frozenset[int]:
    """Rows whose value is read above its threshold, also where a person must look for another reason."""
    least = find_threshold(model or load_model(), "value", settings.target_error)
    return frozenset(
        trust.row
        for trust in scores.rows
        if trust.value.confidence >= least and not OF_OTHERS.intersection(trust.value.reasons)
    )


def _beside_lone_values(rows: Sequence[Row], matches: Mapping[int, RowMatch]) -> frozenset[int]:
    """Rows above and below one of no indicator that holds a value and no label: a stroke may have cut it off them."""
    pairs = [pair for pair in pairwise(rows) if pair[0].page == pair[1].page]
    return frozenset(
        near.index
        for one, other in pairs
        for lone, near in ((one, other), (other, one))
        if matches[lone.index].code is None and lone.label.state == "blank" and lone.value.state == "read"
    )


def _sharing_units(rows: Sequence[Row]) -> frozenset[int]:
    """Rows whose unit is printed in a cell that is another row's too."""
    cells = Counter(row.unit.pieces for row in rows if row.unit.state == "read")
    return frozenset(row.index for row in rows if cells[row.unit.pieces] > 1)


def _error_rules(findings: Sequence[Finding]) -> dict[tuple[str, str], tuple[str, ...]]:
    errors: dict[tuple[str, str], tuple[str, ...]] = {}
    for finding in findings:
        for cell in finding.cells if finding.severity == "error" else ():
            errors[cell] = (*errors.get(cell, ()), f"rule:{finding.rule}")
    return errors


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
    place = _place(judge, row, match, indicator)
    main = _score_value(judge, row, row.value, value.value, place, code, indicator, supports.get(code))
    if "value" in row.columns_missing:
        main = COLUMN_MISSING
    in_note = indicator is not None and indicator.type != "header" and bool(FIGURE_FIRST.match(row.note.raw))
    if value.value.state == "blank" and (row.index in judge.beside or in_note):
        main = _hold(main, "value-beside")
    doubted = any(piece.page in judge.doubted for piece in row.pieces)
    main = _hold(main) if doubted else main
    if judge.only_values:
        return RowTrust(row.index, match.code, UNSCORED, UNSCORED, main, UNSCORED, UNSCORED)
    spilled = not value.value.parsed and sum(map(str.isalpha, row.value.raw)) >= LETTERS
    others = tuple(
        _score_value(judge, row, field, other, place, code, indicator, None)
        for (_, field), (_, other) in zip(row.others, value.others, strict=True)
    )
    scored = RowTrust(
        row.index,
        match.code,
        _score_match(judge, row, code, place),
        _score_text(judge, "label", row, code, place, known=False),
        main,
        _score_unit(judge, row, value, indicator, place, spilled=spilled),
        _score_text(judge, "note", row, code, place, known=False, spilled=spilled),
        others,
    )
    header = indicator is not None and indicator.type == "header"
    if "merged-cell" in row.value.reasons and not header:
        # a title goes over all columns; what a value's row has lost with its rulings may stand in any of them
        unit, note = (_hold(trust, "merged-cell") for trust in (scored.unit, scored.note))
        scored = replace(scored, unit=unit, note=note)
    if sum(map(str.isalpha, row.value.raw)) >= LETTERS and row.note.raw[:1].islower():
        # words that run on over the ruling, where it falls between two of them
        scored = replace(scored, value=_hold(scored.value, "runs-over"), note=_hold(scored.note, "runs-over"))
    if row.label.state != "read" and scored.match.status == "review":
        # whose unit and note they are is told by the row's place alone
        unit, note = (_hold(trust, "illegible-label") for trust in (scored.unit, scored.note))
        scored = replace(scored, unit=unit, note=note)
    pages = [piece.page for piece in row.pieces]
    if any(min(pages, default=page) < page < max(pages, default=page) for page in judge.unread):
        scored = replace(scored, label=_hold(scored.label, "cut-off"), note=_hold(scored.note, "cut-off"))
    return _doubt(scored) if doubted else scored


def _score_unit(
    judge: _Judge, row: Row, value: RowValue, indicator: Indicator | None, place: Place, *, spilled: bool
) -> Trust:
    """Trust in a row's unit; a blank one where the form has a unit may stand in another column, or be lost."""
    code = "" if indicator is None else indicator.code
    trust = _score_text(judge, "unit", row, code, place, known=known_unit(value, row.unit, indicator), spilled=spilled)
    if indicator is not None and not indicator.unit and row.index in judge.sharing:
        return _hold(trust, "merged-cell")  # a title's row has no unit, and what was lost is the ruling below it
    if row.unit.state == "read" and value.unit is None:
        return _hold(trust, "unknown-word")  # two readers may see the same in broken print
    missing = indicator is not None and bool(indicator.unit) and row.unit.state == "blank"
    return _hold(trust, "unit-missing") if missing and "unit" not in row.columns_missing else trust


def _doubt(row: RowTrust) -> RowTrust:
    """The row of a page that may be of another report: a person must look at all of it."""
    match, label, unit, note = map(_hold, (row.match, row.label, row.unit, row.note))
    return replace(row, match=match, label=label, unit=unit, note=note, others=tuple(map(_hold, row.others)))


def _hold(trust: Trust, reason: str = "doubtful-page") -> Trust:
    return replace(trust, status="review", reasons=tuple(dict.fromkeys((reason, *trust.reasons))), blocked=True)


def _score_match(judge: _Judge, row: Row, code: str, place: Place) -> Trust:
    doubts = ("illegible-label",) if row.label.state == "illegible" else ()
    return _decide(judge, "row", (code, "row"), row_features(row.label, place), doubts)


def _score_value(
    judge: _Judge,
    row: Row,
    field: Field,
    value: Value,
    place: Place,
    code: str,
    indicator: Indicator | None,
    support: Support | None,
) -> Trust:
    seen = value_features(field, value, indicator, place, support)
    reasons = [*field.reasons, *(reason for reason in value.reasons if reason not in field.reasons)]
    reasons += _value_doubts(value, indicator, support)
    reasons += ["above-hundred"] if _lacks_comma(field, value, indicator) else []
    reasons += ["guessed-grid"] if row.guessed else []
    unlike = indicator is not None and row.label.state == "read" and place.label_gap > UNLIKE
    reasons += ["unlike-label"] if unlike else []
    blocked = row.guessed or unlike or _needs_person(value, field, indicator, support)
    return _decide(judge, "value", (code, "value"), seen, tuple(reasons), blocked=blocked)


def _place(judge: _Judge, row: Row, match: RowMatch, indicator: Indicator | None) -> Place:
    gap = label_gap(row.label.raw, indicator)
    noise, speckle = judge.noise.get(row.page, 0.0), judge.speckle.get(row.page, 0.0)
    return Place(row.grid_certainty, match.confidence, gap, noise, speckle, row.page in judge.layers)


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


def _lacks_comma(field: Field, value: Value, indicator: Indicator | None) -> bool:
    """Whether a percentage without decimals is above a hundred: readers overlook a comma that touches a figure."""
    percent = indicator is not None and indicator.type == "percent"
    percent &= all(reading.engine != LAYER for reading in field.readings)
    return percent and value.number is not None and value.number > WHOLE and value.number == value.number.to_integral()


def _needs_person(value: Value, field: Field, indicator: Indicator | None, support: Support | None) -> bool:
    """Whether a person must look whatever the confidence."""
    header = indicator is not None and indicator.type == "header"
    header_with_ink = header and value.state == "read"
    # where a value is due, one cell across label and value may hide it
    hidden = "merged-cell" in field.reasons and not header
    # arithmetic and the engines disagree, and another reading fits: a person decides
    fits_other = support is not None and support.fits is not None
    unclear = fits_other or value.ambiguous or not value.parsed or value.state in ("illegible", "unread")
    unclear |= _lacks_comma(field, value, indicator)
    written = not WRITTEN.isdisjoint(field.reasons)
    left_out = not (HIDDEN | DOUBTFUL_INK).isdisjoint(field.reasons)
    return unclear or header_with_ink or hidden or written or left_out or is_unsteady(field, value)


def _score_text(
    judge: _Judge,
    kind: Literal["label", "unit", "note"],
    row: Row,
    code: str,
    place: Place,
    *,
    known: bool,
    spilled: bool = False,
) -> Trust:
    """Trust in a row's text. `spilled`: words stand in its value cell, which may be those that lack here."""
    field = {"label": row.label, "unit": row.unit, "note": row.note}[kind]
    if kind in row.columns_missing or ("value" in row.columns_missing and not field.pieces):
        return COLUMN_MISSING  # where values were not found, a further column may be there too
    seen = text_features(kind, field, place, known=known)
    marks = kind == "note" and field.state == "read" and _has_marks_alone(field.raw)
    said = (("guessed-grid", row.guessed), ("words-in-value", spilled), ("stray-marks", marks))
    reasons = (*field.reasons, *(reason for reason, holds in said if holds))
    blocked = field.state == "illegible" or row.guessed or spilled or marks
    blocked |= not (HIDDEN | {"stray-ink", "merged-cell", "unknown-word"}).isdisjoint(field.reasons)
    return _decide(judge, kind, (code, kind), seen, reasons, blocked=blocked)


def _has_marks_alone(text: str) -> bool:
    """Whether a note is marks or one sign: but for a dash that is rather dirt, a streak or what a ruling left."""
    return text not in DASHES and sum(map(str.isalnum, text)) < LEAST_SIGNS


def _grid_beside(position: int, beside: Sequence[tuple[int, float]]) -> float:
    """Certainty of the grid at the printed rows next to a place in the catalogue."""
    at = bisect(beside, (position, 0.0))
    return min((certainty for _, certainty in beside[max(at - 1, 0) : at + 1]), default=0.0)


def _score_absent(judge: _Judge, code: str, probability: float, grid_certainty: float) -> Trust:
    sure = grid_certainty >= SURE_GRID
    seen = absent_features(probability, grid_certainty)
    return _decide(judge, "absent", (code, "row"), seen, () if sure else ("guessed-grid",), blocked=not sure)


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
    return _decide(judge, "head", ("", "head"), head_features(field), field.reasons)


def _decide(
    judge: _Judge,
    target: Target,
    cell: tuple[str, str],
    seen: tuple[Kind, Features],
    reasons: tuple[str, ...],
    *,
    blocked: bool = False,
) -> Trust:
    """Accepted where the probability clears the threshold, nothing blocks it and no error finding touches the cell."""
    kind, features = seen
    parts, probability = find_probability(judge.model, score_parts(judge.model, kind, features))
    settings = judge.settings
    error = settings.target_error if target in NUMBERS else settings.target_error_text
    rules = judge.errors.get(cell, ()) if cell[0] else ()
    low = probability < find_threshold(judge.model, target, error)
    status: Status = "review" if low or blocked or rules else "accepted"
    unknown = () if judge.model.known else ("uncalibrated-engines",)
    said = (*reasons, *unknown, *(("low-confidence",) if low and judge.model.known else ()), *rules)
    seen_by_model = tuple((name, round(value, 4)) for name, value in features.items() if value)
    held = blocked or bool(rules)
    return Trust(probability, status, tuple(dict.fromkeys(said)), parts, kind, seen_by_model, held)
