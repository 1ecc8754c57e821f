"""A stream of observations -> what of it differs from a target, and the target brought in line, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from extractor.export.columns import as_row
from extractor.export.database import tables
from extractor.export.database.load import in_batches, load_rows
from extractor.export.database.target import ExportError
from extractor.export.records import Observation
from extractor.store.clock import now

BATCH = 5000  # observations that are compared at a time


@dataclass(frozen=True, slots=True)
class Changes:
    """How many rows differ."""

    inserts: int = 0
    changes: int = 0
    withdrawals: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.inserts + self.changes + self.withdrawals


def is_new(connection: Connection) -> bool:
    """Whether nothing was ever published there."""
    return bool(connection.execute(text(tables.IS_NEW)).scalar_one())


def fill(connection: Connection, observations: Iterable[Observation], run: str, store: str) -> Changes:
    """Publish all into a target that `is_new`: there is nothing to compare with. Not yet committed."""
    rest = (("store", store), ("revision", 1), ("run", run), ("changed_at", now()))
    changes = Changes(load_rows(connection, "observation", (as_row(one)[:-1] for one in observations), rest))
    if changes.total:
        _note(connection, changes, run, store)
    return changes


def stage(connection: Connection, observations: Iterable[Observation], store: str) -> Changes:
    """Bring what differs beside what is there; how much it is. Raises ExportError."""
    sqlite = connection.dialect.name == "sqlite"
    _do(connection, tables.make_staging(sqlite=sqlite))
    if not sqlite:
        _do(connection, (f"SET LOCAL {name} = off" for name in tables.BY_INDEX))
    keep = text(tables.keep_differing(sqlite=sqlite))
    for batch in in_batches(observations, BATCH):
        load_rows(connection, "arrived", (as_row(one)[:-1] for one in batch))
        connection.execute(keep, {"store": store})
        _do(connection, (tables.KEEP_SEEN, "DELETE FROM arrived" if sqlite else "TRUNCATE arrived"))
    _do(connection, (index.format(prefix="temp." if sqlite else "") for index in tables.INDICES))
    strange = connection.execute(text(tables.STRANGE), {"store": store}).scalar_one()
    if strange:
        raise ExportError(
            f"{strange} of these observations were put there from another store",
            "export both stores to targets of their own, or to schemas of their own (--schema)",
        )
    if not sqlite:
        _do(connection, (f"SET LOCAL {name} = on" for name in tables.BY_INDEX[1:]))
        _do(connection, tables.WITH_ROOM)
    connection.execute(text(tables.make_changed(sqlite=sqlite)), {"store": store})
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(text(tables.COUNTS))}
    return Changes(counts.get("insert", 0), counts.get("change", 0), counts.get("withdraw", 0))


def _do(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.execute(text(statement))


def merge(connection: Connection, changes: Changes, run: str, store: str) -> None:
    """Do what differs: what was there is kept in the history, and the run is noted. Not yet committed."""
    if not changes.total:
        return
    values = {"run": run, "at": now(), "store": store}
    connection.execute(text(tables.KEEP_OLD), values)
    connection.execute(text(tables.WITHDRAW))
    connection.execute(text(tables.publish(sqlite=connection.dialect.name == "sqlite")), values)
    _note(connection, changes, run, store)


def _note(connection: Connection, changes: Changes, run: str, store: str) -> None:
    connection.execute(
        text(
            "INSERT INTO export_run (id, store, at, inserted, changed, withdrawn)"
            " VALUES (:run, :store, :at, :inserts, :changes, :withdrawals)"
        ),
        {
            "run": run,
            "store": store,
            "at": now(),
            "inserts": changes.inserts,
            "changes": changes.changes,
            "withdrawals": changes.withdrawals,
        },
    )


def keep_series(connection: Connection, series: Iterable[tuple[str, str, str, str]]) -> None:
    """Which series an indicator of a form's version belongs to: (form, version, indicator, series)."""
    wanted = set(series)
    have = {tuple(row) for row in connection.execute(text("SELECT * FROM indicator_series"))}
    names = ("form", "form_version", "indicator", "series")
    for statement, rows in (
        ("DELETE FROM indicator_series WHERE form = :form AND form_version = :form_version AND indicator = :indicator"
         " AND series = :series", have - wanted),
        ("INSERT INTO indicator_series (form, form_version, indicator, series)"
         " VALUES (:form, :form_version, :indicator, :series)", wanted - have),
    ):  # fmt: skip
        for row in sorted(rows):
            connection.execute(text(statement), dict(zip(names, row, strict=True)))


def keep_link(connection: Connection, link: str | None) -> None:
    """What stands before an observation's id in the views' column `trace`."""
    if link is not None:
        connection.execute(text("UPDATE publisher SET link = :link WHERE link <> :link"), {"link": link})


def list_written(connection: Connection, run: str) -> Iterator[tuple[str, int, int, str]]:
    """What a run wrote, as long as no later one did: id, revision, document, published or withdrawn."""
    for row in connection.execute(text(tables.WRITTEN), {"run": run}, execution_options={"yield_per": 10_000}):
        yield tuple(row)
