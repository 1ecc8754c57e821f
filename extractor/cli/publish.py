"""The flags of a database -> the export into it, or its plan."""

from __future__ import annotations

import argparse
import logging
from contextlib import closing
from typing import TYPE_CHECKING

from extractor.cli.export import tell_count
from extractor.cli.work import open_named_store
from extractor.errors import EXIT_OK, EXIT_PARTIAL, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from extractor.export.database import Changes, Target
    from extractor.settings import Settings
    from extractor.store import Store

log = logging.getLogger("extractor")

FILE_FLAGS = ("format", "out", "organisation", "period", "form", "document")


def publish(args: argparse.Namespace, settings: Settings) -> int:
    """Export to a database, write a plan of it, or do what a plan says."""
    from extractor.export.database import open_target

    given = [name for name in FILE_FLAGS if getattr(args, name) is not None]
    if given:
        raise UsageError(
            f"--{given[0]} is for files", "a database gets all that stands, so that what does not is withdrawn"
        )
    if args.plan and args.apply:
        raise UsageError("--plan and --apply do not go together", "plan, have it approved, then apply")
    store = open_named_store(args.store, settings, create=False)
    with closing(store), closing(open_target(args.to, args.schema, own=args.map is None)) as target:
        return _mapped(args, store, target) if args.map else _own(args, store, target)


def _own(args: argparse.Namespace, store: Store, target: Target) -> int:
    from extractor.export.database import check_plan, export_to, list_lines, look_at, read_plan, show_plan, write_plan

    if args.plan:
        said: list[str] = []

        def look(connection: Connection, changes: Changes, name: str) -> None:
            lines = list_lines(connection)
            summary = write_plan(
                lines, args.plan, target=target.name, store=name, unsettled=args.unsettled, changes=changes
            )
            said.extend(show_plan(summary, changes))

        look_at(store, target, args.unsettled, look)
        print("\n".join(said))
        return EXIT_OK
    plan = read_plan(args.apply) if args.apply else None

    def approve(connection: Connection, changes: Changes, name: str) -> None:  # noqa: ARG001  # the lines say it all
        assert plan is not None
        check_plan(plan, list_lines(connection), target=target.name, store=name)

    unsettled = plan.unsettled if plan is not None else args.unsettled
    outcome = export_to(store, target, unsettled, link=args.link, approve=approve if plan is not None else None)
    tell_count(args, outcome.count)
    _tell(outcome.changes)
    return EXIT_OK


def _tell(changes: Changes) -> None:
    print(f"{changes.inserts} inserted, {changes.changes} changed, {changes.withdrawals} withdrawn")


def _mapped(args: argparse.Namespace, store: Store, target: Target) -> int:
    from extractor.export.database import check_plan, read_plan, show_plan, write_plan
    from extractor.export.mapped import MappedOutcome, export_mapped, read_map

    map_ = read_map(args.map)
    name = f"{target.name}#{map_.table}"
    plan = read_plan(args.apply) if args.apply else None

    def approve(found: MappedOutcome) -> bool:
        if plan is not None:
            check_plan(plan, found.lines, target=name, store=found.store)
        if not args.plan:
            return True
        summary = write_plan(
            found.lines, args.plan, target=name, store=found.store, unsettled=args.unsettled, changes=found.changes
        )
        print("\n".join(show_plan(summary, found.changes)))
        return False

    outcome = export_mapped(store, target, map_, plan.unsettled if plan else args.unsettled, approve=approve)
    if not args.plan:
        _tell(outcome.changes)
    if outcome.unmapped:
        log.warning("%d observations have no code in %s", outcome.unmapped.total(), args.map)
    for conflict in outcome.conflicts:
        log.warning("left as it is: %s", conflict)
    return EXIT_PARTIAL if outcome.conflicts else EXIT_OK
