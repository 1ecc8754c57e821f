"""Alembic's environment: the store's engine comes in, its schema is moved within one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from extractor.store.schema import metadata

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(860146)"))  # two programs may open a new store at once
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table="store_version",
        render_as_batch=sqlite,
        transactional_ddl=True,
    )
    context.run_migrations()
    connection.commit()
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
