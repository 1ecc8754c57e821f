"""A file's sha256 -> the JSON that stands for it or for each of its reports, as it was written."""

from __future__ import annotations

from sqlalchemy import Connection, select

from extractor.store.codec import unpack_json
from extractor.store.schema import document as document_table
from extractor.store.schema import extraction


def read_parts(connection: Connection, sha256: str) -> list[tuple[tuple[int, int], str]]:
    """First and last page of each report of a file that has several, and the JSON that stands for it."""
    about = (document_table.c.first_page, document_table.c.last_page, extraction.c.json)
    joined = extraction.join(document_table, document_table.c.extraction_id == extraction.c.id)
    of_file = (document_table.c.sha256 == sha256, document_table.c.part > 0, document_table.c.active)
    rows = connection.execute(select(*about).select_from(joined).where(*of_file).order_by(document_table.c.part))
    return [((row.first_page, row.last_page), unpack_json(row.json)) for row in rows]


def read_json(connection: Connection, sha256: str, part: int = 0) -> str | None:
    """The JSON that stands for a file, as it was written."""
    of_file = (document_table.c.sha256 == sha256, document_table.c.part == part)
    joined = extraction.join(document_table, document_table.c.extraction_id == extraction.c.id)
    packed = connection.execute(select(extraction.c.json).select_from(joined).where(*of_file)).scalar_one_or_none()
    return None if packed is None else unpack_json(packed)
