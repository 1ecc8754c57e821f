"""What the review screen's script asks for: cards, decisions, leases, and an echo of what is typed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection, func, select

from extractor.errors import ExtractorError
from extractor.store import (
    Decided,
    Filter,
    Leased,
    NewDecision,
    Person,
    Stale,
    Store,
    Task,
    check_cells,
    count_tasks,
    decide,
    find_holder,
    form_of,
    keep_lease,
    lease_next,
    lease_task,
    postpone,
    read_cells,
    release,
)
from extractor.store.checking import BY_VALUES
from extractor.store.schema import decision, document
from extractor.store.stretch import decide_stretch, undo_stretch
from extractor.store.versions import activate
from extractor.web.cards import ahead, entries_of, make_card, purpose_of, read_sheet
from extractor.web.entry import Act, Short, as_decimal, is_number_entry, parse_entry, read_act
from extractor.web.security import Reviewer
from extractor.web.show import language_of
from extractor.web.wording import show_word

router = APIRouter(prefix="/api", tags=["review"])

MOST_CARDS = 24
TOUCHES_ROWS = ("head", "row", "stranger", "absent")
Identity = Annotated[int, Field(ge=1, le=2**31 - 1)]
Token = Annotated[str, StringConstraints(max_length=80)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Wanted(_Body):
    """Which cards, and how many."""

    count: int = Field(6, ge=1, le=MOST_CARDS)
    catalogue: Short | None = None
    organisation: Short | None = None
    year: Short | None = None
    reason: Short | None = None
    severity: Short | None = None
    kind: Short | None = None
    document: Identity | None = None
    indicator: Short | None = None
    reading: Short | None = None
    key: Short | None = None
    held: list[Token] = Field(default_factory=list, max_length=100)


class Tokens(_Body):
    """Leases."""

    tokens: list[Token] = Field(max_length=100)


class Acts(_Body):
    """Decisions in the order in which they were made."""

    acts: list[Act] = Field(max_length=50)


class Which(_Body):
    """One field."""

    document: Identity
    key: Short


class Undo(_Body):
    """A decision to take back, by the request that made it."""

    request: Annotated[str, StringConstraints(max_length=80)]


class Typed(Which):
    """What is typed so far."""

    text: Annotated[str, StringConstraints(max_length=4000)]


@router.post("/cards")
def give_cards(request: Request, person: Reviewer, wanted: Wanted) -> dict[str, Any]:
    """The next cards, leased to the person, with how much is left."""
    store: Store = request.app.state.store
    chosen = Filter(**wanted.model_dump(exclude={"count", "key", "document", "held"}), document_id=wanted.document)
    chosen = _as_person(chosen, person)
    if wanted.key is not None and wanted.document is not None:
        tasks: tuple[Task, ...] = _one_card(store, person, wanted.document, wanted.key)
    else:
        tasks = lease_next(store, person.name, chosen, count=wanted.count, held=tuple(wanted.held))
    with store.read() as connection:
        cards = _cards(connection, request, tasks)
        gold = _gold_card(connection, request, person) if tasks and wanted.key is None else None
        left = count_tasks(connection, chosen)
    cards = [*cards, gold] if gold else cards
    return {"cards": cards, "left": left.get("open", 0), "postponed": left.get("postponed", 0)}


def _one_card(store: Store, person: Person, document_id: int, key: str) -> tuple[Task, ...]:
    """A field that a person chose: its task where it has one that nobody holds, else the field itself."""
    one = lease_task(store, person.name, document_id, key)
    if one is not None:
        return (one,)
    with store.read() as connection:
        if find_holder(connection, document_id, key) not in (None, person.name):
            return ()
        found = read_cells(connection, document_id, (key,))
    if not found:
        return ()
    cell = found[0].cell
    kind = "head" if cell.type == "head" else cell.field if cell.field in ("row", "stranger") else "cell"
    return (Task(0, document_id, key, kind, 0, cell.page or 0, cell.position, None, cell.reasons, cell.code, 1),)


def _as_person(chosen: Filter, person: Person) -> Filter:
    return replace(chosen, adjudicator=person.may("adjudicator"))


def _cards(connection: Connection, request: Request, tasks: tuple[Task, ...]) -> list[dict[str, Any]]:
    language = language_of(request)
    sheets = {one: read_sheet(connection, one) for one in {task.document_id for task in tasks}}
    cards = []
    for task in tasks:
        card = make_card(sheets[task.document_id], task, purpose_of(task), language)
        if task.kind == "adjudicate":
            card["choices"] = [
                {"text": text, "shown": text} for text in entries_of(connection, task, card["type"], language)
            ]
        cards.append(card)
    request.app.state.pictures.draw_ahead(ahead(sheets, cards))
    return cards


def _gold_card(connection: Connection, request: Request, person: Person) -> dict[str, Any] | None:
    """Now and then a field that somebody else has settled, to tell how often a person errs."""
    if random.random() >= request.app.state.settings.review.gold_share:
        return None
    settled = select(decision.c.seq).where(
        decision.c.final, decision.c.purpose == "review", decision.c.kind.in_(("confirmed", "misread"))
    )
    settled = settled.where(decision.c.user_name != person.name, decision.c.key.like("%/value"))
    last = connection.execute(select(func.max(settled.subquery().c.seq))).scalar()
    if not last:
        return None
    drawn = connection.execute(
        select(decision.c.document_id, decision.c.key)
        .where(decision.c.seq.in_(settled.where(decision.c.seq >= random.randint(1, last)).limit(1)))
    ).one_or_none()  # fmt: skip
    if drawn is None:
        return None
    sheet = read_sheet(connection, drawn.document_id)
    current = sheet.cells.get(drawn.key)
    if current is None or current.settled is None:
        return None
    cell = current.cell
    task = Task(
        0, cell.document_id, cell.key, "cell", 0, cell.page or 0, cell.position, None, cell.reasons, cell.code, 1
    )
    return make_card(sheet, task, "gold", language_of(request))


@router.post("/decisions")
def keep_decisions(request: Request, person: Reviewer, acts: Acts) -> dict[str, Any]:
    """What became of each decision; one that was sent before gets the same answer again."""
    return {"answers": [_keep(request, person, act) for act in acts.acts]}


def _keep(request: Request, person: Person, act: Act) -> dict[str, Any]:
    store: Store = request.app.state.store
    try:
        with store.read() as connection:
            about = connection.execute(select(document).where(document.c.id == act.document)).one_or_none()
            if about is None:
                return {"request": act.request, "state": "refused", "detail": "there is no such document"}
            found = read_cells(connection, act.document, (act.key,))
            form = form_of(connection, act.document)
            repeated = connection.execute(select(decision.c.seq).where(decision.c.request == act.request)).first()
        current = found[0] if found else None
        if act.purpose == "adjudication" and not person.may("adjudicator"):
            return {"request": act.request, "state": "refused", "detail": "this needs the role adjudicator"}
        if current and not repeated and act.extraction not in (None, about.extraction_id):
            return _stale(request, act, current.word, current.cell.type, current.settled)
        said = read_act(act, current, form)
        new = NewDecision(
            act.request, act.document, act.key, said.kind, person.name, said.after, act.seen, act.purpose, act.why,
            act.seconds, said.published, act.token,
        )  # fmt: skip
        kept = KEEPERS.get(_way(act), decide)(store, new)
    except Stale as error:
        word = error.settled.after if error.settled else {}
        return _stale(request, act, word, None, error.settled)
    except Leased as error:
        return {"request": act.request, "state": "leased", "detail": error.message}
    except ExtractorError as error:
        return {"request": act.request, "state": "refused", "detail": f"{error.message}. {error.advice}"}
    if kept.final and not kept.repeated:
        moved = said.kind == "matched" and current is not None and said.after["code"] != current.cell.code
        rows = moved or act.key.startswith("head/")
        request.app.state.background.check(act.document, rows=rows)
    return {"request": act.request, "state": "kept", "seq": kept.seq, "final": kept.final}


def _way(act: Act) -> str:
    return "stretch" if act.key.startswith("absent/") else act.act


KEEPERS: dict[str, Callable[[Store, NewDecision], Decided]] = {"activate": activate, "stretch": decide_stretch}


def _stale(request: Request, act: Act, word: dict[str, Any], kind: str | None, settled: Any) -> dict[str, Any]:
    language = language_of(request)
    return {
        "request": act.request,
        "state": "stale",
        "theirs": show_word(word, kind, language) if word.get("state") else "",
        "user": settled.user if settled else "",
        "seen": settled.seq if settled else 0,
    }


@router.post("/undo")
def undo(request: Request, person: Reviewer, which: Undo) -> dict[str, Any]:
    """Take back one's own decision; the field is leased to the person again."""
    store: Store = request.app.state.store
    with store.read() as connection:
        gone = connection.execute(select(decision).where(decision.c.request == which.request)).one_or_none()
    if gone is None or gone.user_name != person.name or gone.kind == "undo":
        return {"state": "refused"}
    new = NewDecision(
        f"undo-{which.request}"[:80], gone.document_id, gone.key, "undo", person.name, {}, gone.seq, gone.purpose,
        undoes=gone.seq,
    )  # fmt: skip
    try:
        undo_stretch(store, new, which.request)
    except (Stale, Leased):
        return {"state": "stale"}
    rows = gone.kind == "matched" or gone.key.startswith("head/")
    request.app.state.background.check(gone.document_id, rows=rows)
    one = lease_task(store, person.name, gone.document_id, gone.key)
    return {"state": "undone", "token": one.lease_token if one else None}


