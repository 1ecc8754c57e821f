"""Every value of a store against the archive again: what stands far outside its history becomes a warning."""

from __future__ import annotations

import argparse

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK

HELP = "compare every stored value with its own earlier periods and with other districts again"
EXAMPLE = "extractor compare --store kho.db"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)


def run(args: argparse.Namespace) -> int:
    """Bring the warnings of the whole store in line."""
    from extractor.cli.work import open_named_store
    from extractor.store import compare_archive

    store = open_named_store(args.store, read_settings(args), create=False)
    compared, aside = compare_archive(store)
    store.close()
    print(f"{compared} values compared, {aside} stand far outside their history or other organisations' values")
    return EXIT_OK
