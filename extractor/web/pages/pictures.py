"""Pictures of pages and of cells, by document and key: no path comes from outside."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import FileResponse, Response
from sqlalchemy import select

from extractor.store.schema import document, file
from extractor.web.security import Viewer

router = APIRouter(tags=["pictures"])

KEPT = {"Cache-Control": "private, max-age=86400, immutable"}  # a document's pixels never change
Identity = Annotated[int, Query(ge=1, le=2**31 - 1)]
Side = Annotated[float, Query(ge=0, le=1)]


def _original(request: Request, document_id: int, page: int) -> str:
    query = select(document.c.sha256, file.c.page_count).join(file, file.c.sha256 == document.c.sha256)
    if not 1 <= document_id < 2**31:
        raise HTTPException(404, "there is no such document")
    with request.app.state.store.read() as connection:
        row = connection.execute(query.where(document.c.id == document_id)).one_or_none()
    if row is None or not 1 <= page <= (row.page_count or 0):
        raise HTTPException(404, "there is no such page")
    return str(row.sha256)


@router.get("/pictures/{document_id}/{page}.jpg", response_class=FileResponse)
def show_picture(request: Request, document_id: int, page: int, person: Viewer) -> Response:  # noqa: ARG001
    """A whole page."""
    path = request.app.state.pictures.page_path(_original(request, document_id, page), page)
    return FileResponse(path, media_type="image/jpeg", headers=KEPT)


@router.get("/crops/{document_id}/{page}.jpg", response_class=Response)
def show_crop(
    request: Request,
    document_id: int,
    page: int,
    person: Viewer,  # noqa: ARG001
    x0: Side,
    y0: Side,
    x1: Side,
    y1: Side,
) -> Response:
    """A part of a page."""
    if x0 >= x1 or y0 >= y1:
        raise HTTPException(422, "the box is empty")
    crop = request.app.state.pictures.crop(_original(request, document_id, page), page, (x0, y0, x1, y1))
    return Response(crop, media_type="image/jpeg", headers=KEPT)
