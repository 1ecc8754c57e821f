"""A store -> the read-only JSON API under /api/v1 for programs with a token; its OpenAPI is /api/v1/openapi.json."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import select

from extractor import __version__
from extractor.errors import UsageError
from extractor.export import STATUSES, Observation, as_row, snapshot
from extractor.export.formats.jsonl import json_line
from extractor.export.schemas import make_export_schema
from extractor.look import find_observation, read_evidence, show_sheet, style_hash
from extractor.look.evidence import Evidence
from extractor.store import Store, StoreError, is_token
from extractor.store.forms import named_forms
from extractor.store.pictures import Pictures
from extractor.store.schema import document
from extractor.web.feed import START, Choice, list_documents, list_page, pack_place, read_place
from extractor.web.security import HEADERS

PREFIX = "/api/v1"
MOST = 1000
POLICY = "Content-Security-Policy"
Responses = dict[int | str, dict[str, Any]]
FRESH = "private, no-cache"  # a cache may keep an answer, and must ask each time whether it still holds

Word = Annotated[str | None, Query(max_length=200)]
Words = Annotated[list[str] | None, Query(max_length=20)]
Number = Annotated[int | None, Query(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=MOST)]
Cursor = Annotated[str | None, Query(max_length=2000)]
Since = Annotated[datetime | None, Query(description="changed at or after this time, or up to five minutes before it")]
Named = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="OBS_ID")]
bearer = HTTPBearer(auto_error=False, description="a token that extractor user token gave")


def check_token(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
    """Raises HTTPException without a token that stands."""
    if given is None or not is_token(request.app.state.store, given.credentials):
        raise HTTPException(401, "this needs a token: Authorization: Bearer TOKEN", {"WWW-Authenticate": "Bearer"})


def make_api(store: Store, pictures: Pictures) -> FastAPI:
    """The API as an application of its own, so that it has an OpenAPI of its own."""
    api = FastAPI(
        title="extractor",
        version=__version__,
        summary="What stands in a store, for programs: observations, documents, indicators, evidence",
        docs_url=None,
        redoc_url=None,
    )
    api.state.store, api.state.pictures = store, pictures
    needs = [Depends(check_token)]
    failures: Responses = {401: {"description": "no token that stands"}}
    cached = failures | {304: {"description": "what If-None-Match names still holds"}}
    missing = cached | {404: {"description": "there is none"}}
    item = {key: value for key, value in make_export_schema("observations").items() if not key.startswith("$")}
    several = {"type": "object", "properties": {"items": {"type": "array", "items": item}, "next": NEXT}}
    for path, call, schema, responses in (
        ("/observations", list_observations_of, several, cached),
        ("/observations/{observation}", show_observation, item, missing),
        ("/documents", list_documents_of, ITEMS, cached),
        ("/indicators", list_indicators, ITEMS, cached),
        ("/evidence/{observation}", show_evidence, {"type": "object"}, missing),
    ):
        answer: Responses = {200: {"content": {"application/json": {"schema": schema}}, "headers": {"ETag": ETAG}}}
        api.get(path, dependencies=needs, responses=responses | answer, response_class=JSONResponse)(call)
    sheet: Responses = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}
    api.get("/evidence/{observation}/sheet", dependencies=needs, responses=missing | sheet, response_class=Response)(
        show_evidence_sheet
    )
    api.add_exception_handler(UsageError, _tell)
    api.add_exception_handler(StoreError, _tell)
    return api


NEXT = {"type": ["string", "null"], "description": "address of the next page; null: this was the last"}
ITEMS = {"type": "object", "properties": {"items": {"type": "array", "items": {"type": "object"}}, "next": NEXT}}
ETAG = {"schema": {"type": "string"}, "description": "of the answer's content"}


def list_observations_of(
    request: Request,
    organisation: Word = None,
    period: Word = None,
    form: Word = None,
    indicator: Word = None,
    status: Words = None,
    review: Words = None,
    document: Number = None,
    since: Since = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Response:
    """What stands, as `extractor export` writes it: OBS_VALUE only where it is a fact, OBS_STATUS says what else it is.

    A page may hold fewer than `limit`, even none, and still have a next one.
    """
    if unknown := set(status or ()) - set(STATUSES):
        raise HTTPException(422, f"there is no status {min(unknown)}; there are: {', '.join(STATUSES)}")
    chosen = Choice(organisation, period, form, indicator, tuple(status or ()), tuple(review or ()), document, since)
    after = read_place(cursor) if cursor else START
    with snapshot(request.app.state.store) as connection:
        found, place = list_page(connection, chosen, after, limit)
    items = ",\n".join(_line(one) for one in found)
    return _answer(request, items, None if place is None else pack_place(place))


def show_observation(request: Request, observation: Named) -> Response:
    """One observation as it stands."""
    return _send(request, _line(_find(request, observation)))


def list_documents_of(
    request: Request,
    organisation: Word = None,
    period: Word = None,
    form: Word = None,
    document: Number = None,
    since: Since = None,
    limit: Limit = 200,
    cursor: Cursor = None,
) -> Response:
    """Documents, those too that do not stand any more (`active`): of a changed one take all observations anew."""
    after = read_place(cursor)[0] if cursor else 0
    chosen = Choice(organisation, period, form, document=document, since=since)
    with snapshot(request.app.state.store) as connection:
        found, last = list_documents(connection, chosen, after, limit)
    items = ",\n".join(json.dumps(one, ensure_ascii=False) for one in found)
    return _answer(request, items, None if last is None else pack_place((last, "", "")))


def list_indicators(request: Request, form: Word = None) -> Response:
    """Indicators of a form, or of all forms that the store's documents follow; all on one page."""
    with snapshot(request.app.state.store) as connection:
        query = select(document.c.catalogue).where(document.c.catalogue.is_not(None)).distinct()
        names = [name for name in sorted(connection.execute(query).scalars()) if form in (None, name)]
        forms = [one for name in names for one in named_forms(connection, name)]
    known = {(one.name, one.version): one for one in reversed(forms)}
    rows = [
        {
            "form": catalogue.name,
            "form_version": catalogue.version,
            "indicator": one.code,
            "label": one.label,
            "parent": one.parent,
            "unit": one.unit,
            "type": one.type,
            "path": one.path,
        }
        for _, catalogue in sorted(known.items())
        for one in catalogue.indicators
    ]
    return _answer(request, ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows), None)


