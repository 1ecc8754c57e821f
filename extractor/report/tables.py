"""The JSON of `extractor tables` as frozen objects: every table of a document as a grid of cells."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from extractor.report.document import ErrorInfo, FindingInfo, Outcome, Part, Place
from extractor.report.scalars import Confidence, JsonBox, PageNumber, Sha256, Text, to_json, to_plain

Count = Annotated[int, Field(ge=0)]
Span = Annotated[int, Field(ge=1)]


class TablesAbout(Part):
    """The input."""

    source_name: Text
    sha256: Sha256 | None
    page_count: int | None


class TableCell(Part):
    """One cell of the grid; lines within it are joined by a line feed."""

    row: Count
    column: Count
    row_span: Span
    column_span: Span
    text: Text
    confidence: Confidence
    page: PageNumber
    box: JsonBox
    continued: tuple[Place, ...] = ()


class TableGrid(Part):
    """One table over all its pages. Every position of the grid is covered by exactly one cell."""

    caption: Text
    pages: tuple[PageNumber, ...]
    n_rows: Count
    n_columns: Count
    header_rows: Count
    confidence: Confidence
    cells: tuple[TableCell, ...]


class TablesDocument(Part):
    """All tables of a document; `to_dict()` and `to_json()` give what the command line writes."""

    schema_version: Literal["1.0"] = "1.0"
    outcome: Outcome
    document: TablesAbout
    tables: tuple[TableGrid, ...]
    error: ErrorInfo | None = None
    findings: tuple[FindingInfo, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The tree that `json.loads(self.to_json())` gives."""
        tree: dict[str, Any] = to_plain(self.model_dump(by_alias=True))
        return tree

    def to_json(self) -> str:
        """The text of the written file; the same bytes for the same input and versions."""
        return to_json(self.model_dump(by_alias=True))


def failed_tables(source_name: str, sha256: str | None, error: ErrorInfo) -> TablesDocument:
    """What is written of an input whose tables cannot be read."""
    about = TablesAbout(source_name=source_name, sha256=sha256, page_count=None)
    return TablesDocument(outcome="failed", document=about, tables=(), error=error)
