"""A page of an input -> pictures of what each stage believed about it."""

from __future__ import annotations

import argparse
from pathlib import Path

from extractor.cli.common import read_settings
from extractor.cli.work import limit_threads
from extractor.errors import EXIT_OK, UsageError

HELP = "draw what the stages saw on a page: lines, cells, roles, readings, matched codes"
EXAMPLE = "extractor debug bao-cao-319.pdf --page 4 --out overlays/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="PDF, TIFF, PNG or JPEG file")
    parser.add_argument("--page", type=int, default=1, metavar="N", help="page, from 1 (default 1)")
    parser.add_argument("--out", type=Path, default=Path("overlays"), metavar="DIR", help="folder for the pictures")
    parser.add_argument("--catalogue", metavar="NAME_OR_PATH", help="the form (default: recognised)")


def run(args: argparse.Namespace) -> int:
    """Write the overlays and print their paths."""
    from extractor.debug import draw_overlays

    if args.page < 1:
        raise UsageError("pages count from 1", "give --page 1 or more")
    settings = read_settings(args)
    limit_threads()
    args.out.mkdir(parents=True, exist_ok=True)
    for path in draw_overlays(args.input, args.page, args.out, catalogue=args.catalogue, settings=settings):
        print(path)
    return EXIT_OK
