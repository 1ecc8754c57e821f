"""Rows -> Parquet: typed columns, compressed, written a group of rows at a time."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from extractor.errors import UsageError
from extractor.export.columns import COLUMNS, Row, as_float

ROWS_A_GROUP = 50_000


def write_parquet(rows: Iterable[Row], target: Path) -> None:
    """Write all rows. Raises UsageError on a number that has more digits than the format's numbers hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = make_schema()
    source = iter(rows)
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        while group := list(itertools.islice(source, ROWS_A_GROUP)):
            columns = [
                _column(values, field.type) for values, field in zip(zip(*group, strict=True), schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def make_schema() -> Any:
    """The columns with their types."""
    import pyarrow as pa

    types = {"text": pa.string(), "number": pa.float64(), "fraction": pa.float64(), "integer": pa.int64()}
    return pa.schema(
        [
            pa.field(one.name, types[one.kind], nullable=one.empty, metadata={"description": one.about})
            for one in COLUMNS
        ]
    )


def _column(values: tuple[Any, ...], kind: Any) -> Any:
    import pyarrow as pa

    return pa.array([_exact(one) if isinstance(one, Decimal) else one for one in values], type=kind)


def _exact(number: Decimal) -> float:
    near = as_float(number)
    if near is None:
        raise UsageError(f"{number} has more digits than a number of Parquet holds", "export as csv or jsonl")
    return near
