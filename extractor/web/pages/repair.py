"""Orders of a person about pages, rows and columns; rescans; which version of a report stands."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection, select, update

from extractor.repair import RepairError, parse_order
from extractor.store import NewDecision, Store, bring_up_to_date, decide, read_settled
from extractor.store.schema import decision, document
from extractor.store.schema import page as page_table
from extractor.store.versions import ask_rescan, set_version
from extractor.web.pages.documents import read_about
from extractor.web.security import Reviewer, Viewer
from extractor.web.show import show_page

router = APIRouter(tags=["repair"])

Request80 = Annotated[str, StringConstraints(min_length=8, max_length=80)]
Line = Annotated[str, StringConstraints(max_length=500)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    request: Request80


class Repair(_Body):
    """One order; see `extractor.repair.parse_order`."""

    order: dict[str, Any]
    why: Line = ""


class Undo(_Body):
    """An order to take back."""

    seq: int = Field(ge=1, le=2**31 - 1)


class Rescan(_Body):
    """Why, and which pages; an empty reason takes the document off the list."""

    reason: Line = ""
    pages: list[Annotated[int, Field(ge=1, le=100000)]] = Field(default_factory=list, max_length=1000)


class Version(_Body):
    """What a document is."""

    version: Literal["draft", "signed", "replaced"]
    active: bool


@router.post("/documents/{document_id}/repairs")
def make_repair(request: Request, document_id: int, person: Reviewer, repair: Repair) -> dict[str, Any]:
    """Do an order: only what it names is read again, and settled fields stay."""
    order = parse_order(repair.order)
    store: Store = request.app.state.store
    with store.read() as connection:
        about = read_about(connection, document_id)
    if order.page > (about.page_count or 0):
        raise HTTPException(422, "there is no such page")
    key, after = f"repair/{repair.request}", order.model_dump(mode="json")
    new = NewDecision(repair.request, document_id, key, "repair", person.name, after, purpose="repair", why=repair.why)
    kept = decide(store, new)
    failed = _again(request, document_id)
    if kept.seq in failed:
        undo = NewDecision(
            f"undo-{repair.request}"[:80],
            document_id,
            key,
            "undo",
            person.name,
            {},
            kept.seq,
            "repair",
            undoes=kept.seq,
        )
        decide(store, undo)
        _again(request, document_id)
        raise RepairHttp("that row is not on the page any more; look at the page again")
    return {"state": "done", "seq": kept.seq}


class RepairHttp(HTTPException):
    """The order can't be done on this page."""

    def __init__(self, detail: str) -> None:
        super().__init__(409, detail)


@router.post("/documents/{document_id}/repairs/undo")
def undo_repair(request: Request, document_id: int, person: Reviewer, undo: Undo) -> dict[str, Any]:
    """Take an order back."""
    store: Store = request.app.state.store
    with store.read() as connection:
        row = connection.execute(select(decision).where(decision.c.seq == undo.seq)).one_or_none()
    if row is None or row.document_id != document_id or row.kind != "repair":
        raise HTTPException(404, "there is no such repair")
    new = NewDecision(undo.request, document_id, row.key, "undo", person.name, {}, undo.seq, "repair", undoes=undo.seq)
    decide(store, new)
    _again(request, document_id)
    return {"state": "undone"}


def _again(request: Request, document_id: int) -> tuple[int, ...]:
    """Judge the document again with all orders that stand; those that can't be done any more."""
    store: Store = request.app.state.store
    try:
        failed = bring_up_to_date(store, document_id, request.app.state.settings)
    except RepairError as error:
        raise RepairHttp(f"{error.message}; {error.advice}") from error
    with store.write() as connection:
        _mark_pages(connection, document_id)
    return failed


def _mark_pages(connection: Connection, document_id: int) -> None:
    """Which pages are left out or turned, as the orders that stand say."""
    orders = [one.after for one in read_settled(connection, document_id).values() if one.kind == "repair"]
    left = {one["page"] for one in orders if one["op"] == "leave-out-page"}
    turned = {one["page"]: one["turn"] for one in orders if one["op"] == "turn-page"}
    mine = page_table.c.document_id == document_id
    connection.execute(update(page_table).where(mine, page_table.c.state == "left-out").values(state="read"))
    connection.execute(update(page_table).where(mine).values(turned=0))
    for number in left:
        connection.execute(update(page_table).where(mine, page_table.c.number == number).values(state="left-out"))
    for number, turn in turned.items():
        connection.execute(update(page_table).where(mine, page_table.c.number == number).values(turned=turn))


@router.post("/documents/{document_id}/rescan")
def want_rescan(request: Request, document_id: int, person: Reviewer, rescan: Rescan) -> dict[str, Any]:  # noqa: ARG001
    """Put a document on the list of what must be scanned again."""
    store: Store = request.app.state.store
    with store.read() as connection:
        read_about(connection, document_id)
    ask_rescan(store, document_id, rescan.reason.strip(), tuple(rescan.pages))
    return {"state": "done"}


@router.get("/rescans")
def list_rescans(request: Request, person: Viewer) -> Response:  # noqa: ARG001
    """The list to print: file, pages and reason."""
    with request.app.state.store.read() as connection:
        query = (
            select(document).where(document.c.rescan_reason.is_not(None)).order_by(document.c.box, document.c.folder)
        )
        rows = [
            dict(row._mapping) | {"pages": json.loads(row.rescan_pages or "[]")} for row in connection.execute(query)
        ]
    return show_page(request, "rescans.html", rows=rows)


@router.post("/documents/{document_id}/version")
def choose_version(request: Request, document_id: int, person: Reviewer, version: Version) -> dict[str, Any]:
    """Say what a document is and whether it stands for its report."""
    store: Store = request.app.state.store
    with store.read() as connection:
        read_about(connection, document_id)
        standing = read_settled(connection, document_id, ("version-of",)).get("version-of")
    new = NewDecision(
        version.request, document_id, "version-of", "activated", person.name, {}, standing.seq if standing else 0
    )
    set_version(store, new, version.version, active=version.active)
    return {"state": "done"}
