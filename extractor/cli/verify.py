"""A store -> whether its decisions, originals, readings and exports are what they were."""

from __future__ import annotations

import argparse

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, EXIT_PARTIAL, UsageError

HELP = "recheck the chain of decisions, the originals, the readings and the exports of a store"
EXAMPLE = "extractor verify --store kho.db"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument(
        "--to", action="append", default=[], metavar="DATABASE", help="a target whose password the log does not hold"
    )


def run(args: argparse.Namespace) -> int:
    """Name every defect; exit code 3 where there is one."""
    try:
        from extractor.audit import check_cells_kept, check_decisions, check_exports, check_mapped, check_originals
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", "run pip install 'extractor-baocao[export]'") from error
    from extractor.audit.verify import last_link
    from extractor.cli.work import open_named_store
    from extractor.export import snapshot

    store = open_named_store(args.store, read_settings(args), create=False)
    try:
        with snapshot(store) as connection:
            found = {
                "decisions": check_decisions(connection),
                "originals": check_originals(store, connection),
                "readings": check_cells_kept(connection),
            }
            seq, digest = last_link(connection)
        found["exported values"] = check_exports(store, args.to)
        found["values written by a map"] = check_mapped(store, args.to)
    finally:
        store.close()
    for name, checked in found.items():
        print(f"{checked.count} {name} checked, {len(checked.defects)} defects")
        for defect in checked.defects:
            print(f"  DEFECT {defect.what} {defect.named}: {defect.message}")
        for line in checked.untold:
            print(f"  {line}")
    print(f"last decision: {seq} {digest}")
    return EXIT_PARTIAL if any(checked.defects for checked in found.values()) else EXIT_OK
