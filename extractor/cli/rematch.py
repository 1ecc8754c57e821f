"""Stored reports judged again by a new catalogue, rules or thresholds, without reading them again."""

from __future__ import annotations

import argparse
import logging
from collections import Counter
from typing import TYPE_CHECKING

from extractor.cli.common import add_store, add_target_error, read_settings
from extractor.errors import EXIT_OK, EXIT_PARTIAL

if TYPE_CHECKING:
    from extractor.settings import Settings
    from extractor.store import Store

HELP = "judge stored reports again by a new catalogue, rules or thresholds, without reading them again"
EXAMPLE = "extractor rematch --store kho.db --catalogue reference/catalogues/moi --apply"

log = logging.getLogger("extractor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Flags of this command."""
    add_store(parser, required=True)
    parser.add_argument("--catalogue", metavar="NAME_OR_PATH", help="judge by this form (default: each report's own)")
    parser.add_argument("--document", type=int, action="append", default=[], metavar="ID", help="only these documents")
    parser.add_argument("--apply", action="store_true", help="keep the changes (default: only say what would change)")
    add_target_error(parser)


def run(args: argparse.Namespace) -> int:
    """Say what changes, document by document; keep it where that is asked for."""
    from extractor.cli.work import limit_threads, open_named_store
    from extractor.store import StoreError, list_readable

    limit_threads()
    settings = read_settings(args)
    store = open_named_store(args.store, settings, create=False)
    totals: Counter[str] = Counter()
    with store.read() as connection:
        documents = [one for one in list_readable(connection) if not args.document or one in args.document]
    for document_id in documents:
        try:
            totals += _rematch(store, document_id, settings, args.catalogue, keep=args.apply)
        except StoreError as error:
            totals["failed"] += 1
            log.error("document %d: %s", document_id, error.message, extra={"advice": error.advice})
    counts = ", ".join(f"{count} {name}" for name, count in sorted(totals.items()))
    verb = "kept" if args.apply else "would change; --apply keeps it"
    print(f"{len(documents)} documents judged again: {counts or 'nothing different'} ({verb})")
    return EXIT_PARTIAL if totals["failed"] else EXIT_OK


def _rematch(store: Store, document_id: int, settings: Settings, catalogue: str | None, *, keep: bool) -> Counter[str]:
    from extractor.store import bring_up_to_date, differences, judge_again

    again = judge_again(store, document_id, settings, catalogue)
    if not again.changed:
        return Counter()
    found = differences(again.before, again.text)
    for name in ("rows", "values", "statuses", "findings_new", "findings_gone"):
        if found[name]:
            print(f"document {document_id}: {name.replace('_', ' ')}: {' '.join(found[name])}")
    if found["unmatched"]:
        print(f"document {document_id}: rows of no indicator: {found['unmatched']:+d}")
    if keep:
        bring_up_to_date(store, document_id, settings, cause="rematch", catalogue=catalogue)
    return Counter(documents=1) + Counter({name: len(ids) for name, ids in found.items() if isinstance(ids, list)})
