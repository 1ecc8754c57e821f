"""The evidence sheet: what it says of a number, how a number is named, and that it loads nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import text as sql

from extractor.cli import main
from extractor.errors import UsageError
from extractor.export import Observation, Wanted, read_observations, snapshot
from extractor.look import find_observation, read_evidence, show_sheet
from extractor.store import NewDecision, Store, decide, original_path, recheck, save_report
from extractor.store.pictures import Pictures
from tests.export.reports import edit, edit_head, make_report

CODE = "I.1.1"  # on the first page
PLACE = f"949/2022/{CODE}"


def drawn_report() -> tuple[bytes, str]:
    """A report whose original is a picture."""
    _, text = make_report("949", "2022", number=None, I_1_1={"readings": [
        {"engine": "trueocr", "raw": "4.304", "confidence": 0.9}, {"engine": "ppocr", "raw": "4.3O4", "confidence": 0.5}
    ], "raw": "4.304", "number": 4304})  # fmt: skip
    buffer = io.BytesIO()
    Image.new("RGB", (827, 1169), "white").save(buffer, "PNG")
    return buffer.getvalue(), text


@pytest.fixture
def filled(store: Store) -> Store:
    data, text = drawn_report()
    one = save_report(store, data, text, None)
    after = {"state": "read", "raw": "4.314", "number": "4314", "text": None}
    decide(store, NewDecision("request-1", one, f"{CODE}/value", "misread", "lan", after, why="số 1 bị mờ"))
    recheck(store, one)
    return store


@pytest.fixture
def pictures(filled: Store) -> Iterator[Pictures]:
    made = Pictures(filled)
    yield made
    made.close()


def sheet_of(store: Store, pictures: Pictures, named: str = PLACE) -> str:
    with snapshot(store) as connection:
        return show_sheet(read_evidence(store, connection, find_observation(connection, named)), pictures)


def observation(store: Store, code: str = CODE) -> Observation:
    return next(iter(read_observations(store, Wanted(code=code))))


def test_the_sheet_tells_all_that_is_known(filled: Store, pictures: Pictures) -> None:
    page = sheet_of(filled, pictures)
    one = observation(filled)
    assert ">4.314</span>" in page
    assert "người đã duyệt: lan" in page
    assert one.id in page
    assert one.sha256 in page
    assert "✓ còn nguyên" in page
    for told in ("«4.304»", "«4.3O4»", "trueocr", "ppocr", "số 1 bị mờ", "4.304 → <b>4.314</b>", "extractor 0"):
        assert told in page
    assert page.count("data:image/jpeg;base64,") == 3
    assert '<rect class="lit"' in page
    with filled.read() as connection:
        kept = connection.execute(sql("SELECT hash FROM decision")).scalar_one()
    assert kept[:16] in page


def test_an_open_number_is_no_fact(filled: Store, pictures: Pictures) -> None:
    data, text = drawn_report()
    doubtful = {"status": "review", "confidence": 0.4, "reasons": ["low-confidence"]}
    save_report(filled, data, edit(text, I_1_3=doubtful), None)
    page = sheet_of(filled, pictures, "949/2022/I.1.3")
    assert "CHƯA DUYỆT" in page
    assert 'class="v open"' in page
    assert page.count('<tr><td class="n">') >= 2  # both extractions


def test_a_missing_or_changed_original_is_told(filled: Store, pictures: Pictures) -> None:
    path = original_path(filled.files, observation(filled).sha256)
    path.write_bytes(b"something else")
    assert "✕ tệp gốc đã bị thay đổi" in sheet_of(filled, pictures)
    path.unlink()
    page = sheet_of(filled, pictures)
    assert "✕ mất tệp gốc" in page
    assert "Không vẽ được trang gốc" in page


def test_numbers_are_found_by_id_and_by_place(filled: Store) -> None:
    data, text = make_report(
        "942", "2022-01-01/P9M", number=None, I_1_1={"others": {"Lũy kế": {"raw": "9", "number": 9}}}
    )
    save_report(filled, data, text, None)
    homeless = make_report("943", "2022")
    save_report(filled, homeless[0], edit_head(homeless[1], "period", status="review", confidence=0.4), None)
    everything = list(read_observations(filled))
    with snapshot(filled) as connection:
        for one in everything[:: len(everything) // 9]:
            assert find_observation(connection, one.id).id == one.id
        (other,) = (one for one in everything if one.measure == "Lũy kế")
        assert find_observation(connection, other.id) == other
        assert find_observation(connection, "942/2022-01-01/P9M/I.1.1/Lũy kế") == other
        for wrong in ("0" * 32, "949/2022/X.1", "949/2021/I.1.1", "nothing", "949/2022"):
            with pytest.raises(UsageError):
                find_observation(connection, wrong)


def test_what_two_people_enter_blindly_stays_hidden(filled: Store, pictures: Pictures) -> None:
    from extractor.store import Asking

    data, text = make_report("944", "2022", number=None, I_1_1={"status": "review", "reasons": ["low-confidence"]})
    one = save_report(filled, data, text, None, asking=Asking(critical=(CODE,)))
    after = {"state": "read", "raw": "777", "number": "777", "text": None}
    kept = decide(filled, NewDecision("request-9", one, f"{CODE}/value", "misread", "hoa", after, purpose="entry"))
    assert not kept.final
    assert "777" not in sheet_of(filled, pictures, f"944/2022/{CODE}")


def test_the_command_writes_a_sheet_that_loads_nothing(
    filled: Store,
    tmp_path: Path,
    browser: Any,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = filled.address.url.render_as_string(hide_password=False).replace("+psycopg", "")
    config = tmp_path / "extractor.toml"
    config.write_text(f"[store]\nfiles = {json.dumps(str(filled.files))}\n", encoding="utf-8")
    where = ["--store", url, "--config", str(config), "--out"]
    assert main(["trace", PLACE, *where, str(tmp_path / "sheet.html")]) == 0
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "sheet.html").as_uri())
    lit = page.locator("rect.lit").bounding_box()
    assert lit["width"] > 20
    assert page.locator("figure.crop img").first.evaluate("image => image.naturalWidth") > 30
    assert all(url.startswith(("file://", "data:")) for url in asked)
    page.close()
    assert main(["trace", "949/2022/X", *where, str(tmp_path / "no.html")]) == 2
    capsys.readouterr()
