"""Catalogues as people edit them: names that reviewers proposed for indicators, listed and written into a folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from extractor.cli.common import add_store, read_settings
from extractor.errors import EXIT_OK, UsageError

HELP = "list the aliases that reviewers proposed for indicators, and write them into a catalogue folder"
EXAMPLE = "extractor catalogue aliases --store kho.db --write my-form"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    parser.add_argument("action", choices=("aliases",), help="what to do")
    add_store(parser, required=True)
    parser.add_argument("--catalogue", metavar="NAME_OR_PATH", help="only of this form")
    parser.add_argument("--least", type=int, default=1, metavar="N", help="only what stands in N documents or more")
    parser.add_argument("--write", type=Path, metavar="DIR", help="into this folder, new or of the form")
    parser.add_argument("--json", action="store_true", help="as JSON, for machines")


def run(args: argparse.Namespace) -> int:
    """List, and write where that is asked for."""
    from extractor.cli.work import open_named_store
    from extractor.indicator import add_variants, copy_catalogue, load_catalogue
    from extractor.store import list_aliases

    store = open_named_store(args.store, read_settings(args), create=False)
    with store.read() as connection:
        found = [one for one in list_aliases(connection) if one.documents >= args.least]
    store.close()
    if args.catalogue:
        form = load_catalogue(args.catalogue).name
        found = [one for one in found if one.form == form]
    if args.json:
        print(json.dumps([one.to_tree() for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            print(f"{one.form}\t{one.code}\t{one.label}\t{one.documents} documents, {', '.join(one.users)}")
    if args.write is None:
        return EXIT_OK
    forms = {one.form for one in found}
    if len(forms) > 1:
        raise UsageError(f"proposals for several forms: {', '.join(sorted(forms))}", "give --catalogue")
    if not forms:
        print("nothing to write")
        return EXIT_OK
    if not args.write.exists():
        copy_catalogue(args.catalogue or forms.pop(), args.write)
    added = add_variants(args.write, [(one.code, one.label) for one in found])
    load_catalogue(args.write)
    print(f"{args.write}: {added} aliases added. See what they change: extractor rematch --catalogue {args.write}")
    return EXIT_OK
