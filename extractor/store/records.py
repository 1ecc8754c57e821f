"""What the store hands out: cells, tasks and decisions as frozen records, and the words for their kinds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "confirmed",  # as read
    "misread",  # another value is printed
    "blank",
    "illegible",
    "absent",  # the row is not printed
    "wrong-at-source",  # printed so, but means something else: `published`
    "matched",  # which indicator a printed row is, or that it is none
    "settled",  # a finding, a conflict, a doubtful border: looked at
    "repair",  # of the table or a page: see repair.py
    "activated",  # which version of a report stands
    "muted",
    "undo",
]
Purpose = Literal["review", "group", "blind", "entry", "adjudication", "gold", "repair", "import"]
BY_FINDING = ("rule:", "contradicts:", "header-with-value")  # reasons that a finding's own task stands for
TaskKind = Literal[
    "cell", "row", "absent", "unread", "stranger", "head", "finding", "conflict", "version", "adjudicate"
]

HEAD_FIELDS = ("organisation", "report_number", "report_date", "period")


@dataclass(frozen=True, slots=True)
class StoredCell:
    """One field as the machine read it. `number`: shortest decimal form; boxes as fractions of the source page."""

    document_id: int
    key: str
    field: str
    code: str | None
    measure: str | None
    position: int
    label: str
    label_raw: str | None
    unit: str | None
    type: str | None
    state: str
    raw: str | None
    number: str | None
    text: str | None
    confidence: float
    status: str
    reasons: tuple[str, ...] = ()
    alternatives: tuple[dict[str, Any], ...] = ()
    readings: tuple[dict[str, Any], ...] = ()
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
    row_box: tuple[float, float, float, float] | None = None
    continued: tuple[dict[str, Any], ...] = ()
    blind: bool = False

    @property
    def by_finding(self) -> bool:
        """Whether nothing but findings holds the field for review."""
        return bool(self.reasons) and all(reason.startswith(BY_FINDING) for reason in self.reasons)

    @property
    def word(self) -> dict[str, Any]:
        """What the machine says, as decisions keep it in `before`."""
        return {"state": self.state, "raw": self.raw, "number": self.number, "text": self.text}


@dataclass(frozen=True, slots=True)
class Settled:
    """The decision that stands for a field."""

    seq: int
    kind: str
    after: dict[str, Any]
    published: dict[str, Any] | None
    user: str
    at: str
    why: str
    before: dict[str, Any] = field(default_factory=dict)
    extraction_id: int | None = None


@dataclass(frozen=True, slots=True)
class CurrentCell:
    """A field with what stands for it now. `word`: the machine's, or a person's.

    `freed`: nothing but findings held it for review, and each of them is mended or settled.
    """

    cell: StoredCell
    settled: Settled | None
    freed: bool = False

    @property
    def word(self) -> dict[str, Any]:
        """State, raw, number and text that stand."""
        return {**self.cell.word, **self.settled.after} if self.settled else self.cell.word

    @property
    def certain(self) -> bool:
        """Whether nobody needs to look any more."""
        return self.settled is not None or self.cell.status == "accepted" or self.freed


@dataclass(frozen=True, slots=True)
class Task:
    """Something that needs a person. `entries`: how many must enter it without seeing another's entry."""

    id: int
    document_id: int
    key: str
    kind: str
    rank: int
    page: int
    position: int
    severity: str | None
    reasons: tuple[str, ...]
    indicator: str | None
    entries: int
    state: str = "open"
    lease_by: str | None = None
    lease_token: str | None = None
    lease_until: str | None = None


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What a person says. `request`: the client's own id of it, so that a save sent twice is kept once.

    `seen`: number of the decision that stood when the person looked (0: none). `published`: for wrong-at-source, the
    value that the source means, with its authority. `lease`: the token that `lease_task` gave, where there was one.
    """

    request: str
    document_id: int
    key: str
    kind: str
    user: str
    after: dict[str, Any]
    seen: int = 0
    purpose: str = "review"
    why: str = ""
    seconds: float | None = None
    published: dict[str, Any] | None = None
    lease: str | None = None
    undoes: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A kept decision. `final`: it stands; False: a first blind entry or a gold cell."""

    seq: int
    kind: str
    final: bool
    repeated: bool = False
