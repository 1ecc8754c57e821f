"""The flags of a database -> the export into it, or its plan."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from extractor.cli.export import tell_count
from extractor.cli.work import open_named_store
from extractor.errors import EXIT_OK, UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from extractor.export.database import Changes, Target
    from extractor.settings import Settings
    from extractor.store import Store

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
    target = open_target(args.to, args.schema, own=args.map is None)
    try:
        return _own(args, store, target)
    finally:
        target.close()
        store.close()


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
        if plan is not None:
            check_plan(plan, list_lines(connection), target=target.name, store=name)

    unsettled = plan.unsettled if plan is not None else args.unsettled
    outcome = export_to(store, target, unsettled, link=args.link, approve=approve)
    tell_count(args, outcome.count)
    _tell(outcome.changes)
    return EXIT_OK


def _tell(changes: Changes) -> None:
    print(f"{changes.inserts} inserted, {changes.changes} changed, {changes.withdrawals} withdrawn")
