"""Which catalogue a table follows, or none."""

from __future__ import annotations

from dataclasses import replace

from extractor.indicator import choose_catalogue, load_catalogue
from tests.indicator.printing import Habit, Printed, print_report, table_of

CATALOGUE = load_catalogue("soctrang-cchc-huyen")
TITLE = "THỐNG KÊ SỐ LIỆU VÀ KẾT QUẢ THỰC HIỆN CÔNG TÁC CẢI CÁCH HÀNH CHÍNH NĂM 2023"


def test_a_report_of_the_form_is_recognised_without_its_title() -> None:
    chosen, confidence = choose_catalogue(table_of(print_report(CATALOGUE, Habit(cer=0.02), 1)), [CATALOGUE])
    assert chosen is CATALOGUE
    assert confidence > 0.9


def test_a_few_rows_of_the_form_are_enough() -> None:
    chosen, _ = choose_catalogue(table_of(print_report(CATALOGUE, Habit(), 1)[40:52], TITLE), [CATALOGUE])
    assert chosen is CATALOGUE


def test_of_two_forms_the_one_that_fits_is_taken() -> None:
    other = replace(
        CATALOGUE,
        name="other",
        indicators=tuple(
            replace(indicator, label=f"Diện tích {indicator.order} trồng lúa vụ mùa")
            for indicator in CATALOGUE.indicators
        ),
    )
    chosen, _ = choose_catalogue(table_of(print_report(CATALOGUE, Habit(), 2)), [other, CATALOGUE])
    assert chosen is CATALOGUE


def test_another_table_fits_none_whatever_its_title() -> None:
    labels = ("Lúa đông xuân", "Lúa hè thu", "Ngô", "Khoai lang", "Rau các loại", "Cây ăn quả", "Mía", "Dừa")
    rows = tuple(Printed(None, str(i), label, "ha", True) for i, label in enumerate(labels))
    for title in ("", TITLE):
        chosen, confidence = choose_catalogue(table_of(rows, title), [CATALOGUE])
        assert chosen is None
        assert confidence > 0.5


def test_an_empty_table_and_no_catalogue_fit_nothing() -> None:
    assert choose_catalogue(table_of(()), [CATALOGUE])[0] is None
    assert choose_catalogue(table_of(print_report(CATALOGUE, Habit(), 1)), [])[0] is None
