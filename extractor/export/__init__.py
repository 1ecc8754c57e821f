"""The store -> what others take from it: observations, one for each indicator and measure of a report that stands."""

from extractor.export.columns import COLUMNS, Column, Row, as_row
from extractor.export.documents import list_documents
from extractor.export.files import UNSETTLED, Count, Unsettled, choose, write_documents, write_observations
from extractor.export.formats import WRITERS
from extractor.export.formats.stream import STDOUT
from extractor.export.read import (
    Sheaf,
    list_by_document,
    list_observations,
    list_sheaves,
    read_observations,
    snapshot,
)
from extractor.export.records import (
    EVERYTHING,
    FACTS,
    MAIN,
    SETTLED_STATUSES,
    STATUSES,
    Observation,
    Wanted,
    homeless_id,
    observation_id,
)
from extractor.export.schemas import read_export_schema, write_export_schemas

__all__ = [
    "COLUMNS",
    "EVERYTHING",
    "FACTS",
    "MAIN",
    "SETTLED_STATUSES",
    "STATUSES",
    "STDOUT",
    "UNSETTLED",
    "WRITERS",
    "Column",
    "Count",
    "Observation",
    "Row",
    "Sheaf",
    "Unsettled",
    "Wanted",
    "as_row",
    "choose",
    "homeless_id",
    "list_by_document",
    "list_documents",
    "list_observations",
    "list_sheaves",
    "observation_id",
    "read_export_schema",
    "read_observations",
    "snapshot",
    "write_documents",
    "write_export_schemas",
    "write_observations",
]
