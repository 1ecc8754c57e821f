"""The tables of what was exported where, as SQLAlchemy sees them; migrations/ makes them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from extractor.store.schema import metadata

store_identity = Table(
    "store_identity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    CheckConstraint("id = 1", name="single"),
    comment="what the store is known by in databases that it is exported to",
)

published_run = Table(
    "published_run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("target", Text, nullable=False),  # address without a password, or path of a file
    Column("kind", Text, nullable=False),  # database, mapped, file
    Column("state", Text, nullable=False),  # started, done, lost: it never reached its target
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),
    Column("inserted", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("withdrawn", Integer, nullable=False),
    Index("ix_published_run_target", "target", "state"),
    comment="exports; one that has started and not ended is looked for in its target by the next one",
)

published = Table(
    "published",
    metadata,
    Column("run_id", Text, ForeignKey("published_run.id"), primary_key=True),
    Column("observation_id", Text, primary_key=True),
    Column("revision", Integer, nullable=False),  # as the target counts
    Column("action", Text, nullable=False),  # published, withdrawn
    Column("document_id", Integer),
    Column("content", Text),  # of a mapped target: what was written there, as JSON
    comment="what each run published or withdrew",
    sqlite_with_rowid=False,
)
