"""What an export hands out: one observation for each indicator and measure, and the words for its status."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

Review = Literal[
    "accepted",  # the machine's word, surer than the threshold, and nothing touches it
    "settled",  # a person's word
    "review",  # nobody has settled it
    "disputed",  # an error finding touches it, or two scans of the report both stand
]

NORMAL, PROVISIONAL, DASH, BLANK, ABSENT, ILLEGIBLE, UNREAD = "A", "P", "ND", "O", "NR", "IL", "L"
AT_SOURCE, CONTESTED, DISPUTED = "CS", "AD", "DP"
OPEN, OPEN_DASH, OPEN_BLANK, OPEN_ABSENT = "V", "V_ND", "V_O", "V_NR"

STATUSES: dict[str, str] = {
    NORMAL: "normal value; 0 is a value",
    PROVISIONAL: "value of a draft that stands until the signed report comes",
    CONTESTED: "value that a person settled, while an error finding that touches it is open",
    AT_SOURCE: "wrong at source: the value that the source means, on the authority named in WHY; printed is RAW",
    DASH: "a dash is printed, no number",
    BLANK: "the row is printed, its cell is empty",
    ABSENT: "the report does not print the row",
    ILLEGIBLE: "there is ink that cannot be read",
    UNREAD: "the row may stand on a page or in a part that is missing or could not be read",
    OPEN: "a value was read that nobody has settled: see UNSETTLED_VALUE",
    OPEN_DASH: "read as a dash, not settled",
    OPEN_BLANK: "read as empty, not settled",
    OPEN_ABSENT: "taken for not printed, not settled",
    DISPUTED: "an error finding touches what was read, or two scans of one report both stand: see REASONS",
}
FACTS = (NORMAL, PROVISIONAL, CONTESTED, AT_SOURCE)  # with a value
SETTLED_EMPTY = (DASH, BLANK, ABSENT)  # without one, and that is certain
SETTLED_STATUSES = (*FACTS, *SETTLED_EMPTY, ILLEGIBLE)
MAIN = "main"  # measure of the catalogue's main value column

Box = tuple[float, float, float, float]


class Observation(NamedTuple):
    """One indicator and measure of a report, as it stands. A tuple: a million are made in an export.

    `number`, `text`: only where `status` is one of FACTS; what was read and nobody settled is in `unsettled`, as text.
    `state`: read, blank, illegible, absent or unread, as it stands; `raw`: as printed. `confidence`: of the machine's
    reading. `box`: fractions of the source page. `revision` counts extractions of the document and decisions on the
    field. `organisation_code`, `period`: None while they are not certain; then nothing is a fact.
    """

    id: str
    organisation_code: str | None
    organisation: str | None
    period: str | None
    period_from: str | None
    period_to: str | None
    period_kind: str | None
    form: str
    form_version: str
    code: str
    label: str
    measure: str
    type: str
    number: Decimal | None
    text: str | None
    raw: str | None
    unit: str | None
    status: str
    review: Review
    state: str
    unsettled: str | None
    reasons: tuple[str, ...]
    settled_kind: str | None
    settled_by: str | None
    settled_at: str | None
    why: str | None
    confidence: float
    note: str | None
    note_review: Review | None
    sha256: str
    document_id: int
    document: str
    page: int | None
    box: Box | None
    revision: int

    @property
    def is_fact(self) -> bool:
        """Whether there is a value that stands."""
        return self.status in FACTS

    @property
    def is_settled(self) -> bool:
        """Whether nobody needs to look any more: a value, or certainly none."""
        return self.review in ("accepted", "settled")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which observations; None: all."""

    organisation: str | None = None
    period: str | None = None
    form: str | None = None
    document_id: int | None = None
    code: str | None = None


EVERYTHING = Wanted()


def observation_id(organisation: str, period: str, form: str, code: str, measure: str = MAIN) -> str:
    """The stable id of what a report says of an indicator, whichever scan says it."""
    return identify_within(organisation, period, form)(code, measure)


def homeless_id(sha256: str, part: int, code: str, measure: str = MAIN) -> str:
    """The id of what stands in a document that is not known to be the one report of an organisation and period."""
    return identify_within(sha256, part)(code, measure)


def identify_within(*report: str | int) -> Callable[[str, str], str]:
    """Ids of a report's observations, by code and measure: half of the sha256 of all parts as JSON."""
    begun = hashlib.sha256(json.dumps(report, ensure_ascii=False)[:-1].encode())

    def identify(code: str, measure: str) -> str:
        digest = begun.copy()
        digest.update(_ending(code, measure))
        return digest.hexdigest()[:32]

    return identify


@lru_cache(maxsize=4096)
def _ending(code: str, measure: str) -> bytes:
    return f", {json.dumps(code)}, {json.dumps(measure, ensure_ascii=False)}]".encode()
