"""What was written into tables of the province, by the log -> what these hold otherwise."""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from extractor.audit.addresses import choose_address
from extractor.audit.verify import Checked, Defect
from extractor.errors import ExtractorError
from extractor.export import snapshot
from extractor.export.database.target import open_target
from extractor.export.mapped.map import Map
from extractor.export.mapped.table import Texts, TheirTable
from extractor.store import Store
from extractor.store.exports import published_run
from extractor.store.published import Content, list_contents

KIND = "mapped"
BATCH = 200
Shape = tuple[tuple[str, ...], tuple[str, ...]]  # columns of the key, all columns


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that was written. `observation`: whose it is."""

    observation: str
    row: Texts
    key: tuple[str | None, ...]


def check_mapped(store: Store, given: Sequence[str] = ()) -> Checked:
    """Values that others changed, rows that are gone, and rows that say they are ours and were never written.

    Rights to read the table are enough. `given`: addresses of targets whose password the log does not hold.
    """
    with snapshot(store) as connection:
        logs = {target: tuple(_read_log(list_contents(connection, target))) for target in _read_targets(connection)}
    count, defects, untold = 0, list[Defect](), list[str]()
    for target, log in logs.items():
        address, _, table = target.rpartition("#")
        try:
            found = list(_check(choose_address(address, given), table, log))
        except (ExtractorError, DBAPIError, OSError) as error:
            untold.append(f"export to {target}: NOT CHECKED: {getattr(error, 'message', error)}")
            continue
        count += sum(len(rows) for _, _, rows in log)
        defects += [Defect("export", f"{named} in {target}", fault) for named, fault in found]
    return Checked(count, tuple(defects), tuple(untold))


def _read_targets(connection: Connection) -> list[str]:
    where = (published_run.c.state == "done", published_run.c.kind == KIND)
    return sorted(connection.execute(select(published_run.c.target).where(*where).distinct()).scalars())


def _read_log(contents: Iterable[Content]) -> Iterator[tuple[Shape, Texts, tuple[_Row, ...]]]:
    """Rows that should be there by the columns that they were written with, and what all of them have.

    Runs of earlier versions did not note the columns of the key; then all of a row's are taken for it.
    """
    last: dict[str, tuple[Shape, Texts, _Row]] = {}
    for observation, action, content, _ in contents:
        last.pop(observation, None)
        tree = json.loads(content or "{}")
        if action == "published" and tree.get("content"):
            row = tree["content"]["row"]
            by = tuple(tree.get("by") or row)
            key = tuple(row[name] for name in by)
            last[observation] = ((by, tuple(row)), tree.get("always") or {}, _Row(observation, row, key))
    shapes: dict[Shape, list[_Row]] = defaultdict(list)
    always: dict[Shape, Texts] = {}
    for shape, constants, row in last.values():
        shapes[shape].append(row)
        always[shape] = constants
    return ((shape, always[shape], tuple(rows)) for shape, rows in shapes.items())


def _check(address: str, table: str, log: Sequence[tuple[Shape, Texts, tuple[_Row, ...]]]) -> Iterator[tuple[str, str]]:
    target = open_target(address, own=False)
    try:
        with target.engine.connect() as connection:
            for (by, columns), always, rows in log:
                theirs = TheirTable(connection, Map(table, by, dict.fromkeys(columns, ""), {}))
                yield from _compare(theirs, rows)
                if always:
                    known = {one.key for _, _, some in log for one in some}
                    strange = (theirs.key_of(row) for row in theirs.list_with(always))
                    yield from (
                        (_named(key), "is there, and was never published") for key in strange if key not in known
                    )
    finally:
        target.close()


def _compare(theirs: TheirTable, rows: Sequence[_Row]) -> Iterator[tuple[str, str]]:
    source = iter(sorted(rows, key=lambda one: one.observation))
    while batch := list(itertools.islice(source, BATCH)):
        there = theirs.read(one.row for one in batch)
        for one in batch:
            found = there.get(one.key)
            if found is None:
                yield f"{one.observation} ({_named(one.key)})", "was published, and is gone"
            elif found != one.row:
                yield f"{one.observation} ({_named(one.key)})", f"holds {_differences(found, one.row)}"


def _differences(found: Mapping[str, str | None], meant: Mapping[str, str | None]) -> str:
    return ", ".join(
        f"{name} {found[name]!r} instead of {meant[name]!r}" for name in meant if found[name] != meant[name]
    )


def _named(key: Iterable[str | None]) -> str:
    return " ".join(str(part) for part in key)
