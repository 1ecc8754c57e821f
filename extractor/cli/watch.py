"""Folders into which files come -> every file extracted once it is whole, until the program is stopped."""

from __future__ import annotations

import argparse
import logging
import math
import signal
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.bulk import add_run, make_order, stopped_by_signals, sweep
from extractor.cli.common import read_settings
from extractor.errors import EXIT_INTERRUPTED, EXIT_OK, ExtractorError, UsageError

if TYPE_CHECKING:
    from extractor.bulk import Run
    from extractor.bulk.arrivals import Arrivals
    from extractor.cli.progress import Progress
    from extractor.settings import Settings
    from extractor.store import Store

HELP = "extract files as they arrive in a folder, once each is complete"
EXAMPLE = "extractor watch /srv/scans --store kho.db --out out/"

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("inputs", nargs="+", metavar="DIR", help="folders to watch")
    add_run(parser)


def run(args: argparse.Namespace) -> int:
    """Watch until a signal: 0 after SIGTERM, 130 after Ctrl-C."""
    from extractor.bulk import Run
    from extractor.bulk.arrivals import Arrivals
    from extractor.cli.progress import Progress
    from extractor.cli.work import open_named_store

    settings = read_settings(args)
    folders = _find_folders(args, settings)
    order = make_order(args, settings, tuple(map(str, folders)))
    store = open_named_store(args.store, settings)
    _refuse_watched(store, folders)
    sweep(order)
    with Progress(0, as_json=args.json_log, quiet=args.quiet) as progress:
        mine = Run(store, order, set(), progress.event, lasting=True, purpose="watch", folders=order.roots)
        mine.turns.root_seconds = math.inf
        with stopped_by_signals(mine) as signals:
            _watch(mine, args, Arrivals(folders, settings.watch, join=not args.no_join), progress)
    store.close()
    return EXIT_INTERRUPTED if signal.SIGINT in signals else EXIT_OK


def _find_folders(args: argparse.Namespace, settings: Settings) -> tuple[Path, ...]:
    """The folders given. Raises UsageError where results would come into them, or one is in another."""
    from extractor.store import parse_address

    folders = tuple(Path(given).resolve() for given in args.inputs)
    for given, folder in zip(args.inputs, folders, strict=True):
        if not folder.is_dir():
            raise UsageError(f"{given} is no folder", "give a folder that is there")
    for at, folder in enumerate(folders):
        _refuse_overlap(folder, folders[:at], "is watched already by this command")
    address = parse_address(args.store, Path(settings.store.files) if settings.store.files else None)
    own = [address.files.resolve()] + ([args.out.resolve()] if args.out else [])
    for folder in folders:
        _refuse_overlap(folder, own, "is where results are written")
        if address.is_sqlite and Path(str(address.url.database)).resolve().is_relative_to(folder):
            raise UsageError(f"the store lies in the watched folder {folder}", "keep it elsewhere")
    return folders


def _refuse_overlap(folder: Path, others: Iterable[Path], why: str) -> None:
    for other in others:
        if folder.is_relative_to(other) or other.is_relative_to(folder):
            raise UsageError(f"{folder} overlaps {other}, which {why}", "watch a folder apart from it")


def _refuse_watched(store: Store, folders: tuple[Path, ...]) -> None:
    from extractor.store import list_watched

    for folder in folders:
        _refuse_overlap(folder, map(Path, list_watched(store)), "another process watches")


def _watch(mine: Run, args: argparse.Namespace, arrivals: Arrivals, progress: Progress) -> None:
    """Raises Halted."""
    from extractor.bulk import Halted
    from extractor.bulk.intake import Intake
    from extractor.cli.work import count_cores

    ended: list[ExtractorError] = []

    def go() -> None:
        try:
            mine.go(args.jobs or count_cores())
        except ExtractorError as error:
            ended.append(error)

    intake = Intake(mine, arrivals)
    thread = threading.Thread(target=go)
    thread.start()
    try:
        while not mine.stopping.is_set():
            progress.board.total += intake.take_in()
            mine.stopping.wait(arrivals.settings.poll_seconds)
    except OSError as error:  # of the disk of the results: files that come and go are looked at with care
        ended.append(Halted(f"nothing can be written: {error}", "make room, then start it again"))
    except Halted as error:
        if not mine.stopping.is_set():  # else it is being stopped, and that is hindered
            ended.append(error)
    finally:
        mine.stopping.set()
        thread.join()
    if ended:
        raise ended[0]
