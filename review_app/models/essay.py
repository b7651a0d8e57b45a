"""Essays: the entry, its versions by hash, the receipt, the formal check."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.domain.essay_state import EssayState
from review_app.models.base import Base, Moment, one_of


class StoredFile(Base):
    """A file kept by its SHA-256; the bytes live outside the database and are never rewritten."""

    __tablename__ = "stored_file"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    size_bytes: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Essay(Base):
    """One entry, 参评作品. `number` comes with the first submission; `blind_number` is random and all a reviewer sees.

    `authors` is a list of names in order. `phone` is never shown to reviewers or the public. `latest_version_id` points
    to the current row of essay_version (no constraint: the two tables would need each other to exist first).
    """

    __tablename__ = "essay"
    __table_args__ = (
        one_of("state", EssayState),
        UniqueConstraint("contest_id", "number"),
        UniqueConstraint("contest_id", "blind_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contest_id: Mapped[int] = mapped_column(ForeignKey("contest.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(32))
    blind_number: Mapped[str | None] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), default=EssayState.DRAFT.value, index=True)
    title: Mapped[str] = mapped_column(String(200), default="")
    subtitle: Mapped[str] = mapped_column(String(200), default="")
    authors: Mapped[list[str]] = mapped_column(JSON, default=list)
    post: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    subject: Mapped[str] = mapped_column(String(120), default="")
    genre: Mapped[str] = mapped_column(String(20), default="")
    is_original: Mapped[bool] = mapped_column(default=False)
    is_cleared: Mapped[bool] = mapped_column(default=False)
    is_late: Mapped[bool] = mapped_column(default=False)
    first_submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    correction_due_at: Mapped[datetime | None] = mapped_column(Moment)
    latest_version_id: Mapped[int | None]
    award_level_id: Mapped[int | None] = mapped_column(ForeignKey("award_level.id"))
    award_rank: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads this plain dict)


class EssayVersion(Base):
    """One uploaded file of an entry: the untouched original and the manuscript read from it, both by hash.

    `byline` and `dropped` are what the reader found and left out (lists and maps of texts). `read_key` is the manuscript
    as read once the unit has confirmed another, so that what it undid can be done again; None while nothing changed.
    """

    __tablename__ = "essay_version"
    __table_args__ = (UniqueConstraint("essay_id", "ordinal"), CheckConstraint("words >= 0", name="words"))

    id: Mapped[int] = mapped_column(primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"))
    ordinal: Mapped[int]
    original_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"))
    original_name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[str] = mapped_column(String(8))
    manuscript_key: Mapped[str] = mapped_column(ForeignKey("stored_file.key"))
    read_key: Mapped[str | None] = mapped_column(String(64))
    picture_keys: Mapped[list[str]] = mapped_column(JSON, default=list)
    byline: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    dropped: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    words: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("user.id"))


class Receipt(Base):
    """Proof of one submission: number, server time and digest of what was handed in."""

    __tablename__ = "receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("essay_version.id"))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    issued_at: Mapped[datetime] = mapped_column(Moment)
    is_late: Mapped[bool]
    title: Mapped[str] = mapped_column(String(200))
    authors: Mapped[list[str]] = mapped_column(JSON)
    original_key: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class FormalCheck(Base):
    """One decision of the formal check, 形式审查. `reasons` are return codes R01 to R14."""

    __tablename__ = "formal_check"
    __table_args__ = (one_of("decision", ("accepted", "returned")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("essay_version.id"))
    decision: Mapped[str] = mapped_column(String(16))
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    note: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(64))
