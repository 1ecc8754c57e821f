"""What speaks for and against a cell moves its confidence the right way, and the parts explain it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from extractor.calibrate.fit import PRIOR
from extractor.pipeline import engine_versions
from extractor.reading import load_engines
from extractor.records import (
    Candidate,
    CellState,
    Field,
    Finding,
    Matching,
    Note,
    Piece,
    Reading,
    Row,
    RowMatch,
    RowTrust,
    RowValue,
    Support,
    Table,
    Value,
    ValueType,
)
from extractor.settings import TrustSettings
from extractor.trust import TrustModel, find_certain, load_model, score_report
from extractor.trust.features import KINDS, Kind, Place, value_features
from extractor.trust.model import NEVER, find_threshold
from tests.builders import BOX, make_catalogue, make_head, make_row, make_value

SETTINGS = TrustSettings(target_error=0.001, target_error_text=0.01, blind_share=0.02)


def _number(raw: str, readings: Sequence[tuple[str, str, float]], confidence: float, *reasons: str) -> Field:
    seen = tuple(Reading(engine, text, score) for engine, text, score in readings)
    return Field(raw, "read", confidence, (Piece(1, BOX),), seen, (), reasons)


BASES: dict[Kind, float] = {"read": -2.0, "blank": 2.0, "head": 3.0, "absent": 3.0, "row": 2.0}
MODEL = TrustModel(
    {"any": "1"},
    {kind: {**PRIOR, "layer": 6.0, "base": BASES.get(kind, 0.0)} for kind in KINDS},
    {
        "value": ((0.001, 0.998), (0.01, 0.98)),
        "row": ((0.001, 0.998),),
        "absent": ((0.001, 0.998),),
        "unit": ((0.01, 0.98),),
        "note": ((0.01, 0.98),),
        "head": ((0.01, 0.98),),
    },
    0.9999,
)
GOOD = _number("4.304", [("trueocr", "4.304", 0.995), ("ppocr", "4.304", 0.999)], 0.999)


def _score(
    field: Field = GOOD,
    value: Value | None = None,
    *,
    match: float = 0.9999,
    grid: float = 1.0,
    label: str = "Chỉ tiêu I.1",
    type_: ValueType = "count",
    findings: Sequence[Finding] = (),
    support: Sequence[Support] = (),
    model: TrustModel = MODEL,
) -> RowTrust:
    row = replace(make_row(0, label, "4.304"), value=field, grid_certainty=grid)
    number = value or make_value(field.raw)
    scores = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1"], [type_]),
        Matching((RowMatch(0, "I.1", match),), (), 1.0),
        (RowValue(0, number, "Hồ sơ", 0.99, Note("")),),
        make_head(),
        settings=SETTINGS,
        findings=findings,
        support=support,
        model=model,
    )
    return scores.rows[0]


def test_agreeing_engines_are_accepted() -> None:
    trust = _score().value
    assert trust.status == "accepted"
    assert trust.confidence > 0.999


def test_a_value_of_a_guessed_grid_is_reviewed_and_says_so() -> None:
    trust = _score(grid=0.4).value
    assert trust.status == "review"
    assert "guessed-grid" in trust.reasons


def test_a_value_beside_another_label_is_reviewed_however_well_it_is_read() -> None:
    """A row that an office had added was taken for one that the report left out, and its figure was accepted."""
    trust = _score(label="Số máy quét tài liệu của Bộ phận Một cửa").value
    assert trust.status == "review"
    assert "unlike-label" in trust.reasons


@pytest.mark.parametrize(("type_", "status"), [("count", "review"), ("header", "accepted")])
def test_a_blank_under_a_merged_label_is_reviewed_where_a_value_is_due(type_: ValueType, status: str) -> None:
    blank = Field("", "blank", 0.999, (Piece(1, BOX),), (), (), ("merged-cell",))
    nothing = Value("blank", "", None, None)
    assert _score(blank, nothing, type_=type_).value.status == status


@pytest.mark.parametrize(
    "worse",
    [
        _score(_number("4.304", [("trueocr", "4.304", 0.995), ("ppocr", "4,304", 0.9)], 0.5, "engines-disagree")),
        _score(_number("4.304", [("ppocr", "4.304", 0.999)], 0.97, "single-reader")),
        _score(replace(GOOD, reasons=("under-stamp", "touches-rule"), confidence=0.99)),
        _score(match=0.9),
        _score(grid=0.5),
        _score(support=[Support("I.1", contradicted=("SUM-01",), fits="4.804")]),
        _score(value=replace(make_value("4.304"), parsed=False)),
    ],
)
def test_doubts_lower_it_and_send_it_to_review(worse: RowTrust) -> None:
    assert worse.value.confidence < _score().value.confidence
    assert worse.value.status == "review"
    assert "low-confidence" in worse.value.reasons


def test_another_mark_that_means_the_same_number_is_agreement() -> None:
    readings = [("trueocr", "4.304", 0.99), ("ppocr", "4,304", 0.99)]
    same = _number("4.304", readings, 0.99, "engines-disagree")
    other = Candidate("4,304", Decimal("4.304"), None, 0.5)
    apart = _score(same, replace(make_value("4.304"), alternatives=(other,))).value
    assert apart.status == "review"
    assert _score(same).value.confidence > 0.99 > apart.confidence


def test_a_number_of_which_one_engine_saw_other_digits_in_another_preparation_is_for_a_person() -> None:
    sure = [("trueocr", "3.507", 0.999), ("tesseract-eng", "3.507", 0.999), ("ppocr", "3.507", 0.99)]
    steady = _number("3.507", [*sure, ("ppocr", "3.507", 0.9)], 0.99)
    unsteady = _number("3.507", [*sure, ("ppocr", "3.567", 0.6)], 0.99)
    other_mark = _number("3.507", [*sure[:2], ("ppocr", "3,507", 0.99)], 0.99)
    both_marks = _number("3.507", [*sure, ("ppocr", "3,507", 0.7)], 0.99)
    fields = steady, unsteady, other_mark, both_marks
    assert [_score(field, make_value("3.507")).value.blocked for field in fields] == [False, True, True, True]


def test_arithmetic_lifts_a_doubtful_cell() -> None:
    doubtful = _number("405", [("trueocr", "405", 0.9), ("ppocr", "405", 0.9)], 0.97)
    plain = _score(doubtful).value
    confirmed = _score(doubtful, support=[Support("I.1", confirmed=("SUM-01",))]).value
    assert confirmed.confidence > plain.confidence


def test_parts_add_up_to_the_confidence() -> None:
    for trust in (_score().value, _score(match=0.8).value, _score(GOOD, grid=0.7).match, _score().unit):
        total = sum(part for _, part in trust.parts)
        assert 1 / (1 + math.exp(-total)) == pytest.approx(trust.confidence, abs=1e-4)


def test_a_doubtful_row_makes_every_field_doubtful() -> None:
    doubtful, sure = _score(match=0.6), _score()
    for name in ("match", "label", "value", "unit", "note"):
        assert getattr(doubtful, name).confidence < getattr(sure, name).confidence


def test_a_label_that_is_far_from_its_indicator_is_a_doubt() -> None:
    assert _score(label="Cổng Dịch vụ công Quốc gia").value.confidence < _score().value.confidence


def test_another_reading_that_fits_the_sums_is_for_a_person() -> None:
    trust = _score(support=[Support("I.1", contradicted=("SUM-01",), fits="4.804")]).value
    assert (trust.status, trust.blocked) == ("review", True)


def test_specks_on_a_clean_page_are_a_greater_doubt_than_on_a_dirty_one() -> None:
    specked = Field("", "blank", 0.9, (Piece(1, BOX),))
    alone = value_features(specked, make_value(""), None, Place(1.0, 0.999), None)[1]
    usual = value_features(specked, make_value(""), None, Place(1.0, 0.999, speckle=0.9), None)[1]
    assert alone["lone-specks"] > usual["lone-specks"] > 0


def test_a_zero_that_an_engine_read_as_a_letter_is_agreement() -> None:
    zero = _number("0", [("trueocr", "O", 0.6), ("ppocr", "0", 0.999)], 0.9, "engines-disagree")
    other = _number("0", [("trueocr", "6", 0.6), ("ppocr", "0", 0.999)], 0.9, "engines-disagree")
    assert _score(zero, make_value("0")).value.confidence > _score(other, make_value("0")).value.confidence


def test_readings_of_engines_that_nobody_calibrated_go_to_review() -> None:
    unknown = load_model({"another": "9.9"})
    trust = _score(model=unknown)
    assert {t.status for t in (trust.match, trust.value, trust.unit, trust.note)} == {"review"}
    assert "uncalibrated-engines" in trust.value.reasons


@pytest.mark.parametrize("names", [(), ("trueocr", "ppocr")])
def test_the_shipped_calibrations_serve_the_pinned_engines(names: tuple[str, ...]) -> None:
    """With Tesseract, where it is installed, and without."""
    model = load_model(engine_versions(load_engines(names)))
    assert model.known
    assert find_threshold(model, "value", 0.001) < 1.0


def test_an_error_finding_sends_its_cell_to_review_and_a_warning_does_not() -> None:
    error = Finding("SUM-01", "arithmetic", "error", (("I.1", "value"),), None, "", "")
    reviewed = _score(findings=[error]).value
    assert (reviewed.status, reviewed.reasons) == ("review", ("rule:SUM-01",))
    assert reviewed.confidence == _score().value.confidence
    assert _score(findings=[replace(error, severity="warning")]).value.status == "accepted"


def test_an_ambiguous_number_is_reviewed_however_sure_its_reading() -> None:
    two = Candidate("1,25", Decimal(125), None, 0.5)
    trust = _score(value=replace(make_value("4.304"), ambiguous=True, alternatives=(two,))).value
    assert trust.status == "review"
    assert "ambiguous-number" in trust.reasons


def test_blank_and_illegible_cells_have_a_confidence_too() -> None:
    blank = Field("", "blank", 0.999, (Piece(1, BOX),))
    assert _score(blank, make_value("")).value.status == "accepted"
    specked = _score(replace(blank, confidence=0.9), make_value("")).value
    assert specked.status == "review"
    unread = Field("", "illegible", 0.0, (Piece(1, BOX),), reasons=("no-reading",))
    trust = _score(unread, Value("illegible", "", None, None)).value
    assert (trust.status, "no-reading" in trust.reasons) == ("review", True)


def test_ink_in_a_header_row_is_reviewed() -> None:
    trust = _score(type_="header").value
    assert trust.status == "review"
    assert "header-with-value" in trust.reasons


def test_a_missing_column_is_no_blank_cell() -> None:
    row = replace(make_row(0, "Số hồ sơ", ""), columns_missing=("value",))
    scores = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1"]),
        Matching((RowMatch(0, "I.1", 0.9999),), (), 1.0),
        (RowValue(0, make_value(""), None, 0.0, Note("")),),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    )
    assert (scores.rows[0].value.status, scores.rows[0].value.reasons) == ("review", ("column-missing",))


@pytest.mark.parametrize(
    "reason",
    ["handwriting", "several-lines", "stray-ink", "unread-ink", "streak", "off-place", "unknown-word", "runs-over"],
)
def test_handwriting_several_lines_and_stray_ink_are_never_accepted(reason: str) -> None:
    assert _score(replace(GOOD, reasons=(reason,))).value.status == "review"


def test_print_beside_a_text_layer_counts_as_what_engines_saw_of_it() -> None:
    """A note that goes on on a scanned page was as certain as the words of the page on which it begins."""
    seen = [
        value_features(GOOD, make_value("4.304"), None, Place(1.0, 0.9, layer=layer), None) for layer in (True, False)
    ]
    assert seen[0][1] == seen[1][1]


def test_a_text_layer_needs_no_second_reader() -> None:
    layer = _number("4.304", [("layer", "4.304", 1.0)], 0.95)
    assert _score(layer).value.status == "accepted"


def test_head_fields_without_value_are_reviewed() -> None:
    row: Row = make_row(0, "Chỉ tiêu I.1", "1")
    scores = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1", "I.2"]),
        Matching((RowMatch(0, "I.1", 0.999),), (("I.2", 0.9999),), 1.0),
        (RowValue(0, make_value("1"), None, 0.0, Note("")),),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    )
    head = dict(scores.head)
    assert (head["report_number"].status, head["report_number"].confidence) == ("review", 0.0)
    assert head["period"].status == "accepted"
    assert dict(scores.absent)["I.2"].status == "accepted"
    assert find_certain(scores, settings=SETTINGS, model=MODEL) == frozenset()


def test_ink_in_a_header_row_is_certain_and_reviewed() -> None:
    row = replace(make_row(0, "Chỉ tiêu I.1", "4.304"), value=GOOD)
    scores = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1"], ["header"]),
        Matching((RowMatch(0, "I.1", 0.9999),), (), 1.0),
        (RowValue(0, make_value("4.304"), None, 0.0, Note("")),),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    )
    assert scores.rows[0].value.status == "review"
    assert find_certain(scores, settings=SETTINGS, model=MODEL) == {0}


def test_a_stricter_target_accepts_less() -> None:
    bounds = [find_threshold(load_model(), "value", error) for error in (0.2, 0.01, 0.001, 0.0001)]
    assert bounds == sorted(bounds)
    assert find_threshold(load_model(), "value", 1e-9) == NEVER


@pytest.mark.parametrize(
    ("raw", "engine", "status"),
    [
        ("833", "ppocr", "review"),
        ("100", "ppocr", "accepted"),
        ("833", "layer", "accepted"),
    ],
)
def test_a_percentage_above_a_hundred_may_have_lost_its_comma(raw: str, engine: str, status: str) -> None:
    field = _number(raw, [(engine, raw, 0.999), ("trueocr" if engine == "ppocr" else engine, raw, 0.999)], 0.999)
    assert _score(field, make_value(raw), type_="percent").value.status == status
    assert _score(field, make_value(raw), type_="count").value.status == "accepted"


def test_a_blank_unit_where_the_form_has_one_is_for_a_person() -> None:
    row = make_row(0, "Chỉ tiêu I.1", "4.304")
    catalogue = make_catalogue(["I.1"], ["count"])
    for unit, missing in (("Hồ sơ", True), ("", False)):
        form = replace(catalogue, indicators=(replace(catalogue.indicators[0], unit=unit),))
        blank = replace(row, unit=Field("", "blank", 0.999, (Piece(1, BOX),)))
        (trust,) = score_report(
            Table((blank,), "", (), (1,)),
            form,
            Matching((RowMatch(0, "I.1", 0.9999),), (), 1.0),
            (RowValue(0, make_value("4.304"), None, 0.99, Note("")),),
            make_head(),
            settings=SETTINGS,
            model=MODEL,
        ).rows
        assert ("unit-missing" in trust.unit.reasons) is missing
        assert trust.unit.status == "review" or not missing


@pytest.mark.parametrize(
    ("raw", "held"), [("/", True), (") .", True), ("1", True), ("-", False), ("(54 + 157)/2", False)]
)
def test_a_note_of_marks_alone_is_for_a_person(raw: str, held: bool) -> None:
    seen = tuple(Reading(engine, raw, 0.999) for engine in ("trueocr", "tesseract-vie"))
    row = replace(make_row(0, "Chỉ tiêu I.1", "4.304"), note=Field(raw, "read", 0.999, (Piece(1, BOX),), seen))
    (trust,) = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1"], ["count"]),
        Matching((RowMatch(0, "I.1", 0.9999),), (), 1.0),
        (RowValue(0, make_value("4.304"), "Hồ sơ", 0.99, Note(raw)),),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    ).rows
    assert ("stray-marks" in trust.note.reasons) is held
    assert (trust.note.status == "review") is held


@pytest.mark.parametrize(("state", "match", "status"), [("blank", 0.5, "review"), ("read", 0.9999, "accepted")])
def test_a_note_of_a_row_that_has_its_place_alone_is_for_a_person(state: CellState, match: float, status: str) -> None:
    row = make_row(0, "Chỉ tiêu I.1", "4.304")
    label = row.label if state == "read" else replace(row.label, raw="", state=state)
    row = replace(row, label=label, note=Field("", "blank", 0.999))
    (trust,) = score_report(
        Table((row,), "", (), (1,)),
        make_catalogue(["I.1"], ["count"]),
        Matching((RowMatch(0, "I.1", match),), (), 1.0),
        (RowValue(0, make_value("4.304"), "Hồ sơ", 0.99, Note("")),),
        make_head(),
        settings=SETTINGS,
        model=MODEL,
    ).rows
    assert trust.note.status == status
    assert ("illegible-label" in trust.note.reasons) is (status == "review")
