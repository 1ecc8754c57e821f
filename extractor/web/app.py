"""A store and settings -> the application: routes, headers, errors, and what lives as long as it does."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles

from extractor import __version__
from extractor.errors import UsageError
from extractor.settings import Settings
from extractor.store import Store, StoreError
from extractor.store.pictures import NoPicture, Pictures
from extractor.web.background import Background
from extractor.web.data import PREFIX, make_api
from extractor.web.pages import ROUTERS
from extractor.web.security import HEADERS, SignInNeeded
from extractor.web.show import show_page

STATIC = Path(__file__).resolve().parent / "static"
LARGEST_BODY = 1 << 20  # bytes of a request: the largest is a group of decisions


def make_app(store: Store, settings: Settings) -> FastAPI:
    """The review application over an open store."""

    @asynccontextmanager
    async def live(app: FastAPI) -> AsyncIterator[None]:
        yield
        app.state.background.close()
        app.state.pictures.close()

    app = FastAPI(title="extractor", version=__version__, lifespan=live, docs_url=None, redoc_url=None)
    app.state.store, app.state.settings = store, settings
    app.state.pictures = Pictures(store)
    app.state.background = Background(store, settings)
    app.state.edition = secrets.token_hex(4)  # of static files: a new server sends new ones
    app.middleware("http")(_guard)
    for router in ROUTERS:
        app.include_router(router)
    app.mount(PREFIX, make_api(store, app.state.pictures))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(HTTPException, _tell)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    app.add_exception_handler(StoreError, _tell_store)
    app.add_exception_handler(UsageError, _tell_store)
    app.add_exception_handler(NoPicture, _tell_no_picture)
    return app


async def _guard(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return JSONResponse({"detail": "the request is too large"}, 413, HEADERS)
    answer = await call(request)
    for name, value in HEADERS.items():  # a page that stands alone has a stricter policy of its own
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.headers.get("hx-request")


def _ask_to_sign_in(request: Request, error: Exception) -> Response:  # noqa: ARG001
    if _wants_page(request) and request.method == "GET":
        return RedirectResponse(f"/sign-in?to={request.url.path}", 303)
    return JSONResponse({"detail": "sign in first"}, 401)


def _tell(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if _wants_page(request):
        return show_page(request, "error.html", status=error.status_code, detail=error.detail)
    return JSONResponse({"detail": error.detail}, error.status_code)


def _tell_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if _wants_page(request):
        return show_page(request, "error.html", status=422, detail="")
    first = error.errors()[0]
    return JSONResponse({"detail": f"{'.'.join(map(str, first['loc']))}: {first['msg']}"}, 422)


def _tell_store(request: Request, error: Exception) -> Response:
    assert isinstance(error, (StoreError, UsageError))
    status = 503 if error.code == "store" else 409 if isinstance(error, StoreError) else 422
    if _wants_page(request):
        return show_page(request, "error.html", status=status, detail=f"{error.message}. {error.advice}")
    return JSONResponse({"detail": error.message, "advice": error.advice}, status)


def _tell_no_picture(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return JSONResponse({"detail": str(error)}, 404)
