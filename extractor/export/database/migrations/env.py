"""Alembic's environment: the target's engine comes in, its schema is moved within one transaction."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": context.config.attributes["lock"]}
        )  # two exports may meet a new target at once
    context.configure(connection=connection, version_table="export_version", transactional_ddl=True)
    context.run_migrations()
    connection.commit()
