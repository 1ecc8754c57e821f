"""A template and what it shows -> an HTML answer in the reader's language; everything in it is escaped."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from extractor.store import ROLES, Person
from extractor.web.wording import LANGUAGES, say, show_number, show_word

TEMPLATES = Path(__file__).resolve().parent / "templates"
LANGUAGE_COOKIE = "language"


@cache
def environment() -> Environment:
    """Jinja, escaping everywhere; a name that is not there is an error, not a blank."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"show_number": show_number, "show_word": show_word, "ROLES": ROLES}
    return made


def language_of(request: Request) -> str:
    """The language of who is signed in, else of the cookie."""
    person: Person | None = getattr(request.state, "person", None)
    chosen = person.language if person else request.cookies.get(LANGUAGE_COOKIE, "vi")
    return chosen if chosen in LANGUAGES else "vi"


def render(request: Request, template: str, **values: object) -> str:
    """A template as text."""
    language = language_of(request)
    person = getattr(request.state, "person", None)
    return (
        environment()
        .get_template(template)
        .render(
            t=partial(say, language),
            language=language,
            person=person,
            csrf=person.csrf if person else "",
            path=request.url.path,
            edition=request.app.state.edition,
            **values,
        )
    )


def show_page(request: Request, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    """A template as an answer."""
    return HTMLResponse(render(request, template, status=status, **values), status)
