"""An archive of reports -> every one extracted once, unattended; `bulk status` says how far it is."""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.cli.common import add_store, add_target_error, read_settings
from extractor.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_PARTIAL, UsageError

if TYPE_CHECKING:
    from extractor.bulk import ClusterRun, Order, Run
    from extractor.settings import Settings
    from extractor.store import Found, Store

HELP = "extract an archive unattended: a ledger, isolated processes, limits; goes on where it stopped"
EXAMPLE = (
    "extractor bulk archive/ --store kho.db --out out/ --jobs 2\n  extractor bulk status --store kho.db\n"
    "  extractor bulk /mnt/archive --store postgresql://kho@db/kho --cluster tcp://10.0.0.5:8786"
)
AGAIN = ("never", "changed", "partial", "failed", "quarantined", "all")
ENDED = ("done", "partial", "failed", "quarantined")

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="files or folders; or the word status")
    add_store(parser, required=True)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write a JSON of each document here too")
    parser.add_argument("--only-files", action="store_true", help="keep the ledger in the store, but no documents")
    parser.add_argument("--catalogue", metavar="NAME_OR_PATH", help="the form (default: recognised in each report)")
    parser.add_argument("--shelves", type=Path, metavar="CSV", help="shelfmarks: path, box, folder")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: the usable cores)")
    parser.add_argument("--cluster", metavar="ADDRESS", help="run on a Dask cluster: its scheduler, tcp://host:port")
    parser.add_argument("--again", choices=AGAIN, default="changed", help="which ended documents are done again")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--json-log", action="store_true", help="what happens as one JSON object a line on stdout")
    add_target_error(parser)


def run(args: argparse.Namespace) -> int:
    """Run the archive, or say how it stands."""
    from extractor.bulk import Run
    from extractor.cli.work import count_cores, open_named_store

    settings = read_settings(args)
    if args.inputs == ["status"]:
        store = open_named_store(args.store, settings, create=False)
        return _tell_status(store, as_json=args.json_log)
    if args.only_files and args.out is None:
        raise UsageError("nothing says where the results go", "give --out DIR with --only-files")
    if args.jobs is not None and args.jobs < 1:
        raise UsageError("--jobs needs 1 or more", "leave it out to use all cores")
    store = open_named_store(args.store, settings)
    if args.out is not None:
        args.out.mkdir(parents=True, exist_ok=True)
    found = _enter(args, store, settings)
    if args.dry_run:
        return _tell_plan(store, found)
    order = _make_order(args, settings)
    run = _make_run(args, store, order, {one.sha256 for one in found})
    with _stopped_by_signals(run):
        if isinstance(run, Run):
            run.go(args.jobs or count_cores())
        else:
            run.go()
    counts = _count_states(store, run.documents)
    log.info("%s", ", ".join(f"{count} {state}" for state, count in sorted(counts.items())))
    return EXIT_INTERRUPTED if run.stopping.is_set() else find_exit_code(counts)


def find_exit_code(counts: Mapping[str, int]) -> int:
    """0 all complete, 3 some partial or failed, 4 all failed."""
    bad = counts.get("failed", 0) + counts.get("quarantined", 0)
    if counts.get("done", 0) == sum(counts.values()):
        return EXIT_OK
    return EXIT_FAILED if bad == sum(counts.values()) else EXIT_PARTIAL


def _make_order(args: argparse.Namespace, settings: Settings) -> Order:
    from extractor.bulk import Order

    out = str(args.out.absolute()) if args.out else None
    return Order(settings, args.catalogue, args.store, not args.only_files, out)


def _enter(args: argparse.Namespace, store: Store, settings: Settings) -> list[Found]:
    """Find the documents and enter them in the ledger; those that are asked for wait again."""
    from extractor.bulk import find_documents, read_shelves
    from extractor.store import enter, put_again, read_stamps

    with store.read() as connection:
        known = read_stamps(connection)
    found, stamps, unreadable = find_documents(
        [Path(given) for given in args.inputs], known, read_shelves(args.shelves)
    )
    for path, why in unreadable:
        log.error("%s: %s", path, why, extra={"input": str(path), "outcome": "failed"})
    if not found:
        raise UsageError("there is no PDF, TIFF, PNG or JPEG file in what was given", "give files, or other folders")
    new = enter(store, found, stamps)
    own = {one.sha256 for one in found}
    states = {"all": ENDED, "changed": (), "never": ()}.get(args.again, (args.again,))
    versions = _find_versions(settings, args.catalogue) if args.again == "changed" and new < len(own) else None
    again = 0 if args.dry_run else put_again(store, states, versions=versions, only=own)
    log.info("%d documents, %d new, %d again, %d doubled files", len(own), new, again, len(found) - len(own))
    return found


