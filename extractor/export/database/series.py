"""Forms that documents follow, with their lists of earlier codes -> which series each indicator belongs to."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from extractor.resources import resource_path
from extractor.store.schema import document

FILE = "series.csv"  # of a catalogue folder: version, code, series


def list_series(connection: Connection) -> Iterator[tuple[str, str, str, str]]:
    """(form, version, indicator, series) of all forms of a store that say so; others go by their code."""
    forms = select(document.c.catalogue).where(document.c.catalogue.is_not(None)).distinct()
    for form in sorted(connection.execute(forms).scalars()):
        path = resource_path("reference") / "catalogues" / form / FILE
        if path.is_file():
            yield from _read(path, form)


def _read(path: Path, form: str) -> Iterator[tuple[str, str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line in csv.DictReader(file):
            yield form, line["version"], line["code"], line["series"]
