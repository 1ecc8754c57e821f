"""Lines of a label column without any border between its rows -> where the labels begin."""

from __future__ import annotations

import pytest

from extractor.indicator import is_label, list_catalogues, load_catalogue, part_labels

FORM = load_catalogue(list_catalogues()[0])


def wrap(text: str, width: int = 32) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def printed(count: int, first: int = 20) -> tuple[list[str], tuple[int, ...]]:
    """Wrapped labels of the form that follow each other, and the lines that begin them."""
    lines: list[str] = []
    starts = []
    for indicator in FORM.indicators[first : first + count]:
        starts.append(len(lines))
        lines += wrap(indicator.label)
    return lines, tuple(starts)


@pytest.mark.parametrize("first", [20, 60, 120, 180])
def test_labels_part_a_column_of_lines(first: int) -> None:
    lines, starts = printed(20, first)
    found, gain = part_labels(lines, FORM, frozenset((0,)))
    assert found == starts
    assert gain > 0.3


def test_misread_letters_change_nothing() -> None:
    lines, starts = printed(20)
    misread = [line.replace("ệ", "ê").replace("ố", "ô").replace("ạ", "a") for line in lines]
    assert part_labels(misread, FORM, frozenset((0,)))[0] == starts


def test_what_the_geometry_tells_rightly_gains_nothing() -> None:
    lines, starts = printed(12)
    assert part_labels(lines, FORM, frozenset(starts)) == (starts, 0.0)


def test_a_stranger_between_labels_is_a_row_of_its_own() -> None:
    lines, starts = printed(6)
    at = starts[3]
    strange = ["Kinh phí hỗ trợ chuyển đổi", "giống cây trồng vụ đông"]
    found, _ = part_labels([*lines[:at], *strange, *lines[at:]], FORM, frozenset((0,)))
    assert at in found
    assert at + 1 not in found
    assert at + 2 in found


def test_one_label_is_told_from_two() -> None:
    first, second = (indicator.label for indicator in FORM.indicators[21:23])
    assert is_label(first.replace("ệ", "ê"), FORM)
    assert not is_label(f"{first} {second}", FORM)