def _find_versions(settings: Settings, catalogue: str | None) -> str:
    from extractor.bulk import find_versions
    from extractor.pipeline import made_with
    from extractor.reading import load_engines

    return find_versions(made_with(load_engines(settings.reading.engines)), catalogue)


def _tell_plan(store: Store, found: Sequence[Found]) -> int:
    counts = _count_states(store, {one.sha256 for one in found})
    print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())))
    return EXIT_OK


def _count_states(store: Store, only: Any) -> Counter[str]:
    from extractor.store import list_states

    with store.read() as connection:
        return Counter(list_states(connection, only).values())


def _tell_status(store: Store, *, as_json: bool) -> int:
    """How many documents are in which state, and each that failed or is in quarantine, by name and reason."""
    from extractor.store import list_doubles, read_entries

    with store.read() as connection:
        entries, doubles = read_entries(connection), list_doubles(connection)
    counts = Counter(entry.state for entry in entries)
    bad = [entry for entry in entries if entry.state in ("failed", "quarantined")]
    if as_json:
        named = [{"path": one.path, "state": one.state, "code": one.code, "message": one.message} for one in bad]
        print(json.dumps({"states": counts, "bad": named, "doubled": doubles}, ensure_ascii=False))
        return EXIT_OK
    accepted, values = (sum(getattr(one, name) or 0 for one in entries) for name in ("accepted", "value_cells"))
    print(", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "no documents")
    print(f"{accepted} of {values} values accepted")
    for one in bad:
        print(f"{one.state}: {one.path}: {one.message} ({one.code})" + (f"\n  {one.advice}" if one.advice else ""))
    for paths in doubles:
        print(f"the same file: {' = '.join(paths)}")
    return EXIT_OK


def _make_run(args: argparse.Namespace, store: Store, order: Order, documents: set[str]) -> Run | ClusterRun:
    from extractor.bulk import ClusterRun, Run

    progress = _Progress(len(documents), as_json=args.json_log, quiet=args.quiet)
    if args.cluster is not None:
        return ClusterRun(store, order, documents, progress.event, args.cluster)
    return Run(store, order, documents, progress.event)


class _Progress:
    """What happens -> lines: JSON on stdout, or a line each few seconds on stderr."""

    def __init__(self, total: int, *, as_json: bool, quiet: bool) -> None:
        self._total, self._as_json, self._quiet = total, as_json, quiet
        self._counts: Counter[str] = Counter()
        self._began = self._told = time.monotonic()

    def event(self, name: str, facts: Mapping[str, object]) -> None:
        if name in ENDED:
            self._counts.update({name: 1, "pages": int(str(facts.get("pages") or 0))})
            self._counts.update({key: int(str(facts.get(key) or 0)) for key in ("accepted", "values")})
        if name not in ("tick", "at") and self._as_json:
            print(json.dumps({"event": name, "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), **facts}), flush=True)
        if name in ("failed", "quarantined"):
            log.error("%s: %s", facts["input"], facts["message"], extra={"outcome": name, "code": facts["code"]})
        elif name in ("again", "store-waits"):
            log.warning("%s: %s", facts.get("input", "the store"), facts["message"])
        if not self._quiet and not self._as_json and time.monotonic() - self._told > 5:
            self._told = time.monotonic()
            print(self._line(), file=sys.stderr, flush=True)

    def _line(self) -> str:
        ended = sum(self._counts[state] for state in ENDED)
        minutes = (time.monotonic() - self._began) / 60
        rate, share = self._counts["pages"] / minutes, self._counts["accepted"] / max(self._counts["values"], 1)
        left = (self._total - ended) * minutes / ended if ended else 0
        states = ", ".join(f"{self._counts[state]} {state}" for state in ENDED if self._counts[state])
        return f"{ended} of {self._total} ({states or 'none ended'}), {rate:.1f} pages/min, {share:.1%} accepted, " + (
            f"some {left:.0f} min left" if ended else "time left not known yet"
        )


@contextmanager
def _stopped_by_signals(run: Run | ClusterRun) -> Iterator[None]:
    """Ctrl-C and SIGTERM stop the run in good order."""
    old = {number: signal.signal(number, lambda *_: run.stopping.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
