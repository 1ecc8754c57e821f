"""A store, a map and a table that the province has -> its rows in line, but for those that others changed there."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor.export.database.merge import Changes
from extractor.export.database.target import ExportError, Target
from extractor.export.files import Count, Unsettled, choose
from extractor.export.mapped.map import Map, is_meant, translate
from extractor.export.mapped.table import Texts, TheirTable
from extractor.export.mapped.work import Difference, Work, make_work
from extractor.store import Store
from extractor.store.published import (
    Content,
    Item,
    begin_run,
    end_run,
    find_identity,
    forget_run,
    list_contents,
    note_items,
    open_runs,
)

BATCH = 200
KIND = "mapped"
ABOUT = ("REF_AREA", "TIME_PERIOD", "INDICATOR", "MEASURE")


@dataclass(slots=True)
class MappedOutcome:
    """What was done. `conflicts`: rows that others changed there: left as they are; `unmapped`: no code of theirs."""

    count: Count = field(default_factory=Count)
    done: Counter[str] = field(default_factory=Counter)
    conflicts: list[str] = field(default_factory=list)
    unmapped: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    store: str = ""

    @property
    def changes(self) -> Changes:
        """In numbers."""
        return Changes(self.done["insert"], self.done["change"], self.done["withdraw"])


def export_mapped(
    store: Store,
    target: Target,
    map_: Map,
    unsettled: Unsettled = "hold",
    *,
    approve: Callable[[MappedOutcome], bool] | None = None,
) -> MappedOutcome:
    """Write what differs from what was written last. Raises ExportError.

    `approve` sees what would be done, line by line, and says whether to go on; it may raise. Nothing is made in the
    target but rows, and no row that others changed since is touched.
    """
    name, outcome = f"{target.name}#{map_.table}", MappedOutcome()
    with store.read() as connection:
        outcome.store = find_identity(connection)
    run, sent = begin_run(store, name, KIND), False
    try:
        with target.write() as connection, make_work() as work:
            table = TheirTable(connection, map_)
            _find_lost(store, name, run, table)
            with store.read() as reading:
                work.have(_known(list_contents(reading, name)))
            work.want(_wanted(store, map_, unsettled, outcome))
            same = work.twice()
            if same is not None:
                raise ExportError(f"{same[1]} observations go to one row {same[0]}", "add a column to the map's key")
            items = list(_sort_out(table, work, outcome))
            if approve is None or approve(outcome):
                note_items(store, run, [item for one in items for item in _items(one, map_)])
                _write(table, items)
                sent = True
                connection.commit()
    finally:
        if not sent:
            forget_run(store, run)
    if sent and not outcome.done.total():
        forget_run(store, run)
    elif sent:
        changes = outcome.changes
        end_run(store, run, inserted=changes.inserts, changed=changes.changes, withdrawn=changes.withdrawals)
    return outcome


def _wanted(
    store: Store, map_: Map, unsettled: Unsettled, outcome: MappedOutcome
) -> Iterator[tuple[str, str, str, int]]:
    for one in choose(store, outcome.count, unsettled=unsettled):
        if not is_meant(map_, one):
            continue
        row = translate(map_, one)
        if row is None:
            outcome.unmapped[one.code] += 1
            continue
        about = (one.organisation_code, one.period, one.code, one.measure)
        content = {"about": dict(zip(ABOUT, about, strict=True)), "row": row}
        key = json.dumps([row[name] for name in map_.key], ensure_ascii=False)
        yield one.id, key, json.dumps(content, ensure_ascii=False), one.document_id


def _known(rows: Iterable[Content]) -> Iterator[tuple[str, str, str, int | None]]:
    for key, action, content, document_id in rows:
        if action == "withdrawn" or content is None:
            yield key, "", "", document_id
        else:
            tree = json.loads(content)
            yield key, tree["key"], json.dumps(tree["content"], ensure_ascii=False), document_id


@dataclass(frozen=True, slots=True)
class _Item:
    """A difference and how it is dealt with. `adopt`: the row is there already as it should be."""

    difference: Difference
    key: str
    adopt: bool


def _sort_out(table: TheirTable, work: Work, outcome: MappedOutcome) -> Iterator[_Item]:
    """What can be done: each row is as it was written last, or not there. Others are conflicts."""
    source, freed = work.differences(), set()
    while batch := list(itertools.islice(source, BATCH)):
        rows = [_row(one) for one in batch]
        there = table.read(rows)
        for one, row in zip(batch, rows, strict=True):
            key = table.key_of(row)
            found = None if key in freed else there.get(key)
            before, after = (None if tree is None else tree["row"] for tree in (one.before, one.after))
            adopt = found == after
            if adopt or found == before:
                if one.action == "withdraw":
                    freed.add(key)
                outcome.done[one.action] += not adopt
                if not adopt:
                    outcome.lines.append(_line(one))
                yield _Item(one, json.dumps(list(key), ensure_ascii=False), adopt)
            else:
                what = "is not there any more" if found is None else "was changed by others"
                outcome.conflicts.append(f"{' '.join(str(part) for part in key)} {what}")


def _row(one: Difference) -> Texts:
    tree = one.after or one.before
    assert tree is not None
    row: Texts = tree["row"]
    return row


def _line(one: Difference) -> str:
    tree = one.after or one.before
    assert tree is not None
    before, after = (None if part is None else part["row"] for part in (one.before, one.after))
    line = {"action": one.action, "OBS_ID": one.id, **tree["about"], "before": before, "after": after}
    return json.dumps(line, ensure_ascii=False) + "\n"


def _write(table: TheirTable, items: Sequence[_Item]) -> None:
    for action, write in (("withdraw", table.remove), ("insert", table.add), ("change", table.change)):
        rows = [_row(one.difference) for one in items if one.difference.action == action and not one.adopt]
        for start in range(0, len(rows), BATCH):
            write(rows[start : start + BATCH])


def _items(one: _Item, map_: Map) -> Iterator[Item]:
    """As the store notes it; what goes and comes within one run under another key is one item."""
    if one.difference.action == "withdraw":
        yield one.difference.id, 0, one.difference.document_id, "withdrawn", _content(one, one.difference.before, map_)
    else:
        yield one.difference.id, 0, one.difference.document_id, "published", _content(one, one.difference.after, map_)


def _content(one: _Item, tree: dict[str, Any] | None, map_: Map) -> str:
    """With the columns of the key and what all rows have, so that it can be checked without the map."""
    return json.dumps({"key": one.key, "content": tree, "by": map_.key, "always": map_.constants}, ensure_ascii=False)


def _find_lost(store: Store, name: str, own: str, table: TheirTable) -> None:
    """Runs that were killed: all of their rows came through or none; the first that tells decides."""
    for run in open_runs(store, name):
        if run == own:
            continue
        with store.read() as connection:
            items = list(list_contents(connection, name, run))
        came = False
        for _, action, content, _ in items:
            row = json.loads(content or "{}").get("content", {}).get("row")
            if row is not None:
                found = table.read([row]).get(table.key_of(row))
                came = (found is None) if action == "withdrawn" else found == row
                if came or action == "published":
                    break
        end_run(store, run, state="done" if came else "lost")
