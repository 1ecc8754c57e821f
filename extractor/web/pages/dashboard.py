"""For managers: documents by state, accepted share, reasons, reviewers' pace; and one's own progress."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection, case, distinct, func, select

from extractor.store import count_tasks
from extractor.store.clock import now
from extractor.store.decide import same_word
from extractor.store.schema import decision, document, extraction, task
from extractor.web.security import Adjudicator, Reviewer
from extractor.web.show import show_page

router = APIRouter(tags=["dashboard"])

PACE_SECONDS = 3600  # what pace is told from
IDLE = 120  # a longer pause between two decisions is no work
SHOWN_REASONS = 15


@router.get("/dashboard")
def show_dashboard(request: Request, person: Adjudicator) -> Response:  # noqa: ARG001
    """Everything at a look."""
    with request.app.state.store.read() as connection:
        outcomes = connection.execute(select(document.c.outcome, func.count()).group_by(document.c.outcome)).all()
        cells = connection.execute(
            select(func.sum(extraction.c.accepted), func.sum(extraction.c.value_cells)).join(
                document, document.c.extraction_id == extraction.c.id
            )
        ).one()
        unplaced = connection.execute(
            select(func.count()).select_from(document).where(document.c.report_id.is_(None))
        ).scalar_one()
        waiting = connection.execute(
            select(func.count(distinct(task.c.document_id))).where(task.c.state != "done")
        ).scalar_one()
        values: dict[str, Any] = {
            "outcomes": outcomes,
            "accepted": cells[0] or 0,
            "value_cells": cells[1] or 0,
            "unplaced": unplaced,
            "waiting": waiting,
            "left": count_tasks(connection),
            "reasons": _reasons(connection),
            "people": _people(connection),
        }
    return show_page(request, "dashboard.html", **values)


@router.get("/api/progress")
def own_progress(request: Request, person: Reviewer) -> dict[str, Any]:
    """Decisions of the last hour, pace, and the share of gold cells that the person got wrong."""
    with request.app.state.store.read() as connection:
        mine = [one for one in _people(connection) if one["name"] == person.name]
        left = count_tasks(connection).get("open", 0)
    own = mine[0] if mine else {"decisions": 0, "pace": 0.0, "gold": 0, "wrong": 0}
    minutes = left / own["pace"] if own["pace"] else None
    return {**own, "left": left, "minutes": minutes}


def _reasons(connection: Connection) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    query = select(task.c.reasons, func.count()).where(task.c.state != "done").group_by(task.c.reasons)
    for text, count in connection.execute(query):
        for reason in set(text.split()):
            counts[reason.partition(":")[0]] += count
    return counts.most_common(SHOWN_REASONS)


def _people(connection: Connection) -> list[dict[str, Any]]:
    """Each person's decisions and pace in the last hour, and gold cells of all time."""
    since = now(-PACE_SECONDS)
    working = case((decision.c.seconds < IDLE, decision.c.seconds), else_=IDLE)
    recent = select(decision.c.user_name, func.count(), func.sum(working)).where(
        decision.c.at > since, decision.c.kind != "undo", decision.c.purpose != "moved"
    )
    gold = _gold(connection)
    found = {
        name: {"name": name, "decisions": count, "pace": 60 * count / seconds if seconds else 0.0}
        for name, count, seconds in connection.execute(recent.group_by(decision.c.user_name))
    }
    for name in gold:
        found.setdefault(name, {"name": name, "decisions": 0, "pace": 0.0})
    return [one | {"gold": gold[one["name"]][0], "wrong": gold[one["name"]][1]} for one in found.values()]


def _gold(connection: Connection) -> dict[str, tuple[int, int]]:
    """Gold cells by person, and how many differ from what stands."""
    standing = decision.alias("standing")
    query = (
        select(decision.c.user_name, decision.c.after, standing.c.after.label("truth"))
        .join(standing, (standing.c.document_id == decision.c.document_id) & (standing.c.key == decision.c.key))
        .where(decision.c.purpose == "gold", standing.c.final, standing.c.kind != "undo")
    )
    found: dict[str, tuple[int, int]] = {}
    for name, after, truth in connection.execute(query):
        count, wrong = found.get(name, (0, 0))
        found[name] = count + 1, wrong + (not same_word(json.loads(after), json.loads(truth)))
    return _Default(found)


class _Default(dict[str, tuple[int, int]]):
    """Nobody without gold cells has erred."""

    def __missing__(self, name: str) -> tuple[int, int]:
        return 0, 0
