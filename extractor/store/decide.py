"""A person's decision -> one more link in the chain of decisions, and the task that it ends."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy import text as sql

from extractor.store.clock import now
from extractor.store.current import read_cells, read_settled
from extractor.store.opening import Store, StoreError
from extractor.store.place import HEAD_KEYS, place_document
from extractor.store.records import CurrentCell, Decided, NewDecision, Settled
from extractor.store.schema import chain, decision, document, task

FIRST_HASH = "0" * 64
COMPARED = ("state", "number", "text", "code", "value")
WITHOUT_FINALITY = ("gold",)


class Refused(StoreError):
    """A decision that was not kept."""

    code = "refused"


class Stale(Refused):
    """Somebody else settled the field since the person looked; `settled` is what stands."""

    code = "stale"

    def __init__(self, settled: Settled | None) -> None:
        super().__init__("the field was settled by somebody else meanwhile", "look at both values and decide again")
        self.settled = settled


class Leased(Refused):
    """Somebody else is looking at the field."""

    code = "leased"


@dataclass(frozen=True, slots=True)
class Link:
    """What is hashed of a decision, and the number and hash of the one before."""

    seq: int
    prev_hash: str


def decide(store: Store, new: NewDecision) -> Decided:
    """Keep a decision. Raises Stale, Leased, Refused. The same `request` again gives the same answer."""
    with store.write() as connection:
        return decide_within(connection, new)


def decide_within(connection: Connection, new: NewDecision) -> Decided:
    """The same as part of a larger transaction."""
    link = _lock_chain(connection)
    kept = connection.execute(select(decision).where(decision.c.request == new.request)).one_or_none()
    if kept is not None:
        return Decided(kept.seq, kept.kind, kept.final, repeated=True)
    current = _find_current(connection, new)
    standing = current.settled if current else _standing(connection, new)
    if new.purpose not in WITHOUT_FINALITY and new.kind != "undo" and (standing.seq if standing else 0) != new.seen:
        raise Stale(standing)
    ask = _find_task(connection, new)
    if ask is not None and ask.lease_by not in (None, new.user) and str(ask.lease_until) > now():
        raise Leased("somebody else is looking at this field", "take the next one")
    if new.kind == "undo":
        _check_undo(connection, new, standing)
    final = _settle_task(connection, new, ask)
    _append(connection, new, link, _before(current, standing), final=final)
    if new.key in HEAD_KEYS:
        place_document(connection, new.document_id)
    return Decided(link.seq, new.kind, final)


def same_word(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two people said the same."""
    return all(one.get(name) == other.get(name) for name in COMPARED)


