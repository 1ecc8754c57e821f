"""A bulk run whose processes are killed at random -> every good document done once, every bad one named, or a fault.

Run as `python -m tools.soak_bulk [--count 2000] [--seed 1] [--postgresql] [--cluster] [--pause 4 10]`. Real one-page
reports (a few templates, each file with bytes of its own), five in a hundred hostile. Children, Dask workers and the
runner itself are killed, alone or with their process group; the runner is started again until nothing is left to do.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
import psutil
from sqlalchemy import func, select

from extractor import bulk, cli
from extractor.bulk.deliver import rename_source
from extractor.errors import EXIT_FAILED, EXIT_PARTIAL
from extractor.store import Store, open_store, read_entries, read_json
from extractor.store.schema import document, extraction
from tests.postgres import start_cluster

ROOT = Path(__file__).resolve().parent.parent
HOSTILE = 0.05
KINDS = ("truncated", "empty", "random", "encrypted", "text", "segv", "grow", "hang")
TEMPLATES = 6
SHARED = ("trust.blind_share=0",)  # blind checks are drawn by the hash of a file: its copies would differ from it
SETTINGS = (*SHARED, "bulk.page_seconds=25", "bulk.memory_mb=1200", "bulk.free_mb=50")


@dataclass
class Soak:
    """One soak. `kills`: how often what was killed."""

    folder: Path
    address: str
    count: int
    draw: random.Random
    scheduler: Dask | None = None
    kills: Counter[str] = field(default_factory=Counter)
    starts: int = 0

    @property
    def flags(self) -> list[str]:
        """Of the runner."""
        files = ("--set", f"store.files={self.folder / 'files'}")
        settings = [word for one in SETTINGS for word in ("--set", one)]
        cluster = ["--cluster", self.scheduler.address] if self.scheduler else ["--jobs", "2"]
        return ["--store", self.address, "--out", str(self.folder / "out"), "--json-log", *files, *settings, *cluster]


@dataclass
class Dask:
    """A scheduler and two workers with their nannies, on this machine."""

    folder: Path
    address: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        port = random.SystemRandom().randrange(20000, 30000)
        self.address = f"tcp://127.0.0.1:{port}"
        self.mend()

    def mend(self) -> None:
        """Start what does not run."""
        host, port = ("--host", "127.0.0.1"), self.address.rpartition(":")[2]
        self._start("scheduler", "scheduler", *host, "--port", port, "--no-dashboard", "--no-show")
        for number in (1, 2):
            own = ("--nthreads", "1", "--no-dashboard", *host, "--local-directory", str(self.folder))
            self._start(f"worker{number}", "worker", self.address, *own)

    def _start(self, name: str, *command: str) -> None:
        old = self.processes.get(name)
        if old is not None and old.poll() is None:
            return
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        whole = [sys.executable, "-m", f"distributed.cli.dask_{command[0]}", *command[1:]]
        with (self.folder / "dask.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                whole, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def close(self) -> None:
        """End all."""
        for process in self.processes.values():
            kill_group(process.pid)
            process.wait()


def kill_group(pid: int) -> None:
    """A process and whatever is in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def make_archive(folder: Path, count: int, seed: int) -> tuple[Path, list[Path]]:
    """(the archive, the templates)."""
    templates, archive = folder / "templates", folder / "archive"
    make = [sys.executable, "-m", "fixtures.generator", "--profile", "born-digital", "--pages-max", "1", "--jobs", "1"]
    subprocess.run([*make, "--count", str(TEMPLATES), "--seed", str(seed), "--out", str(templates)], check=True)
    files = sorted(templates.glob("*.pdf"))
    archive.mkdir()
    bad = max(int(count * HOSTILE), len(KINDS))
    for number in range(count - bad):
        template = files[number % len(files)]
        (archive / f"{template.stem}-{number:05d}.pdf").write_bytes(template.read_bytes() + b"\n%% %05d\n" % number)
    for number in range(bad):
        kind = KINDS[number % len(KINDS)] if number < 4 * len(KINDS) else KINDS[number % 5]  # slow ones are few
        (archive / f"{kind}-{number:05d}.pdf").write_bytes(make_hostile(kind, number, files[0].read_bytes()))
    return archive, files


