"""A store in use -> a backup of one moment: database, originals, and a manifest with checksums."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, EXIT_PARTIAL

HELP = "back up a store, also while it is in use: its database, originals, and a manifest with checksums"
EXAMPLE = "extractor backup --store kho.db --out /mnt/backup/kho --keep 30"

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR_OR_FILE",
        help="a folder of backups, or a .tar file",
    )
    parser.add_argument("--keep", type=int, default=0, metavar="N", help="remove older backups of the folder beyond N")


def run(args: argparse.Namespace) -> int:
    """Make one backup; exit code 3 where the store itself had lost originals."""
    from extractor.store import make_backup, open_for_upgrade

    settings = read_settings(args)
    store = open_for_upgrade(args.store, Path(settings.store.files) if settings.store.files else None)
    kept = make_backup(store, args.out, args.keep)
    store.close()
    manifest = kept.manifest
    for sha256 in manifest.missing:
        log.error("the original %s is not in the store's folder, or has changed", sha256)
    print(
        f"{kept.path}: schema {manifest.revision}, {manifest.tables['document']} documents, "
        f"{manifest.decisions[0]} decisions, {len(manifest.originals)} originals "
        f"({kept.new} new, {kept.new_bytes / 1e6:.1f} MB)"
    )
    return EXIT_PARTIAL if manifest.missing else EXIT_OK
