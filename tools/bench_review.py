"""A queue of many tasks and a scripted reviewer in a real browser -> how long a key takes to the next crop shown.

Run as `python -m tools.bench_review [--tasks 100000] [--cells 200] [--pause 0.3] [--postgresql]`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from sqlalchemy import insert, select

from extractor.settings import load_settings
from extractor.store import Store, open_store
from extractor.store.schema import document, task
from tests.conftest import CHROMIUM
from tests.postgres import start_cluster
from tests.web.conftest import PASSWORD, add_people, fill, serve

PRESS = """() => { const from = performance.now(); return new Promise((done) => {
  new MutationObserver((_, me) => { me.disconnect(); const crop = document.querySelector('.crop');
    const end = () => done(performance.now() - from);
    (crop?.decode ? crop.decode() : Promise.resolve()).then(end, end);
  }).observe(document.querySelector('#card'), {childList: true});
  document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true})); }); }"""


def multiply(store: Store, tasks: int) -> int:
    """Copies of the one document, as further parts of its file, until there are so many tasks."""
    with store.write() as connection:
        about = dict(connection.execute(select(document)).mappings().one())
        rows = [dict(row) for row in connection.execute(select(task).where(task.c.kind == "cell")).mappings()]
        for part in range(1, tasks // len(rows) + 1):
            copy = {name: value for name, value in about.items() if name != "id"} | {"part": part, "report_id": None}
            new = connection.execute(insert(document).returning(document.c.id), copy).scalar_one()
            copies = [{k: v for k, v in row.items() if k != "id"} | {"document_id": new} for row in rows]
            connection.execute(insert(task), copies)
    return (tasks // len(rows) + 1) * len(rows)


def press(url: str, cells: int, pause: float) -> list[float]:
    """Milliseconds from Enter to the next crop, for so many cells."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto(f"{url}/sign-in?to=/review?kind=cell")
        page.fill("[name=name]", "reviewer")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("article.one")
        page.wait_for_load_state("networkidle")
        found = []
        for _ in range(cells):
            found.append(float(page.evaluate(PRESS)))
            page.wait_for_timeout(1000 * pause)
        browser.close()
    return sorted(found)


@contextmanager
def make_store(folder: Path, *, postgresql: bool) -> Iterator[Store]:
    """An empty store of either kind."""
    if not postgresql:
        with closing(open_store(str(folder / "kho.db"))) as store:
            yield store
        return
    clusters = start_cluster(folder)
    cluster: Any = next(clusters)
    with closing(open_store(cluster.new_database(), files=folder / "files")) as store:
        yield store
    next(clusters, None)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--cells", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0.3, help="seconds that the reviewer looks at a cell")
    parser.add_argument("--postgresql", action="store_true")
    args = parser.parse_args()
    settings = load_settings(environ={}, flags={"review.gold_share": 0})
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), postgresql=args.postgresql) as store:
        add_people(store)
        fill(store)
        tasks = multiply(store, args.tasks)
        with serve(store, settings) as site:
            found = press(site.url, args.cells, args.pause)
    kind = "PostgreSQL" if args.postgresql else "SQLite"
    shares = ", ".join(f"p{share} {found[int(share / 100 * (len(found) - 1))]:.0f} ms" for share in (50, 95, 99))
    print(f"{kind}, {tasks} tasks, {len(found)} cells: {shares}, most {found[-1]:.0f} ms")


if __name__ == "__main__":
    main()
