"""A version remembers the manuscript as read beside the one its unit confirmed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("essay_version", sa.Column("read_key", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("essay_version", "read_key")
