"""Stored reports judged again by a new catalogue, rules or thresholds, without reading them again."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from typing import TYPE_CHECKING

from extractor.cli.common import add_store, add_target_error, read_settings
from extractor.errors import EXIT_INTERRUPTED, EXIT_OK, EXIT_PARTIAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.settings import Settings
    from extractor.store import Rematched, Store

HELP = "judge stored reports again by a new catalogue, rules or thresholds, without reading them again"
EXAMPLE = "extractor rematch --store kho.db --catalogue reference/catalogues/moi --apply"

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument("--catalogue", metavar="NAME_OR_PATH", help="judge by this form (default: each report's own)")
    parser.add_argument("--document", type=int, action="append", default=[], metavar="ID", help="only these documents")
    parser.add_argument("--apply", action="store_true", help="keep the changes (default: only say what would change)")
    parser.add_argument("--json", action="store_true", help="every change as JSON, for machines")
    parser.add_argument("--details", action="store_true", help="every cell that changes, not only how many")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: the usable cores)")
    add_target_error(parser)


def run(args: argparse.Namespace) -> int:
    """Say what changes, document by document and in sum; keep it where that is asked for."""
    from extractor.cli.preview import Sum, print_document, print_sum, to_tree
    from extractor.cli.work import count_cores, limit_threads, open_named_store
    from extractor.indicator import load_catalogue
    from extractor.store import compare_archive, list_readable

    limit_threads()
    settings = read_settings(args)
    if args.catalogue:
        load_catalogue(args.catalogue)  # a fault in it is told once, not for every document
    store = open_named_store(args.store, settings, create=False)
    with store.read() as connection:
        documents = [one for one in list_readable(connection) if not args.document or one in args.document]
    for missing in sorted(set(args.document) - set(documents)):
        log.error("nothing was read of document %d", missing, extra={"advice": "extract it again with --store"})
    total = Sum(len(documents), failed=len(set(args.document) - set(documents)))
    interrupted = False
    written = 0
    if args.json:
        print(json.dumps({"applied": args.apply, "catalogue": args.catalogue})[:-1] + ', "documents": [', end="")
    try:
        for one in _rematch_all(store, args, settings, documents, args.jobs or count_cores()):
            total.add(one)
            if args.json and (one.changed or one.changes is None):
                print(("," if written else "") + "\n" + json.dumps(to_tree(one), ensure_ascii=False), end="")
                written += 1
            elif not args.json:
                print_document(one, details=args.details)
    except KeyboardInterrupt:
        interrupted = True
        log.error("interrupted: documents that are not told above are as they were")
    if args.json:
        print('\n], "totals": ' + json.dumps(total.to_tree()) + "}")
    else:
        print_sum(total, applied=args.apply)
    if args.apply and total.changed:
        compare_archive(store)
    store.close()
    sys.stdout.flush()
    return EXIT_INTERRUPTED if interrupted else EXIT_PARTIAL if total.failed else EXIT_OK


def _rematch_all(
    store: Store, args: argparse.Namespace, settings: Settings, documents: list[int], jobs: int
) -> Iterator[Rematched]:
    from extractor.cli.many import Rematching, run_many
    from extractor.store import rematch_document

    if jobs == 1 or len(documents) < 4:
        for one in documents:
            yield rematch_document(store, one, settings, args.catalogue, keep=args.apply)
        return
    yield from run_many(Rematching(args.store, settings, args.catalogue, args.apply), documents, jobs)
