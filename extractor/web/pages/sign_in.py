"""Signing in and out, and the language of the interface."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from extractor.store import end_session, set_language, start_session
from extractor.web.security import COOKIE, PUBLIC, Viewer, check_origin
from extractor.web.show import LANGUAGE_COOKIE, show_page
from extractor.web.wording import LANGUAGES

router = APIRouter(tags=["people"])

Word = Annotated[str, Form(max_length=200)]


@router.get("/sign-in", tags=[PUBLIC])
def show_sign_in(request: Request, to: str = "/") -> Response:
    """The form."""
    return show_page(request, "sign_in.html", to=_safe(to), failed=False)


@router.post("/sign-in", tags=[PUBLIC])
def sign_in(request: Request, name: Word, password: Word, to: Annotated[str, Form()] = "/") -> Response:
    """A session, where name and password fit; after five wrong tries a name waits for five minutes."""
    check_origin(request)
    address = request.client.host if request.client else ""
    cookie = start_session(request.app.state.store, name, password, address)
    if cookie is None:
        return show_page(request, "sign_in.html", status=401, to=_safe(to), failed=True)
    answer = RedirectResponse(_safe(to), 303)
    answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return answer


@router.post("/sign-out")
def sign_out(request: Request, person: Viewer) -> Response:  # noqa: ARG001
    """End the session."""
    end_session(request.app.state.store, request.cookies[COOKIE])
    answer = JSONResponse({"to": "/sign-in"})
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/language/{language}")
def choose_language(request: Request, language: str, person: Viewer) -> Response:
    """Vietnamese or English, from now on."""
    chosen = language if language in LANGUAGES else "vi"
    set_language(request.app.state.store, person.name, chosen)
    answer = JSONResponse({"language": chosen})
    answer.set_cookie(LANGUAGE_COOKIE, chosen, samesite="strict", max_age=31536000)
    return answer


def _safe(to: str) -> str:
    """A path of this server, never another site."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
