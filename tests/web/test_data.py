"""The API for programs over HTTP: tokens, pages that no change upsets, ETags, filters, and the same words as files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from extractor.export import as_row, read_observations
from extractor.export.formats.jsonl import json_line
from extractor.export.schemas import make_export_schema
from extractor.store import NewDecision, add_token, decide, read_settled, revoke_token, save_report
from extractor.store.clock import now
from extractor.web import feed
from tests.export.reports import make_report
from tests.web.conftest import Site
from tests.web.light import light

__all__ = ["light"]
OPEN = {"status": "review", "confidence": 0.5, "reasons": ["low-confidence"]}
EXAMPLES = 10  # of each route


@pytest.fixture
def program(light: Site) -> Iterator[httpx.Client]:
    """A program with a token."""
    token = add_token(light.store, "tinh")
    with httpx.Client(base_url=f"{light.url}/api/v1", headers={"authorization": f"Bearer {token}"}, timeout=60) as one:
        yield one


def pages(program: httpx.Client, path: str, **asked: Any) -> Iterator[dict[str, Any]]:
    answer = program.get(path, params=asked).raise_for_status()
    while True:
        yield answer.json()
        link = answer.json()["next"]
        if link is None:
            assert "link" not in answer.headers
            return
        assert answer.headers["link"] == f'<{link}>; rel="next"'
        answer = program.get(httpx.URL(str(program.base_url)).join(link)).raise_for_status()


def everything(program: httpx.Client, path: str, **asked: Any) -> list[dict[str, Any]]:
    return [one for page in pages(program, path, **asked) for one in page["items"]]


def settle(site: Site, document_id: int, code: str, number: str) -> None:
    after = {"state": "read", "raw": number, "number": number, "text": None}
    name = f"request-{document_id}-{code}-{number}"
    with site.store.read() as connection:
        seen = read_settled(connection, document_id).get(f"{code}/value")
    new = NewDecision(name, document_id, f"{code}/value", "misread", "lan", after, seen=seen.seq if seen else 0)
    decide(site.store, new)


def test_without_a_token_that_stands_nothing_is_told(light: Site, program: httpx.Client) -> None:
    for path in ("/observations", "/documents", "/indicators", f"/observations/{'0' * 32}", f"/evidence/{'0' * 32}"):
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "Basic dTpw"}):
            answer = httpx.get(f"{light.url}/api/v1{path}", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"
    signed_in = light.client("administrator")  # a person's cookie is no token: forms of other sites could use it
    assert signed_in.get("/api/v1/observations").status_code == 401
    assert program.get("/observations?limit=1").status_code == 200
    revoke_token(light.store, "tinh")
    assert program.get("/observations?limit=1").status_code == 401
    assert program.post("/observations").status_code == 405


def test_it_says_what_files_say(light: Site, program: httpx.Client) -> None:
    save_report(
        light.store, *make_report("945", "2022", number=None, I_1_1={"raw": "777", "number": 777, **OPEN}), None
    )
    found = everything(program, "/observations", limit=130)
    written = [json.loads(json_line(as_row(one))) for one in read_observations(light.store)]
    by_id = {one["OBS_ID"]: one for one in written}
    assert len(found) == len(by_id) == len(written)
    assert all(by_id[one["OBS_ID"]] == one for one in found)
    (open_one,) = (one for one in found if one["UNSETTLED_VALUE"] == "777")
    assert (open_one["OBS_VALUE"], open_one["OBS_STATUS"]) == (None, "V")
    checker = jsonschema.Draft202012Validator(make_export_schema("observations"))
    assert all(checker.is_valid(one) for one in found)
    assert program.get(f"/observations/{open_one['OBS_ID']}").json() == open_one
    assert program.get(f"/observations/{'0' * 32}").status_code == 404


def test_pages_stay_whole_while_data_changes(light: Site, program: httpx.Client) -> None:
    before = {one["OBS_ID"] for one in everything(program, "/observations", limit=1000)}
    seen: list[str] = []
    for number, page in enumerate(pages(program, "/observations", limit=100)):
        seen += [one["OBS_ID"] for one in page["items"]]
        settle(light, 1 + number % 6, "III.6.4", str(4304 + number))
        if number == 2:
            save_report(light.store, *make_report("946", "2022"), None)
    assert len(seen) == len(set(seen))
    assert before <= set(seen)
    assert len(set(seen) - before) > 150  # what came meanwhile is at the end


def test_an_answer_that_still_holds_is_not_sent_again(light: Site, program: httpx.Client) -> None:
    for path in ("/observations?limit=50", "/documents", "/indicators"):
        first = program.get(path)
        tag = first.headers["etag"]
        again = program.get(path, headers={"if-none-match": f'"other", W/{tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    path = "/observations?organisation=949&period=2022&indicator=III.6.4"
    tag = program.get(path).headers["etag"]
    one = program.get(path).json()["items"][0]
    settle(light, one["DOCUMENT"], "III.6.4", "99")
    changed = program.get(path, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.json()["items"][0]["OBS_VALUE"] == 99
    assert changed.headers["etag"] != tag


def test_filters_choose(light: Site, program: httpx.Client) -> None:
    save_report(
        light.store, *make_report("945", "2022", number=None, I_1_1={"raw": "777", "number": 777, **OPEN}), None
    )
    one_code = everything(program, "/observations", indicator="III.6.4", limit=2)
    assert {one["INDICATOR"] for one in one_code} == {"III.6.4"}
    assert len(one_code) == 7
    assert {one["REF_AREA"] for one in everything(program, "/observations", organisation="949", limit=999)} == {"949"}
    assert {one["TIME_PERIOD"] for one in everything(program, "/observations", period="2021", limit=999)} == {"2021"}
    (open_one,) = everything(program, "/observations", status="V")
    assert open_one["UNSETTLED_VALUE"] == "777"
    assert everything(program, "/observations", review=["review", "disputed"]) == [open_one]
    assert program.get("/observations?status=X").status_code == 422
    assert program.get("/observations?cursor=zzz").status_code == 422
    assert program.get("/observations?limit=0").status_code == 422


def test_what_changed_since_is_told(light: Site, program: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MARGIN", timedelta(0))
    moment = now()
    assert not everything(program, "/documents", since=moment)
    settle(light, 3, "III.6.4", "77")
    (changed,) = everything(program, "/documents", since=moment)
    assert changed["document"] == 3
    assert changed["changed_at"] >= moment
    assert {one["DOCUMENT"] for one in everything(program, "/observations", since=moment, limit=999)} == {3}
    assert not everything(program, "/observations", since=now())


def test_documents_indicators_and_evidence(light: Site, program: httpx.Client) -> None:
    documents = everything(program, "/documents", limit=4)
    assert [one["document"] for one in documents] == [1, 2, 3, 4, 5, 6]
    indicators = program.get("/indicators").json()["items"]
    assert next(one for one in indicators if one["indicator"] == "III.6.4")["unit"] == "Hồ sơ"
    settle(light, 1, "III.6.4", "77")
    one = everything(program, "/observations", document=1, indicator="III.6.4")[0]
    found = program.get(f"/evidence/{one['OBS_ID']}").json()
    assert found["observation"] == one
    assert found["evidence"]["decisions"][0]["intact"] is True
    assert found["evidence"]["original"] == "kept"
    sheet = program.get(f"/evidence/{one['OBS_ID']}/sheet")
    assert one["OBS_ID"] in sheet.text
    assert "data:" in sheet.headers["content-security-policy"]


def test_no_route_breaks_and_answers_are_as_published(light: Site, program: httpx.Client) -> None:
    import schemathesis

    published = httpx.get(f"{light.url}/api/v1/openapi.json").json()
    assert set(published["paths"]) == {
        "/observations", "/observations/{observation}", "/documents", "/indicators", "/evidence/{observation}",
        "/evidence/{observation}/sheet",
    }  # fmt: skip
    schema: Any = schemathesis.openapi.from_dict(published)
    for found in schema.get_all_operations():
        _try(f"{light.url}/api/v1", found.ok().as_strategy(), dict(program.headers))


def _try(url: str, cases: Any, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
        derandomize=True,
    )
    @given(case=cases)
    def call(case: Any) -> None:
        answer = case.call(base_url=url, headers={"authorization": headers["authorization"]})
        assert answer.status_code < 500, (case.method, case.formatted_path, answer.text)

    call()
