"""A store of a million observations -> seconds and memory of each kind of export, and of a second run.

Run as `python -m tools.bench_export [--observations 1000000] [--only jsonl,csv,parquet,sqlite,postgresql]`.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from extractor.store import Store, open_store, save_report
from tests.export.reports import make_report
from tests.postgres import start_cluster

A_DOCUMENT = 174  # observations of one report of the form
KINDS = ("jsonl", "csv", "parquet", "sqlite", "postgresql")
COPIED = {
    "extraction": "document_id, at, cause, outcome, error_code, accepted, value_cells, made_with, json, readings",
    "cell": "extraction_id, document_id, key, code, field, measure, position, label, label_raw, unit, type, state, raw,"
    " number, text, confidence, status, reasons, alternatives, readings, page, box, row_box, continued, blind",
}


def fill(store: Store, observations: int) -> int:
    """One report and copies of it, each of its own organisation and year; how many observations they hold."""
    data, written = make_report()
    save_report(store, data, written, None)
    documents = -(-observations // A_DOCUMENT)
    with store.write() as connection:
        for number in range(2, documents + 1):
            values = {"n": number, "o": f"{number % 700:03}", "p": str(2000 + number // 700)}
            connection.execute(
                text(
                    "INSERT INTO document (id, sha256, part, name, version, active, extraction_id, catalogue,"
                    " catalogue_version, organisation_code, organisation, period, outcome, added_at, report_id)"
                    " SELECT :n, sha256, :n, name, version, active, :n, catalogue, catalogue_version, :o,"
                    " 'UBND huyện ' || :o, :p, outcome, added_at, report_id FROM document WHERE id = 1"
                ),
                values,
            )
            for table, key in (("extraction", "id"), ("cell", "extraction_id")):
                names = COPIED[table]
                chosen = names.replace("document_id", ":n").replace("extraction_id", ":n")
                own = ("id, ", ":n, ") if table == "extraction" else ("", "")
                connection.execute(
                    text(f"INSERT INTO {table} ({own[0]}{names}) SELECT {own[1]}{chosen} FROM {table} WHERE {key} = 1"),
                    values,
                )
    return documents * A_DOCUMENT


def run(store: str, kind: str, target: str) -> dict[str, float | str]:
    """One export in a process of its own: seconds, and the most memory in MiB."""
    where = ["--to", target] if kind in ("sqlite", "postgresql") else ["--out", target]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-m", "tools.bench_export", "--child", "export", "--store", store, *where]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory, said = json.loads(done.stdout.splitlines()[-1]), done.stderr.strip().splitlines()
    return {"seconds": time.monotonic() - begun, "cpu": cpu, "MiB": memory, "said": said[0] if said else ""}


def child(words: list[str]) -> int:
    """The command itself, and then its most memory."""
    from extractor.cli import main as command

    code = command(words)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return code


def main() -> int:
    """Fill a store, export it to each kind twice, print."""
    if sys.argv[1:2] == ["--child"]:
        return child(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--observations", type=int, default=1_000_000)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--keep", type=Path, help="a folder whose store is made once and used again")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = args.keep or Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        path = home / f"kho-{args.observations}.db"
        if not path.exists():
            store = open_store(str(path))
            fill(store, args.observations)
            store.close()
        clusters = start_cluster(Path(folder))
        cluster = next(clusters)
        for kind in args.only.split(","):
            target = str(Path(folder) / f"out.{kind}")
            if kind == "postgresql":
                if cluster is None:
                    continue
                target = cluster.new_database()
            for turn in ("first", "second"):
                found = run(str(path), kind, target)
                print(
                    f"{kind} {turn}: {found['seconds']:.0f} s, {found['cpu']:.0f} s CPU of this program,"
                    f" {found['MiB']:.0f} MiB; {found['said']}",
                    flush=True,
                )
        next(clusters, None)
    return 0


if __name__ == "__main__":
    sys.exit(main())
