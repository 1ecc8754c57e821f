"""A store of many reports with real readings -> how long judging them again takes, said only and kept.

Run as `python -m tools.bench_rematch [--documents 400] [--jobs 2] [--postgresql]`.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from extractor.cli import main as extractor
from extractor.indicator import load_catalogue
from extractor.pipeline import find_report_head, judge
from extractor.report import assemble_document
from extractor.settings import load_settings
from extractor.store import NewDecision, Store, as_report, decide, open_store, pack_report, save_report, unpack_readings
from tests.postgres import start_cluster
from tests.store.samples import seed_scan

SETTINGS = load_settings(environ={})
PRINTED = "319"  # the sample's own number
SETTLED = 20  # decisions in every tenth document


def fill(store: Store, documents: int) -> None:
    """The sample's readings as so many reports, each of its own number; people settled some cells of some."""
    data, _, packed = seed_scan()
    readings = unpack_readings(packed)
    form = load_catalogue(readings.catalogue)
    for number in range(documents):
        lines = tuple(
            replace(line, text=line.text.replace(PRINTED, str(1000 + number))) for line in readings.table.head
        )
        table = replace(readings.table, head=lines)
        head = find_report_head(lines, table.near or len(lines), form)
        report = as_report(replace(readings, table=table, head=head), form)
        text = assemble_document(judge(report, SETTINGS)).to_json()
        document = save_report(store, data + b"\n%d" % number, text, pack_report(report))
        for indicator in form.indicators[: 0 if number % 10 else SETTLED]:
            after = {"state": "read", "number": "7"}
            new = NewDecision(
                f"{number}-{indicator.code}", document, f"{indicator.code}/value", "misread", "lan", after
            )
            decide(store, new)


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


def measure(address: str, *flags: str) -> str:
    """Wall and CPU seconds of one command, and its last line."""
    began, cpu = time.monotonic(), os.times()
    told = io.StringIO()
    with redirect_stdout(told):
        extractor(["rematch", "--store", address, *flags])
    spent = os.times()
    busy = sum(spent[:4]) - sum(cpu[:4])
    return f"{time.monotonic() - began:6.1f} s ({busy:6.1f} CPU s): {told.getvalue().splitlines()[-1]}"


def main() -> None:
    """Fill a store, and measure a preview, keeping another target error, and keeping it once more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=400)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--postgresql", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), postgresql=args.postgresql) as store:
        fill(store, args.documents)
        address = store.address.url.render_as_string(hide_password=False)
        os.environ["EXTRACTOR_STORE_FILES"] = str(store.files)
        change = ("--target-error", "0.0001", "--jobs", str(args.jobs))
        print(f"{args.documents} documents, {args.jobs} processes, {store.address.url.get_backend_name()}")
        print(f"said only   {measure(address, *change)}")
        print(f"kept        {measure(address, *change, '--apply')}")
        print(f"once more   {measure(address, *change, '--apply')}", flush=True)


if __name__ == "__main__":
    main()
