"""A request -> who sends it and whether they may: sessions, roles, forged forms, and the headers of every answer."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request
from fastapi.routing import APIRoute

from extractor.store import Person, Store, find_person

COOKIE = "session"
SAFE = ("GET", "HEAD", "OPTIONS")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PUBLIC = "public"


class SignInNeeded(Exception):
    """Nobody is signed in."""


@dataclass(frozen=True, slots=True)
class Needs:
    """The role that a route needs; tests walk all routes and ask each for it."""

    role: str

    def __call__(self, request: Request) -> Person:
        """Who sends a request. Raises SignInNeeded, HTTPException."""
        store: Store = request.app.state.store
        cookie = request.cookies.get(COOKIE)
        person = find_person(store, cookie) if cookie else None
        if person is None:
            raise SignInNeeded
        if request.method not in SAFE:
            check_origin(request)
            sent = request.headers.get("x-csrf-token", "")
            if not hmac.compare_digest(sent.encode(), person.csrf.encode()):
                raise HTTPException(403, "this form was not sent from here; load the page again")
        if not person.may(self.role):
            raise HTTPException(403, f"this needs the role {self.role}")
        request.state.person = person
        return person


def check_origin(request: Request) -> None:
    """A form of another site is refused, whatever it carries."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "this form was sent from another site")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "this form was sent from another site")


def role_of(route: APIRoute) -> str | None:
    """The role that a route needs; None: it was forgotten."""
    found = [one.call.role for one in route.dependant.dependencies if isinstance(one.call, Needs)]
    return found[0] if found else PUBLIC if PUBLIC in route.tags else None


def _needs(role: str) -> Any:
    return Depends(Needs(role))


Viewer = Annotated[Person, _needs("viewer")]
Reviewer = Annotated[Person, _needs("reviewer")]
Adjudicator = Annotated[Person, _needs("adjudicator")]
Administrator = Annotated[Person, _needs("administrator")]

Checker = Callable[[Request], Person]
