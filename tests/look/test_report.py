"""The pages of a province and its districts: what they show, what they mark, and that they need nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from extractor.cli import main
from extractor.errors import UsageError
from extractor.look import gather, write_pages
from extractor.look.pages import show_office, show_province
from extractor.look.words import read_words, say, say_number, say_period
from extractor.store import NewDecision, Store, decide, save_report
from tests.export.reports import edit_head, make_report
from tests.store.series import changes_of, draw_series, fill_series

OPEN = {"status": "review", "confidence": 0.5, "reasons": ["low-confidence"]}


@pytest.fixture
def filled(store: Store) -> Store:
    """Three districts and years; one report is not there, one value is open, one settled, one page lost."""
    series = draw_series(("942", "943", "949"), range(2020, 2023))
    del series["943", 2021]
    ids = fill_series(store, series)
    changes = changes_of(series["949", 2022])
    changes["III_6_4"] = {"raw": "23.270", "number": 23270, **OPEN}
    changes["III_6_1"] = {"row": {"state": "unread", **OPEN}}
    save_report(store, *make_report("949", "2022", number=None, **changes), None)
    after = {"state": "read", "raw": "4304", "number": "4304"}
    decide(store, NewDecision("request-1", ids["942", 2021], "III.6.4/value", "misread", "lan", after))
    return store


def cell(page: str, label: str) -> str:
    """The table row of an indicator."""
    return next(row for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if f">{label}<" in row)


def test_a_district_shows_its_years_and_marks_what_is_not_settled(filled: Store) -> None:
    overview = gather(filled)
    offices = {office.code: office for office in overview.offices}
    row = cell(show_office(overview, offices["949"]), "III.6.4")
    assert row.count('class="v fact"') == 2
    assert re.search(r'class="v open"[^>]*>23\.270<', row)
    assert 'circle class="open"' in row
    assert "thiếu trang" in cell(show_office(overview, offices["949"]), "III.6.1")
    assert re.search(r'class="v settled"[^>]*>4\.304<', cell(show_office(overview, offices["942"]), "III.6.4"))


def test_the_province_shows_coverage_and_what_is_missing(filled: Store) -> None:
    overview = gather(filled)
    assert overview.periods == ("2020", "2021", "2022")
    assert len(overview.offices) == 11
    page = show_province(overview)
    assert page.count('class="gone"') == 8 * 3 + 1
    assert "<b>huyện Kế Sách</b>: Chưa có báo cáo năm 2021" in page
    assert "<b>huyện Thạnh Trị</b>, năm 2022: 1 chỉ tiêu có thể nằm trên trang thiếu" in page
    assert "8</b>báo cáo, trên 33 cần có" in page
    assert "open" in next(one for one in re.findall(r"<td>.*?</td>", page) if "949.html" in one and "cần xem" in one)


def test_documents_of_no_report_are_named_and_nothing_is_markup(filled: Store) -> None:
    data, text = make_report("945", "2022")
    text = text.replace("bao-cao-945", "<script>alert(1)</script>")
    save_report(filled, data, edit_head(text, "period", status="review", confidence=0.4), None)
    page = show_province(gather(filled))
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;-2022.pdf: chưa rõ đơn vị hoặc kỳ báo cáo" in page


def test_a_page_loads_nothing_and_works_from_a_file(filled: Store, tmp_path: Path, browser: Any) -> None:
    write_pages(gather(filled), tmp_path)
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto((tmp_path / "index.html").as_uri())
    page.click("text=huyện Thạnh Trị >> nth=0")
    assert page.url.endswith("/949.html")
    assert page.locator("h1").inner_text().lower() == "huyện thạnh trị"
    assert page.locator("svg.series").first.bounding_box()["height"] > 20
    assert all(url.startswith("file://") for url in asked)
    page.close()


def test_the_command_writes_all_pages_or_one(filled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = filled.address.url.render_as_string(hide_password=False).replace("+psycopg", "")
    assert main(["report", "--store", url, "--out", str(tmp_path / "all")]) == 0
    assert {path.name for path in (tmp_path / "all").iterdir()} == {"942.html", "943.html", "949.html", "index.html"}
    one = ["report", "--store", url, "--out", str(tmp_path / "one"), "--organisation", "949", "--language", "en"]
    assert main(one) == 0
    assert "not settled: not a fact yet" in (tmp_path / "one" / "949.html").read_text(encoding="utf-8")
    assert main([*one[:-3], "999"]) == 2
    capsys.readouterr()


def test_an_empty_store_has_no_pages(store: Store) -> None:
    with pytest.raises(UsageError):
        gather(store)


def test_words_are_there_in_both_languages() -> None:
    used = set()
    folder = Path(__file__).parent.parent.parent / "extractor" / "look"
    for path in [*folder.glob("templates/*.html"), *folder.glob("*.py")]:
        used |= set(
            re.findall(r"""\b(?:t|say)\((?:language, )?["']([a-z.]+[a-z])["']""", path.read_text(encoding="utf-8"))
        )
    assert used <= set(read_words())
    assert all(len(words) == 2 and all(words) for words in read_words().values())


@pytest.mark.parametrize(
    ("text", "kind", "shown"),
    [
        ("4304", "count", "4.304"),
        ("60.22", "percent", "60,22\u00a0%"),
        ("-1234.5", "count", "-1.234,5"),
        ("x", "text", "x"),
    ],
)
def test_numbers_are_written_as_people_write_them(text: str, kind: str, shown: str) -> None:
    assert say_number(text, kind, "vi") == shown


def test_periods_are_named() -> None:
    assert [say_period(one, "vi") for one in ("2022", "2022-S1", "2022-Q3", "2022-01-01/P9M", "2022-07")] == [
        "năm 2022", "6 tháng đầu năm 2022", "quý 3/2022", "9 tháng 2022", "tháng 7/2022",
    ]  # fmt: skip


def test_many_periods_stand_in_order_and_only_the_commonest_kind_is_in_the_tables_of_the_province(store: Store) -> None:
    for period in ("2021", "2022", "2022-11", "2022-05", "2022-Q4", "2022-01-01/P9M", "2022-S2", "2022-S1"):
        save_report(store, *make_report("949", period), None)
    overview = gather(store)
    kept = [period for period in overview.periods if period.startswith("2022")]
    assert kept == ["2022", "2022-S1", "2022-S2", "2022-01-01/P9M", "2022-Q4", "2022-05", "2022-11"]
    page = show_province(overview)
    table = page[page.index('id="c-III-6-4"') :].partition("</table>")[0]
    assert table.count('<th class="n">') == 2
    assert say("vi", "indicators.rest") in page
    assert cell(show_office(overview, overview.offices[8]), "III.6.4").count('class="v fact"') == 8
