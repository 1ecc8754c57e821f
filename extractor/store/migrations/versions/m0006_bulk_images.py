"""How many images of a folder a document of the ledger was put together from.

Revision 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Documents of before are files."""
    op.add_column("bulk_document", sa.Column("images", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """A folder is told by its path alone."""
    op.drop_column("bulk_document", "images")