@router.post("/heartbeat")
def heartbeat(request: Request, person: Reviewer, tokens: Tokens) -> dict[str, Any]:
    """Leases that are still the person's."""
    return {"tokens": keep_lease(request.app.state.store, person.name, tokens.tokens)}


@router.post("/release")
def give_back(request: Request, person: Reviewer, tokens: Tokens) -> dict[str, Any]:
    """Give leases back."""
    if tokens.tokens:
        release(request.app.state.store, person.name, tokens.tokens)
    return {}


@router.post("/postpone")
def put_off(request: Request, person: Reviewer, which: Which) -> dict[str, Any]:
    """Behind everything else."""
    postpone(request.app.state.store, person.name, which.document, which.key)
    return {}


@router.post("/echo")
def echo(request: Request, person: Reviewer, typed: Typed) -> dict[str, Any]:  # noqa: ARG001
    """What a text would be kept as, and the rules that it would break."""
    language = language_of(request)
    with request.app.state.store.read() as connection:
        cells = read_cells(connection, typed.document)
        form = form_of(connection, typed.document)
    current = next((one for one in cells if one.cell.key == typed.key), None)
    if current is None or form is None or not is_number_entry(current.cell):
        return {"shown": typed.text, "warnings": []}
    cell = current.cell
    word = parse_entry(cell, typed.text, form)
    if word["state"] == "read" and word["number"] is None:
        return {"shown": "", "warnings": [], "unclear": True}
    before = {
        one.rule for one in check_cells(cells, form) if one.kind in BY_VALUES and (cell.code, "value") in one.cells
    }
    broken = check_cells(cells, form, {str(cell.code): as_decimal(word)})
    warnings = [
        (one.message_vi if language == "vi" else one.message_en, one.rule not in before)
        for one in broken
        if one.kind in BY_VALUES and (cell.code, "value") in one.cells
    ]
    return {"shown": show_word(word, cell.type, language), "warnings": [text for text, _ in warnings]}
