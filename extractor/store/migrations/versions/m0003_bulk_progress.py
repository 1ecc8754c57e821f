"""What a bulk run is doing page by page, a JSON's name for each path, and the folders that a process watches.

Revision 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COLUMNS = (
    ("bulk_document", "stage", sa.Text),
    ("bulk_document", "page", sa.Integer),
    ("bulk_path", "target", sa.Text),
    ("bulk_run", "folders", sa.Text),
)


def upgrade() -> None:
    """Add the columns; what there is stays."""
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind(), nullable=True))


def downgrade() -> None:
    """Remove them: they can be made again."""
    for table, name, _ in COLUMNS:
        op.drop_column(table, name)
