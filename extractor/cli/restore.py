"""A backup -> the store that it holds, checked to the last byte and brought to the schema of this version."""

from __future__ import annotations

import argparse
from pathlib import Path

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

HELP = "restore a backup into a new store of either kind, or only check it"
EXAMPLE = "extractor restore /mnt/backup/kho --store kho.db"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("backup", type=Path, metavar="BACKUP", help="a backup, or a folder of backups: its newest")
    add_store(parser, required=False)
    parser.add_argument("--force", action="store_true", help="where there is a store; it is kept under a new name")
    parser.add_argument("--check", action="store_true", help="only check every byte, the database and the decisions")


def run(args: argparse.Namespace) -> int:
    """Check, and restore unless only a check is asked for."""
    from extractor.store import parse_address, restore_backup, verify_backup

    if args.check:
        manifest = verify_backup(args.backup)
        print(f"whole: made {manifest.made_at}, schema {manifest.revision}, {manifest.tables['document']} documents")
        return EXIT_OK
    if not args.store:
        raise UsageError("nothing says where to restore to", "give --store, or --check to check only")
    settings = read_settings(args)
    address = parse_address(args.store, Path(settings.store.files) if settings.store.files else None)
    restored = restore_backup(args.backup, address, force=args.force)
    manifest = restored.manifest
    schema = "" if restored.revision == manifest.revision else f", schema {manifest.revision} -> {restored.revision}"
    print(
        f"restored what was kept {manifest.made_at}: {manifest.tables['document']} documents, "
        f"{manifest.decisions[0]} decisions, {len(manifest.originals)} originals{schema}"
    )
    if restored.before:
        print(f"the store that was there is kept: {restored.before}")
    if manifest.missing:
        print(f"{len(manifest.missing)} originals were lost before the backup was made")
    return EXIT_OK