def make_hostile(kind: str, number: int, whole: bytes) -> bytes:
    """The bytes of a bad file; those that end their process are good ones by their bytes."""
    if kind == "truncated":
        return whole[: 2000 + number]
    if kind == "empty":
        return b""
    if kind == "random":
        return random.Random(number).randbytes(5000)
    if kind == "text":
        return b"no document %d" % number
    if kind == "encrypted":
        with tempfile.TemporaryDirectory() as folder, pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.save(Path(folder) / "locked.pdf", encryption=pikepdf.Encryption(owner="o", user=f"secret {number}"))
            return (Path(folder) / "locked.pdf").read_bytes()
    return whole + b"\n%% %s %05d\n" % (kind.encode(), number)


def start(soak: Soak, archive: Path) -> subprocess.Popen[bytes]:
    """The runner, in a process group of its own."""
    soak.starts += 1
    command = [sys.executable, "-m", "tools.soak_bulk", "--as-runner", "bulk", str(archive), *soak.flags]
    with (soak.folder / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)


def kill_something(soak: Soak, runner: subprocess.Popen[bytes]) -> None:
    """The runner now and then, else a child, a worker, or a group."""
    luck = soak.draw.random()
    if luck < 0.2:
        soak.kills["runner with its group" if luck < 0.1 else "runner"] += 1
        kill_group(runner.pid) if luck < 0.1 else runner.kill()
        return
    if soak.scheduler is not None and luck < 0.5:
        name = "scheduler" if luck < 0.23 else soak.draw.choice(("worker1", "worker2"))
        soak.kills[name.strip("12")] += 1
        kill_group(soak.scheduler.processes[name].pid)
        return
    children = [one for one in psutil.process_iter(["cmdline"]) if is_child(one, soak)]
    if children:
        soak.kills["child"] += 1
        with contextlib.suppress(psutil.Error):
            kill_group(soak.draw.choice(children).pid)


def is_child(process: psutil.Process, soak: Soak) -> bool:
    """Whether a process is a slot's child of this soak."""
    if "extractor.bulk.child" not in (process.info["cmdline"] or []):
        return False
    with contextlib.suppress(psutil.Error):
        return process.environ().get("EXTRACTOR_SOAK") == str(soak.folder)
    return False


def disturb(soak: Soak, archive: Path, pause: tuple[float, float]) -> None:
    """Run and kill until the runner says that all has ended."""
    while True:
        runner = start(soak, archive)
        next_kill = time.monotonic() + soak.draw.uniform(*pause)
        while runner.poll() is None:
            time.sleep(0.2)
            if time.monotonic() > next_kill:
                kill_something(soak, runner)
                next_kill = time.monotonic() + soak.draw.uniform(*pause)
                if soak.scheduler is not None:
                    soak.scheduler.mend()
        if runner.returncode in (EXIT_PARTIAL, EXIT_FAILED):
            return
        if runner.returncode not in (-signal.SIGKILL, 2):  # 2: halted, as where the scheduler died
            raise SystemExit(f"the runner ended with {runner.returncode}: see {soak.folder / 'log'}")


