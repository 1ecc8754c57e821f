"""The evidence sheet in the review application: by id and by place, for who is signed in, within its policy."""

from __future__ import annotations

from typing import Any

from extractor.export import Wanted, read_observations
from tests.web.conftest import PASSWORD, Site
from tests.web.light import light

__all__ = ["light"]


def test_a_number_leads_to_its_sheet(light: Site) -> None:
    one = next(iter(read_observations(light.store, Wanted(organisation="949", period="2022", code="I.1.1"))))
    client = light.client("viewer")
    by_id, by_place = client.get(f"/evidence/{one.id}"), client.get("/evidence/949/2022/I.1.1")
    assert by_id.status_code == by_place.status_code == 200
    assert one.id in by_place.text
    assert client.get("/evidence/949/2022/X.1").status_code == 404
    assert client.get("/evidence/" + "0" * 32).status_code == 404
    page = client.get(f"/documents/{one.document_id}", headers={"accept": "text/html"}).text
    assert 'href="/evidence/949/2022/I.1.1"' in page
    client.cookies.clear()
    assert client.get(f"/evidence/{one.id}").status_code == 401


def test_its_own_style_and_pictures_are_within_its_policy(light: Site, browser: Any) -> None:
    faults: list[str] = []
    page = browser.new_page()
    page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
    page.goto(f"{light.url}/sign-in?to=/evidence/949/2022/I.1.1")
    page.fill("[name=name]", "viewer")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{light.url}/evidence/949/2022/I.1.1")
    assert page.locator(".answer .v").evaluate("one => getComputedStyle(one).fontSize") == "30px"
    assert not faults
    page.close()
