"""Defects of a form's template that recur over reports: settled once for the version, signed, revocable."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from extractor.store.mutes import list_recurring, mute_finding, revoke_mute
from extractor.web.security import Adjudicator, Viewer
from extractor.web.show import show_page

router = APIRouter(tags=["findings"])

Line = Annotated[str, StringConstraints(max_length=500)]


class Mute(BaseModel):
    """A finding, named by its form version, rule and cells."""

    model_config = ConfigDict(extra="forbid")
    request: Annotated[str, StringConstraints(min_length=8, max_length=80)]
    catalogue: Line
    version: Line
    rule: Line
    cells: Annotated[str, StringConstraints(max_length=5000)]
    why: Line


class Revoke(BaseModel):
    """A mute to take back."""

    model_config = ConfigDict(extra="forbid")
    request: Annotated[str, StringConstraints(min_length=8, max_length=80)]
    mute: int = Field(ge=1, le=2**31 - 1)


@router.get("/findings")
def show_findings(request: Request, person: Viewer) -> Response:  # noqa: ARG001
    """What recurs, most frequent first."""
    with request.app.state.store.read() as connection:
        found = list_recurring(connection)
    return show_page(request, "findings.html", found=found)


@router.post("/findings/mute")
def settle_for_version(request: Request, person: Adjudicator, mute: Mute) -> dict[str, Any]:
    """Settle a finding for all reports of a form version."""
    mute_finding(request.app.state.store, person.name, **mute.model_dump())
    return {"state": "done"}


@router.post("/findings/revoke")
def take_back(request: Request, person: Adjudicator, revoke: Revoke) -> dict[str, Any]:
    """Ask about it again."""
    revoke_mute(request.app.state.store, person.name, revoke.request, revoke.mute)
    return {"state": "done"}
