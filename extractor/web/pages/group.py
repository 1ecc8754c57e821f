"""The group screen: cells that were read alike, two dozen at a look."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import func, select

from extractor.store import named_forms
from extractor.store.schema import task
from extractor.web.security import Reviewer
from extractor.web.show import show_page

router = APIRouter(tags=["review"])

LEAST, MOST_GROUPS = 2, 40
Word = Annotated[str | None, Query(max_length=200)]


@router.get("/group")
def show_group(
    request: Request,
    person: Reviewer,  # noqa: ARG001
    indicator: Word = None,
    reading: Word = None,
) -> Response:
    """The groups, largest first; or one of them, whose script asks for its cards."""
    base = (task.c.state == "open", task.c.kind == "cell", task.c.entries == 1)
    count = func.count()
    with request.app.state.store.read() as connection:
        by_value = connection.execute(
            select(task.c.reading, count)
            .where(*base, task.c.reading.is_not(None))
            .group_by(task.c.reading)
            .having(count >= LEAST)
            .order_by(count.desc(), task.c.reading)
            .limit(MOST_GROUPS)
        ).all()
        by_indicator = connection.execute(
            select(task.c.catalogue, task.c.indicator, count)
            .where(*base)
            .group_by(task.c.catalogue, task.c.indicator)
            .having(count >= LEAST)
            .order_by(count.desc(), task.c.indicator)
            .limit(MOST_GROUPS)
        ).all()
        forms = [named_forms(connection, name)[:1] for name in {row[0] for row in by_indicator if row[0]}]
    labels = {one.code: one.label for form in forms for known in form for one in known.indicators}
    return show_page(
        request,
        "group.html",
        by_value=by_value,
        by_indicator=by_indicator,
        labels=labels,
        indicator=indicator,
        reading=reading,
    )
