"""Filters -> the next tasks for a person, each leased to one person at a time."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, update

from extractor.store.clock import now
from extractor.store.current import as_task
from extractor.store.opening import Store
from extractor.store.records import Task
from extractor.store.schema import decision, task

LEASE_SECONDS = 90  # a heartbeat renews it every thirty
TRIES = 8  # several people may ask for the same task at once


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person wants to look at; None: everything. `adjudicator`: may settle what two entries differ in."""

    catalogue: str | None = None
    organisation: str | None = None
    year: str | None = None
    reason: str | None = None
    severity: str | None = None
    kind: str | None = None
    document_id: int | None = None
    indicator: str | None = None
    reading: str | None = None
    adjudicator: bool = False


ANYTHING = Filter()


def lease_next(
    store: Store, user: str, chosen: Filter = ANYTHING, *, count: int = 1, held: Sequence[str] = ()
) -> tuple[Task, ...]:
    """The next tasks, leased to the user. `held`: tokens of leases in hand, which are not given again.

    What the user leased and lost sight of (a page loaded again) is given again.
    """
    for _ in range(TRIES):
        with store.write() as connection:
            found = _find_next(connection, user, chosen, count, held)
            leased = tuple(one for one in (_lease(connection, row, user) for row in found) if one)
        if leased or not found:
            return leased
    return ()


def lease_task(store: Store, user: str, document_id: int, key: str) -> Task | None:
    """One certain task; None where somebody else holds it or it is not there."""
    with store.write() as connection:
        row = connection.execute(select(task).where(task.c.document_id == document_id, task.c.key == key)).one_or_none()
        return None if row is None else _lease(connection, as_task(row), user)


def find_holder(connection: Connection, document_id: int, key: str) -> str | None:
    """Who is looking at a task now."""
    held = (task.c.document_id == document_id, task.c.key == key, task.c.state != "done", task.c.lease_until > now())
    return connection.execute(select(task.c.lease_by).where(*held)).scalar_one_or_none()


def keep_lease(store: Store, user: str, tokens: Sequence[str]) -> tuple[str, ...]:
    """A heartbeat: the tokens of those leases that are still the user's."""
    with store.write() as connection:
        mine = and_(task.c.lease_by == user, task.c.lease_token.in_(list(tokens)))
        connection.execute(update(task).where(mine).values(lease_until=now(LEASE_SECONDS)))
        return tuple(connection.execute(select(task.c.lease_token).where(mine)).scalars())


def release(store: Store, user: str, tokens: Sequence[str] = ()) -> None:
    """Give tasks back: all of the user's, or those of some leases."""
    mine = task.c.lease_by == user
    if tokens:
        mine = and_(mine, task.c.lease_token.in_(list(tokens)))
    with store.write() as connection:
        connection.execute(update(task).where(mine).values(lease_by=None, lease_token=None, lease_until=None))


def postpone(store: Store, user: str, document_id: int, key: str) -> None:
    """Put a task behind all open ones."""
    where = and_(task.c.document_id == document_id, task.c.key == key, task.c.state == "open")
    free = or_(task.c.lease_by.is_(None), task.c.lease_by == user, task.c.lease_until < now())
    with store.write() as connection:
        connection.execute(
            update(task)
            .where(where, free)
            .values(state="postponed", lease_by=None, lease_token=None, lease_until=None, updated_at=now())
        )


def count_tasks(connection: Connection, chosen: Filter = ANYTHING) -> dict[str, int]:
    """Tasks by state."""
    query = select(task.c.state, func.count()).where(*_wanted(chosen)).group_by(task.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def _find_next(connection: Connection, user: str, chosen: Filter, count: int, held: Sequence[str]) -> tuple[Task, ...]:
    moment = now()
    free = or_(task.c.lease_by.is_(None), task.c.lease_by == user, task.c.lease_until < moment)
    if held:
        free = and_(free, or_(task.c.lease_token.is_(None), task.c.lease_token.not_in(list(held))))
    order = (task.c.rank, task.c.document_id, task.c.page, task.c.position, task.c.id)
    found: list[Task] = []
    for state in ("open", "postponed"):
        query: Select[Any] = select(task).where(task.c.state == state, free, *_wanted(chosen), *_allowed(user, chosen))
        query = query.order_by(*order).limit(count - len(found)).with_for_update(skip_locked=True)
        found += [as_task(row) for row in connection.execute(query)]
        if len(found) >= count:
            break
    return tuple(found)


def _wanted(chosen: Filter) -> list[ColumnElement[bool]]:
    equal = {
        task.c.catalogue: chosen.catalogue,
        task.c.organisation_code: chosen.organisation,
        task.c.year: chosen.year,
        task.c.severity: chosen.severity,
        task.c.kind: chosen.kind,
        task.c.document_id: chosen.document_id,
        task.c.indicator: chosen.indicator,
        task.c.reading: chosen.reading,
    }
    wanted: list[ColumnElement[bool]] = [column == value for column, value in equal.items() if value is not None]
    if chosen.reason:
        wanted.append(task.c.reasons.contains(f" {chosen.reason} ", autoescape=True))
    return wanted


def _allowed(user: str, chosen: Filter) -> list[ColumnElement[bool]]:
    """Nobody enters a field twice where two people must, or settles what they entered themselves."""
    entered = exists().where(
        decision.c.document_id == task.c.document_id,
        decision.c.key == task.c.key,
        decision.c.user_name == user,
        decision.c.final.is_(False),
        decision.c.purpose != "gold",
    )
    allowed: list[ColumnElement[bool]] = [or_(task.c.entries == 1, ~entered)]
    if not chosen.adjudicator:
        allowed.append(task.c.kind != "adjudicate")
    return allowed


def _lease(connection: Connection, one: Task, user: str) -> Task | None:
    token, until = secrets.token_urlsafe(12), now(LEASE_SECONDS)
    free = or_(task.c.lease_by.is_(None), task.c.lease_by == user, task.c.lease_until < now())
    changed = connection.execute(
        update(task)
        .where(task.c.id == one.id, free, task.c.state != "done")
        .values(lease_by=user, lease_token=token, lease_until=until)
    )
    if changed.rowcount == 0:
        return None
    return replace(one, lease_by=user, lease_token=token, lease_until=until)
