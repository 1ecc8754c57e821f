"""The log of exports and the databases that they went to -> what those hold that the store did not send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from extractor.audit.addresses import choose_address
from extractor.audit.verify import Checked, Defect
from extractor.errors import ExtractorError
from extractor.export import Observation, list_observations, snapshot
from extractor.export.columns import NAMES, as_row
from extractor.export.database.target import open_target
from extractor.store import Store
from extractor.store.exports import published, published_run
from extractor.store.published import find_identity
from extractor.store.schema import decision, document, extraction

COMPARED = (
    "ref_area", "time_period", "form", "indicator", "measure", "obs_value", "obs_text", "unit_measure", "obs_status",
    "review_status", "raw", "settled_by", "sha256",
)  # fmt: skip
KIND = "database"


@dataclass(frozen=True, slots=True)
class _Sent:
    """The last word of the log on an observation."""

    action: str
    revision: int
    at: str


def check_exports(store: Store, given: Sequence[str] = ()) -> Checked:
    """`given`: addresses of targets, for those whose password the log does not hold."""
    with snapshot(store) as connection:
        targets = _read_targets(connection)
        now = {one.id: one for one in list_observations(connection)} if targets else {}
        touched, name = _read_touched(connection), find_identity(connection)
        sent = {target: _read_sent(connection, target) for target in targets}
    count, defects, untold = 0, list[Defect](), list[str]()
    for target in targets:
        try:
            rows = _read_rows(choose_address(target, given), target.partition("#")[2] or None, name)
        except (ExtractorError, DBAPIError, OSError) as error:
            untold.append(f"export to {target}: NOT CHECKED: {getattr(error, 'message', error)}")
            continue
        count += len(sent[target])
        for key, fault, is_defect in _compare(sent[target], rows, now, touched):
            if is_defect:
                defects.append(Defect("export", f"{key} in {target}", fault))
            else:
                untold.append(f"export {key} in {target}: {fault}")
    return Checked(count, tuple(defects), tuple(untold))


def _read_targets(connection: Connection) -> list[str]:
    where = (published_run.c.state == "done", published_run.c.kind == KIND)
    return sorted(connection.execute(select(published_run.c.target).where(*where).distinct()).scalars())


def _read_sent(connection: Connection, target: str) -> dict[str, _Sent]:
    query = (
        select(published, published_run.c.started_at)
        .join(published_run, published_run.c.id == published.c.run_id)
        .where(published_run.c.target == target, published_run.c.state == "done")
        .order_by(published_run.c.started_at)
    )
    return {row.observation_id: _Sent(row.action, row.revision, row.started_at) for row in connection.execute(query)}


def _read_touched(connection: Connection) -> dict[int, str]:
    """When each document was last extracted or decided on."""
    read = select(document.c.id, extraction.c.at).join(extraction, extraction.c.id == document.c.extraction_id)
    touched: dict[int, str] = {row[0]: row[1] for row in connection.execute(read)}
    said = select(decision.c.document_id, func.max(decision.c.at)).group_by(decision.c.document_id)
    for document_id, at in connection.execute(said):
        touched[document_id] = max(touched.get(document_id, ""), at)
    return touched


def _read_rows(address: str, schema: str | None, store: str) -> dict[str, Mapping[str, Any]]:
    target = open_target(address, schema, own=False)
    try:
        with target.engine.connect() as connection:
            query = text("SELECT * FROM observation WHERE store = :store")
            return {row["obs_id"]: dict(row) for row in connection.execute(query, {"store": store}).mappings()}
    finally:
        target.close()


def _compare(
    sent: Mapping[str, _Sent],
    rows: Mapping[str, Mapping[str, Any]],
    now: Mapping[str, Observation],
    touched: Mapping[int, str],
) -> Iterator[tuple[str, str, bool]]:
    """Observation, what is wrong, and whether that is a defect or only behind the store."""
    for key, log in sorted(sent.items()):
        row, one = rows.get(key), now.get(key)
        if log.action != "published":
            if row is not None:
                yield key, "was withdrawn, and is there again", True
        elif row is None:
            yield key, "was published, and is gone", True
        elif row["revision"] != log.revision:
            yield key, f"revision {log.revision} was published, {row['revision']} is there", True
        elif one is None:
            yield key, "does not stand in the store any more; export again", False
        else:
            differ = _differences(row, one)
            behind = touched.get(one.document_id, "") > log.at
            if differ:
                yield key, f"holds {differ}" + ("; the store changed since: export again" if behind else ""), not behind
    for key in sorted(set(rows) - set(sent)):
        yield key, "is there, and was never published", True


def _differences(row: Mapping[str, Any], one: Observation) -> str:
    meant = dict(zip((name.lower() for name in NAMES), as_row(one), strict=True))
    return ", ".join(
        f"{name} {row[name]!r} instead of {_plain(meant[name])!r}"
        for name in COMPARED
        if _plain(row[name]) != _plain(meant[name])
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float | int | Decimal) and not isinstance(value, bool):
        number = Decimal(str(value))
        return format(number.normalize(), "f") if number else "0"
    return value
