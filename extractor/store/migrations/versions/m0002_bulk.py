"""The ledger of bulk runs: documents with their attempts, the processes that hold them, where files lie.

Revision 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the ledger."""
    _make_runs()
    _make_documents()


def _make_runs() -> None:
    op.create_table(
        "bulk_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("born", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_run"),
        comment="processes that hold documents of the ledger; one whose beat stands still holds nothing",
    )
    op.create_table(
        "bulk_path",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_bulk_path"),
        comment="where documents of the ledger lie; one that came twice has two",
    )
    op.create_index("ix_bulk_path_sha256", "bulk_path", ["sha256"], unique=False)


def _make_documents() -> None:
    op.create_table(
        "bulk_document",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("skip", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("started_at", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("cpu_seconds", sa.Float(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("reports", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.Column("value_cells", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("versions", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_run.id"], name="fk_bulk_document_run_id"),
        sa.PrimaryKeyConstraint("sha256", name="pk_bulk_document"),
        sa.UniqueConstraint("target", name="uq_bulk_document_target"),
        comment="the ledger of bulk runs: one row a document by its bytes",
    )
    op.create_index("ix_bulk_document_state_position", "bulk_document", ["state", "position"], unique=False)


def downgrade() -> None:
    """Remove the ledger; documents and decisions stay."""
    for name in ("bulk_path", "bulk_document", "bulk_run"):
        op.drop_table(name)