def show_evidence(request: Request, observation: Named) -> Response:
    """Where a number comes from: readings, rules, findings, versions, decisions with their hashes, exports."""
    found = _read_evidence(request, observation)
    tree = asdict(found)
    del tree["observation"]
    text = json.dumps(tree, ensure_ascii=False, default=str)
    return _send(request, f'{{"observation": {_line(found.observation)}, "evidence": {text}}}')


def show_evidence_sheet(
    request: Request, observation: Named, language: Annotated[str, Query(pattern="^(vi|en)$")] = "vi"
) -> Response:
    """The same as a page that stands alone and prints."""
    page = show_sheet(_read_evidence(request, observation), request.app.state.pictures, language=language)
    own = (
        HEADERS[POLICY]
        .replace("style-src 'self'", f"style-src '{style_hash(page)}'")
        .replace("img-src", "img-src data:")
    )
    return _send(request, page, "text/html; charset=utf-8", {POLICY: own})


def _find(request: Request, named: str) -> Observation:
    with snapshot(request.app.state.store) as connection:
        try:
            return find_observation(connection, named)
        except UsageError as error:
            raise HTTPException(404, error.message) from error


def _read_evidence(request: Request, named: str) -> Evidence:
    found = _find(request, named)
    with snapshot(request.app.state.store) as connection:
        return read_evidence(request.app.state.store, connection, found)


def _line(one: Observation) -> str:
    return json_line(as_row(one)).rstrip("\n")


def _answer(request: Request, items: str, cursor: str | None) -> Response:
    """A page of items with the address of the next one, in the body and as a Link."""
    link = None
    if cursor is not None:
        asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        link = f"{request.url.path}?{urlencode([*asked, ('cursor', cursor)])}"
    body = f'{{"items": [{items}], "next": {json.dumps(link)}}}\n'
    return _send(request, body, more={} if link is None else {"Link": f'<{link}>; rel="next"'})


def _send(request: Request, body: str, kind: str = "application/json", more: dict[str, str] | None = None) -> Response:
    """The answer, or that the client has it already."""
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": FRESH, **(more or {})}
    asked = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if tag in asked or "*" in asked:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=kind, headers=headers)


def _tell(request: Request, error: Exception) -> Response:  # noqa: ARG001
    assert isinstance(error, (UsageError, StoreError))
    status = 422 if isinstance(error, UsageError) else 503
    return JSONResponse({"detail": error.message, "advice": error.advice}, status)
