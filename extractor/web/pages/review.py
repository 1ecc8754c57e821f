"""The review screen: one card after another, by keys only."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import func, select

from extractor.store import Filter, count_tasks
from extractor.store.schema import document, task
from extractor.web.security import Reviewer, Viewer
from extractor.web.show import show_page

router = APIRouter(tags=["review"])

Word = Annotated[str | None, Query(max_length=200)]
REASONS_SHOWN = 30


@router.get("/", response_class=RedirectResponse)
def start(person: Viewer) -> Response:
    """Where a person's work begins."""
    return RedirectResponse("/review" if person.may("reviewer") else "/documents", 303)


def filter_of(
    catalogue: Word = None,
    organisation: Word = None,
    year: Word = None,
    reason: Word = None,
    severity: Word = None,
    kind: Word = None,
) -> Filter:
    """What the address asks for; an empty choice is none."""
    return Filter(catalogue or None, organisation or None, year or None, reason or None, severity or None, kind or None)


@router.get("/review")
def show_review(
    request: Request,
    person: Reviewer,  # noqa: ARG001
    chosen: Annotated[Filter, Depends(filter_of)],
) -> Response:
    """The screen; its script asks for the cards."""
    with request.app.state.store.read() as connection:
        counts = count_tasks(connection, chosen)
        options = {
            name: connection.execute(
                select(column, func.count()).where(task.c.state == "open").group_by(column).order_by(column)
            ).all()
            for name, column in (
                ("catalogue", task.c.catalogue),
                ("organisation", task.c.organisation_code),
                ("year", task.c.year),
                ("severity", task.c.severity),
                ("kind", task.c.kind),
            )
        }
        names = {
            row[0]: row[1]
            for row in connection.execute(select(document.c.organisation_code, document.c.organisation).distinct())
        }
        reasons = _common_reasons(connection)
    return show_page(
        request, "review.html", chosen=chosen, counts=counts, options=options, names=names, reasons=reasons
    )


def _common_reasons(connection: object) -> list[str]:
    """Reasons of open tasks, from the combinations that occur."""
    query = select(task.c.reasons).where(task.c.state == "open").group_by(task.c.reasons).limit(500)
    found: dict[str, None] = {}
    for text in connection.execute(query).scalars():  # type: ignore[attr-defined]
        found |= dict.fromkeys(reason for reason in text.split() if not reason.startswith("contradicts:"))
    return sorted(found)[:REASONS_SHOWN]
