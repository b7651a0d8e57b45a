"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from review_app.models.audit import GUARDS

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=64), nullable=False),
        sa.Column("actor_role", sa.String(length=16), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=48), nullable=False),
        sa.Column("object_kind", sa.String(length=24), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_act"), ["act"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)

    op.create_table(
        "contest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("name_zh", sa.String(length=120), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("organiser", sa.String(length=120), nullable=False),
        sa.Column("opens_at", sa.DateTime(), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=False),
        sa.Column("late_until", sa.DateTime(), nullable=True),
        sa.Column("review_closes_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("results_at", sa.DateTime(), nullable=True),
        sa.Column("correction_days", sa.Integer(), nullable=False),
        sa.Column("reviews_per_essay", sa.Integer(), nullable=False),
        sa.Column("minimum_reviews", sa.Integer(), nullable=False),
        sa.Column("words_advised_from", sa.Integer(), nullable=False),
        sa.Column("words_advised_to", sa.Integer(), nullable=False),
        sa.Column("words_max", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest")),
    )
    op.create_table(
        "failed_login",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_login")),
    )
    with op.batch_alter_table("failed_login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_failed_login_address_at"), ["address", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_failed_login_login_address_at"), ["login", "address", "at"], unique=False)

    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
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
        sa.CheckConstraint("kind IN ('index-essay', 'build-anthology')", name=op.f("ck_job_kind_known")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stored_file")),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("group_key", sa.String(length=24), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("pinyin", sa.String(length=160), nullable=False),
        sa.Column("initials", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("slug", name=op.f("uq_tag_slug")),
    )
    op.create_table(
        "anthology",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("subtitle", sa.String(length=120), nullable=False),
        sa.Column("organiser", sa.String(length=120), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("cover_mark", sa.String(length=40), nullable=False),
        sa.Column("editor_note", sa.Text(), nullable=False),
        sa.Column("font_profile", sa.String(length=16), nullable=False),
        sa.Column("has_cover", sa.Boolean(), nullable=False),
        sa.Column("has_contents", sa.Boolean(), nullable=False),
        sa.Column("has_section_pages", sa.Boolean(), nullable=False),
        sa.Column("has_award_list", sa.Boolean(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_anthology_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anthology")),
        sa.UniqueConstraint("contest_id", name=op.f("uq_anthology_contest_id")),
    )
    op.create_table(
        "award_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("floor_tenths", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_award_level_quota")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_award_level_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_level")),
        sa.UniqueConstraint("contest_id", "key", name=op.f("uq_award_level_contest_id_key")),
    )
    op.create_table(
        "criterion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("name_zh", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=120), nullable=False),
        sa.Column("hint", sa.String(length=200), nullable=False),
        sa.Column("max_points", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("max_points > 0", name=op.f("ck_criterion_max_points")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_criterion_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_criterion")),
        sa.UniqueConstraint("contest_id", "key", name=op.f("uq_criterion_contest_id_key")),
    )
    op.create_table(
        "deadline_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("old_at", sa.DateTime(), nullable=True),
        sa.Column("new_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_deadline_change_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_change")),
    )
    with op.batch_alter_table("deadline_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_change_contest_id"), ["contest_id"], unique=False)

    op.create_table(
        "unit_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_unit_class_quota")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_unit_class_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_class")),
        sa.UniqueConstraint("contest_id", "key", name=op.f("uq_unit_class_contest_id_key")),
    )
    op.create_table(
        "anthology_build",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("anthology_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("manifest_key", sa.String(length=64), nullable=False),
        sa.Column("document_key", sa.String(length=64), nullable=True),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["anthology_id"], ["anthology.id"], name=op.f("fk_anthology_build_anthology_id")),
        sa.ForeignKeyConstraint(["document_key"], ["stored_file.key"], name=op.f("fk_anthology_build_document_key")),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_anthology_build_job_id")),
        sa.ForeignKeyConstraint(["manifest_key"], ["stored_file.key"], name=op.f("fk_anthology_build_manifest_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anthology_build")),
    )
    with op.batch_alter_table("anthology_build", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_anthology_build_anthology_id"), ["anthology_id"], unique=False)

    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=True),
        sa.Column("exempt_reason", sa.String(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["unit_class.id"], name=op.f("fk_unit_class_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_unit_contest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("contest_id", "code", name=op.f("uq_unit_contest_id_code")),
        sa.UniqueConstraint("contest_id", "name", name=op.f("uq_unit_contest_id_name")),
    )
    op.create_table(
        "essay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("contest_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("blind_number", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("subtitle", sa.String(length=200), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("post", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("genre", sa.String(length=20), nullable=False),
        sa.Column("is_original", sa.Boolean(), nullable=False),
        sa.Column("is_cleared", sa.Boolean(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("first_submitted_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("correction_due_at", sa.DateTime(), nullable=True),
        sa.Column("latest_version_id", sa.Integer(), nullable=True),
        sa.Column("award_level_id", sa.Integer(), nullable=True),
        sa.Column("award_rank", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'accepted', 'withdrawn', 'disqualified')",
            name=op.f("ck_essay_state_known"),
        ),
        sa.ForeignKeyConstraint(["award_level_id"], ["award_level.id"], name=op.f("fk_essay_award_level_id")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_essay_contest_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_essay_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay")),
        sa.UniqueConstraint("contest_id", "blind_number", name=op.f("uq_essay_contest_id_blind_number")),
        sa.UniqueConstraint("contest_id", "number", name=op.f("uq_essay_contest_id_number")),
    )
    with op.batch_alter_table("essay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_essay_contest_id"), ["contest_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_essay_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_essay_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("organisation", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("first_password_expires_at", sa.DateTime(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('unit', 'reviewer', 'bureau')", name=op.f("ck_user_role_known")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("login", name=op.f("uq_user_login")),
    )
    op.create_table(
        "answered_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_answered_request_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answered_request")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_answered_request_user_id_key")),
    )
    op.create_table(
        "anthology_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("anthology_id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["anthology_id"], ["anthology.id"], name=op.f("fk_anthology_item_anthology_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_anthology_item_essay_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_anthology_item")),
        sa.UniqueConstraint("anthology_id", "essay_id", name=op.f("uq_anthology_item_anthology_id_essay_id")),
    )
    op.create_table(
        "essay_tag",
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_essay_tag_essay_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name=op.f("fk_essay_tag_tag_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_essay_tag_user_id")),
        sa.PrimaryKeyConstraint("essay_id", "tag_id", "user_id", name=op.f("pk_essay_tag")),
    )
    op.create_table(
        "essay_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("original_key", sa.String(length=64), nullable=False),
        sa.Column("original_name", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("manuscript_key", sa.String(length=64), nullable=False),
        sa.Column("picture_keys", sa.JSON(), nullable=False),
        sa.Column("byline", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("words >= 0", name=op.f("ck_essay_version_words")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_essay_version_created_by")),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_essay_version_essay_id")),
        sa.ForeignKeyConstraint(["manuscript_key"], ["stored_file.key"], name=op.f("fk_essay_version_manuscript_key")),
        sa.ForeignKeyConstraint(["original_key"], ["stored_file.key"], name=op.f("fk_essay_version_original_key")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_version")),
        sa.UniqueConstraint("essay_id", "ordinal", name=op.f("uq_essay_version_essay_id_ordinal")),
    )
    op.create_table(
        "login_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_session_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_login_session")),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "tie_decision",
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_tie_decision_essay_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("essay_id", name=op.f("pk_tie_decision")),
    )
    op.create_table(
        "formal_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.CheckConstraint("decision IN ('accepted', 'returned')", name=op.f("ck_formal_check_decision_known")),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_formal_check_essay_id")),
        sa.ForeignKeyConstraint(["version_id"], ["essay_version.id"], name=op.f("fk_formal_check_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_formal_check")),
    )
    with op.batch_alter_table("formal_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_formal_check_essay_id"), ["essay_id"], unique=False)

    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("original_key", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_receipt_essay_id")),
        sa.ForeignKeyConstraint(["version_id"], ["essay_version.id"], name=op.f("fk_receipt_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipt_essay_id"), ["essay_id"], unique=False)

    op.create_table(
        "review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column("essay_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("is_deferred", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("recusal_reason", sa.String(length=200), nullable=False),
        sa.Column("assigned_at", sa.DateTime(), nullable=False),
        sa.Column("saved_at", sa.DateTime(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('assigned', 'draft', 'submitted', 'recused')", name=op.f("ck_review_state_known")
        ),
        sa.ForeignKeyConstraint(["essay_id"], ["essay.id"], name=op.f("fk_review_essay_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_review_reviewer_id")),
        sa.ForeignKeyConstraint(["version_id"], ["essay_version.id"], name=op.f("fk_review_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("code", name=op.f("uq_review_code")),
        sa.UniqueConstraint("essay_id", "reviewer_id", name=op.f("uq_review_essay_id_reviewer_id")),
    )
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_essay_id"), ["essay_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_reviewer_id"), ["reviewer_id"], unique=False)

    op.create_table(
        "score",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points_tenths", sa.Integer(), nullable=False),
        sa.CheckConstraint("points_tenths >= 0", name=op.f("ck_score_points")),
        sa.ForeignKeyConstraint(["criterion_id"], ["criterion.id"], name=op.f("fk_score_criterion_id")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_score_review_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_score")),
    )
    op.execute("INSERT INTO installation (id, epoch) VALUES (1, lower(hex(randomblob(16))))")
    for guard in GUARDS:
        op.execute(guard)


def downgrade() -> None:
    op.drop_table("score")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_reviewer_id"))
        batch_op.drop_index(batch_op.f("ix_review_essay_id"))

    op.drop_table("review")
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_receipt_essay_id"))

    op.drop_table("receipt")
    with op.batch_alter_table("formal_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_formal_check_essay_id"))

    op.drop_table("formal_check")
    op.drop_table("tie_decision")
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_session_user_id"))

    op.drop_table("login_session")
    op.drop_table("essay_version")
    op.drop_table("essay_tag")
    op.drop_table("anthology_item")
    op.drop_table("answered_request")
    op.drop_table("user")
    with op.batch_alter_table("essay", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_essay_unit_id"))
        batch_op.drop_index(batch_op.f("ix_essay_state"))
        batch_op.drop_index(batch_op.f("ix_essay_contest_id"))

    op.drop_table("essay")
    op.drop_table("unit")
    with op.batch_alter_table("anthology_build", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_anthology_build_anthology_id"))

    op.drop_table("anthology_build")
    op.drop_table("unit_class")
    with op.batch_alter_table("deadline_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deadline_change_contest_id"))

    op.drop_table("deadline_change")
    op.drop_table("criterion")
    op.drop_table("award_level")
    op.drop_table("anthology")
    op.drop_table("tag")
    op.drop_table("stored_file")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_kind"))

    op.drop_table("job")
    op.drop_table("installation")
    with op.batch_alter_table("failed_login", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_failed_login_login_address_at"))
        batch_op.drop_index(batch_op.f("ix_failed_login_address_at"))

    op.drop_table("failed_login")
    op.drop_table("contest")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_act"))

    op.drop_table("audit_entry")
