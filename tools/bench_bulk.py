"""A bulk run beside bare processes -> what the runner costs; and the memory of one child from document 50 to the last.

Run as `python -m tools.bench_bulk [--count 120] [--memory 0] [--seed 1]`. Real one-page reports, half of them scans.
Bare are two `extractor extract --jobs 1`, each with half of the files. Where other programs use the cores too, compare
CPU time.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-c", "import sys; from extractor.cli import main; sys.exit(main())"]
TEMPLATES = 4  # of each kind
KINDS = ("born-digital", "clean-300")
MIB = 1 << 20


@dataclass(frozen=True)
class Cost:
    """Of a run, seconds. `own`: CPU time of the runner itself."""

    wall: float
    cpu: float
    own: float = 0.0


def make_files(folder: Path, count: int, seed: int, kinds: tuple[str, ...]) -> list[Path]:
    """`count` files, each with bytes of its own."""
    for kind in kinds:
        make = [sys.executable, "-m", "fixtures.generator", "--profile", kind, "--pages-max", "1", "--jobs", "1"]
        subprocess.run(
            [*make, "--count", str(TEMPLATES), "--seed", str(seed), "--out", str(folder / "templates")],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    templates = sorted((folder / "templates").glob("*.pdf"))
    files = []
    for number in range(count):
        path = folder / ("left" if number % 2 else "right") / f"{number:05d}.pdf"
        path.parent.mkdir(exist_ok=True)
        # // 2, so that both halves have the same templates
        path.write_bytes(templates[number // 2 % len(templates)].read_bytes() + b"\n%% %05d\n" % number)
        files.append(path)
    return files


def cpu_of_children() -> float:
    """Seconds, of all that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_bare(folder: Path) -> Cost:
    """Two bare processes."""
    began, cpu = time.monotonic(), cpu_of_children()
    processes = [
        subprocess.Popen([*COMMAND, "extract", str(folder / half), "--out", str(folder / "bare"), "--jobs", "1", "-q"])
        for half in ("left", "right")
    ]
    for process in processes:
        process.wait()
    return Cost(time.monotonic() - began, cpu_of_children() - cpu)


def run_bulk(folder: Path) -> Cost:
    """Two slots, with the same files to the same kind of output."""
    began, cpu, own = time.monotonic(), cpu_of_children(), 0.0
    halves = [str(folder / half) for half in ("left", "right")]
    flags = ["--store", str(folder / "kho.db"), "--only-files", "--out", str(folder / "bulk"), "--jobs", "2", "-q"]
    process = subprocess.Popen([*COMMAND, "bulk", *halves, *flags])
    runner = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            own = sum(runner.cpu_times()[:2])
        except psutil.Error:
            break
        time.sleep(0.1)
    process.wait()
    return Cost(time.monotonic() - began, cpu_of_children() - cpu, own)


def measure_memory(folder: Path, count: int, seed: int) -> None:
    """Of one child that is never replaced, MiB, from document 50 on."""
    make_files(folder, count, seed, KINDS[:1])
    halves = [str(folder / half) for half in ("left", "right")]
    flags = ["--store", str(folder / "kho.db"), "--out", str(folder / "out"), "--jobs", "1", "--json-log", "-q"]
    keep = ["--set", f"bulk.documents_per_process={count + 1}", "--set", "bulk.growth_mb=100000"]
    command = [*COMMAND, "bulk", *halves, *flags, *keep]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ended, runner = 0, psutil.Process(process.pid)
        children: list[int] = []
        for line in process.stdout:
            if json.loads(line)["event"] not in ("done", "partial"):
                continue
            ended += 1
            found = [one for one in runner.children() if "extractor.bulk.child" in one.cmdline()]
            children.append(sum(one.memory_info().rss for one in found))
            if ended % 50 == 0 or ended == count:
                around = children[-8:]  # templates differ: the mean of one round of them
                mean, own = sum(around) / len(around) / MIB, runner.memory_info().rss / MIB
                print(f"  document {ended}: child {mean:.0f} MiB, runner {own:.0f} MiB", flush=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--memory", type=int, default=0, metavar="COUNT", help="measure memory over so many instead")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if args.memory:
            measure_memory(folder, args.memory, args.seed)
            return
        make_files(folder, args.count, args.seed, KINDS)
        bare, bulk = run_bare(folder), run_bulk(folder)
    print(f"{args.count} one-page documents, two at a time")
    print(f"  bare:  {bare.wall:.0f} s, {bare.cpu:.1f} CPU s, {60 * args.count / bare.wall:.1f} documents a minute")
    print(f"  bulk:  {bulk.wall:.0f} s, {bulk.cpu:.1f} CPU s, {60 * args.count / bulk.wall:.1f} documents a minute")
    print(f"  bulk does {bare.wall / bulk.wall:.3f} of bare by time, {bare.cpu / bulk.cpu:.3f} by CPU time")
    print(f"  the runner itself: {bulk.own:.1f} CPU s, {bulk.own / bulk.cpu:.2%}")


if __name__ == "__main__":
    main()
