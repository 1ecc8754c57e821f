"""What was exported where: runs, the revisions that they published or withdrew, and what the store is known by there.

Revision 0005.
"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and give the store a name that no other one has."""
    op.create_table(
        "store_identity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_store_identity_single"),
        sa.PrimaryKeyConstraint("id", name="pk_store_identity"),
        comment="what the store is known by in databases that it is exported to",
    )
    op.create_table(
        "published_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("inserted", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_published_run"),
        comment="exports; one that has started and not ended is looked for in its target by the next one",
    )
    op.create_index("ix_published_run_target", "published_run", ["target", "state"], unique=False)
    op.create_table(
        "published",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("observation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["published_run.id"], name="fk_published_run_id"),
        sa.PrimaryKeyConstraint("run_id", "observation_id", name="pk_published"),
        comment="what each run published or withdrew",
        sqlite_with_rowid=False,
    )
    statement = sa.text("INSERT INTO store_identity (id, name) VALUES (1, :name)")
    op.execute(statement.bindparams(name=uuid.uuid4().hex))


def downgrade() -> None:
    """Forget what was exported; targets stay as they are."""
    for name in ("published", "published_run", "store_identity"):
        op.drop_table(name)