def hash_decision(row: dict[str, Any]) -> str:
    """The hash of a link: everything kept of the decision but the hash itself, with the hash of the link before."""
    kept = {name: row[name] for name in decision.c.keys() if name != "hash"}  # noqa: SIM118  # a collection, no dict
    return hashlib.sha256(json.dumps(kept, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def check_chain(connection: Connection) -> str | None:
    """What is wrong with the chain of decisions: a link changed, missing or added; None: nothing."""
    before, seq = FIRST_HASH, 0
    for row in connection.execute(select(decision).order_by(decision.c.seq)).mappings():
        tree = dict(row)
        if tree["seq"] != seq + 1:
            return f"decision {seq + 1} is missing"
        if tree["prev_hash"] != before or hash_decision(tree) != tree["hash"]:
            return f"decision {tree['seq']} was changed"
        before, seq = tree["hash"], tree["seq"]
    last = connection.execute(select(chain)).one()
    return None if (last.seq, last.hash) == (seq, before) else f"decisions after {seq} are missing"


def _lock_chain(connection: Connection) -> Link:
    last = connection.execute(select(chain).with_for_update()).one()
    return Link(last.seq + 1, last.hash)


def _find_current(connection: Connection, new: NewDecision) -> CurrentCell | None:
    if new.document_id == 0:
        return None
    found = read_cells(connection, new.document_id, (new.key,))
    return found[0] if found else None


def _standing(connection: Connection, new: NewDecision) -> Settled | None:
    return read_settled(connection, new.document_id, (new.key,)).get(new.key)


def _find_task(connection: Connection, new: NewDecision) -> Row[Any] | None:
    query = select(task).where(task.c.document_id == new.document_id, task.c.key == new.key).with_for_update()
    return connection.execute(query).one_or_none()


def _check_undo(connection: Connection, new: NewDecision, standing: Settled | None) -> None:
    gone = connection.execute(select(decision).where(decision.c.seq == new.undoes)).one_or_none()
    if gone is None or gone.key != new.key or (standing is not None and standing.seq != new.undoes and gone.final):
        raise Stale(standing)
    if connection.execute(select(decision.c.seq).where(decision.c.undoes == new.undoes)).first() is not None:
        raise Refused("that decision is undone already", "go on")


def _settle_task(connection: Connection, new: NewDecision, ask: Row[Any] | None) -> bool:
    """The task's new state; whether the decision stands."""
    if new.purpose in WITHOUT_FINALITY:
        return False
    if ask is None:
        return True
    state, kind, final = "done", ask.kind, True
    if new.kind == "undo":
        state, final = "open", True
    elif ask.kind == "adjudicate":
        if new.purpose != "adjudication" or _entered(connection, new):
            raise Refused("a third person must settle what two differ in", "take the next one")
    elif ask.entries > 1:
        first = _first_entry(connection, new)
        if first is not None and first.user_name == new.user:
            raise Refused("a second person must enter this field", "take the next one")
        final = first is not None and same_word(json.loads(first.after), new.after)
        state = "done" if final else "open"
        kind = "adjudicate" if first is not None and not final else ask.kind
    values = {"state": state, "kind": kind, "lease_by": None, "lease_token": None, "lease_until": None}
    connection.execute(update(task).where(task.c.id == ask.id).values(**values, updated_at=now()))
    return final


def _entered(connection: Connection, new: NewDecision) -> bool:
    """Whether the person made one of the entries that differ."""
    where = (decision.c.document_id == new.document_id, decision.c.key == new.key, decision.c.user_name == new.user)
    return connection.execute(select(decision.c.seq).where(*where, decision.c.final.is_(False))).first() is not None


def _first_entry(connection: Connection, new: NewDecision) -> Row[Any] | None:
    query = sql(
        "SELECT * FROM decision d WHERE document_id = :document AND key = :key AND NOT final AND purpose <> 'gold'"
        " AND kind <> 'undo' AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.undoes = d.seq) ORDER BY seq DESC LIMIT 1"
    )
    return connection.execute(query, {"document": new.document_id, "key": new.key}).one_or_none()


def _before(current: CurrentCell | None, standing: Settled | None) -> dict[str, Any]:
    """What the person saw: the machine's word, and the decision that stood."""
    before: dict[str, Any] = {} if current is None else {"read": current.cell.word}
    return before | ({} if standing is None else {"settled": standing.after, "seq": standing.seq})


def _append(connection: Connection, new: NewDecision, link: Link, before: dict[str, Any], *, final: bool) -> None:
    extraction = connection.execute(
        select(document.c.extraction_id).where(document.c.id == new.document_id)
    ).scalar_one_or_none()
    row = {
        "seq": link.seq,
        "request": new.request,
        "document_id": new.document_id or None,
        "key": new.key,
        "kind": new.kind,
        "purpose": new.purpose,
        "final": final,
        "user_name": new.user,
        "at": now(),
        "why": new.why,
        "seconds": new.seconds,
        "before": json.dumps(before, ensure_ascii=False, sort_keys=True),
        "after": json.dumps(new.after, ensure_ascii=False, sort_keys=True),
        "published": None if new.published is None else json.dumps(new.published, ensure_ascii=False, sort_keys=True),
        "extraction_id": extraction,
        "undoes": new.undoes,
        "prev_hash": link.prev_hash,
    }
    row["hash"] = hash_decision(row)
    connection.execute(insert(decision), row)
    connection.execute(update(chain).values(seq=link.seq, hash=row["hash"]))
