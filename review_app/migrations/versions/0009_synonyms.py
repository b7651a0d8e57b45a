"""Words are also found by their synonyms, which the bureau may change; it starts with those of petition work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FIRST_GROUPS = (
    ("接访", "下访", "走访"),
    ("枫桥", "枫桥经验"),
    ("积案", "骨头案", "钉子案"),
    ("信访", "上访"),
    ("化解", "调处"),
    ("12345", "热线"),
    ("欠薪", "拖欠工资"),
    ("社保", "社会保险"),
    ("医保", "医疗保险"),
    ("低保", "最低生活保障"),
)


def upgrade() -> None:
    groups = op.create_table(
        "synonym_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synonym_group")),
    )
    op.bulk_insert(groups, [{"id": place, "words": list(words)} for place, words in enumerate(_FIRST_GROUPS, start=1)])


def downgrade() -> None:
    op.drop_table("synonym_group")
