"""A build keeps the document whose pages were checked by a rendering, and the PDF."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("anthology_build", schema=None) as batch_op:
        batch_op.add_column(sa.Column("checked_key", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("pdf_key", sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(op.f("fk_anthology_build_checked_key"), "stored_file", ["checked_key"], ["key"])
        batch_op.create_foreign_key(op.f("fk_anthology_build_pdf_key"), "stored_file", ["pdf_key"], ["key"])


def downgrade() -> None:
    op.execute(
        "UPDATE anthology_build SET report = json_remove(report, '$.rendering')"
        " WHERE json_extract(report, '$.rendering') IS NOT NULL"
    )
    with op.batch_alter_table("anthology_build", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_anthology_build_pdf_key"), type_="foreignkey")
        batch_op.drop_constraint(op.f("fk_anthology_build_checked_key"), type_="foreignkey")
        batch_op.drop_column("pdf_key")
        batch_op.drop_column("checked_key")
