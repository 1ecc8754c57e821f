"""The review screen in a real browser: keys, what is typed, what is shown, what is kept."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from extractor.settings import load_settings
from extractor.store import NewDecision, check_chain, decide, lease_next, open_store, read_cells
from extractor.store.schema import decision, task
from tests.web.conftest import Site, add_people, fill, serve

SHOTS = os.environ.get("EXTRACTOR_TEST_SHOTS")
OpenPage = Callable[..., Any]
CELL = "/review?kind=cell"
CELLS = int(os.environ.get("EXTRACTOR_TEST_CELLS", "60"))  # make soak-review: 200


def shoot(page: Any, name: str) -> None:
    """Keep a picture of the screen where the run asks for it."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def key_of(page: Any) -> str:
    page.wait_for_selector("article.one")
    return str(page.get_attribute("#card", "data-key"))


def word_of(site: Site, key: str) -> dict[str, Any]:
    with site.store.read() as connection:
        return read_cells(connection, 1, (key,))[0].word


def decisions(site: Site) -> list[Any]:
    with site.store.read() as connection:
        return list(connection.execute(select(decision).order_by(decision.c.seq)))


def until(page: Any, expression: str) -> None:
    """Wait until an expression holds; Playwright's own wait would need `eval`, which the pages forbid."""
    end = time.monotonic() + 10
    while not page.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(20)


def saved(page: Any) -> None:
    until(page, "document.querySelector('#unsent').hidden")


