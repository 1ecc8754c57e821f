"""What was read of a report <-> compressed JSON, so that it can be judged again without its pixels."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from extractor.records import Catalogue, Head, Source, Table

if TYPE_CHECKING:
    from extractor.pipeline import Report

LEVEL = 6


@dataclass(frozen=True, slots=True)
class Readings:
    """A report as read, but for its bytes and the catalogue's content (named only: it may have changed since).

    `repairs`: numbers of the decisions whose repairs the table has.
    """

    name: str
    sha256: str
    media_type: str
    page_count: int
    repaired: bool  # of readings from before there were notes
    catalogue: str
    catalogue_confidence: float
    table: Table
    head: Head
    engines: dict[str, str]
    repairs: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


_READINGS: TypeAdapter[Readings] = TypeAdapter(Readings)


def pack_report(report: Report, repairs: tuple[int, ...] = ()) -> bytes:
    """A report as read, with repairs that it has -> bytes."""
    source = report.source
    readings = Readings(
        source.name,
        source.sha256,
        source.media_type,
        source.page_count,
        False,
        report.catalogue.name,
        report.catalogue_confidence,
        report.table,
        report.head,
        report.engines,
        repairs,
        source.notes,
    )
    return zlib.compress(_READINGS.dump_json(readings), LEVEL)


def unpack_readings(packed: bytes) -> Readings:
    """Bytes -> what was read."""
    return _READINGS.validate_json(zlib.decompress(packed))


def as_report(readings: Readings, catalogue: Catalogue) -> Report:
    """What was read, to be judged by a catalogue; the source has no bytes any more."""
    from extractor.pipeline import Report  # with all stages, which whoever only supervises does without

    notes = ("repaired-file", *readings.notes) if readings.repaired else readings.notes
    source = Source(readings.name, readings.sha256, readings.media_type, readings.page_count, b"", notes)
    return Report(source, catalogue, readings.catalogue_confidence, readings.table, readings.head, readings.engines)


def pack_json(text: str) -> bytes:
    """The written JSON -> bytes."""
    return zlib.compress(text.encode("utf-8"), LEVEL)


def unpack_json(packed: bytes) -> str:
    """Bytes -> the written JSON."""
    return zlib.decompress(packed).decode("utf-8")


def parse_document(text: str) -> dict[str, Any]:
    """The written JSON -> its tree, with exact decimals."""
    tree: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return tree
