"""A document -> the grids of all its tables, with no catalogue."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from extractor.cli.common import read_settings
from extractor.cli.inputs import hash_file
from extractor.cli.work import limit_threads
from extractor.errors import EXIT_FAILED, EXIT_OK, EXIT_PARTIAL, DocumentError
from extractor.writing import write_text

HELP = "write every table of a document as a grid of cells"
EXAMPLE = "extractor tables bao-cao-319.pdf --out tables.json"
EXIT_BY_OUTCOME = {"complete": EXIT_OK, "partial": EXIT_PARTIAL, "failed": EXIT_FAILED}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("input", type=Path, metavar="INPUT", help="PDF, TIFF, PNG or JPEG file")
    parser.add_argument("--out", required=True, metavar="FILE", help="where the JSON goes; - for stdout")


def run(args: argparse.Namespace) -> int:
    """Write the tables, or a failed JSON."""
    import extractor
    from extractor.report import ErrorInfo, check_json, failed_tables

    settings = read_settings(args)
    limit_threads()
    failure: DocumentError | None = None
    try:
        document = extractor.extract_tables(args.input, settings=settings)
    except DocumentError as error:
        failure = error
        info = ErrorInfo(code=error.code, message=error.message, advice=error.advice)
        document = failed_tables(args.input.name, hash_file(args.input), info)
    text = document.to_json()
    check_json(text, "tables")
    if args.out == "-":
        sys.stdout.write(text)
    else:
        write_text(text, Path(args.out))
    if failure is not None:
        raise failure
    return EXIT_BY_OUTCOME[document.outcome]
