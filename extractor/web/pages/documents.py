"""Documents: the list, and one page beside its rows, findings, head and history."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection, func, or_, select

from extractor.store import CurrentCell, form_of, read_cells, read_findings
from extractor.store.place import of_one_report
from extractor.store.schema import decision, document, extraction, file, report, task
from extractor.store.schema import page as page_table
from extractor.web.security import Viewer
from extractor.web.show import language_of, render, show_page
from extractor.web.wording import show_word

router = APIRouter(tags=["documents"])

PER_SHEET = 50
Identity = Annotated[int, Query(ge=1, le=2**31 - 1)]


@router.get("/documents")
def list_documents(
    request: Request,
    person: Viewer,  # noqa: ARG001
    sheet: Annotated[int, Query(ge=1, le=100000)] = 1,
    search: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """All documents, those with most to do first."""
    left = (
        select(task.c.document_id, func.count().label("left"))
        .where(task.c.state != "done")
        .group_by(task.c.document_id)
        .subquery()
    )
    query = (
        select(document, func.coalesce(left.c.left, 0).label("left"), extraction.c.accepted, extraction.c.value_cells)
        .outerjoin(left, left.c.document_id == document.c.id)
        .outerjoin(extraction, extraction.c.id == document.c.extraction_id)
        .order_by(func.coalesce(left.c.left, 0).desc(), document.c.id)
    )
    if search:
        like = f"%{search}%"
        query = query.where(
            or_(document.c.name.like(like), document.c.organisation.like(like), document.c.period.like(like))
        )
    with request.app.state.store.read() as connection:
        rows = connection.execute(query.limit(PER_SHEET + 1).offset((sheet - 1) * PER_SHEET)).all()
    return show_page(
        request, "documents.html", rows=rows[:PER_SHEET], more=len(rows) > PER_SHEET, sheet=sheet, search=search
    )


@router.get("/documents/{document_id}")
def show_document(
    request: Request,
    document_id: int,
    person: Viewer,  # noqa: ARG001
    page: Annotated[int, Query(ge=1, le=100000)] = 1,
    key: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """One page of a document with its cells lit, the rows beside it, and all that is known."""
    with request.app.state.store.read() as connection:
        about = read_about(connection, document_id)
        cells = read_cells(connection, document_id)
        findings = read_findings(connection, document_id)
        asked = set(
            connection.execute(
                select(task.c.key).where(task.c.document_id == document_id, task.c.state != "done")
            ).scalars()
        )
        siblings = _siblings(connection, about)
        pages = connection.execute(
            select(page_table).where(page_table.c.document_id == document_id).order_by(page_table.c.number)
        ).all()
        repairs = _repairs(connection, document_id)
        form = form_of(connection, document_id)
    page = next((one.cell.page for one in cells if one.cell.key == key and one.cell.page), page)
    return show_page(
        request,
        "document.html",
        about=about,
        page=page,
        pages=pages,
        rows=_rows(cells, page, asked, language_of(request)),
        rest=_rest(cells, asked, language_of(request)),
        head=[one for one in cells if one.cell.type == "head"],
        findings=findings,
        asked=asked,
        siblings=siblings,
        repairs=repairs,
        places=form.places if form else (),
        key=key,
    )


@router.get("/documents/{document_id}/history")
def show_history(
    request: Request,
    document_id: int,
    person: Viewer,  # noqa: ARG001
    key: Annotated[str, Query(max_length=200)],
) -> Response:
    """What was decided about a field, newest first."""
    language = language_of(request)
    with request.app.state.store.read() as connection:
        read_about(connection, document_id)
        query = select(decision).where(decision.c.document_id == document_id, decision.c.key == key)
        open_task = select(task.c.id).where(
            task.c.document_id == document_id, task.c.key == key, task.c.state != "done"
        )
        if connection.execute(open_task).first() is not None:  # blind entries stay blind until they are settled
            query = query.where(decision.c.final)
        rows = connection.execute(query.order_by(decision.c.seq.desc())).all()
    undone = {row.undoes for row in rows if row.undoes}
    lines = [
        {
            "at": row.at[:16].replace("T", " "),
            "user": row.user_name,
            "kind": row.kind,
            "shown": show_word(after, None, language) if (after := json.loads(row.after)).get("state") else "",
            "why": row.why,
            "undone": row.seq in undone,
            "final": row.final,
        }
        for row in rows
    ]
    return Response(render(request, "history.html", lines=lines, key=key), media_type="text/html; charset=utf-8")


def read_about(connection: Connection, document_id: int) -> Any:
    """A document's row with its file's pages. Raises HTTPException where it is not there."""
    query = select(document, file.c.page_count).join(file, file.c.sha256 == document.c.sha256)
    row = (
        connection.execute(query.where(document.c.id == document_id)).one_or_none()
        if 1 <= document_id < 2**31
        else None
    )
    if row is None:
        raise HTTPException(404, "there is no such document")
    return row


def _siblings(connection: Connection, about: Any) -> list[Any]:
    if about.report_id is None:
        return []
    query = select(document, report.c.number).join(report, report.c.id == document.c.report_id)
    return list(connection.execute(query.where(of_one_report(about.report_id)).order_by(document.c.id)))


def _repairs(connection: Connection, document_id: int) -> list[dict[str, Any]]:
    query = select(decision).where(decision.c.document_id == document_id, decision.c.kind.in_(("repair", "undo")))
    rows = connection.execute(query.order_by(decision.c.seq)).all()
    undone = {row.undoes for row in rows if row.kind == "undo"}
    return [
        {"seq": row.seq, "user": row.user_name, "at": row.at[:16].replace("T", " "), **json.loads(row.after)}
        for row in rows
        if row.kind == "repair" and row.seq not in undone
    ]


def _rows(cells: tuple[CurrentCell, ...], page: int, asked: set[str], language: str) -> list[dict[str, Any]]:
    """The rows printed on a page, each with the fields that can be settled."""
    rows: dict[int, dict[str, Any]] = {}
    for one in cells:
        cell = one.cell
        if cell.page != page or cell.type == "head":
            continue
        row = rows.setdefault(
            cell.position, {"label": cell.label, "code": cell.code, "fields": [], "box": cell.row_box}
        )
        row["fields"].append(_field(one, asked, language))
    return [rows[position] for position in sorted(rows)]


def _rest(cells: tuple[CurrentCell, ...], asked: set[str], language: str) -> list[dict[str, Any]]:
    """Rows that are on no page: not printed, or on a page that was not read."""
    return [
        {"label": one.cell.label, "code": one.cell.code, **_field(one, asked, language)}
        for one in cells
        if one.cell.field == "row" and one.cell.page is None
    ]


def _field(one: CurrentCell, asked: set[str], language: str) -> dict[str, Any]:
    cell = one.cell
    status = "settled" if one.settled else "asked" if cell.key in asked else cell.status
    shown = cell.label_raw if cell.field in ("row", "stranger") else show_word(one.word, cell.type, language)
    return {
        "key": cell.key,
        "field": cell.field,
        "measure": cell.measure,
        "shown": shown,
        "raw": cell.raw,
        "status": status,
        "box": cell.box,
        "confidence": cell.confidence,
        "state": cell.state,
        "type": cell.type,
        "user": one.settled.user if one.settled else "",
    }
