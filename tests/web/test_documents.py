"""Documents, groups, repairs, versions, form defects, blind entries: over HTTP and in the browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from extractor.settings import load_settings
from extractor.store import NewDecision, count_tasks, decide, open_store, open_tasks, read_cells, recheck, save_report
from extractor.store.save import Asking
from extractor.store.schema import document, extraction, task
from tests.store.samples import seed_scan
from tests.web.conftest import Site, add_people, doubtful, fill, serve
from tests.web.test_review import decisions, saved, shoot, until

OpenPage = Callable[..., Any]


def post(site: Site, path: str, name: str = "reviewer", **body: Any) -> Any:
    return site.client(name).post(path, json=body)


def act(site: Site, key: str, name: str = "reviewer", **more: Any) -> dict[str, Any]:
    body = {"request": f"request-{name}-{key}-{len(decisions(site))}", "document": 1, "key": key, **more}
    answer: dict[str, Any] = post(site, "/api/decisions", name, acts=[body]).json()["answers"][0]
    return answer


def cell(site: Site, key: str) -> Any:
    with site.store.read() as connection:
        return read_cells(connection, 1, (key,))[0]


def test_the_group_screen_confirms_many_at_once_and_fixes_the_odd_one(tmp_path: Path, open_page: OpenPage) -> None:
    store = open_store(str(tmp_path / "many.db"))
    add_people(store)
    fill(store, 6, codes=("III.6.4",))
    with serve(store, load_settings(environ={}, flags={"review.gold_share": 0})) as site:
        page = open_page("reviewer", "/group", site)
        page.click("text=III.6.4")
        page.wait_for_selector(".tile:nth-child(6)")
        page.wait_for_load_state("networkidle")
        page.keyboard.press("ArrowRight")
        page.keyboard.type("23.276")
        shoot(page, "group")
        page.keyboard.press("Enter")
        until(page, "document.querySelectorAll('.tile').length === 0")
        made = decisions(site)
        assert sorted(one.kind for one in made) == ["confirmed"] * 5 + ["misread"]
        assert {one.purpose for one in made} == {"group"}
        assert len({one.document_id for one in made}) == 6
    store.close()


def test_the_document_view_shows_cells_rows_findings_and_moves_by_keys(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", "/documents/1")
    page.goto(f"{site.url}/documents/1?page=3")
    page.wait_for_selector("#picture[data-ready]")
    shoot(page, "document")
    assert page.locator("rect.box.asked").count() > 0
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("#history .history")
    assert page.locator("rect.box.lit").count() + page.locator(".cell:focus").count() > 0
    page.keyboard.press("PageDown")
    page.wait_for_url("**page=4")
    page.locator("[data-key='III.6.4/value'].cell").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("article.one")
    assert page.get_attribute("#card", "data-key") == "III.6.4/value"


def test_rows_are_split_and_joined_on_the_page(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", "/documents/1")
    page.goto(f"{site.url}/documents/1?page=4")
    page.wait_for_selector("#picture[data-ready]")
    before = cell(site, "III.6.2/value").cell.raw
    page.evaluate("document.querySelector('#repair').open = true")
    for code in ("III.6.1", "III.6.2"):
        page.click(f"tr:has([data-key='{code}/row']) td:first-child")
    with page.expect_navigation():
        page.click("[data-repair='join-rows']")
    assert cell(site, "III.6.2/row").cell.state != "matched" or cell(site, "III.6.1/row").cell.state != "matched"
    page.evaluate("document.querySelector('#repair').open = true")
    with page.expect_navigation():
        page.click("[data-undo]")
    assert cell(site, "III.6.2/value").cell.raw == before


def test_a_repair_that_cannot_be_done_is_refused_and_leaves_nothing(site: Site) -> None:
    order = {"op": "split-row", "page": 4, "box": [0, 0, 0.01, 0.01], "at": 0.005}
    answer = post(site, "/documents/1/repairs", request="an-order-1", order=order)
    assert answer.status_code == 409
    for wrong in ({"op": "explode", "page": 1}, {"op": "turn-page", "page": 99, "turn": 1}, {}):
        assert post(site, "/documents/1/repairs", request="an-order-2", order=wrong).status_code == 422
    with site.store.read() as connection:
        assert not any(row.key.startswith("repair") for row in open_tasks(connection, 1))


def test_a_page_left_out_keeps_settled_cells_elsewhere(site: Site) -> None:
    assert act(site, "III.6.4/value", act="type", text="7")["state"] == "kept"
    order = {"op": "leave-out-page", "page": 2}
    assert post(site, "/documents/1/repairs", request="an-order-3", order=order).status_code == 200
    assert cell(site, "III.6.4/value").word["number"] == "7"
    assert "✕" in site.client("viewer").get("/documents/1", headers={"accept": "text/html"}).text


def test_a_settled_row_runs_the_checks_again(site: Site) -> None:
    label = cell(site, "III.6.1/row").cell.label_raw
    assert act(site, "III.6.1/row", act="match", code="III.6.4", alias=True)["state"] == "kept"
    assert site.app.state.background.wait()
    assert cell(site, "III.6.1/row").cell.state == "absent"
    assert cell(site, "III.6.4/row").cell.label_raw == label
    assert act(site, "III.6.2/row", act="match", code="NO.SUCH")["state"] == "refused"


def test_a_row_card_offers_indicators(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", "/review")
    page.goto(f"{site.url}/review?document=1&key=III.6.1/row")
    page.wait_for_selector(".choices li")
    shoot(page, "row")
    assert page.locator(".choices li").count() >= 3
    page.keyboard.press("s")
    saved(page)
    assert decisions(site)[0].kind == "matched"


def test_a_corrected_organisation_moves_the_report(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", "/documents/1")
    page.click("[data-head='organisation']")
    page.fill("#head-text", "942 Huyện Châu Thành")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert site.app.state.background.wait()
    with site.store.read() as connection:
        about = connection.execute(select(document)).one()
    assert about.organisation_code == "942"
    assert act(site, "head/period", act="type", text="sometime")["state"] == "refused"


def test_a_finding_is_one_card_whose_cells_can_be_opened(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", "/review?kind=finding")
    page.wait_for_selector("article.finding")
    first = page.get_attribute("#card", "data-key")
    shoot(page, "finding")
    page.keyboard.press("a")
    page.wait_for_selector("article.cell")
    page.keyboard.press("Enter")
    page.wait_for_selector("article.finding")
    assert page.get_attribute("#card", "data-key") == first
    page.keyboard.press("Enter")
    saved(page)
    assert [one.kind for one in decisions(site)][-1] == "settled"


def test_a_defect_of_the_form_is_settled_once_for_its_version(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "many.db"))
    add_people(store)
    fill(store, 3)
    with serve(store, load_settings(environ={})) as site:
        key = "finding/UNIT-LABEL/I.1.1:unit"
        form = {"catalogue": "soctrang-cchc-huyen", "version": "2022", "rule": "UNIT-LABEL", "cells": "I.1.1:unit"}
        request = {"request": "mute-the-unit", "why": "biểu mẫu in sai đơn vị"}
        assert post(site, "/findings/mute", "adjudicator", **request, **form).status_code == 200
        with store.read() as connection:
            assert connection.execute(select(task).where(task.c.key == key)).all() == []
        fill(store, 4)
        with store.read() as connection:
            assert connection.execute(select(task).where(task.c.key == key)).all() == []
        values = form | {"rule": "PW-34", "cells": "VI.3:value,IV.1.2:value"}
        answer = post(site, "/findings/mute", "adjudicator", request="mute-a-value", why="x", **values)
        assert answer.status_code == 422
        assert post(site, "/findings/revoke", "adjudicator", request="take it back", mute=1).status_code == 200
        with store.read() as connection:
            assert len(connection.execute(select(task).where(task.c.key == key)).all()) == 4
    store.close()


def test_one_of_two_versions_is_made_to_stand(site: Site) -> None:
    data, written, readings = seed_scan()
    second = save_report(site.store, data + b"\nrescan", doubtful(written), readings)
    with site.store.read() as connection:
        asked = connection.execute(select(task.c.document_id).where(task.c.kind == "version")).scalars().all()
    assert sorted(asked) == [1, second]
    card = post(site, "/api/cards", document=second, key="version").json()["cards"][0]
    assert (card["entry"], card["page"], [row["here"] for row in card["rows"]]) == ("version", 1, [False, True])
    assert card["rows"][0]["shown"]
    assert act(site, "version", act="activate")["state"] == "kept"
    with site.store.read() as connection:
        rows = {row.id: (row.active, row.version) for row in connection.execute(select(document))}
        assert connection.execute(select(task).where(task.c.kind == "version")).all() == []
    assert rows == {1: (True, "signed"), second: (False, "replaced")}


def test_a_rescan_gets_earlier_decisions_as_proposals(site: Site) -> None:
    assert act(site, "III.6.4/value", act="type", text="41")["state"] == "kept"
    data, written, readings = seed_scan()
    second = save_report(site.store, data + b"\nrescan", doubtful(written), readings)
    card = post(site, "/api/cards", document=second, key="III.6.4/value").json()["cards"][0]
    assert card["choices"][0]["text"] == "41"
    assert "reviewer" in card["choices"][0]["shown"]


def test_two_people_enter_a_critical_value_and_a_third_sees_both_without_names(site: Site) -> None:
    data, written, readings = seed_scan()
    save_report(site.store, data, doubtful(written), readings, asking=Asking(critical=("III.6.4",)))
    card = post(site, "/api/cards", document=1, key="III.6.4/value").json()["cards"][0]
    assert card["word"] is None
    assert card["shown"] == ""
    assert [row["shown"] for row in card["rows"] if row["here"]] == ["?"]
    others = card | {"rows": [row for row in card["rows"] if row["here"]]}
    assert "270" not in json.dumps(others)
    key = "III.6.4/value"
    assert act(site, key, "reviewer", act="type", text="41", purpose="entry")["final"] is False
    assert act(site, key, "minh", act="type", text="42", purpose="entry")["final"] is False
    assert post(site, "/api/cards", "reviewer", kind="adjudicate").json()["cards"] == []
    history = site.client("adjudicator").get("/documents/1/history", params={"key": key}).text
    assert "minh" not in history
    assert act(site, key, "reviewer", act="type", text="42")["state"] == "refused"
    card = post(site, "/api/cards", "adjudicator", kind="adjudicate").json()["cards"][0]
    assert [one["shown"] for one in card["choices"]] == ["41", "42"]
    assert "minh" not in json.dumps(card)
    assert act(site, key, "minh", act="type", text="42", purpose="adjudication")["state"] == "refused"
    assert act(site, key, "adjudicator", act="type", text="42", purpose="adjudication")["final"] is True
    assert cell(site, key).word["number"] == "42"


def test_a_blind_check_shows_no_reading(site: Site) -> None:
    with site.store.write() as connection:
        connection.execute(task.update().where(task.c.key == "III.6.4/value").values(reasons=" blind-check "))
    card = post(site, "/api/cards", document=1, key="III.6.4/value").json()["cards"][0]
    assert (card["purpose"], card["shown"], card["word"]) == ("blind", "", None)


def test_gold_cells_tell_a_persons_error_rate(site: Site) -> None:
    assert act(site, "III.6.4/value", act="confirm")["state"] == "kept"
    answer = act(site, "III.6.4/value", "minh", act="type", text="5", purpose="gold")
    assert answer["final"] is False
    assert cell(site, "III.6.4/value").word["number"] == "23270"
    progress = site.client("minh").get("/api/progress").json()
    assert (progress["gold"], progress["wrong"]) == (1, 1)


def test_gold_cells_are_mixed_in(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "kho.db"))
    add_people(store)
    fill(store)
    with serve(store, load_settings(environ={}, flags={"review.gold_share": 1})) as site:
        assert act(site, "III.6.4/value", act="confirm")["state"] == "kept"
        assert {card["purpose"] for card in post(site, "/api/cards", count=3).json()["cards"]} == {"review"}
        cards = post(site, "/api/cards", "minh", count=3).json()["cards"]
        assert [card["key"] for card in cards if card["purpose"] == "gold"] == ["III.6.4/value"]
    store.close()


def test_printed_as_a_count_but_meant_as_a_share(site: Site) -> None:
    more = {"act": "source", "text": "100 %", "authority": "Công văn 12"}
    assert act(site, "III.6.3/value", **more)["state"] == "kept"
    settled = cell(site, "III.6.3/value").settled
    assert settled.after["raw"] == "100"
    assert {**settled.published, "authority": ""} == {
        "number": "100", "text": None, "unit": "%", "raw": "100 %", "authority": "",
    }  # fmt: skip
    assert act(site, "III.6.6/value", act="source", text="7")["state"] == "refused"


def test_a_fault_in_one_check_does_not_end_the_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def fail_once(store: Any, document_id: int) -> None:
        tried.append(document_id)
        if len(tried) == 1:
            raise ZeroDivisionError
        recheck(store, document_id)

    monkeypatch.setattr("extractor.web.background.recheck", fail_once)
    for text in ("1", "2"):
        seen = cell(site, "III.6.4/value").settled
        act(site, "III.6.4/value", act="type", text=text, seen=seen.seq if seen else 0)
        assert site.app.state.background.wait()
    assert tried == [1, 1]


def test_confirming_a_row_makes_no_new_extraction(site: Site) -> None:
    before = cell(site, "III.6.1/row")
    assert act(site, "III.6.1/row", act="confirm")["state"] == "kept"
    assert site.app.state.background.wait()
    with site.store.read() as connection:
        assert len(connection.execute(select(extraction)).all()) == 1
    assert cell(site, "III.6.1/row").cell == before.cell


def test_a_rescan_is_asked_for_and_listed(site: Site, open_page: OpenPage) -> None:
    assert post(site, "/documents/1/rescan", request="scan it again", reason="trang 4 mờ", pages=[4]).status_code == 200
    page = open_page("viewer", "/rescans")
    assert "trang 4 mờ" in page.text_content("table")
    assert "seed-office-scan.pdf" in page.text_content("table")


def test_the_dashboard_counts(site: Site, open_page: OpenPage) -> None:
    assert act(site, "III.6.4/value", act="confirm", seconds=2)["state"] == "kept"
    page = open_page("adjudicator", "/dashboard")
    shoot(page, "dashboard")
    assert "reviewer" in page.text_content("main")
    with site.store.read() as connection:
        assert str(count_tasks(connection)["open"]) in page.text_content("main")


def test_rows_that_are_not_printed_are_settled_a_stretch_at_a_time(site: Site, open_page: OpenPage) -> None:
    tree = json.loads(seed_scan()[1])
    stretch = [one for one in tree["indicators"] if one["code"] in ("III.6.1", "III.6.2", "III.6.3")]
    for one in stretch:
        one["row"] |= {"state": "absent", "status": "review", "confidence": 0.9, "page": None, "box": None}
        one["value"] |= {"state": "absent", "status": "review", "raw": None, "number": None, "page": None, "box": None}
    save_report(site.store, seed_scan()[0], json.dumps(tree, ensure_ascii=False), seed_scan()[2])
    page = open_page("reviewer", "/review?kind=absent")
    page.wait_for_selector("article.absent")
    assert page.get_attribute("#card", "data-key") == "absent/III.6.1..III.6.3"
    assert page.locator(".look .near tr").count() == 3
    page.keyboard.press("Enter")
    saved(page)
    keys = ["III.6.1/row", "III.6.2/row", "III.6.3/row"]
    assert all(cell(site, key).certain for key in keys)
    page.keyboard.press("Backspace")
    page.wait_for_selector("article.absent")
    assert not any(cell(site, key).settled for key in keys)


def test_filters_choose_what_is_asked(site: Site) -> None:
    wanted = {"catalogue": "soctrang-cchc-huyen", "organisation": "949", "year": "2022", "reason": "low-confidence"}
    cards = post(site, "/api/cards", count=20, **wanted).json()["cards"]
    assert len(cards) == 20
    assert post(site, "/api/cards", count=20, **(wanted | {"year": "1999"})).json()["cards"] == []
    errors = post(site, "/api/cards", "minh", count=20, severity="error").json()["cards"]
    assert {card["severity"] for card in errors} == {"error"}


def test_a_changed_reading_under_a_settled_cell_is_asked_about(site: Site) -> None:
    assert act(site, "III.6.4/value", act="type", text="41")["state"] == "kept"
    data, written, readings = seed_scan()
    changed = doubtful(written).replace('"number": 23270', '"number": 23276')
    save_report(site.store, data, changed, readings)
    card = post(site, "/api/cards", document=1, key="III.6.4/value").json()["cards"][0]
    assert card["kind"] == "conflict"
    assert "41" in card["reasons"][0]
    assert "23" in card["reasons"][0]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_has_both_languages(language: str) -> None:
    from extractor.web.wording import read_words

    words, others = read_words(language), read_words("en" if language == "vi" else "vi")
    assert set(words) == set(others)
    assert all(words[key] or key == "state.None" for key in words)


def test_undo_is_for_ones_own_decisions(site: Site) -> None:
    decide(site.store, NewDecision("of somebody else", 1, "III.6.4/value", "misread", "minh", {"number": "1"}))
    assert post(site, "/api/undo", request="of somebody else").json() == {"state": "refused"}
