"""Who may do what: every route with every role, forged forms, guessed passwords, hostile text."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from extractor.settings import Settings, load_settings
from extractor.store import change_person, open_store
from extractor.web import make_app
from extractor.web.pages import ROUTERS
from extractor.web.security import PUBLIC, role_of
from tests.web.conftest import PASSWORD, ROLES, Site

ROUTES = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]


def test_every_route_says_who_may_use_it(tmp_path: Path, settings: Settings) -> None:
    app = make_app(open_store(str(tmp_path / "kho.db")), settings)
    app.openapi_url = "/openapi.json"
    assert set(app.openapi()["paths"]) == {route.path_format for route in ROUTES}
    assert len(ROUTES) > 20
    assert all(role_of(route) in (*ROLES, PUBLIC) for route in ROUTES)
    assert {route.path for route in ROUTES if role_of(route) == PUBLIC} == {"/sign-in"}


def test_all_routes_with_all_roles(site: Site) -> None:
    clients: dict[str, httpx.Client] = {role: site.client(role) for role in ROLES}
    nobody = httpx.Client(base_url=site.url)
    site.clients.append(nobody)
    for route in ROUTES:
        needed = role_of(route)
        if needed == PUBLIC or route.path == "/sign-out":
            continue
        path = re.sub(r"\{\w+\}", "1", route.path_format)
        for method in sorted(route.methods or ()):
            assert nobody.request(method, path).status_code == 401, path
            for role, client in clients.items():
                answer = client.request(method, path, json={} if method == "POST" else None)
                allowed = ROLES.index(role) >= ROLES.index(str(needed))
                assert (answer.status_code == 403) == (not allowed), (path, role, answer.text)
                assert answer.status_code < 500


def test_a_form_without_the_secret_or_from_another_site_is_refused(site: Site) -> None:
    client = site.client("reviewer")
    secret = client.headers.pop("x-csrf-token")
    assert client.post("/api/cards", json={}).status_code == 403
    client.headers["x-csrf-token"] = "x" * len(secret)
    assert client.post("/api/cards", json={}).status_code == 403
    client.headers["x-csrf-token"] = secret
    assert client.post("/api/cards", json={}, headers={"origin": "http://evil.example"}).status_code == 403
    assert client.post("/api/cards", json={}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/api/cards", json={}).status_code == 200
    forged = httpx.post(
        f"{site.url}/sign-in", data={"name": "viewer", "password": PASSWORD}, headers={"origin": "http://evil.example"}
    )
    assert forged.status_code == 403


def test_headers_forbid_scripts_of_others_and_frames(site: Site) -> None:
    answer = httpx.get(f"{site.url}/sign-in")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-frame-options"] == "DENY"
    for page in ("/review", "/documents", "/documents/1", "/group", "/findings", "/rescans", "/dashboard"):
        html = site.client("administrator").get(page, headers={"accept": "text/html"}).text
        assert not re.search(r"<script(?![^>]*\ssrc=)", html)
        assert not re.search(r"\s(style|on\w+)=", html)


def test_sign_in_is_limited_and_tells_nothing(site: Site) -> None:
    wrong = [httpx.post(f"{site.url}/sign-in", data={"name": "minh", "password": "x"}) for _ in range(5)]
    unknown = httpx.post(f"{site.url}/sign-in", data={"name": "nobody", "password": "x"})
    assert {answer.status_code for answer in (*wrong, unknown)} == {401}
    assert wrong[0].text == unknown.text
    right = httpx.post(f"{site.url}/sign-in", data={"name": "minh", "password": PASSWORD})
    assert right.status_code == 401
    assert httpx.post(f"{site.url}/sign-in", data={"name": "viewer", "password": PASSWORD}).status_code == 303


def test_nobody_is_sent_to_another_site(site: Site) -> None:
    for to in ("//evil.example", "http://evil.example", "/\\evil.example"):
        answer = httpx.post(f"{site.url}/sign-in", data={"name": "viewer", "password": PASSWORD, "to": to})
        assert answer.headers["location"] == "/"


def test_a_session_ends_with_the_person(site: Site) -> None:
    client = site.client("minh")
    assert client.get("/review").status_code == 200
    change_person(site.store, "minh", active=False)
    assert client.get("/review").status_code == 401
    other = site.client("reviewer")
    assert other.post("/sign-out").status_code == 200
    assert other.get("/review").status_code == 401


def test_cookies_are_out_of_reach_of_scripts(site: Site) -> None:
    answer = httpx.post(f"{site.url}/sign-in", data={"name": "viewer", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_passwords_are_not_kept(site: Site) -> None:
    database = Path(str(site.store.address.url.database))
    everything = b"".join(path.read_bytes() for path in database.parent.glob("kho.db*") if path.is_file())
    assert PASSWORD.encode() not in everything
    assert b"$argon2id$" in everything


@pytest.mark.parametrize("path", ["/documents/0", "/documents/99", "/documents/99999999999", "/pictures/1/99.jpg"])
def test_what_is_not_there_is_not_found(site: Site, path: str) -> None:
    assert site.client("viewer").get(path).status_code == 404


def test_settings_have_no_default_password() -> None:
    assert "password" not in load_settings(environ={}).model_dump_json()
