"""An archive of reports -> every one extracted once, unattended; `bulk status` says how far it is."""

from __future__ import annotations

import argparse
import glob
import logging
import signal
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from extractor.cli.common import add_store, add_target_error, read_settings
from extractor.errors import EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, EXIT_PARTIAL, UsageError

if TYPE_CHECKING:
    import threading

    from extractor.bulk import Order, Unreadable
    from extractor.settings import Settings
    from extractor.store import Found, Store

HELP = "extract an archive unattended: a ledger, isolated processes, limits; goes on where it stopped"
EXAMPLE = (
    "extractor bulk archive/ --store kho.db --out out/ --jobs 2\n  extractor bulk status --store kho.db\n"
    "  extractor bulk /mnt/archive --store postgresql://kho@db/kho --cluster tcp://10.0.0.5:8786"
)
AGAIN = ("never", "changed", "partial", "failed", "quarantined", "all")

log = logging.getLogger("extractor")


@dataclass(frozen=True, slots=True)
class Archive:
    """What was given, as the ledger has it. `targets`: of each path's JSON; `again`: ended ones that wait again."""

    found: tuple[Found, ...]
    unreadable: tuple[Unreadable, ...]
    new: Collection[str]
    changed: Collection[str]
    again: Collection[str]
    targets: Mapping[str, str]

    @property
    def documents(self) -> set[str]:
        """Sha256 of all."""
        return {one.sha256 for one in self.found}


class Stoppable(Protocol):
    """What a signal can stop."""

    @property
    def stopping(self) -> threading.Event:
        """Set when it is to stop."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="files, folders or patterns; or the word status")
    add_run(parser)
    parser.add_argument("--shelves", type=Path, metavar="CSV", help="shelfmarks: path, box, folder")
    parser.add_argument("--cluster", metavar="ADDRESS", help="run on a Dask cluster: its scheduler, tcp://host:port")
    parser.add_argument("--again", choices=AGAIN, default="changed", help="which ended documents are done again")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing")
    parser.add_argument("--json", action="store_true", help="status and --dry-run as JSON on stdout")


def add_run(parser: argparse.ArgumentParser) -> None:
    """Flags of whatever runs documents by the ledger."""
    add_store(parser, required=True)
    parser.add_argument("--out", type=Path, metavar="DIR", help="write a JSON of each document here too")
    parser.add_argument("--no-join", action="store_true", help="images of a folder are never pages of one document")
    parser.add_argument("--only-files", action="store_true", help="keep the ledger in the store, but no documents")
    parser.add_argument("--catalogue", metavar="NAME_OR_PATH", help="the form (default: recognised in each report)")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: the usable cores)")
    parser.add_argument("--json-log", action="store_true", help="what happens as one JSON object a line on stdout")
    add_target_error(parser)


def run(args: argparse.Namespace) -> int:
    """Run the archive, or say how it stands."""
    from extractor.cli.plan import tell_plan
    from extractor.cli.status import tell_status
    from extractor.cli.work import open_named_store

    settings = read_settings(args)
    if args.inputs == ["status"]:
        store = open_named_store(args.store, settings, create=False)
        return tell_status(store, as_json=args.json or args.json_log)
    order = make_order(args, settings, find_roots(args.inputs))
    if args.dry_run:
        return tell_plan(args, order)
    store = open_named_store(args.store, settings)
    sweep(order)
    archive = _enter(args, store, order)
    code = _run_archive(args, store, order, archive)
    while code != EXIT_INTERRUPTED and _has_apart(store, archive):
        log.info("images of some folders are documents of their own: they are done now, each by itself")
        args.again = "changed"
        archive = _enter(args, store, order)
        code = _run_archive(args, store, order, archive)
    store.close()
    return code


def make_order(args: argparse.Namespace, settings: Settings, roots: tuple[str, ...]) -> Order:
    """Check the flags, and what they say. Raises UsageError."""
    from extractor.bulk import Order

    if args.only_files and args.out is None:
        raise UsageError("nothing says where the results go", "give --out DIR with --only-files")
    if args.jobs is not None and args.jobs < 1:
        raise UsageError("--jobs needs 1 or more", "leave it out to use all cores")
    if args.catalogue is not None:
        from extractor.indicator import load_catalogue

        load_catalogue(args.catalogue)
    out = str(args.out.absolute()) if args.out else None
    return Order(settings, args.catalogue, args.store, not args.only_files, out, roots)


def find_roots(inputs: Collection[str]) -> tuple[str, ...]:
    """Folders given, or those that files given are in."""
    paths = [Path(given).absolute() for given in expand(inputs)]
    return tuple(dict.fromkeys(str(path if path.is_dir() else path.parent) for path in paths))


def expand(inputs: Collection[str]) -> list[str]:
    """Patterns that the shell has left as they are."""
    given: list[str] = []
    for one in inputs:
        is_pattern = glob.has_magic(one) and not Path(one).exists()
        given += sorted(glob.glob(one, recursive=True)) if is_pattern else [one]
    return given


def sweep(order: Order) -> None:
    """Make the folder of results, and take away what a killed process left of its writing."""
    from extractor.writing import remove_leftovers

    if order.out is None:
        return
    try:
        Path(order.out).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {order.out} cannot be made: {error.strerror}", "give another --out") from error
    remove_leftovers(Path(order.out))


def look(args: argparse.Namespace, known: Mapping[str, tuple[str, str]]) -> tuple[list[Found], Any, list[Unreadable]]:
    """Files given -> documents, stamps, and what can't be read. Raises UsageError where there is nothing."""
    from extractor.bulk import find_documents, read_shelves

    paths = [Path(given) for given in expand(args.inputs)]
    found, stamps, unreadable = find_documents(paths, known, read_shelves(args.shelves), join=not args.no_join)
    for one in unreadable:
        log.error("%s: %s", one.path, one.why, extra={"input": str(one.path), "outcome": "failed"})
    if not found and not unreadable:
        raise UsageError("there is no PDF, TIFF, PNG or JPEG file in what was given", "give files, or other folders")
    return found, stamps, unreadable


