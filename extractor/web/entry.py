"""What a person does on a card -> the word that is kept: the same rules as for what is read, and nothing trusted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from extractor.errors import UsageError
from extractor.records import Catalogue
from extractor.records import Field as ReadField
from extractor.store import CurrentCell, StoredCell
from extractor.store.cells import number_text
from extractor.value import parse_period, parse_value

Short = Annotated[str, StringConstraints(max_length=200)]
Long = Annotated[str, StringConstraints(max_length=4000)]
NUMBER_AND_UNIT = re.compile(r"([-+]?[\d][\d.,\s]*?)\s*([^\d\s.,].*)")
DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Act(BaseModel):
    """One decision as the page sends it. `extraction`: the one whose reading the person saw."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request: Annotated[str, StringConstraints(min_length=8, max_length=80)]
    document: int = Field(ge=1, le=2**31 - 1)
    key: Short
    act: Literal[
        "confirm", "type", "alternative", "blank", "illegible", "absent", "source", "match", "settle", "activate"
    ]
    text: Long = ""
    number: int = Field(0, ge=0, le=50)
    code: Short | None = None
    alias: bool = False
    authority: Long = ""
    why: Long = ""
    seen: int = Field(0, ge=0, le=2**31 - 1)
    extraction: int | None = Field(None, le=2**31 - 1)
    token: Short | None = None
    purpose: Literal["review", "group", "blind", "entry", "adjudication", "gold"] = "review"
    seconds: float | None = Field(None, ge=0, le=86400)


@dataclass(frozen=True, slots=True)
class Said:
    """What is kept: the kind of decision, the word, and what it means where the source is wrong."""

    kind: str
    after: dict[str, Any]
    published: dict[str, Any] | None = None


def read_act(act: Act, current: CurrentCell | None, catalogue: Catalogue | None) -> Said:
    """The decision that an act is. Raises UsageError where it makes no sense for the field."""
    if act.act == "settle":
        return Said("settled", {"verdict": act.text or "as-printed"})
    if act.act == "activate":
        return Said("activated", {})
    if act.key.startswith("absent/") and act.act in ("absent", "confirm"):
        return Said("absent", {"state": "absent"})
    if current is None:
        raise UsageError("that field is not in the document any more", "load the page again")
    cell = current.cell
    if cell.type == "head":
        return _head(act, current, catalogue)
    if act.act == "match" or cell.field in ("row", "stranger"):
        return _row(act, cell, catalogue)
    return _value(act, cell, catalogue)


def _value(act: Act, cell: StoredCell, catalogue: Catalogue | None) -> Said:
    match act.act:
        case "confirm":
            return Said("confirmed", cell.word)
        case "blank" | "illegible":
            return Said(act.act, {"state": act.act, "raw": "", "number": None, "text": None})
        case "absent":
            return Said("absent", {"state": "absent", "raw": None, "number": None, "text": None})
        case "alternative":
            if act.number >= len(cell.alternatives):
                raise UsageError("there is no such alternative", "load the page again")
            chosen = cell.alternatives[act.number]
            return Said("misread", {"state": "read", "raw": chosen["raw"], "number": chosen["number"], "text": None})
        case "source":
            return Said("wrong-at-source", cell.word, _published(act, cell, catalogue))
    after = parse_entry(cell, act.text, catalogue)
    same = all(after[name] == cell.word[name] for name in ("state", "number", "text"))
    return Said("confirmed" if same else "misread", after)


def _published(act: Act, cell: StoredCell, catalogue: Catalogue | None) -> dict[str, Any]:
    """What the source means: "100 %" in a row of counts is a percentage."""
    if not act.authority.strip():
        raise UsageError("nothing says on whose word the value is published", "name the authority")
    match = NUMBER_AND_UNIT.fullmatch(act.text.strip())
    if match is not None:
        value = parse_value(ReadField(match[1], "read", 1.0), None, match[2])
        meant = {"number": number_text(value.number), "text": value.text, "unit": match[2]}
    else:
        word = parse_entry(cell, act.text, catalogue)
        meant = {"number": word["number"], "text": word["text"], "unit": cell.unit}
    return meant | {"raw": act.text, "authority": act.authority.strip()}


def parse_entry(cell: StoredCell, text: str, catalogue: Catalogue | None) -> dict[str, Any]:
    """What a person typed, by the rules for what is printed: 4.304 is 4304 in a row of counts."""
    text = " ".join(text.split())
    if not text:
        return {"state": "blank", "raw": "", "number": None, "text": None}
    if cell.field in ("unit", "note") or cell.type == "text":
        return {"state": "read", "raw": text, "number": None, "text": text}
    indicator = next((one for one in catalogue.indicators if one.code == cell.code), None) if catalogue else None
    value = parse_value(ReadField(text, "read", 1.0), indicator, cell.unit or "")
    return {"state": "read", "raw": text, "number": number_text(value.number), "text": value.text}


def is_number_entry(cell: StoredCell) -> bool:
    """Whether digits are typed on the card itself, without a text field."""
    return cell.field == "value" and cell.type != "text"


def as_decimal(word: dict[str, Any]) -> Decimal | None:
    """The number of a word."""
    return None if word.get("number") is None else Decimal(word["number"])


def _row(act: Act, cell: StoredCell, catalogue: Catalogue | None) -> Said:
    if act.act == "absent" or (act.act == "confirm" and cell.state == "absent"):
        return Said("absent", {"state": "absent"})
    code = cell.code if act.act == "confirm" else act.code
    known = {one.code for one in catalogue.indicators} if catalogue else set()
    if code is not None and code not in known:
        raise UsageError(f"the form has no indicator {code}", "choose one of the list")
    return Said("matched", {"code": code, "alias": act.alias, "label": cell.label_raw})


def _head(act: Act, current: CurrentCell, catalogue: Catalogue | None) -> Said:
    cell = current.cell
    if act.act == "confirm":
        return Said("confirmed", {"text": cell.text, **({"code": cell.code} if cell.field == "organisation" else {})})
    if act.act in ("blank", "illegible"):
        return Said(act.act, {"text": None, "state": act.act})
    text = act.text.strip()
    if cell.field == "organisation":
        place = next((one for one in catalogue.places if one.code == act.code), None) if catalogue else None
        if place is None:
            raise UsageError("that is no organisation of the list", "choose one of the list")
        return Said("misread", {"text": f"UBND {place.name[0].lower()}{place.name[1:]}", "code": place.code})
    if cell.field == "period" and parse_period(text) is None:
        raise UsageError(f"{text} is no period", "write 2022, 2022-S1, 2022-Q3, 2022-01-01/P9M or 2022-07")
    if cell.field == "report_date":
        text = parse_day(text)
    return Said("misread", {"text": text})


def parse_day(text: str) -> str:
    """16/12/2022 or 2022-12-16 -> 2022-12-16. Raises UsageError."""
    match = DAY.fullmatch(text)
    try:
        day = date(int(match[3]), int(match[2]), int(match[1])) if match else date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text} is no day", "write 16/12/2022") from error
    return day.isoformat()
