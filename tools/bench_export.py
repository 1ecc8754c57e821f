"""A store of a million observations -> seconds and memory of each kind of export, and of a second run.

Run as `python -m tools.bench_export [--observations 1000000] [--only jsonl,csv,parquet,sqlite,postgresql]`. It fails
where the first run into a database does not insert all, a second one changes a row, or one takes more than a minute of
processors for a million, the database server's included.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from extractor.store import Store, open_store, save_report
from tests.export.reports import make_report
from tests.postgres import Cluster, start_cluster

A_DOCUMENT = 174  # observations of one report of the form
MOST_SECONDS = 60  # of processors, for a million
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


@dataclass(frozen=True)
class Run:
    """One export. Seconds; `cpu`: of this program, `server`: of the database's processes; the most memory in MiB."""

    wall: float
    cpu: float
    server: float
    memory: float
    changed: str
    told: str


def run(store: str, kind: str, target: str, cluster: Cluster | None) -> Run:
    """One export in a process of its own."""
    where = ["--to", target] if kind in ("sqlite", "postgresql") else ["--out", target]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    served = server_seconds(cluster)
    command = [sys.executable, "-m", "tools.bench_export", "--child", "export", "--store", store, *where]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    wall, served = time.monotonic() - begun, server_seconds(cluster) - served
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    *said, memory = done.stdout.splitlines()
    told = done.stderr.strip().splitlines()
    return Run(wall, cpu, served, float(memory), said[0] if said else "", told[0] if told else "")


def server_seconds(cluster: Cluster | None) -> float:
    """Processor time of a server so far, of all its processes."""
    if cluster is None:
        return 0
    server = int((cluster.folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    own, ended, _ = _times(server)
    others = [_times(int(name.name)) for name in Path("/proc").iterdir() if name.name.isdigit()]
    return own + ended + sum(seconds for seconds, _, parent in others if parent == server)


def _times(process: int) -> tuple[float, float, int]:
    """Seconds of a process and of its children that have ended, and its parent; zeros where it is gone."""
    try:
        words = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0, 0, 0
    own, system, ended, ended_system = (int(word) / os.sysconf("SC_CLK_TCK") for word in words[11:15])
    return own + system, ended + ended_system, int(words[1])


def find_faults(kind: str, turn: str, found: Run, observations: int) -> list[str]:
    """What is not as it should be."""
    faults = []
    inserts = observations if turn == "first" else 0
    if kind in ("sqlite", "postgresql") and found.changed != f"{inserts} inserted, 0 changed, 0 withdrawn":
        faults.append(f"{kind} {turn}: {found.changed}")
    if found.cpu + found.server > MOST_SECONDS * max(observations / 1_000_000, 0.1):
        faults.append(f"{kind} {turn}: {found.cpu + found.server:.0f} s")
    return faults


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
    faults: list[str] = []
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
        try:
            for kind in args.only.split(","):
                faults += measure(
                    str(path), kind, Path(folder), cluster, -(-args.observations // A_DOCUMENT) * A_DOCUMENT
                )
        finally:
            clusters.close()
    for fault in faults:
        print(f"FAULT {fault}")
    return 1 if faults else 0


def measure(store: str, kind: str, folder: Path, cluster: Cluster | None, observations: int) -> list[str]:
    """Two runs of a kind, printed; their faults."""
    target, faults = str(folder / f"out.{kind}"), list[str]()
    if kind == "postgresql":
        if cluster is None:
            return ["postgresql: no server is installed"]
        target = cluster.new_database()
    for turn in ("first", "second"):
        found = run(store, kind, target, cluster if kind == "postgresql" else None)
        print(
            f"{kind} {turn}: {found.wall:.0f} s, CPU {found.cpu:.0f} s of this program and {found.server:.0f} s of the"
            f" server, {found.memory:.0f} MiB; {found.told}; {found.changed}",
            flush=True,
        )
        faults += find_faults(kind, turn, found, observations)
    return faults


if __name__ == "__main__":
    sys.exit(main())
