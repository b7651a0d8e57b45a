"""The book of a contest may be framed by the bureau's own Word file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Column by column, the reference within its own: a table that is made anew would take the works of the book with it.
    key = sa.Column(
        "template_key",
        sa.String(length=64),
        sa.ForeignKey("stored_file.key", name=op.f("fk_anthology_template_key")),
        nullable=True,
    )
    op.add_column("anthology", key, inline_references=True)
    op.add_column("anthology", sa.Column("template_name", sa.String(length=200), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("anthology", "template_name")
    op.drop_column("anthology", "template_key")
