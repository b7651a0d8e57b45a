"""The outbox of work to do after a commit, answers given to one-time form keys, and the name of this database."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review_app.models.base import Base, Moment, one_of


class Job(Base):
    """The outbox: work to do after the commit that wrote the row. `progress_done` of `progress_total` in `stage`."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", ("waiting", "running", "done", "failed")),
        one_of("kind", ("index-essay", "compare-essay", "build-anthology")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32), index=True)
    object_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(16), default="waiting", index=True)
    stage: Mapped[str] = mapped_column(String(40), default="")
    progress_done: Mapped[int] = mapped_column(default=0)
    progress_total: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)


class AnsweredRequest(Base):
    """The answer once given to a form's one-time key, so that a double click or a retry acts once."""

    __tablename__ = "answered_request"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    location: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Installation(Base):
    """One row: `epoch` names this database, so that an index made for another one is known as foreign."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(String(32))
