"""Pages by their clues alone: which reports they make, in which order, and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from extractor.records import CellInk, CellText, DraftRow, GridCell, Piece
from extractor.sorting import Clues, Sheaf, sort_pages

CODES, ROWS = 120, 20
LAYOUTS = {"A": (0.0, 0.06, 0.5, 0.62, 0.74, 1.0), "B": (0.0, 0.05, 0.55, 0.66, 0.79, 1.0)}


def _text(word: str) -> tuple[CellText, ...]:
    ink = CellInk(GridCell(0, 0, 1, 1, (0, 0, 1, 1)), Piece(1, (0, 0, 1, 1)), words=word)
    return (CellText(ink, word, 1.0),)


def _page(report: str, leaf: int, *, numbered: bool = True, values: str = "") -> Clues:
    """Page `leaf` (from 1) of a report of six pages. `values`: whose values it prints."""
    codes = tuple(range((leaf - 1) * ROWS, leaf * ROWS))
    whose = values or report
    rows = tuple(
        DraftRow(
            (),
            _text(f"Chỉ tiêu {code}"),
            (),
            _text(f"{code * 7 + 13 * ord(whose)}"),
            (),
            pieces=(Piece(1, (0, code / 200, 1, 1)),),
        )
        for code in codes
    )
    heights = tuple(k / ROWS for k in range(ROWS + 1))
    first = leaf == 1
    return Clues(
        0, rows, codes, LAYOUTS[report], heights, leaf if numbered and not first else None, False, first,
        f"UBND huyện {report}" if first else None, "2022" if first else None,
    )  # fmt: skip


def _sort(pages: Sequence[Clues]) -> tuple[Sheaf, ...]:
    return sort_pages([replace(page, page=number) for number, page in enumerate(pages, 1)], (), CODES)


def _rules(sheaf: Sheaf) -> list[tuple[str, int | None]]:
    return [(note.rule, note.page) for note in sheaf.order.notes]


A = [_page("A", leaf) for leaf in range(1, 7)]
B = [_page("B", leaf) for leaf in range(1, 7)]
SILENT_A = [_page("A", leaf, numbered=False) for leaf in range(1, 7)]


def test_one_report_is_taken_as_it_is_filed() -> None:
    (only,) = _sort(A)
    assert only.whole


def test_streaks_and_a_misread_row_do_not_part_a_report() -> None:
    """Each page has a border that is a scanner's streak; the last row of one is taken for another group's."""
    pages = [
        replace(page, borders=tuple(x + 0.02 * (k == n % 4 + 1) for k, x in enumerate(page.borders)))
        for n, page in enumerate(SILENT_A)
    ]
    pages[2] = replace(pages[2], codes=(*pages[2].codes[:-1], CODES - 2))
    (only,) = _sort(pages)
    assert only.pages == (1, 2, 3, 4, 5, 6)
    assert only.order.doubted


def test_reports_part_at_their_heads() -> None:
    first, second = _sort([*A, *B])
    assert first.pages == (1, 2, 3, 4, 5, 6)
    assert second.pages == (7, 8, 9, 10, 11, 12)
    assert not first.order.notes + second.order.notes


def test_reports_of_one_template_part_too() -> None:
    twin = [replace(page, borders=LAYOUTS["A"]) for page in B]
    assert [sheaf.pages for sheaf in _sort([*A, *twin])] == [(1, 2, 3, 4, 5, 6), (7, 8, 9, 10, 11, 12)]


def test_a_report_without_a_head_has_a_doubtful_border() -> None:
    _, second = _sort([*A, *B[1:]])
    assert ("doubtful-border", 7) in _rules(second)


@pytest.mark.parametrize("pages", [A, SILENT_A])
def test_shuffled_pages_are_read_in_their_order(pages: list[Clues]) -> None:
    (only,) = _sort([pages[0], pages[2], pages[1], *pages[3:]])
    assert only.pages == (1, 3, 2, 4, 5, 6)
    assert _rules(only) == [("page-order", None)]


def test_a_sheet_scanned_twice_counts_once() -> None:
    (only,) = _sort([*A[:3], A[2], *A[3:]])
    assert only.copies == ((4, 3),)
    assert _rules(only) == [("doubled-page", 4)]
    assert 4 not in only.pages


def test_a_double_beside_a_stranger_is_a_double_still() -> None:
    (only,) = _sort([*A[:3], A[2], B[4], *A[3:]])
    assert only.copies == ((4, 3),)
    assert _rules(only) == [("doubled-page", 4), ("foreign-page", 5)]


def test_a_missing_page_is_told_by_numbers() -> None:
    (only,) = _sort([*A[:2], *A[3:]])
    assert only.order.gaps == ((2, 3),)
    assert _rules(only) == [("missing-page", 3)]
    assert only.order.notes[0].words == ("3",)


def test_one_misread_number_is_no_missing_page() -> None:
    (only,) = _sort([*A[:3], replace(A[3], printed=9), *A[4:]])
    assert only.whole


@pytest.mark.parametrize("at", [2, 3])
def test_a_page_of_another_report_is_left_out(at: int) -> None:
    (only,) = _sort([*A[:at], B[3], *A[at:]])
    assert only.order.foreign == (at + 1,)
    assert ("foreign-page", at + 1) in _rules(only)


def test_a_page_in_anothers_place_is_left_out_or_doubted() -> None:
    (only,) = _sort([*A[:3], B[3], *A[4:]])
    assert 4 in (*only.order.foreign, *only.order.doubted)


def test_the_same_rows_with_other_values_are_compared() -> None:
    rival = replace(_page("A", 3, values="B"), printed=3)
    (only,) = _sort([*A[:3], rival, *A[3:]])
    assert [copy for copy, _ in only.copies] in ([3], [4])
    assert {rule for rule, _ in _rules(only)} == {"doubtful-page"}


def test_a_headed_page_among_anothers_is_its_own_report() -> None:
    first, second = _sort([*A[:3], B[0], *A[3:]])
    assert first.pages == (1, 2, 3, 5, 6, 7)
    assert ("foreign-page", 4) in _rules(first)
    assert second.pages == (4,)


def test_pages_without_the_form_go_with_the_page_before_and_letters_with_the_next() -> None:
    blank, letter = Clues(0), Clues(0, letterhead=True, organisation="UBND huyện B")
    first, second = _sort([*A, blank, letter, blank, *B])
    assert first.pages == (1, 2, 3, 4, 5, 6, 7)
    assert second.pages == (8, 9, 10, 11, 12, 13, 14, 15)
