"""Copies of forms that do not ship, so that a document can be judged again when their folder is changed or gone.

Revision 0004.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of kept forms."""
    op.create_table(
        "kept_form",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_kept_form"),
        comment="forms that documents were judged by and that do not ship with the program",
    )


def downgrade() -> None:
    """Remove the kept forms; documents judged by them are judged again with --catalogue."""
    op.drop_table("kept_form")
