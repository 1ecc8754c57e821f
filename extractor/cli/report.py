"""A store -> HTML pages of the province and of each district, for people who don't read JSON."""

from __future__ import annotations

import argparse
from pathlib import Path

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

HELP = "write HTML pages of the province and of each district: figures, coverage, what is missing"
EXAMPLE = "extractor report --store kho.db --out trang/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for index.html and CODE.html")
    parser.add_argument("--organisation", metavar="CODE", help="only the page of this district")
    parser.add_argument("--form", metavar="NAME", help="of which form (default: the one that most documents follow)")
    parser.add_argument("--language", choices=("vi", "en"), default="vi", help="of the pages (default vi)")


def run(args: argparse.Namespace) -> int:
    """Write the pages; their paths go to stdout."""
    try:
        from extractor.look import gather, write_pages
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", "run pip install 'extractor-baocao[export]'") from error
    from extractor.cli.work import open_named_store

    store = open_named_store(args.store, read_settings(args), create=False)
    try:
        overview = gather(store, args.form)
    finally:
        store.close()
    written = write_pages(overview, args.out, language=args.language, only=args.organisation)
    if not written:
        raise UsageError(f"there is no report of {args.organisation}", "give the code of a district that has some")
    for path in written:
        print(path)
    return EXIT_OK
