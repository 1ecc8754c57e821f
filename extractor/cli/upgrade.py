"""A store of an earlier version -> the schema of this one; an SQLite store is copied beside itself before."""

from __future__ import annotations

import argparse
import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.cli.common import add_store
from extractor.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from extractor.store import Store

HELP = "bring a store to the schema of this version"
EXAMPLE = "extractor upgrade --store kho.db"

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument(
        "--rehearse", action="store_true", help="only try on a copy: forward and back, to every schema, nothing lost"
    )
    parser.add_argument("--to", default="head", metavar="REVISION", help="another schema, such as 0001 to go back")


def run(args: argparse.Namespace) -> int:
    """Upgrade, and say from which schema to which."""
    from extractor.store import open_for_upgrade

    with closing(open_for_upgrade(args.store)) as store:
        return _upgrade(args, store)


def _upgrade(args: argparse.Namespace, store: Store) -> int:
    from extractor.store import find_revision, rehearse, upgrade_store

    before = find_revision(store)
    if before is None:
        raise UsageError(f"{args.store} holds no store yet", "check the address")
    if args.rehearse:
        for step in rehearse(store):
            print(f"schema {step.start} -> {step.end} -> {step.start}: {step.rows} rows as they were")
        return EXIT_OK
    if args.to == "base":
        raise UsageError("base would remove everything", "give a schema such as 0001")
    if store.address.is_sqlite:
        log.warning("a copy of the store is kept: %s", _copy(Path(str(store.address.url.database)), before))
    upgrade_store(store, args.to)
    print(f"schema {before} -> {find_revision(store)}")
    return EXIT_OK


def _copy(path: Path, revision: str) -> Path:
    """The database as it is, whole, under a name that nothing has yet."""
    number = 0
    target = path.with_name(f"{path.name}.{revision}")
    while target.exists():
        number += 1
        target = path.with_name(f"{path.name}.{revision}.{number}")
    with sqlite3.connect(path) as source:
        source.execute("VACUUM INTO ?", (str(target),))
    source.close()
    return target
