"""The store -> what others take from it: observations, one for each indicator and measure of a report that stands."""

from extractor.export.read import list_by_document, list_observations, read_observations, snapshot
from extractor.export.records import (
    EVERYTHING,
    FACTS,
    MAIN,
    STATUSES,
    Observation,
    Wanted,
    homeless_id,
    observation_id,
)

__all__ = [
    "EVERYTHING",
    "FACTS",
    "MAIN",
    "STATUSES",
    "Observation",
    "Wanted",
    "homeless_id",
    "list_by_document",
    "list_observations",
    "observation_id",
    "read_observations",
    "snapshot",
]
