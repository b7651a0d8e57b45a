"""Reviews: one row per essay and reviewer, from assignment to the submitted sheet."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base, Moment, one_of


class Review(Base):
    """One assigned review. `code` is the random name in addresses; `position` the reviewer's own random order.

    A sheet is `draft` while typed, `submitted` once locked in, `recused` when the reviewer stepped back.
    `version_id` is the version of the essay that was scored, known once the sheet is submitted.
    """

    __tablename__ = "review"
    __table_args__ = (
        UniqueConstraint("essay_id", "reviewer_id"),
        one_of("state", ("assigned", "draft", "submitted", "recused")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id"), index=True)
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default="assigned")
    is_deferred: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str] = mapped_column(Text, default="")
    flags: Mapped[list[str]] = mapped_column(JSON, default=list)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("essay_version.id"))
    recusal_reason: Mapped[str] = mapped_column(String(200), default="")
    assigned_at: Mapped[datetime] = mapped_column(Moment)
    saved_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy reads this plain dict)


class Score(Base):
    """Points of one review on one criterion, in tenths of a point."""

    __tablename__ = "score"
    __table_args__ = (CheckConstraint("points_tenths >= 0", name="points"),)

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    points_tenths: Mapped[int]


class TieDecision(Base):
    """The chief's recorded order for a tie: a smaller `position` stands first."""

    __tablename__ = "tie_decision"

    essay_id: Mapped[int] = mapped_column(ForeignKey("essay.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int]
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    by: Mapped[str] = mapped_column(String(64))
