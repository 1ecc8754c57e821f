"""Many reviewers over a server that is killed in the middle: nothing lost, nothing doubled, on both databases."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from extractor.store import add_person, check_chain, open_store
from extractor.store.schema import decision
from tests.web.conftest import PASSWORD, fill

PEOPLE = int(os.environ.get("EXTRACTOR_TEST_REVIEWERS", "6"))
DOCUMENTS = int(os.environ.get("EXTRACTOR_TEST_DOCUMENTS", "1"))
KILLS = 2


class Server:
    """`extractor review` as its own process, killed and started again at the same address."""

    def __init__(self, url: str, files: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.command = [
            str(Path(sys.executable).with_name("extractor")),
            "review",
            "--store",
            url,
            "--port",
            str(self.port),
        ]
        self.environment = os.environ | {"EXTRACTOR_STORE_FILES": str(files), "EXTRACTOR_REVIEW_GOLD_SHARE": "0"}
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/sign-in")
                return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise AssertionError("the server does not start")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def persistent(client: httpx.Client, method: str, path: str, **more: Any) -> httpx.Response:
    """What the page's script does: send again until there is an answer."""
    while True:
        try:
            answer = client.request(method, path, **more)
            if answer.status_code < 500:
                return answer
        except httpx.HTTPError:
            pass
        time.sleep(0.2)


def work(base: str, name: str, shown: list[tuple[int, str]]) -> None:
    with httpx.Client(base_url=base, timeout=30) as client:
        persistent(client, "POST", "/sign-in", data={"name": name, "password": PASSWORD})
        page = persistent(client, "GET", "/documents", headers={"accept": "text/html"}).text
        client.headers["x-csrf-token"] = page.split('name="csrf" content="')[1].split('"')[0]
        number = 0
        while cards := persistent(client, "POST", "/api/cards", json={"count": 3, "kind": "cell"}).json()["cards"]:
            acts = []
            for card in cards:
                number += 1
                shown.append((card["document"], card["key"]))
                acts.append(
                    {"request": f"{name}-{number:05}", "act": "confirm"}
                    | {key: card[key] for key in ("document", "key", "seen", "token", "purpose")}
                )
            answers = persistent(client, "POST", "/api/decisions", json={"acts": acts}).json()["answers"]
            assert all(answer["state"] == "kept" for answer in answers), answers


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_kills_lose_and_double_nothing(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = str(tmp_path / "kho.db")
    if kind == "postgresql":
        cluster = request.getfixturevalue("cluster")
        if cluster is None:
            pytest.skip("PostgreSQL is not installed")
        url = cluster.new_database()
    files = tmp_path / "files"
    store = open_store(url, files=files)
    fill(store, DOCUMENTS)
    names = [f"person{number}" for number in range(PEOPLE)]
    for name in names:
        add_person(store, name, PASSWORD, "reviewer")
    server = Server(url, files)
    shown: dict[str, list[tuple[int, str]]] = {name: [] for name in names}
    base = f"http://127.0.0.1:{server.port}"
    people = [threading.Thread(target=work, args=(base, name, shown[name])) for name in names]
    for person in people:
        person.start()
    for _ in range(KILLS):
        time.sleep(1.5)
        server.kill()
        server.start()
    for person in people:
        person.join(300)
        assert not person.is_alive()
    server.kill()
    with store.read() as connection:
        made = connection.execute(select(decision.c.document_id, decision.c.key, decision.c.user_name)).all()
        assert check_chain(connection) is None
    keys = [(row.document_id, row.key) for row in made]
    assert len(keys) == len(set(keys)) >= 90 * DOCUMENTS
    assert {key for cards in shown.values() for key in cards} == set(keys)
    store.close()