def test_enter_accepts_and_the_next_card_is_there_at_once(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    first = key_of(page)
    page.wait_for_load_state("networkidle")
    shoot(page, "review")
    page.keyboard.press("Enter")
    assert key_of(page) != first
    assert page.evaluate("document.querySelector('.crop').complete")
    saved(page)
    made = decisions(site)
    assert [(one.key, one.kind, one.user_name) for one in made] == [(first, "confirmed", "reviewer")]
    assert made[0].seconds is not None


def test_label_column_unit_and_reason_are_in_sight(open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    key_of(page)
    until(page, "document.querySelector('.crop').complete")
    for selector in ("h1", ".column", ".crop", ".entry", ".reasons", ".near tr[aria-current]"):
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 768, selector


def test_digits_replace_and_the_value_is_echoed_as_it_will_be_kept(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    page.goto(f"{site.url}/review?document=1&key=III.6.4/value")
    assert key_of(page) == "III.6.4/value"
    page.keyboard.type("4.304")
    until(page, "document.querySelector('.entry output').textContent === '4\\u00a0304'")
    shoot(page, "typing")
    page.keyboard.press("Enter")
    saved(page)
    assert word_of(site, "III.6.4/value") == {"state": "read", "raw": "4.304", "number": "4304", "text": None}


def test_a_broken_rule_is_told_before_saving_and_blocks_nothing(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    page.goto(f"{site.url}/review?document=1&key=III.2.3/value")
    key_of(page)
    page.keyboard.type("9")
    until(page, "document.querySelector('.warnings').textContent.length > 5")
    page.keyboard.press("Enter")
    saved(page)
    assert word_of(site, "III.2.3/value")["number"] == "9"


def test_backspace_deletes_what_is_typed_then_undoes(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    first = key_of(page)
    page.keyboard.press("Enter")
    second = key_of(page)
    page.keyboard.type("12")
    page.keyboard.press("Backspace")
    assert page.text_content(".typed") == "1"
    page.keyboard.press("Backspace")
    assert key_of(page) == second
    saved(page)
    page.keyboard.press("Backspace")
    until(page, f"document.querySelector('#card').dataset.key === {json.dumps(first)}")
    assert [one.kind for one in decisions(site)] == ["confirmed", "undo"]
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    saved(page)
    assert word_of(site, first)["number"] == "5"


@pytest.mark.parametrize(("key", "kind"), [("b", "blank"), ("x", "illegible"), ("n", "absent")])
def test_a_key_each_for_blank_illegible_and_not_printed(site: Site, open_page: OpenPage, key: str, kind: str) -> None:
    page = open_page("reviewer", CELL)
    name = key_of(page)
    page.keyboard.press(key)
    saved(page)
    assert [(one.key, one.kind) for one in decisions(site)] == [(name, kind)]
    assert word_of(site, name)["state"] == kind
    assert word_of(site, name)["number"] is None


def test_wrong_at_source_keeps_what_is_printed_and_the_meaning_with_its_authority(
    site: Site, open_page: OpenPage
) -> None:
    page = open_page("reviewer", CELL)
    page.goto(f"{site.url}/review?document=1&key=III.6.3/value")
    key_of(page)
    page.keyboard.press("w")
    page.keyboard.type("1.204")
    page.keyboard.press("Enter")
    page.keyboard.type("Công văn 12/UBND-VP")
    page.keyboard.press("Enter")
    saved(page)
    made = decisions(site)[0]
    assert made.kind == "wrong-at-source"
    assert '"number": "100"' in made.after
    assert '"number": "1204"' in made.published
    assert "Công văn 12/UBND-VP" in made.published


def test_postponed_cards_come_last(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    first = key_of(page)
    page.keyboard.press("h")
    assert key_of(page) != first
    page.wait_for_selector(".notice")
    with site.store.read() as connection:
        states = dict(connection.execute(select(task.c.key, task.c.state)).tuples().all())
    assert states[first] == "postponed"


def test_an_input_method_that_composes_is_not_taken_for_a_command(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    name = key_of(page)
    fire = """([key, code, keyCode, isComposing]) => document.dispatchEvent(
      new KeyboardEvent('keydown', {key, code, keyCode, isComposing, bubbles: true, cancelable: true}))"""
    for code in ("Digit4", "Period", "Digit3", "Digit0", "Digit4"):
        page.evaluate(fire, ["Process", code, 229, False])
    assert page.text_content(".typed") == "4.304"
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    field = page.locator(".edit")
    field.fill("7")
    composing = """([key, code]) => document.querySelector('.edit').dispatchEvent(
      new KeyboardEvent('keydown', {key, code, keyCode: 229, isComposing: true, bubbles: true}))"""
    for key, code in (("Enter", "Enter"), ("Process", "KeyB"), ("Process", "Enter")):
        page.evaluate(composing, [key, code])
    assert key_of(page) == name
    assert decisions(site) == []
    page.keyboard.press("Enter")
    saved(page)
    assert word_of(site, name)["number"] == "7"


def test_vietnamese_text_is_typed_in_a_field_where_no_letter_is_a_command(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", "/review")
    page.goto(f"{site.url}/review?document=1&key=I.4/note")
    key_of(page)
    page.keyboard.press("e")
    page.locator(".edit").fill("")
    page.keyboard.type("bao cao sang nam xem ghi")
    page.keyboard.insert_text(" đã duyệt")
    page.keyboard.press("Enter")
    saved(page)
    assert word_of(site, "I.4/note")["text"] == "bao cao sang nam xem ghi đã duyệt"


def test_a_lost_connection_loses_nothing(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    key_of(page)
    page.context.set_offline(True)
    keys = []
    for _ in range(3):
        keys.append(key_of(page))
        page.keyboard.press("Enter")
    assert "3" in page.text_content("#unsent")
    page.context.set_offline(False)
    page.reload()
    page.wait_for_selector("article.one")
    saved(page)
    made = decisions(site)
    assert [one.key for one in made] == keys
    assert key_of(page) not in keys


def test_a_stale_save_is_refused_with_both_values(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    name = key_of(page)
    with site.store.write() as connection:
        connection.execute(task.update().values(lease_by=None, lease_until=None))
    after = {"state": "read", "raw": "77", "number": "77", "text": None}
    decide(site.store, NewDecision("from elsewhere", 1, name, "misread", "minh", after))
    page.keyboard.type("66")
    page.keyboard.press("Enter")
    notice = page.wait_for_selector(".notice").text_content()
    assert "77" in notice
    assert "66" in notice
    assert word_of(site, name)["number"] == "77"


def test_a_scanned_script_is_text(site: Site, open_page: OpenPage) -> None:
    evil = "<script>document.title='x'</script><img src=x onerror=alert(1)>"
    after = {"state": "read", "raw": evil, "number": None, "text": evil}
    decide(site.store, NewDecision("a script in a note", 1, "I.4/note", "misread", "minh", after, why=evil))
    page = open_page("reviewer", "/documents/1?page=1")
    page.goto(f"{site.url}/documents/1?key=I.4/note")
    page.wait_for_selector("#history .history")
    assert evil in page.text_content("#rows")
    assert evil in page.text_content("#history")
    assert page.title() != "x"


def test_help_page_view_and_english(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    key_of(page)
    page.keyboard.press("?")
    assert page.locator("#help[open]").is_visible()
    shoot(page, "help")
    page.keyboard.press("?")
    page.keyboard.press("v")
    page.wait_for_selector("#whole[open] .lit")
    shoot(page, "whole-page")
    page.keyboard.press("v")
    assert not page.locator("#whole[open]").is_visible()
    page.click("text=English")
    page.wait_for_selector("text=left to do")


def test_many_cells_with_little_more_than_a_key_each(tmp_path: Path, open_page: OpenPage) -> None:
    store = open_store(str(tmp_path / "many.db"))
    add_people(store)
    fill(store, -(-CELLS // 80))
    with serve(store, load_settings(environ={}, flags={"review.gold_share": 0})) as site:
        page = open_page("reviewer", CELL, site)
        keys = digits = 0
        waits = []
        for number in range(CELLS):
            key_of(page)
            if number % 10 == 9:
                page.keyboard.type("41")
                keys, digits = keys + 2, digits + 2
            before = page.evaluate(
                """() => { const from = performance.now(); return new Promise((done) => {
                  const card = document.querySelector('#card');
                  new MutationObserver((_, me) => { me.disconnect(); const crop = document.querySelector('.crop');
                    const end = () => done(performance.now() - from);
                    (crop?.decode ? crop.decode() : Promise.resolve()).then(end, end);
                  }).observe(card, {childList: true});
                  document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})); }); }"""
            )
            waits.append(before)
            keys += 1
        saved(page)
        assert (keys - digits) / CELLS <= 1.2
        assert len(decisions(site)) == CELLS
        assert len({one.key + str(one.document_id) for one in decisions(site)}) == CELLS
        with store.read() as connection:
            assert check_chain(connection) is None
        print(f"p95 from key to next crop: {sorted(waits)[CELLS * 19 // 20 - 1]:.0f} ms")
    store.close()


def test_nobody_gets_a_card_that_somebody_holds(site: Site, open_page: OpenPage) -> None:
    page = open_page("reviewer", CELL)
    mine = key_of(page)
    assert mine not in {one.key for one in lease_next(site.store, "minh", count=200)}
    page.close()