def asked_again(args: argparse.Namespace, store: Store, order: Order, documents: set[str]) -> tuple[str, ...]:
    """Ended documents that are to be done again."""
    from extractor.bulk import ask_versions
    from extractor.store import ENDED_STATES, list_again

    states = {"all": ENDED_STATES, "changed": (), "never": ()}.get(args.again, (args.again,))
    with store.read() as connection:
        if args.again != "changed" or not list_again(connection, ENDED_STATES, only=documents):
            return list_again(connection, states, only=documents)
    versions = ask_versions(order)
    with store.read() as connection:
        return list_again(connection, states, versions=versions, only=documents)


def _enter(args: argparse.Namespace, store: Store, order: Order) -> Archive:
    """Find the documents and enter them in the ledger; those that are asked for wait again."""
    from extractor.bulk import read_shelves, write_unreadable
    from extractor.store import enter, put_again, read_stamps, shelve

    with store.read() as connection:
        known = read_stamps(connection)
    found, stamps, unreadable = look(args, known)
    entered = enter(store, found, stamps)
    marked = read_shelves(args.shelves)
    moved = [one for one in found if one.path in marked or one.path not in known or (marked and one.images)]
    if shelved := shelve(store, moved):
        log.info("%d documents have other shelfmarks now", shelved)
    documents = {one.sha256 for one in found}
    again = set(asked_again(args, store, order, documents)) - set(entered.new)
    put_again(store, again)
    archive = Archive(tuple(found), tuple(unreadable), entered.new, entered.changed, again, entered.targets)
    for one in unreadable:
        write_unreadable(one, order)
    again |= set(_deliver(store, order, archive, again_too=args.again != "never"))
    doubled = len(found) - len(documents)
    log.info("%d documents, %d new, %d again, %d doubled files", len(documents), len(entered.new), len(again), doubled)
    return archive


def _deliver(store: Store, order: Order, archive: Archive, *, again_too: bool = False) -> tuple[str, ...]:
    """Write JSON that is missing; documents that must be read again for it wait (`again_too`)."""
    from extractor.bulk import deliver, find_missing
    from extractor.store import ENDED_STATES, put_again, read_entries

    with store.read() as connection:
        entries = [row for row in read_entries(connection, archive.documents) if row.state in ENDED_STATES]
    sha256s = {one.path: one.sha256 for one in archive.found}
    lost = deliver(store, order, find_missing(order, archive.targets, entries, sha256s))
    if again_too:
        put_again(store, lost)
    return lost if again_too else ()


def _run_archive(args: argparse.Namespace, store: Store, order: Order, archive: Archive) -> int:
    from extractor.bulk import ClusterRun, Run
    from extractor.cli.progress import Progress
    from extractor.cli.work import count_cores

    open_ones = sum(state in ("waiting", "running") for state in read_states(store, archive.documents).values())
    with Progress(open_ones, as_json=args.json_log, quiet=args.quiet) as progress:
        run: Run | ClusterRun
        if args.cluster is not None:
            run = ClusterRun(store, order, archive.documents, progress.event, args.cluster)
        else:
            run = Run(store, order, archive.documents, progress.event)
        with stopped_by_signals(run):
            if isinstance(run, Run):
                run.go(args.jobs or count_cores())
            else:
                run.go()
    if run.stopping.is_set():
        return EXIT_INTERRUPTED
    _deliver(store, order, archive)
    counts = Counter(read_states(store, archive.documents).values())
    counts["failed"] += len(archive.unreadable)
    log.info("%s", ", ".join(f"{count} {state}" for state, count in sorted(counts.items()) if count))
    return find_exit_code(counts)


def _has_apart(store: Store, archive: Archive) -> bool:
    """Whether folders that were put together turned out to be no single document."""
    from extractor.store import APART, read_stamps

    with store.read() as connection:
        known = read_stamps(connection)
    return any(one.images and known[one.path][1].startswith(APART) for one in archive.found)


def find_exit_code(counts: Mapping[str, int]) -> int:
    """0 all complete, 3 some partial or failed, 4 all failed."""
    bad, total = counts.get("failed", 0) + counts.get("quarantined", 0), sum(counts.values())
    if counts.get("done", 0) == total:
        return EXIT_OK
    return EXIT_FAILED if bad == total else EXIT_PARTIAL


def read_states(store: Store, documents: Collection[str]) -> dict[str, str]:
    """Sha256 -> state."""
    from extractor.store import list_states

    with store.read() as connection:
        return list_states(connection, documents)


@contextmanager
def stopped_by_signals(run: Stoppable) -> Iterator[list[int]]:
    """Ctrl-C and SIGTERM stop the run in good order; the signals that came."""
    came: list[int] = []

    def stop(number: int, frame: object) -> None:  # noqa: ARG001
        came.append(number)
        run.stopping.set()

    old = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield came
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)
