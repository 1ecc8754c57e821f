"""A tree from outside -> the order of one repair, checked."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from extractor.errors import UsageError
from extractor.records import Role

Fraction = Annotated[float, Field(ge=0, le=1)]
DrawnBox = tuple[Fraction, Fraction, Fraction, Fraction]
PageNumber = Annotated[int, Field(ge=1)]


class _Order(BaseModel):
    """Any order. Boxes are fractions of the source page as a viewer shows it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    page: PageNumber


class TurnPage(_Order):
    """Read a page again, brought upright by so many quarter turns clockwise."""

    op: Literal["turn-page"]
    turn: Annotated[int, Field(ge=0, le=3)]


class LeaveOutPage(_Order):
    """The page does not belong to the report."""

    op: Literal["leave-out-page"]


class TakePage(_Order):
    """The page does belong to the report: what was taken for another's is this one's, what lies elsewhere is read."""

    op: Literal["take-page"]


class SplitRow(_Order):
    """A row that is two: cut at a height of the page."""

    op: Literal["split-row"]
    box: DrawnBox
    at: Fraction

    @model_validator(mode="after")
    def _inside(self) -> SplitRow:
        if not self.box[1] < self.at < self.box[3]:
            raise ValueError("the cut must lie within the row")
        return self


class JoinRows(_Order):
    """Two rows that are one."""

    op: Literal["join-rows"]
    boxes: tuple[DrawnBox, DrawnBox]


class AddRow(_Order):
    """A printed row that was not found: its box, columns as its neighbours have them."""

    op: Literal["add-row"]
    box: DrawnBox


class SetColumns(_Order):
    """What the columns of a page are: the role that was read -> the role that it is."""

    op: Literal["columns"]
    roles: dict[Role, Role]

    @model_validator(mode="after")
    def _one_to_one(self) -> SetColumns:
        if len(set(self.roles.values())) != len(self.roles):
            raise ValueError("two columns can't be the same")
        return self


class DrawCell(_Order):
    """Where a field of a row is printed."""

    op: Literal["draw-cell"]
    row: DrawnBox
    field: Role
    box: DrawnBox


Order = Annotated[
    TurnPage | LeaveOutPage | TakePage | SplitRow | JoinRows | AddRow | SetColumns | DrawCell, Field(discriminator="op")
]
_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


def parse_order(tree: Any) -> Order:
    """Raises UsageError that says what is wrong."""
    try:
        return _ORDER.validate_python(tree)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"this repair can't be made: {where}: {first['msg']}", "draw it again") from error
