"""The JSON Schema of what is written -> stdout."""

from __future__ import annotations

import argparse
import sys

from extractor.errors import EXIT_OK

HELP = "print the JSON Schema (2020-12) of the written JSON"
NAMES = ("report", "tables", "observations", "observations-csv", "documents", "plan")
EXAMPLE = "extractor schema report > schema.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("name", nargs="?", choices=NAMES, default="report", help="which JSON")
    parser.add_argument("--write", action="store_true", help="developers: make the shipped schema files again")


def run(args: argparse.Namespace) -> int:
    """Print the shipped schema, or make all again from the classes."""
    from extractor.export import read_export_schema, write_export_schemas
    from extractor.report import read_schema, write_schemas

    if args.write:
        write_schemas()
        write_export_schemas()
    elif args.name not in ("report", "tables"):
        sys.stdout.write(read_export_schema(args.name))
    else:
        sys.stdout.write(read_schema(args.name))
    return EXIT_OK
