"""Tags are struck and decided, passages marked, cases put on a page, and the book may print them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("essay_tag", sa.Column("is_struck", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("anthology", sa.Column("has_case_cards", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "passage_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('good', 'doubt', 'privacy')", name=op.f("ck_passage_mark_kind_known")),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_passage_mark_essay_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passage_mark_user_id")),
        sa.ForeignKeyConstraint(["version_id"], ["essay_version.id"], name=op.f("fk_passage_mark_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage_mark")),
        sa.UniqueConstraint("essay_id", "user_id", "ordinal", name=op.f("uq_passage_mark_essay_id_user_id_ordinal")),
    )
    op.create_table(
        "case_sheet",
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("updated_by", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_case_sheet_essay_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("essay_id", name=op.f("pk_case_sheet")),
    )


def downgrade() -> None:
    op.drop_table("case_sheet")
    op.drop_table("passage_mark")
    op.drop_column("anthology", "has_case_cards")
    # A struck tag would read as one that was set.
    op.execute("DELETE FROM essay_tag WHERE is_struck")
    op.drop_column("essay_tag", "is_struck")
