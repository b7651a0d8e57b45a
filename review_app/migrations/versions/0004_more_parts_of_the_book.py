"""More parts of the book: imprint, editorial board, notice, afterword, back cover, list of entries, heads, odd pages.
A book that is there already goes on without them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SWITCHES = (
    "has_imprint",
    "has_notice",
    "has_afterword",
    "has_back_cover",
    "has_entry_list",
    "has_running_heads",
    "has_odd_starts",
)
_TEXTS = ("imprint", "board", "notice", "afterword", "back_cover")


def upgrade() -> None:
    # Column by column: a table that is made anew would take the works of the book with it.
    for name in _SWITCHES:
        op.add_column("anthology", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("anthology", sa.Column("has_board", sa.Boolean(), nullable=False, server_default=sa.true()))
    for name in _TEXTS:
        op.add_column("anthology", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("anthology", sa.Column("notice_title", sa.String(length=120), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("notice_title", *_TEXTS, "has_board", *_SWITCHES):
        op.drop_column("anthology", name)
