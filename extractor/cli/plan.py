"""`extractor bulk --dry-run`: what a run would do with each file, said without changing the ledger."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import EXIT_OK

if TYPE_CHECKING:
    from extractor.bulk import Order
    from extractor.store import Found, Store

SHOWN = 20  # names of each kind; --json has all
KINDS = {
    "new": "not in the ledger yet",
    "changed": "file holds other bytes than before, done anew",
    "waiting": "entered before, not ended",
    "again": "ended, done again",
    "skipped": "ended, left as it is",
    "double": "same bytes as another file, done once",
    "unreadable": "can't be read",
}


def tell_plan(args: argparse.Namespace, order: Order) -> int:
    """On stdout."""
    kinds, images = find_plan(args, order)
    if args.json or args.json_log:
        print(json.dumps(kinds | {"images": images}, ensure_ascii=True))
        return EXIT_OK
    for kind, meaning in KINDS.items():
        paths = [f"{path} ({images[path]} images)" if path in images else path for path in kinds[kind]]
        if paths:
            print(f"{len(paths)} {kind} ({meaning})")
            print("".join(f"  {path}\n" for path in paths[:SHOWN]), end="")
            print(f"  and {len(paths) - SHOWN} more\n" if len(paths) > SHOWN else "", end="")
    return EXIT_OK


def find_plan(args: argparse.Namespace, order: Order) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Paths of each kind, and of how many images those are that are folders."""
    from extractor.cli.bulk import look
    from extractor.store import read_stamps

    store = _open(args, order)
    known = {}
    if store is not None:
        with store.read() as connection:
            known = read_stamps(connection)
    found, stamps, unreadable = look(args, known)
    kinds: dict[str, list[str]] = {kind: [] for kind in KINDS}
    kinds["unreadable"] = [str(one.path).encode("utf-8", "replace").decode() for one in unreadable]
    seen: set[str] = set()
    states = _sort(args, order, store, found, stamps, known)
    for one in found:
        kinds["double" if one.sha256 in seen else states[one.path]].append(one.path)
        seen.add(one.sha256)
    return kinds, {one.path: one.images for one in found if one.images}


def _open(args: argparse.Namespace, order: Order) -> Store | None:
    """The store, or None where it would be made."""
    from extractor.cli.work import open_named_store
    from extractor.store import StoreError, parse_address

    address = parse_address(args.store, Path(order.settings.store.files) if order.settings.store.files else None)
    if address.is_sqlite and not Path(str(address.url.database)).exists():
        return None
    try:
        return open_named_store(args.store, order.settings, create=False)
    except StoreError as error:
        if "holds no store yet" in error.message:
            return None
        raise


def _sort(
    args: argparse.Namespace,
    order: Order,
    store: Store | None,
    found: list[Found],
    stamps: list[tuple[str, str, str]],
    known: Mapping[str, tuple[str, str]],
) -> dict[str, str]:
    """Path -> kind."""
    from extractor.cli.bulk import asked_again, read_states
    from extractor.store import plan_entering

    if store is None:
        return {one.path: "new" for one in found}
    documents = {one.sha256 for one in found}
    with store.read() as connection:
        new = set(plan_entering(connection, found, stamps).new)
    again, states = set(asked_again(args, store, order, documents)), read_states(store, documents)
    kinds = {}
    for one in found:
        before = known.get(one.path)
        if one.sha256 in new:
            kinds[one.path] = "new" if before is None or before[1] == one.sha256 else "changed"
        elif one.sha256 in again:
            kinds[one.path] = "again"
        else:
            kinds[one.path] = "waiting" if states[one.sha256] in ("waiting", "running") else "skipped"
    store.close()
    return kinds