def check(soak: Soak, store: Store, archive: Path, expected: dict[str, str]) -> list[str]:
    """What is wrong. `expected`: JSON of each template, undisturbed."""
    faults = []
    with store.read() as connection:
        # files with the same bytes, as the empty ones are, are one document
        entries = {row.sha256: row for row in read_entries(connection)}
        counted = select(document.c.name, func.count()).join(extraction, extraction.c.document_id == document.c.id)
        times = dict(connection.execute(counted.group_by(document.c.name)).tuples().all())
        for path in sorted(archive.iterdir()):
            row = entries[hashlib.sha256(path.read_bytes()).hexdigest()]
            written = soak.folder / "out" / f"{path.stem}.json"
            is_bad = path.name.partition("-")[0] in KINDS
            if is_bad:
                outcome = json.loads(written.read_text(encoding="utf-8"))["outcome"]
                if row.state not in ("failed", "quarantined") or not row.code or outcome != "failed":
                    faults.append(f"{path.name}: {row.state} ({row.code}), {outcome}")
                continue
            want = rename_source(expected[path.stem.rpartition("-")[0]], path.name).replace("SHA256", row.sha256)
            kept = read_json(connection, row.sha256)
            same = written.read_text(encoding="utf-8") == want and kept == want
            if row.state not in ("done", "partial") or times.get(path.name) != 1 or not same:
                faults.append(f"{path.name}: {row.state} ({row.message}), {times.get(path.name)} times, same: {same}")
    return faults


def extract_templates(folder: Path, templates: list[Path]) -> dict[str, str]:
    """Undisturbed JSON by stem, with a word in place of the hash."""
    settings = [word for one in SHARED for word in ("--set", one)]
    cli.main(["extract", *map(str, templates), "--out", str(folder / "expected"), "--jobs", "1", "-q", *settings])
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (folder / "expected").glob("*.json")}
    return {stem: text.replace(json.loads(text)["document"]["sha256"], "SHA256") for stem, text in texts.items()}


@contextlib.contextmanager
def open_address(folder: Path, *, postgresql: bool) -> Iterator[str]:
    """The address of an empty store."""
    if not postgresql:
        yield str(folder / "kho.db")
        return
    with contextlib.contextmanager(start_cluster)(folder) as cluster:
        if cluster is None:
            raise SystemExit("PostgreSQL is not installed")
        yield cluster.new_database()


def run(args: argparse.Namespace, folder: Path, address: str) -> int:
    """One soak from the archive to its verdict."""
    os.environ["EXTRACTOR_SOAK"] = str(folder)
    archive, templates = make_archive(folder, args.count, args.seed)
    expected = extract_templates(folder, templates)
    began = time.monotonic()
    scheduler = Dask(folder) if args.cluster else None
    soak = Soak(folder, address, args.count, random.Random(args.seed), scheduler)
    try:
        disturb(soak, archive, tuple(args.pause))
    finally:
        if scheduler is not None:
            scheduler.close()
    store = open_store(address, files=folder / "files")
    with store.read() as connection:
        entries = read_entries(connection)
    faults = check(soak, store, archive, expected)
    store.close()
    print(
        f"{args.count} documents, {'PostgreSQL' if args.postgresql else 'SQLite'}, {'Dask' if args.cluster else 'one'}:"
    )
    states = Counter(row.state for row in entries)
    print(f"  {dict(states)}, {sum(row.attempts for row in entries)} attempts, {soak.starts} starts of the runner")
    print(f"  killed: {dict(soak.kills)}; {(time.monotonic() - began) / 60:.1f} minutes")
    print("\n".join(faults[:20]) or "  every good document done once and byte-equal, every bad one named", flush=True)
    return int(bool(faults))


def run_as_cli(argv: list[str]) -> int:
    """The command line, with hostile documents that end their process."""

    class SoakRun(bulk.Run):
        """With our work."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs, work="tools.soak_work:work")  # type: ignore[arg-type]

    class SoakClusterRun(bulk.ClusterRun):
        """With our work."""

        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs, work="tools.soak_work:work")  # type: ignore[arg-type]

    bulk.Run, bulk.ClusterRun = SoakRun, SoakClusterRun  # type: ignore[misc]
    return cli.main(argv)


def main() -> int:
    """The soak that the flags describe; its folder stays where something was wrong."""
    if sys.argv[1:2] == ["--as-runner"]:
        return run_as_cli(sys.argv[2:])
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--pause", type=float, nargs=2, default=(4.0, 10.0), help="seconds between two kills")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    with open_address(folder, postgresql=args.postgresql) as address:
        code = run(args, folder, address)
    print(f"  see {folder}" if code else "", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
