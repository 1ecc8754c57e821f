"""An observation -> an HTML sheet that shows where its number comes from."""

from __future__ import annotations

import argparse
from pathlib import Path

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

HELP = "write an evidence sheet of a number: page, crop, readings, rules, decisions, versions, exports"
EXAMPLE = "extractor trace 949/2022/III.6.4 --store kho.db --out III.6.4.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("observation", metavar="OBSERVATION", help="OBS_ID of an export, or ORGANISATION/PERIOD/CODE")
    add_store(parser, required=True)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="HTML file to write")
    parser.add_argument("--language", choices=("vi", "en"), default="vi", help="of the sheet (default vi)")


def run(args: argparse.Namespace) -> int:
    """Write the sheet."""
    try:
        from extractor.look import find_observation, read_evidence, show_sheet
    except ModuleNotFoundError as error:
        raise UsageError(f"{error.name} is not installed", "run pip install 'extractor-baocao[export]'") from error
    from extractor.cli.work import open_named_store
    from extractor.export import snapshot
    from extractor.store.pictures import Pictures

    store = open_named_store(args.store, read_settings(args), create=False)
    pictures = Pictures(store)
    try:
        with snapshot(store) as connection:
            evidence = read_evidence(store, connection, find_observation(connection, args.observation))
        page = show_sheet(evidence, pictures, language=args.language)
    finally:
        pictures.close()
        store.close()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(page, encoding="utf-8")
    print(args.out)
    return EXIT_OK
