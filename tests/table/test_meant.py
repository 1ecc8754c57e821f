"""Value cells as read -> what they can only mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.reading.meant import settle_meaning
from extractor.records import Field, Reading

FORM = frozenset({"không", "có", "thực", "hiện", "đã", "hồ", "sơ"})


def field(raw: str, *others: str, reasons: tuple[str, ...] = ()) -> Field:
    readings = (Reading("trueocr", raw, 0.9), *(Reading("ppocr", text, 0.9) for text in others))
    return Field(raw, "read", 0.9, readings=readings, reasons=reasons)


@pytest.mark.parametrize(
    ("raw", "number"), [("O", "0"), ("IOI", "101"), ("O5", "05"), ("I5O", "150"), ("l.2O3", "1.203")]
)
def test_letters_that_old_style_figures_look_like_are_figures_for_a_person(raw: str, number: str) -> None:
    told = settle_meaning(field(raw, raw), FORM)
    assert (told.raw, told.state, told.reasons) == (number, "read", ("look-alike",))
    assert told.alternatives[0][0] == raw
    assert told.readings[0].text == raw
    assert told.confidence < 0.5


@pytest.mark.parametrize("raw", ["1.234", "–", "12 hồ sơ", "x", "Có", "A", "OK", "1/1", "%"])
def test_what_is_a_value_stays(raw: str) -> None:
    assert settle_meaning(field(raw, raw), FORM | {"ok"}) == field(raw, raw)


def test_a_value_of_words_that_the_form_does_not_know_is_for_a_person() -> None:
    """A fax's specks once made "Khóng" of "Không" for all three readers."""
    unknown = field("Khóng", "Khóng")
    assert "unknown-word" in settle_meaning(unknown, FORM).reasons
    for raw in ("Không", "Đã thực hiện", "12 hồ sơ"):
        assert not settle_meaning(field(raw), FORM).reasons
    layer = replace(unknown, readings=(Reading("layer", "Khóng", 1.0),))
    assert not settle_meaning(layer, FORM).reasons


def test_of_two_readings_that_differ_in_tone_marks_the_one_of_the_form_stands_for_a_person() -> None:
    told = settle_meaning(field("Cố", "Có"), FORM)
    assert (told.raw, told.reasons, told.alternatives[0][0]) == ("Có", ("unknown-word",), "Cố")
    assert settle_meaning(field("Cố", "Hồ"), FORM).raw == "Cố"


@pytest.mark.parametrize("raw", ["E", "%%", "NA", "/"])
def test_strokes_of_a_stamp_that_no_two_readers_see_alike_are_no_value(raw: str) -> None:
    told = settle_meaning(field(raw, "g", reasons=("under-stamp", "single-reader")), FORM)
    assert (told.raw, told.state) == ("", "blank")
    assert "stray-ink" in told.reasons
    assert told.alternatives[0][0] == raw
    assert told.readings
    written = ("under-stamp", "single-reader", "handwriting")
    for reasons in (("under-stamp",), ("single-reader",), ("touches-rule", "single-reader"), written):
        assert settle_meaning(field(raw, "g", reasons=reasons), FORM).state == "read"


def test_a_low_line_alone_is_a_dash_for_a_person() -> None:
    told = settle_meaning(field("_", "-", reasons=("under-stamp", "single-reader")), FORM)
    assert (told.raw, told.state, "look-alike" in told.reasons) == ("-", "read", True)


@pytest.mark.parametrize("raw", ["4 u", "x", "-", "--", "Có"])
def test_figures_signs_and_words_under_a_stamp_are_read(raw: str) -> None:
    assert settle_meaning(field(raw, "g", reasons=("under-stamp", "single-reader")), FORM).raw == raw
