"""The review application as people meet it: a server on a free port of this machine, and a real browser."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from extractor.settings import Settings, load_settings
from extractor.store import Store, add_person, open_store, save_report
from tests.store.samples import seed_scan

PASSWORD = "mat khau thu"
ROLES = ("viewer", "reviewer", "adjudicator", "administrator")


def doubtful(text: str, period: str = "2022", *, codes: tuple[str, ...] = ()) -> str:
    """The sample's JSON with every printed value uncertain (or only some codes)."""
    tree = json.loads(text)
    tree["document"]["period"] |= {"value": period, "from": f"{period}-01-01", "to": f"{period}-12-31"}
    for one in tree["indicators"]:
        value = one["value"]
        if value["type"] != "header" and value["state"] == "read" and (not codes or one["code"] in codes):
            value |= {"status": "review", "confidence": 0.9, "reasons": ["low-confidence"], "blind_check": False}
    return json.dumps(tree, ensure_ascii=False)


def fill(store: Store, documents: int = 1, **more: Any) -> list[int]:
    """Documents of several periods, each with a hundred cells to look at."""
    data, written, readings = seed_scan()
    return [
        save_report(store, data + b"\n" * number, doubtful(written, str(2022 - number), **more), readings)
        for number in range(documents)
    ]


@dataclass(frozen=True)
class Site:
    """A running application."""

    url: str
    store: Store
    app: Any
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, name: str) -> httpx.Client:
        """Somebody who has signed in."""
        client = httpx.Client(base_url=self.url, follow_redirects=False, timeout=30)
        self.clients.append(client)
        answer = client.post("/sign-in", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303
        page = client.get("/documents", headers={"accept": "text/html"}).text
        client.headers["x-csrf-token"] = page.split('name="csrf" content="')[1].split('"')[0]
        return client


@contextmanager
def serve(store: Store, settings: Settings) -> Iterator[Site]:
    """The application on a free port until the block ends."""
    import uvicorn

    from extractor.web import make_app

    app = make_app(store, settings)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    site = Site(f"http://127.0.0.1:{port}", store, app)
    yield site
    for client in site.clients:
        client.close()
    server.should_exit = True
    thread.join(10)


def add_people(store: Store) -> None:
    """One of each role, named for it, and a second reviewer."""
    for role in ROLES:
        add_person(store, role, PASSWORD, role)
    add_person(store, "minh", PASSWORD, "reviewer")


@pytest.fixture(autouse=True, scope="package")
def cheap_passwords() -> Iterator[None]:
    """Hashes that take a millisecond: five people a test took longer than the tests. tests/store has the real ones."""
    import argon2

    with pytest.MonkeyPatch.context() as patch:
        cheap = partial(argon2.PasswordHasher, time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(argon2, "PasswordHasher", cheap)
        yield


@pytest.fixture
def settings() -> Settings:
    return load_settings(environ={}, flags={"review.gold_share": 0})


@pytest.fixture
def site(tmp_path: Path, settings: Settings) -> Iterator[Site]:
    """An application over an SQLite store with one document whose values are all uncertain."""
    store = open_store(str(tmp_path / "kho.db"))
    add_people(store)
    fill(store)
    with serve(store, settings) as running:
        yield running
    store.close()


@pytest.fixture
def open_page(browser: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Opens a path as somebody; what goes wrong in the page's script fails the test."""
    contexts: list[Any] = []
    faults: list[str] = []

    def open_as(name: str, path: str, at: Site = site) -> Any:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        page.goto(f"{at.url}/sign-in?to={path}")
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{at.url}{path}")
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert not faults
