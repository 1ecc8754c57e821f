"""A number's id -> its evidence sheet, as `extractor trace` writes it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request
from fastapi.responses import HTMLResponse, Response

from extractor.errors import UsageError
from extractor.export import snapshot
from extractor.look import find_observation, read_evidence, show_sheet, style_hash
from extractor.web.security import HEADERS, Viewer
from extractor.web.show import language_of

router = APIRouter(tags=["evidence"])

POLICY = "Content-Security-Policy"
Named = Annotated[str, Path(max_length=200)]


@router.get("/evidence/{observation:path}", response_class=HTMLResponse)
def show_evidence(request: Request, observation: Named, person: Viewer) -> Response:  # noqa: ARG001
    """The sheet, by OBS_ID or ORGANISATION/PERIOD/CODE."""
    with snapshot(request.app.state.store) as connection:
        try:
            found = find_observation(connection, observation)
        except UsageError as error:
            raise HTTPException(404, error.message) from error
        evidence = read_evidence(request.app.state.store, connection, found)
    page = show_sheet(evidence, request.app.state.pictures, language=language_of(request))
    own = (
        HEADERS[POLICY]
        .replace("style-src 'self'", f"style-src '{style_hash(page)}'")
        .replace("img-src", "img-src data:")
    )
    return HTMLResponse(page, headers={POLICY: own})
