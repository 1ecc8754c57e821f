"""A store -> files or a database: what stands, with who settled it; nothing unsettled is ever given as a fact."""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from extractor.export import Count, Wanted
    from extractor.store import Store

HELP = "files (JSON, JSONL, CSV, XLSX, Parquet) or a database (PostgreSQL, SQLite) of what stands in a store"
EXAMPLE = "extractor export --store kho.db --format xlsx --out so-lieu.xlsx"
FORMATS = ("json", "jsonl", "csv", "xlsx", "parquet")
TO_FILES_ONLY = ("xlsx", "parquet")

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    files = parser.add_argument_group("files")
    files.add_argument("--format", choices=FORMATS, help="json: the documents; others: flat observations")
    files.add_argument("--out", type=Path, metavar="PATH", help="file, for json also a folder (default: stdout)")
    for name, what in (("organisation", "code of an organisation"), ("period", "such as 2022"), ("form", "catalogue")):
        files.add_argument(f"--{name}", metavar=name.upper(), help=f"only of this one: {what}")
    files.add_argument("--document", type=int, metavar="ID", help="only of this document")
    database = parser.add_argument_group("a database")
    database.add_argument("--to", metavar="DATABASE", help="a file name (SQLite) or postgresql://user@host/name")
    database.add_argument("--schema", metavar="NAME", help="schema of PostgreSQL for its tables (default: the user's)")
    database.add_argument("--link", metavar="PREFIX", help="what stands before the id in the views' column trace")
    database.add_argument("--map", type=Path, metavar="FILE", help="aim at tables that are there, as FILE says (TOML)")
    database.add_argument(
        "--plan", type=Path, metavar="FILE", help="write what would be done, for approval; do nothing"
    )
    database.add_argument("--apply", type=Path, metavar="FILE", help="do exactly what a plan says, or nothing")
    parser.add_argument(
        "--unsettled",
        choices=("mark", "hold", "hold-documents"),
        default="mark",
        help="what nobody has settled: exported without a value and with a status that says so (mark, the default), "
        "left out (hold), or its whole document left out, also for an open error finding (hold-documents)",
    )


def run(args: argparse.Namespace) -> int:
    """Export, and say what went out and what was held back."""
    import gc

    gc.disable()  # millions of tuples without a cycle would be looked at again and again
    try:
        return _export(args)
    finally:
        gc.enable()


def _export(args: argparse.Namespace) -> int:
    from extractor.cli.work import open_named_store

    if args.to is not None:
        from extractor.cli.publish import publish

        return publish(args, read_settings(args))
    if args.plan or args.apply or args.map:
        raise UsageError("--plan, --apply and --map are for databases", "give --to DATABASE")
    kind = args.format or (args.out.suffix.lstrip(".").lower() if args.out is not None else None)
    if kind not in FORMATS:
        raise UsageError("nothing says what to write", f"give --format {'|'.join(FORMATS)} or --to DATABASE")
    if kind in TO_FILES_ONLY and args.out is None:
        raise UsageError(f"{kind} does not go to stdout", "give --out FILE")
    store = open_named_store(args.store, read_settings(args), create=False)
    try:
        return _write_files(store, args, kind)
    finally:
        store.close()


def _write_files(store: Store, args: argparse.Namespace, kind: str) -> int:
    from extractor.export import STDOUT, Count, choose, write_documents, write_observations

    target, wanted = args.out or STDOUT, _wanted(args)
    if kind == "json":
        number = write_documents(store, target, wanted)
        _note(store, args, number)
        _say(args, f"{number} documents written to {target}" if args.out else f"{number} documents written")
        return EXIT_OK
    count = Count()
    if args.out is not None and target.is_dir():
        raise UsageError(f"{target} is a folder", f"give a file name such as so-lieu.{kind}")
    write_observations(choose(store, count, wanted, args.unsettled), kind, target)
    _note(store, args, sum(count.written.values()))
    tell_count(args, count)
    return EXIT_OK


def _note(store: Store, args: argparse.Namespace, number: int) -> None:
    """The store knows which files were written, not what is in them. One that may only be read is none the worse."""
    from extractor.store import StoreError
    from extractor.store.published import begin_run, end_run

    if args.out is None:
        return
    try:
        end_run(store, begin_run(store, str(args.out.absolute()), "file"), inserted=number)
    except StoreError as error:
        log.info("the export is not noted in the store: %s", error.message)


def _wanted(args: argparse.Namespace) -> Wanted:
    from extractor.export import Wanted

    return Wanted(args.organisation, args.period, args.form, args.document)


def tell_count(args: argparse.Namespace, count: Count) -> None:
    """On stderr: how many observations, how many of them stand, what was held back."""
    from extractor.export import SETTLED_STATUSES

    written = sum(count.written.values())
    stand = sum(count.written[status] for status in SETTLED_STATUSES)
    unsettled = Counter({status: n for status, n in count.written.items() if status not in SETTLED_STATUSES})
    _say(args, f"{written} observations of {count.documents - count.held_documents} reports, {stand} of them stand")
    if unsettled:
        log.warning("%d observations are not settled: %s", unsettled.total(), _list(unsettled))
    if count.held:
        log.warning("%d observations were left out: %s", count.held.total(), _list(count.held))
    if count.held_documents:
        log.warning("%d reports were held back as a whole", count.held_documents)


def _list(counts: Counter[str]) -> str:
    return ", ".join(f"{number} {status}" for status, number in sorted(counts.items()))


def _say(args: argparse.Namespace, text: str) -> None:
    import sys

    if not args.quiet:
        print(text, file=sys.stderr)
