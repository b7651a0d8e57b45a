"""Essays are compared with one another: their fingerprints, the pairs found, the texts that anybody may use, and the
jobs that do it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KINDS_BEFORE = "kind IN ('index-essay', 'build-anthology')"
_KINDS = "kind IN ('index-essay', 'compare-essay', 'build-anthology')"


def upgrade() -> None:
    _remake_jobs(_KINDS)
    op.create_table(
        "essay_fingerprint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_essay_fingerprint_essay_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_essay_fingerprint_unit_id")),
        sa.ForeignKeyConstraint(["version_id"], ["essay_version.id"], name=op.f("fk_essay_fingerprint_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_fingerprint")),
        sa.UniqueConstraint("essay_id", name=op.f("uq_essay_fingerprint_essay_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "known_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("removed_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_text")),
    )
    op.create_table(
        "similar_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("other_version_id", sa.Integer(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("other_share", sa.Integer(), nullable=False),
        sa.Column("greatest_share", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("essay_id < other_id", name=op.f("ck_similar_pair_in_order")),
        sa.CheckConstraint(
            "decision IN ('undecided', 'honest', 'copied')", name=op.f("ck_similar_pair_decision_known")
        ),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_similar_pair_essay_id")),
        sa.ForeignKeyConstraint(["other_id"], ["essay.id"], name=op.f("fk_similar_pair_other_id")),
        sa.ForeignKeyConstraint(
            ["other_version_id"], ["essay_version.id"], name=op.f("fk_similar_pair_other_version_id")
        ),
        sa.ForeignKeyConstraint(["version_id"], ["essay_version.id"], name=op.f("fk_similar_pair_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_similar_pair")),
        sa.UniqueConstraint("essay_id", "other_id", name=op.f("uq_similar_pair_essay_id_other_id")),
    )
    op.create_index(op.f("ix_similar_pair_other_id"), "similar_pair", ["other_id"], unique=False)


def downgrade() -> None:
    op.drop_table("similar_pair")
    op.drop_table("known_text")
    op.drop_table("essay_fingerprint")
    op.execute("DELETE FROM job WHERE kind = 'compare-essay'")
    _remake_jobs(_KINDS_BEFORE)


def _remake_jobs(kinds: str) -> None:
    """Another check on the kinds of jobs. SQLite can only make the table anew; the builds that point to their jobs are
    held to it at the end of the transaction, when the same jobs are there again."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE kept_job AS SELECT * FROM job")
    op.drop_table("job")
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("progress_done", sa.Integer(), nullable=False),
        sa.Column("progress_total", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(kinds, name=op.f("ck_job_kind_known")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    op.execute("INSERT INTO job SELECT * FROM kept_job")
    op.execute("DROP TABLE kept_job")
    op.create_index(op.f("ix_job_kind"), "job", ["kind"], unique=False)
    op.create_index(op.f("ix_job_state"), "job", ["state"], unique=False)
