"""Forms that documents follow -> which series over the years each indicator of each of their versions belongs to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from extractor.store.forms import named_forms
from extractor.store.schema import document


def list_series(connection: Connection) -> Iterator[tuple[str, str, str, str]]:
    """(form, version, indicator, series) of all forms of a store that say so; others go by their code.

    A newer version of a form says it of the older ones too, and its word stands.
    """
    forms = select(document.c.catalogue).where(document.c.catalogue.is_not(None)).distinct()
    for name in sorted(connection.execute(forms).scalars()):
        found: dict[tuple[str, str], str] = {}
        for form in named_forms(connection, name):
            for version, code, series in form.series:
                found.setdefault((version, code), series)
        for (version, code), series in found.items():
            yield name, version, code, series
